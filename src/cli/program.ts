import { Command, Option } from 'commander';
import { addCluster } from './commands/cluster.ts';
import { addRoles } from './commands/roles.ts';
import { addUsers } from './commands/users.ts';
import { addCompletion } from './commands/completion.ts';
import { addConcurrency } from './commands/concurrency.ts';
import { addRegistering } from './commands/registering.ts';
import { addEndpoint } from './commands/endpoint.ts';
import { addEtcdctl } from './commands/etcdctl.ts';
import { addKeyValue } from './commands/key-value.ts';
import { addLease } from './commands/lease.ts';
import { addExplaining } from './commands/explaining.ts';
import { addLooking } from './commands/looking.ts';
import { addSnapshot } from './commands/snapshot.ts';
import { addTxn } from './commands/txn.ts';
import { addWatch } from './commands/watch.ts';
import {
  CliFailure,
  exitCodes,
  exitCodesHelp,
  interruptedExitCode,
  signalExitCode,
  signalOf,
  usageError,
} from './exit.ts';
import { globalOptions } from './global-options.ts';
import type { CliIo, CliParts } from './io.ts';
import { lostBytes } from './lost-bytes.ts';
import type { EtcdctlOutput } from './etcdctl/output.ts';
import {
  type Format,
  type GlobalOptions,
  readGlobalOptions,
  wantsJson,
  withoutBooleanValues,
} from './options.ts';
import type { GivenCredentials } from './password.ts';
import { problemOf, writeProblem } from './report.ts';
import { Session, type Run } from './session.ts';

/**
 * Carries out one command line, without the words `node` and `rollcall` before it, and gives the exit code. Never
 * throws for what the user or the servers did wrong: that is one line on standard error.
 */
export async function runCli(argv: readonly string[], io: CliIo, parts: CliParts): Promise<number> {
  if (argv[0] === 'serve') return await parts.serve(argv.slice(1));
  const isJson = wantsJson(argv, io.env);
  const lost = lostBytes(argv, io);
  if (lost !== undefined) {
    writeProblem(io, isJson, lost);
    return lost.exitCode;
  }
  if (argv[0] === 'consul') {
    const { runConsul } = await import('./consul/program.ts');
    return await runConsul(argv.slice(1), io, parts);
  }
  let exitCode: number = exitCodes.ok;
  let name = '';
  let usageText = '';
  const run: Run = async (command, work, { isLocal = false } = {}) => {
    name = nameOf(command);
    const options = readGlobalOptions(command, io.env);
    const sdk = isLocal ? undefined : await import('../client/index.ts');
    const etcdctl = await etcdctlOutput(command, options, io);
    const format = etcdctl === undefined ? ownFormat(options.format) : options.format;
    const credentials = isLocal ? {} : await givenCredentials(options, io);
    const session = new Session(io, parts, { ...options, format }, sdk, etcdctl, credentials);
    try {
      exitCode = (await unlessInterrupted(session, work(session))) ?? exitCodes.ok;
    } finally {
      etcdctl?.end();
      session.close();
    }
  };
  const program = buildProgram(parts, run, {
    ...io,
    isJson,
    onUsageError: (text) => {
      usageText += text;
    },
  });
  try {
    await program.parseAsync(withoutBooleanValues(argv, program), { from: 'user' });
  } catch (error) {
    const problem = await problemOf(error, name, usageText);
    // Commander has told people already what it had to say.
    if (isJson || usageText === '') writeProblem(io, isJson, problem);
    ({ exitCode } = problem);
  }
  const { interrupted } = io;
  const signal = signalOf(interrupted);
  // Ctrl-C is the usual end of a command that runs for ever. After any other signal the command was not done.
  return interrupted.aborted && signal !== 'SIGINT' ? signalExitCode(signal) : exitCode;
}

/** Most commands act as no user, and need not load how one is asked for. */
async function givenCredentials(options: GlobalOptions, io: CliIo): Promise<GivenCredentials> {
  if (options.user === undefined && options.token === undefined) return {};
  const { credentialsOf } = await import('./password.ts');
  return await credentialsOf(options, io);
}

/** Prints as etcdctl does, if the command line says so and the command can. */
async function etcdctlOutput(
  command: Command,
  { format, hex }: GlobalOptions,
  io: CliIo,
): Promise<EtcdctlOutput | undefined> {
  if (!['simple', 'fields', 'etcd-json'].includes(format)) return undefined;
  const { EtcdctlOutput, speaksEtcdctl } = await import('./etcdctl/output.ts');
  const name = nameOf(command);
  const flags = command.opts();
  // etcdctl mixes formats there.
  if (!speaksEtcdctl(name, format) || flags['detail'] === true) return undefined;
  const id: unknown = command.processedArgs[0];
  const options = {
    command: name,
    format,
    id: typeof id === 'bigint' ? id : undefined,
    isHex: hex,
    valueOnly: flags['printValueOnly'] === true,
    countOnly: flags['countOnly'] === true,
    withKeys: flags['keys'] === true,
  };
  return new EtcdctlOutput(options, (text) => io.stdout.write(text));
}

/** The format of a command that etcdctl does not have, or prints in one way only. */
function ownFormat(format: Format): Format {
  if (format === 'etcd-json') return 'json';
  return format === 'simple' || format === 'fields' ? 'people' : format;
}

/** The words that lead to a command: `lease grant`. */
function nameOf(command: Command): string {
  const { parent } = command;
  if (parent === null) return '';
  const before = nameOf(parent);
  return before === '' ? command.name() : `${before} ${command.name()}`;
}

/** Waits for the work of a command; a signal abandons it unless it uses `session.interrupted`. */
function unlessInterrupted<T>(session: Session, work: Promise<T>): Promise<T> {
  const { interrupted } = session.io;
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      if (!session.handlesInterrupt) reject(new CliFailure(interruptedExitCode(interrupted), ''));
    };
    interrupted.addEventListener('abort', leave, { once: true });
    if (interrupted.aborted) leave();
    work.then(resolve, reject).finally(() => interrupted.removeEventListener('abort', leave));
  });
}

/** Outputs for help and for complaints about the command line. */
interface ParserIo extends Pick<CliIo, 'stdout' | 'stderr'> {
  /** Complaints are then told by the caller, as JSON. */
  readonly isJson: boolean;
  readonly onUsageError: (text: string) => void;
}

/** All commands. Completion scripts are made from the same tree. */
function buildProgram(parts: CliParts, run: Run, io: ParserIo): Command {
  const program = new Command('rollcall')
    .description('A strongly consistent service registry: its server, and the commands to use it.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => {
        if (!io.isJson) io.stderr.write(text);
      },
      outputError: (text, write) => {
        io.onUsageError(text);
        write(text);
      },
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help to see how)')
    .version(`rollcall ${parts.version}`, '--version', 'print the version');
  for (const { flags, description } of globalOptions) {
    const option = new Option(flags, description);
    program.addOption(description === '' ? option.hideHelp() : option);
  }
  addFirstWords(program);
  addRegistering(program, run);
  addLooking(program, run);
  addExplaining(program, run);
  addKeyValue(program, run);
  addWatch(program, run);
  addTxn(program, run);
  addLease(program, run);
  addConcurrency(program, run);
  addCluster(program, run);
  addUsers(program, run);
  addRoles(program, run);
  addEndpoint(program, run);
  addSnapshot(program, run);
  addEtcdctl(program, run);
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

/** Carried out before the commands are made; here they are for help, and for options in front of them. */
function addFirstWords(program: Command): void {
  const firstWords = {
    serve: 'run a member; see rollcall serve --help',
    consul: "take Consul's command line; see rollcall consul --help",
  };
  for (const [name, description] of Object.entries(firstWords)) {
    program
      .command(name)
      .description(description)
      .allowUnknownOption()
      .allowExcessArguments()
      .helpOption(false)
      .action(() => {
        throw usageError(
          `write "rollcall ${name}" first, and its flags behind it; it takes no options of commands`,
        );
      });
  }
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
