import type { Command } from 'commander';
import type { DeleteEvent, PutEvent, Watcher, WatchEvent } from '../../client/index.ts';
import { runChild } from '../child.ts';
import { CliFailure, exitCodes, usageError } from '../exit.ts';
import { inputLines } from '../lines.ts';
import { kvJson, type Run, type Session } from '../session.ts';
import { parseCount } from '../values.ts';
import { keysOf } from './key-value.ts';

/** `watch`. */
export function addWatch(program: Command, run: Run): void {
  program
    .command('watch')
    .description('print every change of keys as it happens, until Ctrl-C')
    .argument('[words...]', 'the key, and an end: watch from key up to, not including, this one')
    .usage('[options] <key> [end] [-- program arguments...]')
    .option('--prefix', 'all keys that begin with key')
    .option('--from-key', 'all keys from this one on')
    .option('--rev <revision>', 'begin with this revision, also in the past', parseCount)
    .option('--prev-kv', 'print what was there before')
    .option('-i, --interactive', 'read watches from standard input, one a line')
    .option('--progress-notify', 'accepted for the sake of etcdctl: progress is told anyway')
    .addHelpText(
      'after',
      `
Prints PUT or DELETE, the key, and the value, each on a line. Goes on through lost connections without losing or
repeating a change. A program behind -- runs after each change, and finds it in $ETCD_WATCH_REVISION,
$ETCD_WATCH_EVENT_TYPE, $ETCD_WATCH_KEY and $ETCD_WATCH_VALUE, the last three in double quotes as etcdctl writes them;
the watch ends with the exit code of a program that fails.

Examples:
  rollcall watch --prefix /services/
  rollcall watch /config --rev 1
  rollcall watch --prefix / --json | jq .kv.key
  rollcall watch /config -- systemctl reload payment`,
    )
    .action((words: string[], flags: WatchFlags, command: Command) =>
      run(command, (session) => {
        const { operands, program: child } = splitAtDashes(words, command);
        if (flags.interactive === true) return watchInteractively(session, operands);
        return watch(session, planOf(withEnvironment(operands, session), flags, child));
      }),
    );
}

interface WatchFlags {
  readonly prefix?: boolean;
  readonly fromKey?: boolean;
  readonly rev?: number;
  readonly prevKv?: boolean;
  readonly interactive?: boolean;
}

/** The keys to watch, and the program to run for each change. */
interface WatchPlan {
  readonly key: string;
  readonly end: string | undefined;
  readonly flags: WatchFlags;
  readonly program: readonly string[];
}

/** The words before `--` and those behind it; the parser of the command line no longer tells them apart. */
function splitAtDashes(
  words: readonly string[],
  command: Command,
): { operands: readonly string[]; program: readonly string[] } {
  const { rawArgs } = rootOf(command);
  const dashes = rawArgs.indexOf('--');
  if (dashes === -1) return { operands: words, program: [] };
  const program = rawArgs.slice(dashes + 1);
  if (program.length === 0) throw usageError('name a program behind --, or leave -- out');
  return { operands: words.slice(0, words.length - program.length), program };
}

function rootOf(command: Command): Command & { readonly rawArgs: readonly string[] } {
  const { parent } = command;
  // The words as they were typed; part of Commander, missing in its types.
  return parent === null ? Object.assign(command, { rawArgs: rawArgsOf(command) }) : rootOf(parent);
}

function rawArgsOf(command: Command): readonly string[] {
  const raw: unknown = Reflect.get(command, 'rawArgs');
  return Array.isArray(raw) ? raw.map(String) : [];
}

/** etcdctl's variables name the key where the command line does not. */
function withEnvironment(operands: readonly string[], session: Session): readonly string[] {
  const { ETCDCTL_WATCH_KEY: key = '', ETCDCTL_WATCH_RANGE_END: end = '' } = session.io.env;
  if (operands.length > 0 || key === '') return operands;
  return end === '' ? [key] : [key, end];
}

function planOf(
  [key, end, ...others]: readonly string[],
  flags: WatchFlags,
  program: readonly string[],
): WatchPlan {
  if (key === undefined) throw usageError('name a key to watch');
  if (others.length > 0) {
    throw usageError(`"${others.join(' ')}" is too much; put -- in front of a program to run`);
  }
  return { key, end, flags, program };
}

function startWatch(session: Session, { key, end, flags }: WatchPlan): Watcher {
  return session.client.watch(keysOf(key, end, flags), {
    signal: session.interrupted,
    prevKv: flags.prevKv === true,
    ...(flags.rev === undefined ? {} : { fromRevision: flags.rev }),
  });
}

async function watch(session: Session, plan: WatchPlan): Promise<number> {
  for await (const event of startWatch(session, plan)) {
    if (event.type === 'resync') continue;
    printEvent(session, event);
    if (plan.program.length === 0) continue;
    const exitCode = await runChild(session, plan.program, await variablesOf(event));
    if (session.interrupted.aborted) break;
    if (exitCode !== 0) {
      throw new CliFailure(
        exitCode,
        `"${plan.program.join(' ')}" ended with exit code ${exitCode}`,
      );
    }
  }
  return exitCodes.ok;
}

/** etcdctl's variables, quoted as etcdctl does. */
async function variablesOf(event: PutEvent | DeleteEvent): Promise<Record<string, string>> {
  const { quoted } = await import('../etcdctl/wire-values.ts');
  return {
    ETCD_WATCH_REVISION: String(event.revision),
    ETCD_WATCH_EVENT_TYPE: quoted(event.type === 'put' ? 'PUT' : 'DELETE'),
    ETCD_WATCH_KEY: quoted(event.kv.keyBytes),
    ETCD_WATCH_VALUE: quoted(event.kv.valueBytes),
  };
}

/** Reads `watch [options] key [end] [-- program]` line by line; each one goes on beside the others. */
async function watchInteractively(session: Session, operands: readonly string[]): Promise<number> {
  if (operands.length > 0) throw usageError('--interactive reads the keys from standard input');
  const running: Promise<number>[] = [];
  const ended = new Promise<'interrupted'>((resolve) => {
    session.interrupted.addEventListener('abort', () => resolve('interrupted'), { once: true });
  });
  const lines = inputLines(session.io)[Symbol.asyncIterator]();
  for (;;) {
    const line = await Promise.race([lines.next(), ended, ...running]);
    if (typeof line !== 'object' || line.done === true) break;
    if (line.value.trim() === '') continue;
    try {
      const plan = await planOfLine(line.value);
      running.push(watch(session, plan));
    } catch (error) {
      if (!(error instanceof CliFailure)) throw error;
      session.problem('usage', error.message, error.exitCode);
    }
  }
  // The end of the input ends no watch.
  await Promise.all(running);
  return exitCodes.ok;
}

async function planOfLine(line: string): Promise<WatchPlan> {
  const { words } = await import('../words.ts');
  const [verb, ...rest] = words(line, undefined).map(({ text }) => text);
  if (verb === 'progress') {
    throw usageError('"progress" is not there: every watch hears of progress by itself');
  }
  if (verb !== 'watch') throw usageError(`"${line}" is none of: watch [options] key [end]`);
  const dashes = rest.indexOf('--');
  const before = dashes === -1 ? rest : rest.slice(0, dashes);
  const flags: { prefix?: boolean; fromKey?: boolean; prevKv?: boolean; rev?: number } = {};
  const operands: string[] = [];
  for (let index = 0; index < before.length; index++) {
    const word = before[index] ?? '';
    if (word === '--prefix') flags.prefix = true;
    else if (word === '--from-key') flags.fromKey = true;
    else if (word === '--prev-kv') flags.prevKv = true;
    else if (word === '--rev') flags.rev = revisionOf(before[++index]);
    else if (word.startsWith('--rev=')) flags.rev = revisionOf(word.slice('--rev='.length));
    else if (word.startsWith('--')) throw usageError(`${word} is not known here`);
    else operands.push(word);
  }
  return planOf(operands, flags, dashes === -1 ? [] : rest.slice(dashes + 1));
}

function revisionOf(text: string | undefined): number {
  if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  throw usageError('--rev takes a whole number');
}

function printEvent(session: Session, event: Exclude<WatchEvent, { type: 'resync' }>): void {
  const { type, kv, prevKv, revision } = event;
  if (session.isJson) {
    return session.json({ type, revision, kv: kvJson(kv), prevKv: prevKv && kvJson(prevKv) });
  }
  const { green, red, dim } = session.colors;
  session.line(type === 'put' ? green('PUT') : red('DELETE'));
  if (prevKv !== undefined) session.line(dim(`${prevKv.key}\n${prevKv.value}`));
  session.line(kv.key);
  session.bytes(kv.valueBytes);
}
