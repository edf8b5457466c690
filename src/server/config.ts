/**
 * What one member needs to know before it starts, and how flags, environment and file say it. `config/` holds one
 * table of flags (`settings.ts`, `other-flags.ts`), from which reading, help and documentation follow.
 */
import { resolve, settingsOf } from './config/resolve.ts';
import type { ServerConfig } from './config/server-config.ts';

export { settingsInForce } from './config/in-force.ts';
export { differentOwnUrls, ownUrlsIn } from './config/resolve.ts';
export { canonicalUrl, hostOf } from './config/urls.ts';
export { ownVersion } from './config/about.ts';
export { parseServeArguments } from './config/serve-arguments.ts';
export type { LogNotice } from './config/notice.ts';
export type { ServeArguments } from './config/serve-arguments.ts';
export type { NamedPeerUrl, ServerConfig } from './config/server-config.ts';

/** A cluster of one on the usual ports, with its data in ./default.rollcall: `rollcall serve` without flags. */
export const defaultConfig: ServerConfig = resolve(settingsOf([]));
