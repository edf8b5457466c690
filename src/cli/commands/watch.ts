import type { Command } from 'commander';
import type { WatchEvent } from '../../client/index.ts';
import { kvJson, type Run, type Session } from '../session.ts';
import { parseCount } from '../values.ts';
import { keysOf } from './key-value.ts';

/** `watch`. */
export function addWatch(program: Command, run: Run): void {
  program
    .command('watch')
    .description('print every change of keys as it happens, until Ctrl-C')
    .argument('<key>')
    .argument('[end]', 'watch from key up to, not including, this one')
    .option('--prefix', 'all keys that begin with key')
    .option('--from-key', 'all keys from this one on')
    .option('--rev <revision>', 'begin with this revision, also in the past', parseCount)
    .option('--prev-kv', 'print what was there before')
    .addHelpText(
      'after',
      `
Prints PUT or DELETE, the key, and the value, each on a line. Goes on through lost connections without losing or
repeating a change.

Examples:
  rollcall watch --prefix /services/
  rollcall watch /config --rev 1
  rollcall watch --prefix / --json | jq .kv.key`,
    )
    .action((key: string, end: string | undefined, flags: WatchFlags, command: Command) =>
      run(command, (session) => watch(session, key, end, flags)),
    );
}

interface WatchFlags {
  readonly prefix?: boolean;
  readonly fromKey?: boolean;
  readonly rev?: number;
  readonly prevKv?: boolean;
}

async function watch(
  session: Session,
  key: string,
  end: string | undefined,
  flags: WatchFlags,
): Promise<void> {
  const watcher = session.client.watch(keysOf(key, end, flags), {
    signal: session.interrupted,
    prevKv: flags.prevKv === true,
    ...(flags.rev === undefined ? {} : { fromRevision: flags.rev }),
  });
  for await (const event of watcher) printEvent(session, event);
}

function printEvent(session: Session, event: WatchEvent): void {
  if (event.type === 'resync') return;
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
