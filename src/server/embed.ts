import { silentLogger } from '../base/logger.ts';
import type { Logger } from '../base/logger.ts';
import { defaultConfig } from './config.ts';
import type { ServerConfig } from './config.ts';
import { startMember } from './start.ts';
import type { RunningMember } from './start.ts';

/** How a member inside a program is started: everything that `rollcall serve` takes, and where its log goes. */
export interface StartOptions extends Partial<ServerConfig> {
  /** Silent if left out. */
  readonly logger?: Logger;
}

const anyPort = 'http://127.0.0.1:0';

/**
 * Starts a member inside this program: a cluster of one on free ports with everything in memory, unless told otherwise.
 *
 *     const member = await startServer();
 *     await member.ready;
 *     const client = new Rollcall({ endpoints: [...member.clientUrls] });
 *     …
 *     await member.stop();
 *
 * Rejects with a RegistryError that says what is wrong if the member cannot run.
 */
export function startServer(options: StartOptions = {}): Promise<RunningMember> {
  const { logger = silentLogger, ...given } = options;
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
  return startMember(config, () => logger);
}
