/**
 * The command line for people, on top of the client only: it works against Rollcall and etcd alike. Everything of
 * the outside world is given (`CliIo`), and so is what needs the server's own code (`CliParts`), so that a test runs
 * a command as a function and reads what it printed.
 *
 * Tables and colours on a terminal, plain text elsewhere, JSON with `--json`; results on standard output, everything
 * else on standard error.
 */
export { exitCodes } from './exit.ts';
export { maskedWords } from './masked.ts';
export type { CliIo, CliParts, Output, RestoreOptions, SnapshotInfo } from './io.ts';
export { runCli } from './program.ts';
