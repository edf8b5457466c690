import { keyOfText } from '../../base/key.ts';
import type { Key } from '../../base/key.ts';
import type { Answer } from './answer.ts';
import type { Call } from './call.ts';
import { JsonFields } from './json-in.ts';
import { isLocal } from './key-requests.ts';
import { pendingIndex } from './kv-changes.ts';
import type { KvChanges } from './kv-changes.ts';
import { entryJson } from './kv-entry.ts';
import type { Entry } from './kv-entry.ts';
import type { KvParts } from './kv-routes.ts';
import {
  compareAndDelete,
  compareAndSet,
  done,
  lock,
  named,
  refused,
  remove,
  set,
  unlock,
} from './kv-verbs.ts';
import type { Outcome, Written } from './kv-verbs.ts';
import { badRequest, ConsulRefusal } from './refusals.ts';
import type { Route } from './route.ts';

const bodyBytesMax = 512 << 10;
/** Consul's limit is 64 or 128; users ask for more. */
const txnOperationsMax = 1024;

/** Transactions: all operations or none, at one revision. */
export function txnRoutes(parts: KvParts): readonly Route[] {
  return [
    {
      path: '/v1/txn',
      methods: {
        PUT: {
          about: 'Does all of the operations or none; one that only reads is a read.',
          scope: 'index',
          body: 'json',
          bodyBytesMax,
          serve: (call) => transact(parts, call),
        },
      },
    },
  ];
}

/** One operation on the key-value store. */
interface KvOperation {
  readonly at: number;
  readonly verb: string;
  readonly key: Key;
  readonly value: Uint8Array;
  readonly flags: bigint;
  readonly index: bigint;
  readonly session: string;
}

interface TxnError {
  readonly OpIndex: number;
  readonly What: string;
}

/** A row of the answer: an entry, with its value if it was read. */
interface Row {
  readonly entry: Entry;
  readonly withValue: boolean;
}

interface Decided {
  readonly rows: readonly Row[];
  readonly errors: readonly TxnError[];
}

const writes: ReadonlySet<string> = new Set([
  'set',
  'cas',
  'lock',
  'unlock',
  'delete',
  'delete-cas',
  'delete-tree',
]);

function isTree({ verb }: KvOperation): boolean {
  return verb.endsWith('-tree');
}

async function transact(parts: KvParts, call: Call): Promise<Answer> {
  const operations = operationsOf(call);
  const isRead = operations.every(({ verb }) => !writes.has(verb));
  const unnamed = operations.filter(({ key }) => key === '');
  if (unnamed.length > 0) {
    const errors = unnamed.map(({ at }) => ({ OpIndex: at, What: 'Must provide key' }));
    return answerOf({ rows: [], errors }, { isRead, revision: 0, hasLeader: false });
  }
  if (isRead) await parts.blocking.ledFor(call);
  const wanted = {
    keys: operations.filter((operation) => !isTree(operation)).map(({ key }) => key),
    trees: operations.filter(isTree).map(({ key }) => key),
    sessions: operations.filter(({ verb }) => verb === 'lock').map(({ session }) => session),
  };
  const { options, query } = call;
  const decide = (changes: KvChanges): Decided => run(operations, changes, parts);
  const how = { options, isLocalEnough: isRead && isLocal(query.mode, true) };
  const { decided, revision } = await parts.store.change(
    wanted,
    how,
    decide,
    ({ errors }) => errors.length === 0,
  );
  return answerOf(decided, { isRead, revision, hasLeader: parts.operations.hasLeader() });
}

function operationsOf(call: Call): KvOperation[] {
  let list: unknown;
  try {
    list = call.json();
    if (!Array.isArray(list)) throw badRequest('Request decode failed: the body must be a list');
    if (list.length > txnOperationsMax) {
      throw new ConsulRefusal(
        413,
        `Transaction contains too many operations (${list.length} > ${txnOperationsMax})`,
      );
    }
    return list.flatMap((value, at) => operationOf(new JsonFields(value, `[${at}]`), at) ?? []);
  } catch (error) {
    if (!(error instanceof ConsulRefusal) || error.status !== 400) throw error;
    throw badRequest(error.message.replace('Request decode failed', 'Failed to parse body'));
  }
}

function operationOf(fields: JsonFields, at: number): KvOperation | undefined {
  const kv = fields.object('KV');
  if (kv === undefined) {
    if (['Node', 'Service', 'Check', 'Session', 'Intention'].some((name) => fields.has(name))) {
      throw badRequest(
        'Request decode failed: operations on nodes, services and checks are not supported yet',
      );
    }
    return undefined;
  }
  return {
    at,
    verb: kv.text('Verb'),
    key: keyOfText(kv.text('Key')),
    value: base64Of(kv.text('Value')),
    flags: kv.uint64('Flags'),
    index: kv.uint64('Index'),
    session: kv.text('Session'),
  };
}

function base64Of(text: string): Uint8Array {
  const isBase64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(text);
  if (!isBase64) throw badRequest('Request decode failed: illegal base64 data in a value');
  return Buffer.from(text, 'base64');
}

/** Runs all operations, also behind one that fails: each says what is wrong with it. */
function run(operations: readonly KvOperation[], changes: KvChanges, { delays }: KvParts): Decided {
  const rows: Row[] = [];
  const errors: TxnError[] = [];
  for (const operation of operations) {
    const { at, verb, key } = operation;
    if (verb === 'get-tree') {
      rows.push(...changes.tree(key).map((entry) => ({ entry, withValue: true })));
      continue;
    }
    if (verb === 'delete-tree') {
      for (const entry of changes.tree(key)) changes.delete(entry.key);
      continue;
    }
    const outcome = outcomeOf(operation, changes, () => delays.isRunning(key));
    if (outcome.kind !== 'done') errors.push({ OpIndex: at, What: outcome.why });
    else if (outcome.entry !== undefined) {
      rows.push({ entry: outcome.entry, withValue: !writes.has(verb) });
    }
  }
  return { rows, errors };
}

function outcomeOf(operation: KvOperation, changes: KvChanges, isDelayed: () => boolean): Outcome {
  const { verb, key, value, flags, index, session } = operation;
  const written: Written = { key, value, flags };
  switch (verb) {
    case 'set':
      return set(changes, written);
    case 'cas':
      return compareAndSet(changes, written, index);
    case 'lock':
      return lock(changes, written, { session, isDelayed: isDelayed() });
    case 'unlock':
      return unlock(changes, written, session);
    case 'delete':
      return remove(changes, key);
    case 'delete-cas':
      return compareAndDelete(changes, key, index);
    default:
      return readOutcomeOf(operation, changes.entry(key));
  }
}

function readOutcomeOf(
  { verb, key, index, session }: KvOperation,
  entry: Entry | undefined,
): Outcome {
  switch (verb) {
    case 'get':
      return entry === undefined ? refused(`key ${named(key)} doesn't exist`) : done(entry);
    case 'get-or-empty':
      return done(entry ?? emptyEntry(key));
    case 'check-not-exists':
      return entry === undefined ? done(undefined) : refused(`key ${named(key)} exists`);
    case 'check-index':
      if (entry === undefined)
        return refused(`failed to check index, key ${named(key)} doesn't exist`);
      if (BigInt(entry.modifyIndex) === index) return done(entry);
      return refused(
        `failed index check for key ${named(key)}, current modify index ${entry.modifyIndex} != ${index}`,
      );
    case 'check-session':
      if (entry === undefined)
        return refused(`failed to check session, key ${named(key)} doesn't exist`);
      if (entry.session === session) return done(entry);
      return refused(
        `failed session check for key ${named(key)}, current session ${JSON.stringify(entry.session)} != ${JSON.stringify(session)}`,
      );
    default:
      return refused(`unknown KV verb ${JSON.stringify(verb)}`);
  }
}

function emptyEntry(key: Key): Entry {
  return {
    key,
    value: new Uint8Array(),
    flags: 0n,
    lockIndex: 0,
    session: '',
    lease: 0n,
    createIndex: 0,
    modifyIndex: 0,
  };
}

function answerOf(
  { rows, errors }: Decided,
  { isRead, revision, hasLeader }: { isRead: boolean; revision: number; hasLeader: boolean },
): Answer {
  const isDone = errors.length === 0;
  const json = {
    Results: isDone ? rows.map((row) => ({ KV: rowJson(row, revision) })) : null,
    Errors: isDone ? null : errors,
    ...(isRead ? { Index: 1, LastContact: 0, KnownLeader: hasLeader } : {}),
  };
  const headers = { 'X-Consul-Knownleader': String(hasLeader), 'X-Consul-Lastcontact': '0' };
  return { status: isDone ? 200 : 409, json, ...(isRead ? { headers } : {}) };
}

/** The value of an entry is only in answers of reads. */
function rowJson({ entry, withValue }: Row, revision: number): object {
  const written = (index: number): number => (index === pendingIndex ? revision : index);
  return entryJson({
    ...entry,
    value: withValue ? entry.value : new Uint8Array(),
    createIndex: written(entry.createIndex),
    modifyIndex: written(entry.modifyIndex),
  });
}
