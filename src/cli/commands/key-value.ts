import type { Command } from 'commander';
import type { Keys, RangeOptions, RangeResult } from '../../client/index.ts';
import { exitCodes, usageError } from '../exit.ts';
import type { CliIo } from '../io.ts';
import { kvJson, type Run, type Session } from '../session.ts';
import { readInput } from '../input.ts';
import { oneOf, parseCount, parseId } from '../values.ts';

/** `put`, `get` and `del`. */
export function addKeyValue(program: Command, run: Run): void {
  addPut(program, run);
  addGet(program, run);
  addDel(program, run);
}

function addPut(program: Command, run: Run): void {
  program
    .command('put')
    .description(
      'put a key; the value comes from standard input if it is "-", or left out and there is one',
    )
    .argument('<key>')
    .argument('[value]')
    .option('--lease <id>', 'let the key lapse with this lease', parseId)
    .option('--prev-kv', 'print what was there before')
    .option('--ignore-value', 'keep the value, change only the lease')
    .option('--ignore-lease', 'keep the lease, change only the value')
    .addHelpText(
      'after',
      `
Examples:
  rollcall put /services/payment/instance-1 10.0.1.45:8080
  rollcall put --lease 32698f5c1c8fb104 /session open
  rollcall put /config < config.json`,
    )
    .action((key: string, value: string | undefined, options: PutFlags, command: Command) =>
      run(command, (session) => put(session, key, value, options)),
    );
}

function addGet(program: Command, run: Run): void {
  program
    .command('get')
    .description('print keys and values')
    .argument('<key>')
    .argument('[end]', 'read from key up to, not including, this one')
    .option('--prefix', 'all keys that begin with key')
    .option('--from-key', 'all keys from this one on')
    .option('--rev <revision>', 'as of this revision', parseCount)
    .option('--limit <count>', 'at most this many', parseCount)
    .option(
      '--sort-by <what>',
      'key, version, create, modify or value',
      oneOf('key', 'version', 'create', 'modify', 'value'),
    )
    .option('--order <order>', 'ascend or descend', oneOf('ascend', 'descend'))
    .option(
      '--consistency <level>',
      'l: the latest for sure; s: what the asked member knows',
      oneOf('l', 's'),
      'l',
    )
    .option('--min-mod-rev <revision>', 'only keys changed since this revision', parseCount)
    .option('--max-mod-rev <revision>', 'only keys not changed after this revision', parseCount)
    .option('--min-create-rev <revision>', 'only keys created since this revision', parseCount)
    .option('--max-create-rev <revision>', 'only keys created up to this revision', parseCount)
    .option('--keys-only', 'without the values')
    .option('--count-only', 'only how many there are')
    .option('--print-value-only', 'only the values')
    .addHelpText(
      'after',
      `
Prints each key on a line and its value below it.

Examples:
  rollcall get /services/payment/instance-1 --print-value-only
  rollcall get --prefix /services/ --keys-only
  rollcall get --prefix / --sort-by modify --order descend --limit 10
  rollcall get /config --rev 41`,
    )
    .action((key: string, end: string | undefined, options: GetFlags, command: Command) =>
      run(command, (session) => get(session, key, end, options)),
    );
}

function addDel(program: Command, run: Run): void {
  program
    .command('del')
    .description('delete keys and print how many there were')
    .argument('<key>')
    .argument('[end]', 'delete from key up to, not including, this one')
    .option('--prefix', 'all keys that begin with key')
    .option('--from-key', 'all keys from this one on')
    .option('--range', 'accepted for the sake of etcdctl: an end says it')
    .option('--prev-kv', 'print what was there before')
    .addHelpText(
      'after',
      `
Examples:
  rollcall del /services/payment/instance-1
  rollcall del --prefix /services/payment/`,
    )
    .action((key: string, end: string | undefined, options: DelFlags, command: Command) =>
      run(command, (session) => del(session, key, end, options)),
    );
}

interface RangeFlags {
  readonly prefix?: boolean;
  readonly fromKey?: boolean;
}

interface PutFlags {
  readonly lease?: bigint;
  readonly prevKv?: boolean;
  readonly ignoreValue?: boolean;
  readonly ignoreLease?: boolean;
}

interface GetFlags extends RangeFlags {
  readonly rev?: number;
  readonly limit?: number;
  readonly sortBy?: 'key' | 'version' | 'create' | 'modify' | 'value';
  readonly order?: 'ascend' | 'descend';
  readonly consistency: 'l' | 's';
  readonly minModRev?: number;
  readonly maxModRev?: number;
  readonly minCreateRev?: number;
  readonly maxCreateRev?: number;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
  readonly printValueOnly?: boolean;
}

interface DelFlags extends RangeFlags {
  readonly prevKv?: boolean;
}

const sortTargets = {
  key: 'key',
  version: 'version',
  create: 'create-revision',
  modify: 'mod-revision',
  value: 'value',
} as const;

/** The keys that the arguments and flags of a command mean. */
export function keysOf(key: string, end: string | undefined, flags: RangeFlags): Keys {
  const ways = [end !== undefined, flags.prefix === true, flags.fromKey === true];
  if (ways.filter(Boolean).length > 1) {
    throw usageError('use only one of --prefix, --from-key and an end');
  }
  if (flags.prefix === true) return { prefix: key };
  if (flags.fromKey === true) return { from: key };
  return end === undefined ? key : { from: key, to: end };
}

async function put(
  session: Session,
  key: string,
  value: string | undefined,
  flags: PutFlags,
): Promise<void> {
  if (flags.ignoreValue === true && value !== undefined) {
    throw usageError('--ignore-value keeps the value; give none');
  }
  const bytes = flags.ignoreValue === true ? '' : await valueOf(session.io, value);
  const { revision, prevKv } = await session.client.put(key, bytes, flags);
  const before = prevKv === undefined ? [] : [prevKv.key, prevKv.value];
  session.result({ revision, prevKv: prevKv && kvJson(prevKv) }, ['OK', ...before]);
}

async function valueOf(io: CliIo, value: string | undefined): Promise<string | Uint8Array> {
  if (value !== undefined && value !== '-') return value;
  if (value === '-') return await readInput(io);
  if (io.stdin.isTTY === true) {
    throw usageError('give a value, or "-" to type it and end it with Ctrl-D');
  }
  const bytes = await readInput(io);
  if (bytes.length > 0) return bytes;
  throw usageError(
    'no value is given, and standard input is empty; write "" for an empty value, or "-" to take what comes',
  );
}

async function get(
  session: Session,
  key: string,
  end: string | undefined,
  flags: GetFlags,
): Promise<number> {
  const keys = keysOf(key, end, flags);
  const found = await session.client.range(keys, rangeOptions(flags));
  if (session.isJson) session.json({ ...found, kvs: found.kvs.map(kvJson) });
  else if (flags.countOnly === true) session.line(String(found.count));
  else printKeyValues(session, found, flags);
  if (typeof keys !== 'string' || found.count > 0) return exitCodes.ok;
  session.problem('key-not-found', `there is no key "${key}"`, exitCodes.notFound);
  return exitCodes.notFound;
}

function rangeOptions(flags: GetFlags): RangeOptions {
  return {
    keysOnly: flags.keysOnly === true,
    countOnly: flags.countOnly === true,
    serializable: flags.consistency === 's',
    ...(flags.rev === undefined ? {} : { revision: flags.rev }),
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
    ...(flags.minModRev === undefined ? {} : { modRevisionMin: flags.minModRev }),
    ...(flags.maxModRev === undefined ? {} : { modRevisionMax: flags.maxModRev }),
    ...(flags.minCreateRev === undefined ? {} : { createRevisionMin: flags.minCreateRev }),
    ...(flags.maxCreateRev === undefined ? {} : { createRevisionMax: flags.maxCreateRev }),
    ...(flags.sortBy === undefined ? {} : { sortBy: sortTargets[flags.sortBy] }),
    ...(flags.order === undefined
      ? {}
      : { order: flags.order === 'descend' ? 'descending' : 'ascending' }),
  };
}

function printKeyValues(session: Session, found: RangeResult, flags: GetFlags): void {
  for (const kv of found.kvs) {
    if (flags.printValueOnly !== true) session.line(session.colors.cyan(kv.key));
    if (flags.keysOnly !== true) session.bytes(kv.valueBytes);
  }
  if (found.more) session.note(`rollcall: ${found.count} keys in all; see more with --limit`);
}

async function del(
  session: Session,
  key: string,
  end: string | undefined,
  flags: DelFlags,
): Promise<void> {
  const { deleted, prevKvs, revision } = await session.client.delete(keysOf(key, end, flags), {
    prevKv: flags.prevKv === true,
  });
  session.result({ deleted, revision, prevKvs: prevKvs.map(kvJson) }, [
    String(deleted),
    ...prevKvs.flatMap((kv) => [kv.key, kv.value]),
  ]);
}
