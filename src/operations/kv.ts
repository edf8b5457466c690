import { RegistryError } from '../base/errors.ts';
import type { RangeRequest, RangeResult } from '../state/index.ts';
import { checkKey, isReadOnly, sortedAsAsked, validatePut, validateTxn } from '../state/index.ts';
import { putCost, txnCost } from './cost.ts';
import { orAborted, resultOf } from './core.ts';
import type { Core } from './core.ts';
import { Gate } from './gate.ts';
import { useOfDelete, useOfPut, useOfRange, useOfTxn } from '../state/index.ts';
import { keyRights, root } from './needs.ts';
import type { Read } from './long-reads.ts';
import type { GatedOperations, Needs } from './needs.ts';
import type { Answered, CallOptions } from './operations.ts';

type KvOperations = GatedOperations<
  'range' | 'rangeStream' | 'put' | 'deleteRange' | 'txn' | 'compact'
>;

type ReadRequest = RangeRequest & { readonly serializable: boolean };

/** A learner serves serializable reads only. */
const readNeeds = {
  access: (request) => keyRights(useOfRange(request)),
  servedByLearner: ({ serializable }) => serializable,
  leader: 'if-required',
  consistency: ({ serializable }) => (serializable ? 'serializable' : 'linearizable'),
  growthBytes: 0,
  check: ({ range }) => checkKey(range.start),
} satisfies Needs<ReadRequest>;

/** Keys in the first piece of a streamed range. Later pieces double or halve. */
const firstPieceKeys = 10;

/** Reading and writing keys. */
export function kvOperations(core: Core): KvOperations {
  return { ...keyOperations(core), ...txnOperations(core) };
}

function keyOperations(core: Core): Omit<KvOperations, 'txn' | 'compact'> {
  const gate = new Gate(core);
  return {
    range: gate.once('range', readNeeds, (request, options, pack, waitedMs) => {
      core.rangesRead++;
      const beganMs = core.clock.nowMs();
      const reading = core.state.openRange(request);
      // A long read shows the revision at which it began.
      const header = core.header();
      const done = core.read(reading, { pack, call: options });
      const finish = ({ value, release }: Read<RangeResult>): Answered<RangeResult> => {
        const tookMs = core.clock.nowMs() - beganMs;
        core.metrics.rangeSeconds.observe(tookMs / 1000);
        core.metrics.request('range', true, (waitedMs + tookMs) / 1000);
        return answered(value, header, release);
      };
      return done instanceof Promise ? done.then(finish) : finish(done);
    }),

    rangeStream: gate.stream(
      'rangeStream',
      { ...readNeeds, servedByLearner: false, check: checkStreamable },
      (request, options) => streamRange(core, request, options),
    ),

    put: gate.once(
      'put',
      {
        access: (request) => keyRights(useOfPut(request)),
        servedByLearner: false,
        leader: 'if-required',
        consistency: 'log',
        growthBytes: putCost,
        check: validatePut,
      },
      (request, options) =>
        core.propose({ kind: 'put', request }, options.caller).then(({ result, header }) => {
          const { kind, previous } = resultOf(result, 'put');
          // Not spread: that takes V8 a microsecond for each put.
          return { kind, previous, header };
        }),
    ),

    deleteRange: gate.once(
      'deleteRange',
      {
        access: (request) => keyRights(useOfDelete(request)),
        servedByLearner: false,
        leader: 'if-required',
        consistency: 'log',
        growthBytes: 0,
        check: ({ range }) => checkKey(range.start),
      },
      async (request, options) => {
        const command = { kind: 'delete-range', request } as const;
        const { result, header } = await core.propose(command, options.caller);
        const { kind, deleted, previous } = resultOf(result, 'delete-range');
        return { kind, deleted, previous, header };
      },
    ),
  };
}

/** Not spread: that takes V8 microseconds for each read, and the code behind it meets ever new shapes. */
function answered(
  { kind, parts, kvs, more, count }: RangeResult,
  header: Answered<object>['header'],
  release: () => void,
): Answered<RangeResult> {
  if (parts === undefined) return { kind, kvs, more, count, header, release };
  return { kind, parts, kvs, more, count, header, release };
}

function txnOperations(core: Core): Pick<KvOperations, 'txn' | 'compact'> {
  const gate = new Gate(core);
  return {
    txn: gate.once(
      'txn',
      {
        access: (request) => keyRights(useOfTxn(request)),
        servedByLearner: false,
        leader: 'if-required',
        consistency: (request) => {
          if (!isReadOnly(request)) return 'log';
          return request.serializable ? 'serializable' : 'linearizable';
        },
        growthBytes: txnCost,
        check: (request, { maxTxnOps }) => validateTxn(request, request.operationsMax ?? maxTxnOps),
      },
      async (request, options, pack) => {
        if (isReadOnly(request)) {
          const header = core.header();
          const done = core.read(core.state.openTxn(request), { pack, call: options });
          const { value, release } = done instanceof Promise ? await done : done;
          const { kind, succeeded, results } = value;
          return { kind, succeeded, results, header, release };
        }
        const { compares, success, failure } = request;
        const command = { kind: 'txn', request: { compares, success, failure } } as const;
        const { result, header } = await core.propose(command, options.caller);
        const { kind, succeeded, results } = resultOf(result, 'txn');
        return { kind, succeeded, results, header };
      },
    ),

    compact: gate.once(
      'compact',
      {
        access: root,
        servedByLearner: false,
        leader: 'if-required',
        consistency: 'log',
        growthBytes: 0,
      },
      async ({ revision, physical }, options) => {
        const { header } = await core.propose({ kind: 'compact', revision }, options.caller);
        if (physical) await orAborted(compactedHere(core), options.signal);
        return { header };
      },
    ),
  };
}

async function* streamRange(
  core: Core,
  request: ReadRequest,
  options: CallOptions,
): AsyncGenerator<Answered<RangeResult> & { readonly last: boolean }> {
  // All pieces name the revision at which the stream began.
  const header = core.header();
  const revision = request.revision > 0 ? request.revision : header.revision;
  const { count } = await readSome(core, { ...request, revision, countOnly: true }, options);
  const total = request.limit > 0 ? Math.min(request.limit, count) : count;
  let sent = 0;
  let { start } = request.range;
  let pieceKeys = firstPieceKeys;
  while (!request.countOnly) {
    const limit = Math.min(pieceKeys, total - sent);
    if (limit <= 0) break;
    const range = { start, end: request.range.end };
    // The values are read where the piece is sorted by them, and left out of it afterwards.
    const keysOnly = request.keysOnly && request.sortTarget !== 'value';
    const asked = { ...request, range, revision, limit, keysOnly, sortTarget: 'key' } as const;
    const { kvs } = await readSome(core, asked, options);
    sent += kvs.length;
    const last = sent >= total || kvs.length === 0;
    yield {
      kind: 'range',
      kvs: sortedAsAsked(request, kvs),
      more: last && count > sent,
      count: last ? count : 0,
      header,
      last,
    };
    if (last) return;
    start = `${kvs.at(-1)?.key ?? ''}\0`;
    // Gives way to others, however fast this client reads.
    await core.turn();
    pieceKeys = nextPieceKeys(pieceKeys, sizeOf(kvs), core.options.limits.maxRequestBytes);
  }
  yield { kind: 'range', kvs: [], more: false, count, header, last: true };
}

/** A compaction between two pieces ends the stream with an error: a slow client does not hold compactions back. */
async function readSome(
  core: Core,
  request: RangeRequest,
  call: CallOptions,
): Promise<RangeResult> {
  const read = core.read(core.state.openRange(request), { call });
  return read instanceof Promise ? (await read).value : read.value;
}

/** Refuses sort orders and filters, which etcd's streams do not support. With order NONE the target does not matter. */
function checkStreamable(request: RangeRequest): void {
  checkKey(request.range.start);
  const { sortOrder, sortTarget } = request;
  if (sortOrder === 'descend' || (sortOrder === 'ascend' && sortTarget !== 'key')) {
    throw new RegistryError('not-supported', 'RangeStream does not support custom sort orders');
  }
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
  const bounds = [minModRevision, maxModRevision, minCreateRevision, maxCreateRevision];
  if (bounds.some((bound) => bound !== 0)) {
    throw new RegistryError('not-supported', 'RangeStream does not support revision filters');
  }
}

/** Doubles small pieces, and halves those beyond the size that clients accept in one message. */
function nextPieceKeys(keys: number, bytes: number, bytesMax: number): number {
  if (bytes * 2 <= bytesMax) return keys * 2;
  return bytes > bytesMax ? Math.max(1, keys >> 1) : keys;
}

function sizeOf(kvs: RangeResult['kvs']): number {
  return kvs.reduce((bytes, { key, value }) => bytes + key.length + value.length, 0);
}

/** Resolves when this member has removed all compacted versions. */
function compactedHere({ replica }: Core): Promise<void> {
  return new Promise((resolve, reject) => {
    replica.whenCompacted((error) => (error === undefined ? resolve() : reject(error)));
  });
}
