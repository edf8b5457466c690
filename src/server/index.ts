/**
 * Composition: makes parts from the configuration, and a running member from the parts. The only module that imports
 * all others and chooses concrete classes. Used by the program, and as `rollcall/server` by programs and tests that
 * run a member inside themselves.
 */
export { serveCommand as serve } from './serve-command.ts';
export { runCommand } from './command.ts';
export { startServer } from './embed.ts';
export type { EmbeddedMember, StartOptions } from './embed.ts';
/** The errors with which {@link startServer} rejects. */
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
