import { InvalidArgumentError, type Command, type Option } from 'commander';
import { usageError } from './exit.ts';
import { globalOptions } from './global-options.ts';
import type { CliIo } from './io.ts';
import { oneOf, parseDurationMs } from './values.ts';

/** The format of results. */
export type Format =
  /** For people: tables and colours on a terminal, plain columns where a program reads along. */
  | 'people'
  /** Our JSON. */
  | 'json'
  /** As etcdctl prints them with `-w`. */
  | 'simple'
  | 'table'
  | 'etcd-json'
  | 'fields';

/** The options that every command takes, as they count: flags first, then the environment. */
export interface GlobalOptions {
  readonly endpoints: string;
  readonly timeout: number;
  readonly format: Format;
  readonly hex: boolean;
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecureSkipTlsVerify: boolean;
  /** `name`, or `name:password`. */
  readonly user?: string;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly token?: string;
}

/** Reads the global options of a command that is being carried out. */
export function readGlobalOptions(command: Command, env: CliIo['env']): GlobalOptions {
  const given = givenOptions(command, env);
  refuseWhatIsMissing(given);
  const text = (name: string): string | undefined => {
    const value = given.get(name)?.value;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  for (const name of ['dial-timeout', 'keepalive-time', 'keepalive-timeout']) {
    durationOf(given.get(name));
  }
  const files = {
    cacert: text('cacert'),
    cert: text('cert'),
    key: text('key'),
    user: text('user'),
    password: text('password'),
    passwordFile: text('password-file'),
    token: text('auth-jwt-token'),
  };
  return {
    endpoints: text('endpoints') ?? defaultEndpoints(given.get('endpoints')),
    timeout: durationOf(given.get('timeout')) ?? durationOf(given.get('command-timeout')) ?? 5000,
    format: formatOf(given),
    hex: given.get('hex')?.value === true,
    insecureSkipTlsVerify: given.get('insecure-skip-tls-verify')?.value === true,
    ...Object.fromEntries(Object.entries(files).filter(([, value]) => value !== undefined)),
  };
}

/** A value, and the flag or variable that it comes from. */
interface Given {
  readonly value: unknown;
  readonly source: string;
}

function givenOptions(command: Command, env: CliIo['env']): ReadonlyMap<string, Given> {
  const flags = command.optsWithGlobals();
  const given = new Map<string, Given>();
  for (const { flags: written, env: variables } of globalOptions) {
    const name = /--([a-z-]+)/.exec(written)?.[1] ?? '';
    const attribute = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    const variable = variables.find((one) => (env[one] ?? '') !== '');
    const found: unknown = flags[attribute];
    // `user add --no-password` has a switch of the same name as an option with a value.
    const isOther = typeof found === 'boolean' && written.includes('<');
    const value = isOther ? undefined : found;
    if (value !== undefined) given.set(name, { value, source: `--${name}` });
    else if (variable !== undefined)
      given.set(name, { value: env[variable], source: `$${variable}` });
  }
  return given;
}

/** An option that asks for more safety than there is must be refused, not ignored. */
function refuseWhatIsMissing(given: ReadonlyMap<string, Given>): void {
  for (const name of ['discovery-srv', 'discovery-srv-name']) {
    const one = given.get(name);
    if (one !== undefined) {
      throw usageError(
        `members are not found by DNS yet, so ${one.source} means nothing here; name them with --endpoints`,
      );
    }
  }
}

function defaultEndpoints(given: Given | undefined): string {
  if (given !== undefined) throw usageError(`${given.source} names no endpoint`);
  return '127.0.0.1:2379';
}

function durationOf(given: Given | undefined): number | undefined {
  if (given === undefined) return undefined;
  return parsed(given, parseDurationMs);
}

function parsed<T>({ value, source }: Given, parse: (text: string) => T): T {
  try {
    return parse(String(value));
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw usageError(`"${String(value)}" makes no sense as ${source}. ${error.message}`);
  }
}

const parseFormat = oneOf('simple', 'table', 'json', 'fields', 'protobuf');

function formatOf(given: ReadonlyMap<string, Given>): Format {
  if (given.get('json')?.value === true) return 'json';
  const written = given.get('write-out');
  if (written === undefined) return 'people';
  const format = parsed(
    { ...written, value: String(written.value).replace(/^=/, '') },
    parseFormat,
  );
  if (format === 'protobuf')
    throw usageError(
      `${written.source} can be simple, table, json or fields; protobuf is not there`,
    );
  return format === 'json' ? 'etcd-json' : format;
}

/** Whether errors are told as JSON: known before the command line is understood, since that may fail. */
export function wantsJson(argv: readonly string[], env: CliIo['env']): boolean {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  if (words.includes('--json') || words.includes('--json=true')) return true;
  const index = words.findLastIndex((word) => /^(?:-w|--write-out)/.test(word));
  const word = words[index];
  if (word === undefined) return env['ETCDCTL_WRITE_OUT']?.toLowerCase() === 'json';
  const value =
    word === '-w' || word === '--write-out'
      ? words[index + 1]
      : word.replace(/^(?:-w|--write-out)=?/, '');
  return value?.toLowerCase() === 'json';
}

/** `--prefix=true` and `--prefix=false`, as Go's programs take them, as `--prefix` and nothing. */
export function withoutBooleanValues(argv: readonly string[], program: Command): string[] {
  const end = argv.indexOf('--');
  const booleans = booleanOptions(program);
  // A name may take a value at one command, and be a switch at another.
  const own = namesOf(commandIn(argv, program).options.filter((option) => !option.isBoolean()));
  for (const name of own) booleans.delete(name);
  return argv.flatMap((word, index) => {
    const [, name, value] = /^(--?[a-z-]+)=(true|false|1|0|t|f)$/i.exec(word) ?? [];
    if (name === undefined || !booleans.has(name) || (end !== -1 && index > end)) return [word];
    return /^[t1]/i.test(value ?? '') ? [name] : [];
  });
}

/** The command that these words lead to. */
function commandIn(argv: readonly string[], program: Command): Command {
  return argv.reduce(
    (command, word) => command.commands.find((child) => child.name() === word) ?? command,
    program,
  );
}

function booleanOptions(command: Command): Set<string> {
  return new Set([
    ...namesOf(command.options.filter((option) => option.isBoolean())),
    ...command.commands.flatMap((child) => [...booleanOptions(child)]),
  ]);
}

function namesOf(options: readonly Option[]): readonly string[] {
  return options.flatMap(({ short, long }) => [short ?? '', long ?? '']);
}
