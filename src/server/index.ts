/**
 * Builds the house: configuration into parts, parts into a member that runs. The only room that knows every other one
 * and chooses concrete classes. Used by the program, and as `rollcall/server` by programs and tests that start a
 * member inside themselves.
 */
export { serveCommand as serve } from './serve-command.ts';
export { runCommand } from './command.ts';
export { startServer } from './embed.ts';
export type { EmbeddedMember, StartOptions } from './embed.ts';
/** What {@link startServer} rejects with. */
export { RegistryError } from '../base/errors.ts';
export type { ErrorCode } from '../base/errors.ts';
// The codes of operations belong to `ErrorCode`; nothing else of the declarations leads there.
// oxlint-disable-next-line unicorn/require-module-specifiers
export type {} from '../operations/index.ts';
export type { Logger } from '../base/logger.ts';
export { UnknownCommand } from '../state/index.ts';
export { StorageCorruption } from '../storage/index.ts';
export type { EndedBy, RunningMember } from './start.ts';
export type { NamedPeerUrl, ServerConfig } from './config.ts';
