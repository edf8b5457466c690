import { readFileSync } from 'node:fs';
import { RegistryError } from '../base/errors.ts';
import { parseDuration } from '../base/go-duration.ts';
import type { Logger } from '../base/logger.ts';
import type { LoginOptions, PasswordHasher, WebTokens } from '../operations/index.ts';
import { wallTimeMs } from '../platform/index.ts';
import type { ServerConfig } from './config.ts';

const costMin = 4;
const costMax = 31;
const costByDefault = 10;

/** The part of the settings that is about passwords and tokens. */
export function loginOptionsOf(
  { authTokenTtlSeconds, bcryptCost }: ServerConfig,
  passwords: PasswordHasher,
  webTokens: WebTokens | undefined,
  logger: Logger,
): LoginOptions {
  const isCost = bcryptCost >= costMin && bcryptCost <= costMax;
  if (!isCost) {
    logger.warn('use default bcrypt cost instead of the invalid given cost', {
      'min-cost': costMin,
      'max-cost': costMax,
      'default-cost': costByDefault,
      'given-cost': bcryptCost,
    });
  }
  return {
    passwords,
    bcryptCost: isCost ? bcryptCost : costByDefault,
    simpleTokenTtlMs: authTokenTtlSeconds * 1000,
    webTokens,
  };
}

const defaultTtl = '5m';
const known: ReadonlySet<string> = new Set(['sign-method', 'pub-key', 'priv-key', 'ttl']);

/** Makes JSON Web Tokens for a cluster. */
export type WebTokensOf = (clusterId: string) => WebTokens;

/**
 * Undefined: tokens are simple ones. Reads the files of `--auth-token jwt,…`. Rejects with a RegistryError that says which
 * part cannot be used; the texts after the colon are etcd's.
 */
export async function webTokensOf(
  { authToken }: Pick<ServerConfig, 'authToken'>,
  logger: Logger,
): Promise<WebTokensOf | undefined> {
  const [kind = '', ...parts] = authToken.split(',');
  const given = optionsIn(parts);
  if (kind !== 'jwt') return undefined;
  const unknown = [...given.keys()].filter((name) => !known.has(name));
  if (unknown.length > 0) logger.warn('unknown JWT options', { keys: unknown });
  const { JsonWebTokens, signingKeysOf, signMethods } = await import('./web-tokens.ts');
  const method = given.get('sign-method') ?? '';
  if (!signMethods.includes(method)) {
    throw refused(
      `auth: invalid auth signature method; sign-method is one of ${signMethods.join(', ')}`,
    );
  }
  const ttl = given.get('ttl') ?? defaultTtl;
  const ttlMs = Number((parseDuration(ttl) ?? 0n) / 1_000_000n);
  if (ttlMs <= 0) throw refused(`time: invalid duration "${ttl}"; ttl is a time such as 5m`);
  const [publicKey, privateKey] = [fileOf(given, 'pub-key'), fileOf(given, 'priv-key')];
  let keys;
  try {
    keys = signingKeysOf(method, publicKey, privateKey);
  } catch (error) {
    throw refused(error instanceof Error ? error.message : String(error));
  }
  if (keys.signing === undefined) {
    logger.info('tokens are verified only: without priv-key this member cannot log users in');
  }
  return (clusterId) => new JsonWebTokens({ method, keys, ttlMs, clusterId, wallTimeMs });
}

function optionsIn(parts: readonly string[]): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const part of parts) {
    const [name = '', value, ...more] = part.split('=');
    if (value === undefined || more.length > 0) {
      throw refused(`auth: invalid auth options; "${part}" is not of the form name=value`);
    }
    if (options.has(name)) throw refused(`auth: invalid auth options; "${name}" is given twice`);
    options.set(name, value);
  }
  return options;
}

function fileOf(given: ReadonlyMap<string, string>, name: string): Uint8Array | undefined {
  const path = given.get(name);
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw refused(
      `${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function refused(why: string): RegistryError {
  return new RegistryError('invalid-request', `--auth-token: ${why}`);
}
