/**
 * The configuration of one member, from flags, environment and file. `config/` holds one table of flags
 * (`settings.ts`, `other-flags.ts`), from which parsing, help and documentation follow.
 */
export { checkOptions } from './config/check-options.ts';
export { defaultConfig } from './config/defaults.ts';
export { settingsInForce } from './config/in-force.ts';
export { ConfigProblem } from './config/problem.ts';
export { checkConfig, differentOwnUrls, ownUrlsIn } from './config/resolve.ts';
export { canonicalUrl, hostOf } from './config/urls.ts';
export { hostAndPortOf } from './config/values.ts';
export { ownVersion } from './config/about.ts';
export { parseServeArguments } from './config/serve-arguments.ts';
export type { LogNotice } from './config/notice.ts';
export type { ServeArguments } from './config/serve-arguments.ts';
export type { NamedPeerUrl, ServerConfig } from './config/server-config.ts';
