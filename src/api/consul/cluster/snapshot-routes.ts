import { gunzip, gzip } from 'node:zlib';
import { prefixRange, singleKey } from '../../../base/key.ts';
import type { Key, KeyRange } from '../../../base/key.ts';
import type { Compare, KeyValue, Operation } from '../../../operations/index.ts';
import type { Answer } from '../frame/answer.ts';
import type { Call } from '../frame/call.ts';
import {
  deleteOperation,
  isLocal,
  operationsMax,
  putOperation,
  readRanges,
  unchanged,
} from '../frame/key-requests.ts';
import type { ConsulParts } from '../parts.ts';
import { failed } from '../frame/refusals.ts';
import type { Route } from '../frame/route.ts';

/** The keys that a snapshot has: all that this API can write and that lasts. */
const ranges: readonly KeyRange[] = [
  '/services/',
  '/checks/',
  '/consul/nodes/',
  '/consul/node-checks/',
  '/consul/kv/',
  '/consul/kv-meta/',
  '/consul/queries/',
].map(prefixRange);

const snapshotBytesMax = 64 << 20;
const unpackedBytesMax = 256 << 20;
/** Of the keys and values that one transaction of a restoration writes. */
const stepBytesMax = 512 << 10;
const formatName = "rollcall: the data of Consul's API";

/**
 * The data that this API shows, as a file that this API takes back. What has a lease is not in it: sessions, locks and
 * heartbeats are of the moment. A backup of the whole cluster is made with `rollcall snapshot save`.
 */
export function snapshotRoutes(parts: ConsulParts): readonly Route[] {
  return [
    {
      path: '/v1/snapshot',
      methods: {
        GET: {
          about: 'The registrations, checks, KV entries and queries as a file.',
          scope: 'index',
          needs: 'root',
          serve: (call) => save(parts, call),
        },
        PUT: {
          about: 'Puts them back as they were in such a file.',
          scope: 'datacenter',
          needs: 'root',
          body: 'bytes',
          bodyBytesMax: snapshotBytesMax,
          serve: (call) => restore(parts, call),
        },
      },
    },
  ];
}

async function read({ operations }: ConsulParts, call: Call) {
  const serializable = isLocal(call.query.mode, true);
  const how = { serializable, options: call.options };
  const { results, revision, release } = await readRanges(operations, ranges, how);
  return { kvs: results.flat().filter(({ lease }) => lease === 0n), revision, release };
}

async function save(parts: ConsulParts, call: Call): Promise<Answer> {
  await parts.blocking.ledFor(call);
  const { kvs, revision, release } = await read(parts, call);
  try {
    const lines = [JSON.stringify({ format: formatName, revision, keys: kvs.length })];
    for (const [at, { key, value }] of kvs.entries()) {
      lines.push(JSON.stringify([base64(Buffer.from(key, 'latin1')), base64(value)]));
      if (at % 500 === 499) await parts.operations.turn();
    }
    const bytes = await packed(Buffer.from(`${lines.join('\n')}\n`));
    return { index: revision, bytes, contentType: 'application/x-gzip' };
  } finally {
    release();
  }
}

/** One write of a restoration. */
interface Step {
  readonly compare: Compare;
  readonly operation: Operation;
  readonly bytes: number;
}

/**
 * Writes what differs. All of it is one revision if it fits into one transaction; otherwise there are several, and one that
 * fails says how far it got. The same file can be sent again.
 */
async function restore(parts: ConsulParts, call: Call): Promise<Answer> {
  const wanted = await entriesOf(call.body);
  const { kvs, release } = await read(parts, call);
  const steps = stepsTo(wanted, kvs);
  release();
  let done = 0;
  while (done < steps.length) {
    const batch = batchFrom(steps, done);
    const { succeeded } = await parts.operations.txn(
      {
        compares: batch.map(({ compare }) => compare),
        success: batch.map(({ operation }) => operation),
        failure: [],
        serializable: false,
        operationsMax,
      },
      call.options,
    );
    if (!succeeded) {
      throw failed(
        `others write at the same time; ${done} of ${steps.length} keys are as in the snapshot; send it again`,
      );
    }
    done += batch.length;
  }
  return {};
}

function stepsTo(wanted: ReadonlyMap<Key, Buffer>, kvs: readonly KeyValue[]): readonly Step[] {
  const steps: Step[] = [];
  const before = new Map(kvs.map((kv) => [kv.key, kv]));
  for (const kv of kvs) {
    if (wanted.has(kv.key)) continue;
    const operation = deleteOperation(singleKey(kv.key));
    steps.push({ compare: unchanged(kv.key, kv), operation, bytes: kv.key.length });
  }
  for (const [key, value] of wanted) {
    const kv = before.get(key);
    if (kv !== undefined && value.equals(kv.value)) continue;
    const operation = putOperation(key, value, 0n);
    steps.push({ compare: unchanged(key, kv), operation, bytes: key.length + value.length });
  }
  return steps;
}

function batchFrom(steps: readonly Step[], from: number): readonly Step[] {
  let bytes = 0;
  let to = from;
  for (; to < steps.length && to - from < operationsMax; to++) {
    // A compare has the key once more, and some bytes of its own.
    bytes += 2 * (steps[to]?.bytes ?? 0) + 64;
    if (bytes > stepBytesMax && to > from) break;
  }
  return steps.slice(from, to);
}

/** The keys and values of a file. Throws a refusal if it is none of ours, or not whole. */
async function entriesOf(body: Uint8Array): Promise<ReadonlyMap<Key, Buffer>> {
  const text = (await unpacked(body)).toString('latin1');
  const [first = '', ...lines] = text.split('\n').filter((line) => line !== '');
  const header = parsed(first);
  const isOurs =
    typeof header === 'object' && header !== null && 'format' in header && 'keys' in header;
  if (!isOurs || header.format !== formatName) throw notOurs();
  if (header.keys !== lines.length) throw failed('the snapshot is not whole; nothing was restored');
  const entries = new Map<Key, Buffer>();
  for (const line of lines) {
    const entry = parsed(line);
    if (!Array.isArray(entry) || !entry.every((part) => typeof part === 'string')) throw notOurs();
    const [key = '', value = ''] = entry.map((part) => Buffer.from(part, 'base64'));
    const name = Buffer.from(key).toString('latin1');
    if (!ranges.some(({ start }) => name.startsWith(start))) throw notOurs();
    entries.set(name, Buffer.from(value));
  }
  return entries;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw notOurs();
  }
}

function notOurs(): Error {
  return failed(
    'this is no snapshot of this API, and nothing was restored; one of Consul itself cannot be read',
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function packed(bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gzip(bytes, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
}

function unpacked(bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: unpackedBytesMax }, (error, result) => {
      if (error === null) resolve(result);
      else reject(failed(`failed to decompress snapshot: ${error.message}; nothing was restored`));
    });
  });
}
