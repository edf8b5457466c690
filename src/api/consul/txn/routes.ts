import { present } from '../../../base/assert.ts';
import { keyOfText } from '../../../base/key.ts';
import type { Key } from '../../../base/key.ts';
import type { Answer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import { readCatalog } from '../catalog/query.ts';
import { JsonFields } from '../frame/json-in.ts';
import { isLocal } from '../frame/key-requests.ts';
import { pendingIndex } from '../kv/changes.ts';
import type { KvChanges } from '../kv/changes.ts';
import { entryJson } from '../kv/entry.ts';
import type { Entry } from '../kv/entry.ts';
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
} from '../kv/verbs.ts';
import type { Outcome, Written } from '../kv/verbs.ts';
import type { ConsulParts } from '../parts.ts';
import { badRequest, ConsulRefusal } from '../frame/refusals.ts';
import type { Route } from '../frame/route.ts';
import { CatalogChanges } from './catalog.ts';
import { catalogOperationOf } from './operation.ts';
import type { CatalogOperation, CatalogRow } from './operation.ts';

const bodyBytesMax = 512 << 10;
/** Consul's limit is 64 or 128; users ask for more. */
const txnOperationsMax = 1024;

/** Transactions: all operations or none, at one revision. */
export function txnRoutes(parts: ConsulParts): readonly Route[] {
  return [
    {
      path: '/v1/txn',
      methods: {
        PUT: {
          about: 'Does all of the operations or none; one that only reads is a read.',
          scope: 'index',
          needs: 'operations',
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
  readonly kind: 'KV';
  readonly at: number;
  readonly verb: string;
  readonly key: Key;
  readonly value: Uint8Array;
  readonly flags: bigint;
  readonly index: bigint;
  readonly session: string;
}

type TxnOperation = KvOperation | CatalogOperation;

interface TxnError {
  readonly OpIndex: number;
  readonly What: string;
}

/** Makes a row of the answer once the revision of the transaction is known. */
type Row = CatalogRow;

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

async function transact(parts: ConsulParts, call: Call): Promise<Answer> {
  const operations = operationsOf(call);
  const isRead = operations.every(({ verb }) => !writes.has(verb));
  const unnamed = operations.flatMap((operation) => faultOf(operation) ?? []);
  if (unnamed.length > 0) {
    const decided = { rows: [], errors: unnamed };
    return answerOf(parts, decided, { isRead, revision: 0, hasLeader: false });
  }
  if (isRead) await parts.blocking.ledFor(call);
  const ofKv = operations.filter((operation) => operation.kind === 'KV');
  const wanted = {
    keys: ofKv.filter((operation) => !isTree(operation)).map(({ key }) => key),
    trees: ofKv.filter(isTree).map(({ key }) => key),
    sessions: ofKv.filter(({ verb }) => verb === 'lock').map(({ session }) => session),
  };
  const { options, query } = call;
  const isLocalEnough = isRead && isLocal(query.mode, true);
  const usesCatalog = ofKv.length < operations.length;
  const others = async (isHere: boolean): Promise<CatalogChanges> =>
    new CatalogChanges(
      await readCatalog(parts, call, isHere ? 'stale' : 'consistent'),
      parts.wallTimeMs(),
    );
  const { decided, revision } = await parts.store.change(
    wanted,
    { options, isLocalEnough, ...(usesCatalog ? { others } : {}) },
    (changes, catalog) => run(operations, changes, { catalog, parts }),
    ({ errors }) => errors.length === 0,
  );
  // The next call to this member sees it.
  if (usesCatalog && !isRead) await parts.followed.whenAt(revision);
  return answerOf(parts, decided, { isRead, revision, hasLeader: parts.operations.hasLeader() });
}

/** The fault of an operation that no state of the store could make right. */
function faultOf(operation: TxnOperation): TxnError | undefined {
  if (operation.kind === 'KV') {
    return operation.key === '' ? { OpIndex: operation.at, What: 'Must provide key' } : undefined;
  }
  const { at, kind, node, fields } = operation;
  if (node === '') return { OpIndex: at, What: 'Must provide node' };
  const isUnnamed = kind === 'Service' && fields.text('Service') === '';
  return isUnnamed ? { OpIndex: at, What: 'Must provide service name with ID' } : undefined;
}

function operationsOf(call: Call): TxnOperation[] {
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

function operationOf(fields: JsonFields, at: number): TxnOperation | undefined {
  const kv = fields.object('KV');
  if (kv === undefined) return catalogOperationOf(fields, at);
  return {
    kind: 'KV',
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
function run(
  operations: readonly TxnOperation[],
  changes: KvChanges,
  {
    catalog,
    parts: { delays },
  }: { readonly catalog: CatalogChanges | undefined; readonly parts: ConsulParts },
): Decided {
  const rows: Row[] = [];
  const errors: TxnError[] = [];
  for (const operation of operations) {
    if (operation.kind !== 'KV') {
      const outcome = present(catalog, 'the catalog of a transaction').run(operation);
      if (outcome.kind === 'refused') errors.push({ OpIndex: operation.at, What: outcome.why });
      else if (outcome.row !== undefined) rows.push(outcome.row);
      continue;
    }
    const { at, verb, key } = operation;
    if (verb === 'get-tree') {
      rows.push(...changes.tree(key).map((entry) => kvRow(entry, true)));
      continue;
    }
    if (verb === 'delete-tree') {
      for (const entry of changes.tree(key)) changes.delete(entry.key);
      continue;
    }
    const outcome = outcomeOf(operation, changes, () => delays.isRunning(key));
    if (outcome.kind !== 'done') errors.push({ OpIndex: at, What: outcome.why });
    else if (outcome.entry !== undefined) rows.push(kvRow(outcome.entry, !writes.has(verb)));
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

/** Fields in which Consul's answers to reads always say the same. */
const unusedOfReads = {
  ConsistencyLevel: '',
  NotModified: false,
  Backend: 0,
  ResultsFilteredByACLs: false,
};

function answerOf(
  { datacenter }: ConsulParts,
  { rows, errors }: Decided,
  { isRead, revision, hasLeader }: { isRead: boolean; revision: number; hasLeader: boolean },
): Answer {
  const isDone = errors.length === 0;
  const json = {
    Results: isDone ? rows.map((row) => row(revision, datacenter)) : null,
    Errors: isDone ? null : errors,
    ...(isRead ? { Index: 1, LastContact: 0, KnownLeader: hasLeader, ...unusedOfReads } : {}),
  };
  const headers = { 'X-Consul-Knownleader': String(hasLeader), 'X-Consul-Lastcontact': '0' };
  return { status: isDone ? 200 : 409, json, ...(isRead ? { headers } : {}) };
}

/** The value of an entry is only in answers of reads. */
function kvRow(entry: Entry, withValue: boolean): Row {
  return (revision) => {
    const written = (index: number): number => (index === pendingIndex ? revision : index);
    return {
      KV: entryJson({
        ...entry,
        value: withValue ? entry.value : new Uint8Array(),
        createIndex: written(entry.createIndex),
        modifyIndex: written(entry.modifyIndex),
      }),
    };
  };
}
