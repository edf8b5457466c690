import { present } from '../base/assert.ts';
import { isSingleKey } from '../base/key.ts';
import type { Key } from '../base/key.ts';
import { sorted } from '../base/steps.ts';
import type { Steps } from '../base/steps.ts';
import { compareBytes } from './bytes.ts';
import type { KeyBatch } from './key-index.ts';
import type { KeyStore } from './key-store.ts';
import type { KeyValue } from './key-value.ts';
import type { Slot } from './key-versions.ts';
import { Work } from './read-progress.ts';
import type { Found, ReadProgress } from './read-progress.ts';
import type { RangeRequest, RangeResult, SortTarget } from './requests.ts';

/** Approximate memory of a key-value besides its bytes. */
const objectBytes = 200;
/** Cost of reading a record from the disk, in units of work. */
const recordWork = 2;
/** Keys taken from the index at a time: about as many as one step visits. */
const takenKeys = 20;
/** Reads of at most this many steps keep the values that they read in memory. */
const shortSteps = 24;

/**
 * Executes a range at a readable revision, which must stay readable to the end (see `KeyStore.pin`). Changes of later
 * revisions between two steps do not show.
 *
 * With an order or a filter the limit applies to what is left in the end. With a sort target but no order, only the
 * first `limit + 1` keys are read, then sorted and cut, as in etcd.
 */
export function* readRange(
  keys: KeyStore,
  request: RangeRequest,
  revision: number,
  progress: ReadProgress,
): Steps<RangeResult> {
  const found = progress.begin();
  if (request.countOnly) {
    const count = yield* keys.count(request.range, revision);
    return resultOf(progress, false, count);
  }
  const sort = sortOf(request);
  if (sort === undefined) {
    return yield* readInOrder(keys, request, { revision, progress }, found);
  }
  const gathered = yield* gather(keys, request, revision, progress);
  const inOrder = yield* sorted(gathered.kvs, sort);
  const more = request.limit > 0 && inOrder.length > request.limit;
  const shown = more ? inOrder.slice(0, request.limit) : inOrder;
  yield* show(keys, request, { revision, kvs: shown }, found);
  return resultOf(progress, more, gathered.count);
}

function resultOf(progress: ReadProgress, more: boolean, count: number): RangeResult {
  const { parts, kvs } = progress.end();
  return parts.length === 0
    ? { kind: 'range', kvs, more, count }
    : { kind: 'range', parts, kvs, more, count };
}

/** Reads in the order of keys, up to the limit. */
function* readInOrder(
  keys: KeyStore,
  request: RangeRequest,
  { revision, progress }: { readonly revision: number; readonly progress: ReadProgress },
  found: Found,
): Steps<RangeResult> {
  const { limit, keysOnly } = request;
  const walk = new Walk(keys, request, { revision, values: !keysOnly });
  let foundCount = 0;
  let more = false;
  while (!more) {
    for (let kv = walk.next(); kv !== undefined; kv = walk.next()) {
      more = limit > 0 && foundCount === limit;
      if (more) break;
      found.kvs.push(kv);
      foundCount++;
    }
    if (walk.isOver) break;
    yield walk.work.take();
  }
  const count = walk.liveCount + (yield* walk.countRest());
  return resultOf(progress, more, count);
}

/** Collects all key-values that could be within the limit once sorted; with values only if these are sorted by. */
function* gather(
  keys: KeyStore,
  request: RangeRequest,
  revision: number,
  progress: ReadProgress,
): Steps<{ readonly kvs: readonly KeyValue[]; readonly count: number }> {
  const { limit } = request;
  const countMax = limit > 0 && !needsAll(request) ? limit + 1 : Number.MAX_SAFE_INTEGER;
  const values = request.sortTarget === 'value';
  const walk = new Walk(keys, request, { revision, values });
  const kvs: KeyValue[] = [];
  while (!walk.isOver && kvs.length < countMax) {
    for (let kv = walk.next(); kv !== undefined; kv = walk.next()) {
      progress.gatheredBytes += kv.key.length + kv.value.length + objectBytes;
      if (kvs.push(kv) === countMax) break;
    }
    yield walk.work.take();
  }
  return { kvs, count: walk.liveCount + (yield* walk.countRest()) };
}

/** Adds the sorted key-values to the result, with values if requested. */
function* show(
  keys: KeyStore,
  { keysOnly, sortTarget }: RangeRequest,
  { revision, kvs }: { readonly revision: number; readonly kvs: readonly KeyValue[] },
  found: Found,
): Steps<void> {
  const work = new Work();
  for (const kv of kvs) {
    if (keysOnly) found.kvs.push(withoutValue(kv));
    else if (sortTarget === 'value') found.kvs.push(kv);
    else found.kvs.push(present(keys.get(kv.key, revision), 'a key that was found before'));
    work.add(1, found.kvs.at(-1)?.value.length ?? 0);
    if (work.isDue) yield work.take();
  }
}

/** Iterates over the keys of a range that existed at a revision, in steps. */
class Walk {
  readonly work = new Work();
  /** Keys that existed, including those that a filter excludes. */
  liveCount = 0;
  readonly #keys: KeyStore;
  readonly #request: RangeRequest;
  readonly #what: {
    readonly revision: number;
    readonly values: boolean;
    keep: boolean;
  };
  /** A batch of the range's keys, taken in this step; those before `#at` were visited. */
  #batch: KeyBatch = nothingTaken;
  #at = 0;
  /** The key at which the range continues after this batch; undefined if it is the last. */
  #start: Key | undefined;
  #steps = 0;

  constructor(
    keys: KeyStore,
    request: RangeRequest,
    { revision, values }: { readonly revision: number; readonly values: boolean },
  ) {
    this.#keys = keys;
    this.#request = request;
    this.#what = { revision, values, keep: true };
    this.#start = request.range.start;
  }

  get isOver(): boolean {
    return this.#at === this.#batch.keys.length && this.#start === undefined;
  }

  /** The next key-value that passes the filters; undefined at the end, and when the step has done enough work. */
  next(): KeyValue | undefined {
    while (!this.work.isDue) {
      const key = this.#batch.keys[this.#at];
      if (key !== undefined) {
        const kv = this.#look(key, this.#batch.slots[this.#at] ?? 0);
        this.#at++;
        if (kv !== undefined) return kv;
      } else if (this.#start === undefined) return undefined;
      else this.#takeKeys(this.#start);
    }
    // Slots are valid in one step only.
    this.#start = this.#batch.keys[this.#at] ?? this.#start;
    this.#batch = nothingTaken;
    this.#at = 0;
    this.#steps++;
    // A long read must not evict values that are used often.
    this.#what.keep = this.#steps < shortSteps;
    return undefined;
  }

  /** Counts the keys that were not visited. */
  *countRest(): Steps<number> {
    const start = this.#batch.keys[this.#at] ?? this.#start;
    if (start === undefined) return 0;
    return yield* this.#keys.count({ start, end: this.#request.range.end }, this.#what.revision);
  }

  #look(key: Key, slot: Slot): KeyValue | undefined {
    const recordsBefore = this.#keys.recordsRead;
    const kv = this.#keys.versionOf(key, slot, this.#what);
    this.work.add(
      1 + recordWork * (this.#keys.recordsRead - recordsBefore),
      kv === undefined ? 0 : kv.value.length,
    );
    if (kv === undefined) return undefined;
    this.liveCount++;
    if (!passes(this.#request, kv)) return undefined;
    return this.#what.values ? kv : withoutValue(kv);
  }

  #takeKeys(start: Key): void {
    const { range } = this.#request;
    this.#at = 0;
    this.#start = undefined;
    if (isSingleKey(range)) {
      const slot = this.#keys.find(start);
      this.#batch = slot === undefined ? nothingTaken : { keys: [start], slots: [slot] };
      return;
    }
    this.#batch = this.#keys.take({ start, end: range.end }, takenKeys);
    const { keys } = this.#batch;
    if (keys.length === takenKeys) this.#start = `${keys.at(-1)}\0`;
  }
}

const nothingTaken: KeyBatch = { keys: [], slots: [] };

/** True if every key must be read to know which are within the limit. */
function needsAll(request: RangeRequest): boolean {
  return (
    request.sortOrder !== 'none' ||
    request.minModRevision !== 0 ||
    request.maxModRevision !== 0 ||
    request.minCreateRevision !== 0 ||
    request.maxCreateRevision !== 0
  );
}

function passes(request: RangeRequest, { modRevision, createRevision }: KeyValue): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
  return (
    (minModRevision === 0 || modRevision >= minModRevision) &&
    (maxModRevision === 0 || modRevision <= maxModRevision) &&
    (minCreateRevision === 0 || createRevision >= minCreateRevision) &&
    (maxCreateRevision === 0 || createRevision <= maxCreateRevision)
  );
}

/** Undefined for the order of keys, which needs no sorting. */
function sortOf({
  sortOrder,
  sortTarget,
}: RangeRequest): ((a: KeyValue, b: KeyValue) => number) | undefined {
  if (sortTarget === 'key' && sortOrder !== 'descend') return undefined;
  const compare = comparers[sortTarget];
  return sortOrder === 'descend' ? (a, b) => compare(b, a) : compare;
}

const comparers: Readonly<Record<SortTarget, (a: KeyValue, b: KeyValue) => number>> = {
  key: (a, b) => (a.key < b.key ? -1 : 1),
  version: (a, b) => a.version - b.version,
  create: (a, b) => a.createRevision - b.createRevision,
  mod: (a, b) => a.modRevision - b.modRevision,
  value: (a, b) => compareBytes(a.value, b.value),
};

/** Sorts by the target, stably: key-values that compare as equal keep their order. Leaves out values that are not asked for. */
export function sortedAsAsked(
  { sortTarget, keysOnly }: RangeRequest,
  kvs: readonly KeyValue[],
): readonly KeyValue[] {
  const inOrder = sortTarget === 'key' ? kvs : kvs.toSorted(comparers[sortTarget]);
  return keysOnly ? inOrder.map(withoutValue) : inOrder;
}

const noBytes = new Uint8Array();

function withoutValue(kv: KeyValue): KeyValue {
  if (kv.value.length === 0) return kv;
  const { key, createRevision, modRevision, version, lease } = kv;
  return { key, value: noBytes, createRevision, modRevision, version, lease };
}
