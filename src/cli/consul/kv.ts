import { readFileSync } from 'node:fs';
import { readInput } from '../input.ts';
import { ConsulContext, ConsulFailure, isRecord, rowsOf, textOf } from './command.ts';
import type { ConsulCommand } from './command.ts';

const missingKey = new ConsulFailure('Error! Missing KEY argument');

export const kvCommands: readonly ConsulCommand[] = [
  {
    name: 'kv get',
    about: 'Retrieves or lists data from the KV store',
    usage: '[options] [KEY_OR_PREFIX]',
    flags: [
      { name: 'base64', kind: 'switch', help: 'Prints the value in base64.' },
      { name: 'detailed', kind: 'switch', help: 'Prints all fields of the entry.' },
      { name: 'keys', kind: 'switch', help: 'Prints keys only, up to the next separator.' },
      { name: 'recurse', kind: 'switch', help: 'Prints all entries whose keys begin so.' },
      { name: 'separator', kind: 'text', help: 'For -keys; else "/".' },
    ],
    run: get,
  },
  {
    name: 'kv put',
    about: 'Sets or updates data in the KV store',
    usage: '[options] KEY [DATA]; DATA may be @file, or - for standard input',
    flags: [
      { name: 'base64', kind: 'switch', help: 'DATA is in base64.' },
      { name: 'cas', kind: 'switch', help: 'Only if the entry is still that of -modify-index.' },
      { name: 'modify-index', kind: 'text', help: 'For -cas; 0: there is no such key.' },
      { name: 'flags', kind: 'text', help: 'Flags of the entry.' },
      { name: 'acquire', kind: 'switch', help: 'Locks the key for -session.' },
      { name: 'release', kind: 'switch', help: 'Unlocks the key.' },
      { name: 'session', kind: 'text', help: 'A session, for -acquire and -release.' },
    ],
    run: put,
  },
  {
    name: 'kv delete',
    about: 'Removes data from the KV store',
    usage: '[options] KEY_OR_PREFIX',
    flags: [
      { name: 'recurse', kind: 'switch', help: 'Deletes all keys that begin so.' },
      { name: 'cas', kind: 'switch', help: 'Only if the entry is still that of -modify-index.' },
      { name: 'modify-index', kind: 'text', help: 'For -cas.' },
    ],
    run: remove,
  },
  {
    name: 'kv export',
    about: 'Exports a tree from the KV store as JSON',
    usage: '[KEY_OR_PREFIX]',
    flags: [],
    run: exportTree,
  },
  {
    name: 'kv import',
    about: 'Imports a tree stored as JSON to the KV store',
    usage: '[DATA]; DATA may be @file, or - for standard input',
    flags: [{ name: 'prefix', kind: 'text', help: 'Put in front of all keys.' }],
    run: importTree,
  },
];

/** The words behind the flags; refuses more than `most`. */
function words(context: ConsulContext, most: number): readonly string[] {
  const { rest } = context.flags;
  if (rest.length <= most) return rest;
  const [prefix, expected] = most === 1 ? ['', '1'] : ['Error! ', `1 or ${most}`];
  throw new ConsulFailure(`${prefix}Too many arguments (expected ${expected}, got ${rest.length})`);
}

/** People write paths; no key begins with a slash. */
function keyOf(word: string | undefined): string {
  return (word ?? '').replace(/^\//, '');
}

function pathOf(key: string): string {
  return `kv/${key.split('/').map(encodeURIComponent).join('/')}`;
}

const asking = 'Error querying Consul agent';

async function get(context: ConsulContext): Promise<void> {
  const { flags } = context;
  const [word] = words(context, 1);
  const key = keyOf(word);
  const isTree = flags.isOn('recurse') || flags.isOn('keys');
  if (key === '' && !isTree) throw missingKey;
  if (flags.isOn('keys')) {
    const answer = await context.call(pathOf(key), {
      query: { keys: '', separator: flags.text('separator') ?? '/' },
      mayBeMissing: true,
      failure: asking,
    });
    if (answer.status === 404) return;
    const keys = ConsulContext.json(answer);
    if (Array.isArray(keys)) for (const one of keys) context.line(textOf(one));
    return;
  }
  const answer = await context.call(pathOf(key), {
    query: { recurse: isTree ? '' : undefined },
    mayBeMissing: true,
    failure: asking,
  });
  if (answer.status === 404) {
    if (isTree) return;
    throw new ConsulFailure(`Error! No key exists at: ${key}`);
  }
  const entries = rowsOf(ConsulContext.json(answer));
  for (const [at, entry] of entries.entries()) {
    if (flags.isOn('detailed')) {
      if (at > 0) context.line('');
      detailed(context, entry);
    } else if (isTree) context.line(`${textOf(entry['Key'])}:${valueOf(context, entry)}`);
    else {
      context.io.stdout.write(flags.isOn('base64') ? textOf(entry['Value']) : bytesOf(entry));
      context.line('');
    }
  }
}

type Entry = Readonly<Record<string, unknown>>;

function bytesOf(entry: Entry): Buffer {
  return Buffer.from(textOf(entry['Value']), 'base64');
}

function valueOf(context: ConsulContext, entry: Entry): string {
  return context.flags.isOn('base64') ? textOf(entry['Value']) : bytesOf(entry).toString('utf8');
}

function detailed(context: ConsulContext, entry: Entry): void {
  const field = (name: string): readonly string[] => [name.padEnd(15), textOf(entry[name])];
  context.columns([
    field('CreateIndex'),
    field('Flags'),
    field('Key'),
    field('LockIndex'),
    field('ModifyIndex'),
    ['Session', textOf(entry['Session']) || '-'],
    ['Value', valueOf(context, entry)],
  ]);
}

async function put(context: ConsulContext): Promise<void> {
  const { flags } = context;
  const [word, data] = words(context, 2);
  const key = keyOf(word);
  if (key === '') throw missingKey;
  const session = flags.text('session');
  const [acquires, releases] = [flags.isOn('acquire'), flags.isOn('release')];
  if ((acquires || releases) && session === undefined) {
    throw new ConsulFailure('Error! Missing -session (required with -acquire and -release)');
  }
  const body = await dataOf(context, data);
  const index = flags.text('modify-index') ?? '0';
  const answer = await context.call(pathOf(key), {
    method: 'PUT',
    query: {
      flags: flags.text('flags'),
      cas: flags.isOn('cas') ? index : undefined,
      acquire: acquires ? session : undefined,
      release: releases && !acquires ? session : undefined,
    },
    body: flags.isOn('base64') ? Buffer.from(body.toString('utf8'), 'base64') : body,
    failure: 'Error! Failed writing data',
  });
  const isDone = answer.text.trim() === 'true';
  if (flags.isOn('cas') && !isDone) {
    const why =
      index === '0'
        ? 'CAS performed with index=0 and key already exists.'
        : `CAS failed: the index is not ${index}`;
    throw new ConsulFailure(`Error! Did not write to ${key}: ${why}`);
  }
  if (acquires) {
    if (!isDone) throw new ConsulFailure('Error! Did not acquire lock');
    return context.line(`Success! Lock acquired on: ${key}`);
  }
  if (releases) {
    if (!isDone) throw new ConsulFailure('Error! Did not release lock');
    return context.line(`Success! Lock released on: ${key}`);
  }
  context.line(`Success! Data written to: ${key}`);
}

/** `@file`, `-` for standard input, or the data itself. */
async function dataOf(context: ConsulContext, word: string | undefined): Promise<Buffer> {
  if (word === '-') return Buffer.from(await readInput(context.io));
  if (word?.startsWith('@') !== true) return Buffer.from(word ?? '');
  try {
    return readFileSync(word.slice(1));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConsulFailure(`Error! Failed to read file: ${reason}`);
  }
}

async function remove(context: ConsulContext): Promise<void> {
  const { flags } = context;
  const [word] = words(context, 1);
  const key = keyOf(word);
  const isTree = flags.isOn('recurse');
  if (key === '' && !isTree) throw missingKey;
  if (isTree && flags.isOn('cas')) {
    throw new ConsulFailure('Cannot specify both -cas and -recurse!');
  }
  const index = flags.text('modify-index') ?? '0';
  if (flags.isOn('cas') && index === '0') {
    throw new ConsulFailure('Cannot specify -cas without -modify-index!');
  }
  const answer = await context.call(pathOf(key), {
    method: 'DELETE',
    query: { recurse: isTree ? '' : undefined, cas: flags.isOn('cas') ? index : undefined },
    failure: `Error! Did not delete ${isTree ? 'prefix' : 'key'} ${key}`,
  });
  if (answer.text.trim() !== 'true') {
    throw new ConsulFailure(`Error! Did not delete key ${key}: CAS failed`);
  }
  context.line(`Success! Deleted key${isTree ? 's with prefix' : ''}: ${key}`);
}

async function exportTree(context: ConsulContext): Promise<void> {
  const [word] = words(context, 1);
  const answer = await context.call(pathOf(keyOf(word)), {
    query: { recurse: '' },
    mayBeMissing: true,
    failure: asking,
  });
  const entries = answer.status === 404 ? [] : rowsOf(ConsulContext.json(answer));
  const rows = entries.map(
    (entry) =>
      `\t{\n\t\t"key": ${JSON.stringify(entry['Key'])},\n\t\t"flags": ${textOf(entry['Flags'])},\n` +
      `\t\t"value": ${JSON.stringify(textOf(entry['Value']))}\n\t}`,
  );
  context.line(rows.length === 0 ? '[]' : `[\n${rows.join(',\n')}\n]`);
}

async function importTree(context: ConsulContext): Promise<void> {
  const [word] = words(context, 1);
  if (word === undefined) throw new ConsulFailure('Error! Missing DATA argument');
  const text = (await dataOf(context, word)).toString('utf8');
  const prefix = keyOf(context.flags.text('prefix'));
  for (const entry of importedFrom(text)) {
    const name = textOf(entry['key']);
    const key = prefix === '' ? name : `${prefix.replace(/\/$/, '')}/${name}`;
    await context.call(pathOf(key), {
      method: 'PUT',
      query: { flags: textOf(entry['flags']) || '0' },
      body: Buffer.from(textOf(entry['value']), 'base64'),
      failure: `Error! Failed writing data for key ${key}`,
    });
    context.line(`Imported: ${key}`);
  }
}

function importedFrom(text: string): readonly Entry[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replaceAll(/"flags":\s*(\d{16,})/g, '"flags":"$1"'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConsulFailure(`Cannot unmarshal data: ${error.message}`);
  }
  const isTree =
    Array.isArray(parsed) && parsed.every((one) => isRecord(one) && textOf(one['key']) !== '');
  if (!isTree)
    throw new ConsulFailure('Cannot unmarshal data: a list of entries with keys is expected');
  return rowsOf(parsed);
}
