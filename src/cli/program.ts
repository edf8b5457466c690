import { Command, CommanderError, Option } from 'commander';
import type { RollcallError } from '../client/index.ts';
import { addCluster } from './commands/cluster.ts';
import { addCompletion } from './commands/completion.ts';
import { addConcurrency } from './commands/concurrency.ts';
import { addEndpoint } from './commands/endpoint.ts';
import { addKeyValue } from './commands/key-value.ts';
import { addLease } from './commands/lease.ts';
import { addSnapshot } from './commands/snapshot.ts';
import { addTxn } from './commands/txn.ts';
import { addWatch } from './commands/watch.ts';
import { CliFailure, exitCodes, exitCodesHelp } from './exit.ts';
import type { CliIo, CliParts } from './io.ts';
import { Session, type GlobalOptions, type Run } from './session.ts';
import { parseDurationMs } from './values.ts';

/**
 * Carries out one command line, without the words `node` and `rollcall` before it, and gives the exit code. Never
 * throws for what the user or the servers did wrong: that is one line on standard error.
 */
export async function runCli(argv: readonly string[], io: CliIo, parts: CliParts): Promise<number> {
  if (argv[0] === 'serve') return await parts.serve(argv.slice(1));
  let exitCode: number = exitCodes.ok;
  const run: Run = async (command, work, { isLocal = false } = {}) => {
    const sdk = isLocal ? undefined : await import('../client/index.ts');
    const session = new Session(io, parts, command.optsWithGlobals<GlobalOptions>(), sdk);
    try {
      exitCode = (await work(session)) ?? exitCodes.ok;
    } finally {
      session.close();
    }
  };
  const program = buildProgram(io, parts, run);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return await report(error, io);
  }
}

/** All commands. Completion scripts are made from the same tree. */
export function buildProgram(io: CliIo, parts: CliParts, run: Run): Command {
  const program = new Command('rollcall')
    .description('A strongly consistent service registry: its server, and the commands to use it.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help to see how)')
    .option(
      '--endpoints <list>',
      'members to ask, comma-separated; else $ROLLCALL_ENDPOINTS, $ETCDCTL_ENDPOINTS or 127.0.0.1:2379',
    )
    .addOption(
      new Option('--timeout <time>', 'how long a command may take')
        .argParser(parseDurationMs)
        .default(5000, '5s'),
    )
    .option(
      '--json',
      'print JSON for programs: one document, or one a line where results keep coming',
    )
    .option('--cacert <file>', 'authorities to trust, for members that speak TLS')
    .option('--cert <file>', 'our certificate, where members ask for one')
    .option('--key <file>', 'the key of our certificate')
    .version(`rollcall ${parts.version}`, '--version', 'print the version');
  program
    .command('serve')
    .description('run a member; see rollcall serve --help')
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false);
  addKeyValue(program, run);
  addWatch(program, run);
  addTxn(program, run);
  addLease(program, run);
  addConcurrency(program, run);
  addCluster(program, run);
  addEndpoint(program, run);
  addSnapshot(program, run);
  addCompletion(program, run);
  addVersion(program, run, parts.version);
  return program.addHelpText(
    'after',
    `
Examples:
  rollcall serve
  rollcall put greeting hello
  rollcall get greeting
  rollcall watch --prefix /services/
${exitCodesHelp}`,
  );
}

function addVersion(program: Command, run: Run, version: string): void {
  program
    .command('version')
    .description('print the version')
    .addHelpText('after', '\nExample:\n  rollcall version')
    .action((_options: unknown, command: Command) =>
      run(
        command,
        (session) => {
          session.result({ version }, `rollcall ${version}`);
          return Promise.resolve();
        },
        { isLocal: true },
      ),
    );
}

/** One line on standard error, and the exit code. */
async function report(error: unknown, io: CliIo): Promise<number> {
  // Commander has already printed what it had to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (error instanceof CliFailure) {
    if (error.message !== '') io.stderr.write(`rollcall: ${error.message}\n`);
    return error.exitCode;
  }
  const { RollcallError } = await import('../client/index.ts');
  if (error instanceof RollcallError) {
    io.stderr.write(`rollcall: ${error.message}${hintFor(error)}\n`);
    return error.code === 'invalid-request' ? exitCodes.usage : exitCodes.failed;
  }
  throw error;
}

/** What to do about it, where that is not plain from the message. */
function hintFor(error: RollcallError): string {
  switch (error.code as string) {
    case 'unavailable':
      return '\n  Start a cluster with "npm start" or a member with "rollcall serve", or name others with --endpoints.';
    case 'deadline-exceeded':
      return '; give it longer with --timeout, or look with "rollcall endpoint status"';
    case 'no-space':
      return '; compact old revisions, delete keys, then "rollcall alarm disarm"';
    case 'revision-compacted':
      return '; leave out --rev to start from what there is now';
    case 'not-leader':
      return '; name the leader with --endpoints';
    default:
      return '';
  }
}
