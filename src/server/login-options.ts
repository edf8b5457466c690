import type { Logger } from '../base/logger.ts';
import type { LoginOptions, PasswordHasher } from '../operations/index.ts';
import type { ServerConfig } from './config.ts';

const costMin = 4;
const costMax = 31;
const costByDefault = 10;

/** The part of the settings that is about passwords and tokens. */
export function loginOptionsOf(
  { authTokenTtlSeconds, bcryptCost }: ServerConfig,
  passwords: PasswordHasher,
  logger: Logger,
): LoginOptions {
  const isCost = bcryptCost >= costMin && bcryptCost <= costMax;
  if (!isCost) {
    logger.warn('use default bcrypt cost instead of the invalid given cost', {
      minCost: costMin,
      maxCost: costMax,
      defaultCost: costByDefault,
      givenCost: bcryptCost,
    });
  }
  return {
    passwords,
    bcryptCost: isCost ? bcryptCost : costByDefault,
    simpleTokenTtlMs: authTokenTtlSeconds * 1000,
    webTokens: undefined,
  };
}
