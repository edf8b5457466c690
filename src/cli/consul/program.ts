import { goFlagsHelp, GoFlagError, parseGoFlags } from '../../base/go-flags.ts';
import type { GoFlag, GoFlags } from '../../base/go-flags.ts';
import { interruptedExitCode } from '../exit.ts';
import { CliFailure } from '../exit.ts';
import type { CliIo, CliParts } from '../io.ts';
import { agentCommands, versionCommand } from './agent.ts';
import { catalogCommands } from './catalog.ts';
import { ConsulContext, ConsulFailure, httpFlags } from './command.ts';
import type { ConsulCommand } from './command.ts';
import { kvCommands } from './kv.ts';
import { lockCommand } from './lock.ts';
import { otherCommands } from './others.ts';
import { serviceCommands } from './services.ts';
import { watchCommand } from './watch.ts';

const commands: readonly ConsulCommand[] = [
  ...catalogCommands,
  ...kvCommands,
  ...agentCommands,
  ...serviceCommands,
  ...otherCommands,
  lockCommand,
  versionCommand,
  watchCommand,
].toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** Commands of Consul without a meaning here, or with another way to the same. */
const elsewhere: Readonly<Record<string, string>> = {
  acl: 'Rollcall has no access lists',
  config: 'Rollcall has no service mesh',
  connect: 'Rollcall has no service mesh',
  'force-leave': '"rollcall member remove" removes a member',
  intention: 'Rollcall has no service mesh',
  join: 'members do not join by gossip; "rollcall member add" adds one',
  keyring: 'Rollcall does not gossip',
  keygen: 'Rollcall does not gossip',
  login: 'Rollcall has no access lists',
  logout: 'Rollcall has no access lists',
  operator: '"rollcall member" and "rollcall endpoint" are for operators',
};

const unknownCommand = 127;

/**
 * Carries out a command line of Consul, without the word `consul`, in Consul's words and with its exit codes. Results
 * go to standard output, all else to standard error.
 */
export async function runConsul(
  argv: readonly string[],
  io: CliIo,
  parts: CliParts,
): Promise<number> {
  const [first = ''] = argv;
  if (first === 'agent') return await parts.consulAgent(argv.slice(1));
  if (['--version', '-version', '-v'].includes(first))
    return await carryOut(versionCommand, [], io, parts);
  const found = commandOf(argv);
  if (found === undefined) return refuse(argv, io);
  return await carryOut(found.command, found.rest, io, parts);
}

/** The command with the most words at the beginning. */
function commandOf(
  argv: readonly string[],
): { readonly command: ConsulCommand; readonly rest: readonly string[] } | undefined {
  for (const length of [3, 2, 1]) {
    const name = argv.slice(0, length).join(' ');
    const command = commands.find((one) => one.name === name);
    if (command !== undefined) return { command, rest: argv.slice(length) };
  }
  return undefined;
}

async function carryOut(
  command: ConsulCommand,
  words: readonly string[],
  io: CliIo,
  parts: CliParts,
): Promise<number> {
  const all: readonly GoFlag[] = [
    ...command.flags,
    ...(command === versionCommand ? [] : httpFlags),
  ];
  const help = `Usage: consul ${command.name} ${command.usage}\n\n  ${command.about}.\n\n${goFlagsHelp(all)}\n`;
  let flags: GoFlags;
  try {
    flags = parseGoFlags(words, all);
  } catch (error) {
    if (!(error instanceof GoFlagError)) throw error;
    io.stderr.write(`${error.message}\n${help}`);
    return 1;
  }
  if (flags.asksForHelp) {
    io.stdout.write(help);
    return 0;
  }
  try {
    return (await command.run(new ConsulContext(flags, io, parts))) ?? 0;
  } catch (error) {
    if (io.interrupted.aborted) return interruptedExitCode(io.interrupted);
    if (!(error instanceof ConsulFailure || error instanceof CliFailure)) throw error;
    io.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}

function refuse(argv: readonly string[], io: CliIo): number {
  const [first = ''] = argv;
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  const asksForHelp = first === '' || ['-h', '-help', '--help'].includes(first);
  if (asksForHelp) {
    (first === '' ? io.stderr : io.stdout).write(listOf(commands));
    return first === '' ? unknownCommand : 0;
  }
  if (group.length > 0) {
    io.stderr.write(listOf(group, ` ${first}`));
    return 1;
  }
  const advice = Object.hasOwn(elsewhere, first) ? elsewhere[first] : undefined;
  if (advice === undefined) io.stderr.write(listOf(commands));
  else io.stderr.write(`consul ${first} is not there: ${advice}\n`);
  return unknownCommand;
}

function listOf(some: readonly ConsulCommand[], group = ''): string {
  const agent = group === '' ? [{ name: 'agent', about: 'Runs a cluster of one' }] : [];
  const rows = [...agent, ...some].map(({ name, about }) => `    ${name.padEnd(26)}${about}`);
  return `Usage: consul${group} [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n${rows.join('\n')}\n${
    group === '' ? '\nExample:\n  consul kv get -recurse config/\n' : ''
  }`;
}
