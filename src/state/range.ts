import { present } from '../base/assert.ts';
import { isSingleKey } from '../base/key.ts';
import type { Key } from '../base/key.ts';
import { sorted } from '../base/steps.ts';
import type { Steps } from '../base/steps.ts';
import { compareBytes } from './bytes.ts';
import type { KeyEntry } from './key-entry.ts';
import type { KeyStore } from './key-store.ts';
import { valueBytesOf } from './key-value.ts';
import type { KeyValue } from './key-value.ts';
import { stepKeys, Work } from './read-progress.ts';
import type { Found, ReadProgress } from './read-progress.ts';
import type { RangeRequest, RangeResult, SortTarget } from './requests.ts';

/** What keeping a key-value costs besides its bytes, about. */
const objectBytes = 200;
/** Reading a record from the disk, in units of work. */
const recordWork = 8;
/** Reads of no more steps than this keep the values that they read in memory. */
const shortSteps = 8;

/**
 * Carries out a range at a revision that can be read, and that stays readable to the end (see `KeyStore.pin`): what
 * later revisions change between two steps does not show.
 *
 * With an order or a filter the limit counts what is left in the end. With a sort target but no order, only the first
 * `limit + 1` keys are read, which are then sorted and cut: that is how etcd does it.
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

/** In the order of keys, and no further than the limit. */
function* readInOrder(
  keys: KeyStore,
  request: RangeRequest,
  { revision, progress }: { readonly revision: number; readonly progress: ReadProgress },
  found: Found,
): Steps<RangeResult> {
  const { limit, keysOnly } = request;
  const walk = new Walk(keys, request, { revision, values: !keysOnly }, progress);
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

/** All that could be among the first when sorted; without values, unless they are what is sorted by. */
function* gather(
  keys: KeyStore,
  request: RangeRequest,
  revision: number,
  progress: ReadProgress,
): Steps<{ readonly kvs: readonly KeyValue[]; readonly count: number }> {
  const { limit } = request;
  const countMax = limit > 0 && !needsAll(request) ? limit + 1 : Number.MAX_SAFE_INTEGER;
  const walk = new Walk(
    keys,
    request,
    { revision, values: request.sortTarget === 'value' },
    progress,
  );
  const kvs: KeyValue[] = [];
  while (!walk.isOver && kvs.length < countMax) {
    for (let kv = walk.next(); kv !== undefined; kv = walk.next()) {
      progress.gatheredBytes += kv.key.length + valueBytesOf(kv) + objectBytes;
      if (kvs.push(kv) === countMax) break;
    }
    yield walk.work.take();
  }
  return { kvs, count: walk.liveCount + (yield* walk.countRest()) };
}

/** Puts what was sorted into the answer, with values if they are asked for. */
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

/** Goes through the keys of a range that existed at a revision. */
class Walk {
  readonly work = new Work();
  /** Keys that existed, those included that a filter keeps out. */
  liveCount = 0;
  readonly #keys: KeyStore;
  readonly #request: RangeRequest;
  readonly #what: {
    readonly revision: number;
    readonly values: boolean;
    keep: boolean;
    asText: boolean;
  };
  readonly #progress: ReadProgress;
  /** Some of the range's entries, of which those before `#at` were looked at. */
  #entries: readonly KeyEntry[] = [];
  #at = 0;
  /** Where the range goes on behind these; undefined if they are the last. */
  #start: Key | undefined;
  #steps = 0;

  constructor(
    keys: KeyStore,
    request: RangeRequest,
    { revision, values }: { readonly revision: number; readonly values: boolean },
    progress: ReadProgress,
  ) {
    this.#keys = keys;
    this.#request = request;
    this.#progress = progress;
    this.#what = { revision, values, keep: true, asText: false };
    this.#start = request.range.start;
  }

  get isOver(): boolean {
    return this.#at === this.#entries.length && this.#start === undefined;
  }

  /** The next key-value that passes; undefined at the end, and when enough was done for one step. */
  next(): KeyValue | undefined {
    while (!this.work.isDue) {
      const entry = this.#entries[this.#at];
      if (entry !== undefined) {
        this.#at++;
        const kv = this.#look(entry);
        if (kv !== undefined) return kv;
      } else if (this.#start === undefined) return undefined;
      else this.#takeEntries(this.#start);
    }
    this.#steps++;
    // A long read must not drive what is used often out of memory.
    this.#what.keep = this.#steps < shortSteps;
    this.#what.asText = this.#progress.isPacked;
    return undefined;
  }

  /** How many more keys existed. */
  *countRest(): Steps<number> {
    const start = this.#entries[this.#at]?.key ?? this.#start;
    if (start === undefined) return 0;
    return yield* this.#keys.count({ start, end: this.#request.range.end }, this.#what.revision);
  }

  #look(entry: KeyEntry): KeyValue | undefined {
    const recordsBefore = this.#keys.recordsRead;
    const kv = this.#keys.versionOf(entry, this.#what);
    this.work.add(
      1 + recordWork * (this.#keys.recordsRead - recordsBefore),
      kv === undefined ? 0 : valueBytesOf(kv),
    );
    if (kv === undefined) return undefined;
    this.liveCount++;
    if (!passes(this.#request, kv)) return undefined;
    return this.#what.values ? kv : withoutValue(kv);
  }

  #takeEntries(start: Key): void {
    const { range } = this.#request;
    this.#at = 0;
    this.#start = undefined;
    if (isSingleKey(range)) {
      const entry = this.#keys.entry(start);
      this.#entries = entry === undefined ? [] : [entry];
      return;
    }
    this.#entries = this.#keys.take({ start, end: range.end }, stepKeys);
    const last = this.#entries.at(-1);
    if (last !== undefined && this.#entries.length === stepKeys) this.#start = `${last.key}\0`;
  }
}

/** True if what the limit lets through can only be told when everything was looked at. */
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

/** Undefined: the order of keys, in which they come anyway. */
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

/** The same keys in another order; those that are alike stay as they are. */
export function sortedBy(target: SortTarget, kvs: readonly KeyValue[]): readonly KeyValue[] {
  return target === 'key' ? kvs : kvs.toSorted(comparers[target]);
}

const noBytes = new Uint8Array();

function withoutValue(kv: KeyValue): KeyValue {
  if (valueBytesOf(kv) === 0) return kv;
  const { key, createRevision, modRevision, version, lease } = kv;
  return { key, value: noBytes, createRevision, modRevision, version, lease };
}
