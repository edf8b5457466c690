import { singleKey } from '../../../base/key.ts';
import type { Key } from '../../../base/key.ts';
import type { Operations, Rights } from '../../../operations/index.ts';
import { kvKeys } from '../../../registry/index.ts';
import type { Answer, IndexedAnswer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { printJson } from '../frame/json-out.ts';
import { filteredHeader, isAnonymous } from '../frame/callers.ts';
import { isLocal, KeyChanges } from '../frame/key-requests.ts';
import { entryJson, textOfKey } from './entry.ts';
import type { Entry } from './entry.ts';
import type { KvChanges } from './changes.ts';
import type { ReadEntries } from './store.ts';
import { visiblePartsOf } from './store.ts';
import { compareAndDelete, compareAndSet, lock, set, unlock } from './verbs.ts';
import type { Outcome, Written } from './verbs.ts';
import type { ConsulParts } from '../parts.ts';
import { uint64Parameter } from '../frame/query.ts';
import { badRequest, failed } from '../frame/refusals.ts';
import type { Route } from '../frame/route.ts';

/** Of a value, as in Consul. */
export const valueBytesMax: number = 512 << 10;

export type KvParts = Pick<ConsulParts, 'operations' | 'blocking' | 'store' | 'delays'>;

/** The key-value store. */
export function kvRoutes(parts: KvParts): readonly Route[] {
  return [
    {
      path: '/v1/kv/{key}',
      methods: {
        GET: {
          about:
            'Reads an entry, with `recurse` all that begin with the key, with `keys` their keys.',
          scope: 'index',
          needs: 'operations',
          parameters: ['recurse', 'keys', 'separator', 'raw'],
          serve: (call) => read(parts, call),
        },
        PUT: {
          about: 'Writes an entry; `acquire` and `release` take and give up its lock.',
          scope: 'datacenter',
          needs: 'operations',
          parameters: ['flags', 'cas', 'acquire', 'release'],
          body: 'bytes',
          bodyBytesMax: valueBytesMax,
          serve: (call) => write(parts, call),
        },
        DELETE: {
          about: 'Deletes an entry, with `recurse` all that begin with the key.',
          scope: 'datacenter',
          needs: 'operations',
          parameters: ['recurse', 'cas'],
          serve: (call) => erase(parts, call),
        },
      },
    },
  ];
}

async function read({ operations, blocking, store }: KvParts, call: Call): Promise<Answer> {
  const key = call.key('key');
  const isTree = call.has('keys') || call.has('recurse');
  if (key === '' && !isTree) throw badRequest('Missing key name');
  const { options } = call;
  const rights = operations.rightsOf(options.caller);
  const watched = isTree
    ? [kvKeys.valuesBelow(key), kvKeys.locksBelow(key)].flatMap((all) =>
        visiblePartsOf(all, rights),
      )
    : [singleKey(kvKeys.value(key)), singleKey(kvKeys.lock(key))];
  const changes = new KeyChanges(operations, watched, options);
  const headers = headersOfTree(operations, call, rights);
  return blocking.answer(call, {
    answer: async (isFirst) => {
      changes.check();
      const serializable = isLocal(call.query.mode, isFirst);
      if (!isTree) {
        return answerOne(await store.entry(key, { serializable, options }), call.has('raw'));
      }
      const withoutValues = call.has('keys');
      const found = await store.tree(key, { serializable, options, withoutValues });
      const answer = withoutValues
        ? answerKeys(found, call)
        : answerAll(found, () => operations.turn());
      return { ...answer, headers };
    },
    onChange: (changed) => changes.onChange(changed),
  });
}

/** Tells a user that it may not read all that begins with the key. */
function headersOfTree(
  operations: Operations,
  call: Call,
  rights: Rights | undefined,
): IndexedAnswer['headers'] {
  const isWhole = rights === undefined || rights.mayRead(kvKeys.valuesBelow(call.key('key')));
  if (isWhole || isAnonymous(operations, call.options.caller)) return undefined;
  return { [filteredHeader]: 'true' };
}

function answerOne({ entries, index, release }: ReadEntries, isRaw: boolean): IndexedAnswer {
  release();
  const [entry] = entries;
  if (entry === undefined) return { index, status: 404 };
  if (!isRaw) return { index, json: [entryJson(entry)] };
  return {
    index,
    bytes: entry.value,
    contentType: 'text/plain',
    // A browser must not run it.
    headers: { 'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': 'sandbox' },
  };
}

function answerKeys({ entries, index, release }: ReadEntries, call: Call): IndexedAnswer {
  release();
  const prefix = call.key('key');
  if (entries.length === 0 && prefix !== '') return { index, status: 404 };
  // The second spelling is in Consul's own documents of old.
  const separator = Buffer.from(call.get('separator') || call.get('seperator')).toString('latin1');
  const names: string[] = [];
  let last: Key | undefined;
  for (const { key } of entries) {
    const cut = separator === '' ? key : cutBehind(key, separator, prefix.length);
    if (cut === last) continue;
    last = cut;
    names.push(textOfKey(cut));
  }
  return { index, json: names };
}

/** The key up to the first separator behind the prefix, the separator included. */
function cutBehind(key: Key, separator: string, from: number): Key {
  const at = key.indexOf(separator, from);
  return at === -1 ? key : key.slice(0, at + separator.length);
}

/** Entries that are encoded in one turn. */
const entriesPerTurn = 200;

function answerAll(found: ReadEntries, turn: () => Promise<void>): IndexedAnswer {
  const { entries, index, release } = found;
  if (entries.length === 0) {
    release();
    return { index, status: 404 };
  }
  if (entries.length > entriesPerTurn) {
    const stream = encoded(entries, turn, release);
    return { index, stream, contentType: 'application/json' };
  }
  release();
  return { index, json: entries.map(entryJson) };
}

/** A long list piece by piece, so that other requests are served in between. */
async function* encoded(
  entries: readonly Entry[],
  turn: () => Promise<void>,
  release: () => void,
): AsyncIterable<Uint8Array> {
  try {
    for (let at = 0; at < entries.length; at += entriesPerTurn) {
      const piece = printJson(entries.slice(at, at + entriesPerTurn).map(entryJson), false);
      yield Buffer.from((at === 0 ? '[' : ',') + piece.slice(1, -1));
      await turn();
    }
    yield Buffer.from(']');
  } finally {
    release();
  }
}

async function write({ store, delays }: KvParts, call: Call): Promise<Answer> {
  const key = requiredKey(call);
  refuseBoth(call, ['cas', 'acquire', 'release']);
  const flags = call.has('flags') ? uint64Parameter(call.get('flags')) : 0n;
  const written: Written = { key, value: call.body, flags };
  const session = call.get('acquire');
  const cas = call.has('cas') ? uint64Parameter(call.get('cas')) : undefined;
  const decide = (changes: KvChanges): Outcome => {
    if (call.has('acquire')) {
      return lock(changes, written, { session, isDelayed: delays.isRunning(key) });
    }
    if (call.has('release')) return unlock(changes, written, call.get('release'));
    return cas === undefined ? set(changes, written) : compareAndSet(changes, written, cas);
  };
  const wanted = { keys: [key], sessions: session === '' ? [] : [session] };
  const how = { options: call.options, overwrites: cas === undefined };
  const { decided } = await store.change(wanted, how, decide);
  return { json: isDone(decided) };
}

async function erase({ store }: KvParts, call: Call): Promise<Answer> {
  if (call.has('recurse')) {
    refuseBoth(call, ['recurse', 'cas']);
    await store.deleteTree(call.key('key'), call.options);
    return { json: true };
  }
  const key = requiredKey(call);
  if (!call.has('cas')) {
    await store.delete(key, call.options);
    return { json: true };
  }
  const cas = uint64Parameter(call.get('cas'));
  const { decided } = await store.change({ keys: [key] }, call, (changes) =>
    compareAndDelete(changes, key, cas),
  );
  return { json: isDone(decided) };
}

/** Consul answers false if a condition does not hold, and refuses sessions that are none. */
function isDone(outcome: Outcome): boolean {
  if (outcome.kind === 'bad-session') throw failed(outcome.why);
  return outcome.kind === 'done';
}

function requiredKey(call: Call): Key {
  const key = call.key('key');
  if (key === '') throw badRequest('Missing key name');
  return key;
}

/** Refuses parameters that exclude each other. */
function refuseBoth(call: Call, names: readonly string[]): void {
  if (names.filter((name) => call.has(name)).length < 2) return;
  const sorted = new URLSearchParams(call.query.parameters);
  sorted.sort();
  throw badRequest(`Conflicting flags: ${sorted.toString()}`);
}
