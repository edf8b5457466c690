import { silentLogger } from '../base/logger.ts';
import type { Logger } from '../base/logger.ts';
import { RegistryError } from '../base/errors.ts';
import { checkConfig, checkOptions, ConfigProblem, defaultConfig } from './config.ts';
import type { ServerConfig } from './config.ts';
import { startMember } from './start.ts';
import type { RunningMember } from './start.ts';

/** Options of a member inside a program: everything that `rollcall serve` takes, and a logger. */
export interface StartOptions extends Partial<ServerConfig> {
  /** Default: no log. */
  readonly logger?: Logger;
}

const anyPort = 'http://127.0.0.1:0';

/** A member that runs inside this program; `await using` stops it at the end of its block. */
export type EmbeddedMember = RunningMember & AsyncDisposable;

/**
 * Starts a member inside this program: by default a cluster of one, on free ports, with all data in memory.
 *
 * Rejects if the member cannot run, with a {@link RegistryError} that says what is wrong, or with
 * {@link StorageCorruption} or {@link UnknownCommand} for a damaged or too new data directory.
 *
 * @example
 * import { Rollcall } from 'rollcall';
 * import { startServer } from 'rollcall/server';
 *
 * await using member = await startServer();
 * await member.ready;
 * const client = new Rollcall({ endpoints: [...member.clientUrls] });
 */
export async function startServer(options: StartOptions = {}): Promise<EmbeddedMember> {
  const { logger = silentLogger, ...given } = options;
  try {
    checkOptions(given);
    const { name, initialAdvertisePeerUrls } = { ...defaultConfig, ...given };
    const config: ServerConfig = {
      ...defaultConfig,
      dataDir: undefined,
      listenClientUrls: [anyPort],
      advertiseClientUrls: given.listenClientUrls ?? [anyPort],
      listenPeerUrls: [anyPort],
      initialCluster: initialAdvertisePeerUrls.map((peerUrl) => ({ name, peerUrl })),
      ...given,
    };
    checkConfig(config);
    const member = await startMember(config, () => logger);
    return Object.assign(member, { [Symbol.asyncDispose]: () => member.stop() });
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    throw new RegistryError('invalid-request', error.message, { cause: error });
  }
}
