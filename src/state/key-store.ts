import { assert, present } from '../base/assert.ts';
import type { Key, KeyRange } from '../base/key.ts';
import type { Steps } from '../base/steps.ts';
import type { MemoryBounds } from './bounds.ts';
import { Compaction } from './compaction.ts';
import type { DeletionRevisions } from './deletion-revisions.ts';
import { directoryOf } from './directory.ts';
import type { Engine, EngineRecord } from './engine.ts';
import { EventHistory } from './event-history.ts';
import { hashBytes } from './hash.ts';
import type { KeyEntry, Version } from './key-entry.ts';
import { KeyIndex } from './key-index.ts';
import type {
  KeyEvent,
  KeyValue,
  LeaseId,
  Position,
  ReadBounds,
  RevisionEvents,
} from './key-value.ts';
import { stepKeys } from './read-progress.ts';
import {
  decodeRecord,
  deletedKeyValue,
  encodeDelete,
  encodePut,
  placeOfRecord,
  recordKey,
  recordsEnd,
  recordsStart,
} from './record.ts';
import type { Refusal } from './refusal.ts';
import { ValueCache } from './value-cache.ts';

/** Which version of an entry to read, and how. */
export interface VersionQuery {
  readonly revision: number;
  /** False: the value may be empty, and is not read from the engine. */
  readonly values: boolean;
  /** A value that is read from the engine stays in memory. */
  readonly keep: boolean;
}

/** Length of a record's key in the engine. */
const recordKeyBytes = 17;

/**
 * The compacted revision before the first compaction. Reads below the compacted revision are refused, so until then a
 * transaction may ask for revision -1, and reads the newest, as in etcd.
 */
export const neverCompacted = -1;

/** Reads the newest versions, those included that the command under way has written. */
export const newest: number = Number.MAX_SAFE_INTEGER;

/**
 * Keys and their versions: multi-version concurrency control as etcd has it. Each change is a record in the engine under
 * its revision and sub-revision; an index in memory maps a key to its versions. The changes of one command are one
 * revision: `put` and `delete` write them, `commit` ends it.
 */
export class KeyStore {
  readonly #engine: Engine;
  readonly #deletions: DeletionRevisions;
  readonly #index = new KeyIndex();
  readonly #cache: ValueCache;
  readonly #history: EventHistory;
  readonly #compaction: Compaction;
  /** `-1 <= compactedRevision <= revision`. The command under way writes revision + 1. */
  #revision = 1;
  #compactedRevision = neverCompacted;
  /** Bytes of all records that compaction has not removed yet. */
  #recordBytes = 0;
  /** Records read from the engine since the start, because their values were not in memory. */
  recordsRead = 0;
  readonly #pins = new Set<{ readonly revision: number }>();

  constructor(engine: Engine, deletions: DeletionRevisions, bounds: MemoryBounds) {
    this.#engine = engine;
    this.#deletions = deletions;
    this.#cache = new ValueCache(bounds.cacheBytesMax);
    this.#history = new EventHistory(engine, {
      revisionsMax: bounds.recentRevisionsMax,
      bytesMax: bounds.recentBytesMax,
    });
    this.#compaction = new Compaction(this.#index, ({ revision, sub, bytes }) => {
      engine.delete(recordKey(revision, sub));
      this.#recordBytes -= bytes;
    });
  }

  get revision(): number {
    return this.#revision;
  }

  /** Revisions below this one cannot be read any more. */
  get compactedRevision(): number {
    return this.#compactedRevision;
  }

  get keyCount(): number {
    return this.#index.liveCount;
  }

  /** Bytes of all records, with the keys of the records. */
  get recordBytes(): number {
    return this.#recordBytes;
  }

  // Reading.

  /** The version of a key that was current at `revision`. */
  get(key: Key, revision: number): KeyValue | undefined {
    const entry = this.#index.get(key);
    return entry === undefined ? undefined : this.#valueAt(entry, revision);
  }

  has(key: Key): boolean {
    return this.#index.get(key)?.isLive === true;
  }

  /**
   * Calls `visit` for the versions in `range` that were current at `revision`, in order of keys, until it returns false.
   * With `values: false` values may be empty; the read from the engine is skipped.
   */
  visit(
    { range, revision, values }: { range: KeyRange; revision: number; values: boolean },
    visit: (kv: KeyValue) => boolean,
  ): void {
    this.#index.visit(range, (entry) => {
      const isCurrent = entry.revision <= revision;
      if (isCurrent && !values) return !entry.isLive || visit(keyValueOf(entry, noBytes));
      const kv = this.#valueAt(entry, revision);
      return kv === undefined || visit(kv);
    });
  }

  /** The current lease of a key; 0 if it has none or does not exist. */
  leaseOf(key: Key): LeaseId {
    return this.#index.get(key)?.lease ?? 0n;
  }

  /** The first `count` keys in `range`, in order, with deleted ones of which older versions can still be read. */
  take(range: KeyRange, count: number): readonly KeyEntry[] {
    return this.#index.take(range, count);
  }

  entry(key: Key): KeyEntry | undefined {
    return this.#index.get(key);
  }

  /** The version of an entry that was current at `revision`; undefined if the key did not exist then. */
  versionOf(entry: KeyEntry, { revision, values, keep }: VersionQuery): KeyValue | undefined {
    if (values || entry.revision > revision) return this.#valueAt(entry, revision, keep);
    return entry.isLive ? keyValueOf(entry, noBytes) : undefined;
  }

  /** The number of keys in `range` at `revision`. */
  count(range: KeyRange, revision: number): Steps<number> {
    return this.#index.count(range, revision);
  }

  /**
   * Compaction removes nothing that is readable from `revision` on until the returned function is called. For reads that
   * take more than one turn.
   */
  pin(revision: number): () => void {
    const pin = { revision };
    this.#pins.add(pin);
    return () => void this.#pins.delete(pin);
  }

  /** True if a compaction waits because it would remove what a read has pinned. */
  get compactionWaits(): boolean {
    return (
      this.#compaction.isPending &&
      [...this.#pins].some(({ revision }) => revision < this.#compactedRevision)
    );
  }

  /** Why `revision` cannot be read; undefined if it can. */
  refusalToRead(revision: number): Refusal | undefined {
    if (revision > this.#revision) {
      const message = `revision ${revision} is in the future; the newest is ${this.#revision}`;
      return { kind: 'error', code: 'revision-in-future', message };
    }
    if (revision < this.#compactedRevision) {
      const message = `revision ${revision} was compacted; the oldest readable one is ${this.#compactedRevision}`;
      return { kind: 'error', code: 'revision-compacted', message };
    }
    return undefined;
  }

  /** See `History` in `watch`. */
  readEvents(
    from: Position,
    bounds: ReadBounds,
  ): { readonly revisions: readonly RevisionEvents[]; readonly next: Position } {
    assert(from.revision >= this.#compactedRevision, 'compacted revisions cannot be read');
    return this.#history.read(from, bounds, this.#revision);
  }

  /** True if `revision` or a later one changed a key in `range`. */
  isChangedSince(range: KeyRange, revision: number): boolean {
    return this.#index.isChangedSince(range, revision);
  }

  #valueAt(entry: KeyEntry, revision: number, keep = true): KeyValue | undefined {
    const version = entry.versionAt(revision);
    if (version?.isLive !== true) return undefined;
    const recent = this.#history.recent(version.revision, version.sub);
    if (recent !== undefined) return recent.kv;
    return version === entry ? keyValueOf(entry, this.#valueOf(entry, keep)) : this.#read(version);
  }

  /** The current value of a key. */
  #valueOf(entry: KeyEntry, keep: boolean): Uint8Array {
    if (keep) entry.wasUsed = true;
    const kept = this.#cache.read(entry);
    if (kept !== undefined) return kept;
    const { value } = this.#read(entry);
    if (keep) this.#cache.keep(entry, value);
    return value;
  }

  #read({ revision, sub }: Version): KeyValue {
    // Records of the command under way are found, too: they are in the engine before they are recent events.
    this.recordsRead++;
    const record = present(this.#engine.get(recordKey(revision, sub)), `record ${revision}.${sub}`);
    return decodeRecord(record, revision).kv;
  }

  // Writing.

  /** Gives a key a new version. */
  put(key: Key, value: Uint8Array, lease: LeaseId): void {
    const modRevision = this.#revision + 1;
    const before = this.#index.get(key);
    const isNew = before?.isLive !== true;
    const createRevision = isNew ? modRevision : before.createRevision;
    const version = isNew ? 1 : before.version + 1;
    const { record, valueStart } = encodePut({ key, value, createRevision, version, lease });
    const own = record.subarray(valueStart);
    const kv: KeyValue = { key, value: own, createRevision, modRevision, version, lease };
    const entry = this.#write(record, true, kv);
    this.#cache.keep(entry, own);
    this.#history.add({ kind: 'put', kv });
  }

  /** Ends the generation of a key that exists. */
  delete(key: Key): void {
    const kv = deletedKeyValue(key, this.#revision + 1);
    const entry = this.#write(encodeDelete(key), false, kv);
    this.#cache.drop(entry);
    this.#history.add({ kind: 'delete', kv });
    const directory = directoryOf(key);
    if (directory !== undefined) this.#deletions.note(directory, kv.modRevision);
  }

  #write(record: Uint8Array, isLive: boolean, kv: KeyValue): KeyEntry {
    const { key, modRevision, createRevision, version, lease } = kv;
    const sub = this.#history.pendingCount;
    const bytes = recordKeyBytes + record.length;
    this.#engine.append(recordKey(modRevision, sub), record);
    this.#recordBytes += bytes;
    return this.#index.add(key, {
      revision: modRevision,
      sub,
      isLive,
      bytes,
      hash: hashBytes(record, 0),
      // Not spread: V8 copies a spread object field by field, which took more time than the rest of a write.
      createRevision,
      version,
      lease,
    });
  }

  /** Ends the command under way. If it changed anything, its changes are one new revision. */
  commit(): { readonly events: readonly KeyEvent[]; readonly isLarge: boolean } {
    if (this.#history.pendingCount > 0) this.#revision++;
    return this.#history.commit(this.#revision);
  }

  // Compaction.

  /** Makes all revisions before `revision` unreadable. Their records are removed later; see `beginRemoval`. */
  compact(revision: number): void {
    this.#compactedRevision = revision;
  }

  /** Lets `compactStep` remove the records that a compaction up to `revision` made unreadable. */
  beginRemoval(revision: number): void {
    this.#compaction.begin(revision);
  }

  get compactionPending(): boolean {
    return this.#compaction.isPending;
  }

  get compactedVersions(): number {
    return this.#compaction.removedTotal;
  }

  compactStep(keysMax: number): boolean {
    if (this.compactionWaits) return true;
    return this.#compaction.step(keysMax);
  }

  /** The hash of all versions up to `revision` that are readable after a compaction up to `compacted`. */
  *hashUpTo(revision: number, compacted: number): Steps<number> {
    let sum = 0;
    let start: Key | undefined = '';
    while (start !== undefined) {
      const entries: readonly KeyEntry[] = this.take({ start, end: undefined }, stepKeys);
      let versions = 0;
      for (const entry of entries) {
        sum = (sum + entry.hashUpTo(revision, compacted)) | 0;
        versions += 1 + entry.olderCount;
      }
      const last = entries.at(-1);
      start = last === undefined || entries.length < stepKeys ? undefined : `${last.key}\0`;
      yield versions / versionsHashedPerUnit;
    }
    return sum >>> 0;
  }

  // Starting.

  /** Builds the index from all records. Calls `attach` for each key that has a lease. `pause` yields to the event loop. */
  async load(
    compactedRevision: number,
    attach: (key: Key, lease: LeaseId) => void,
    pause: () => Promise<void>,
  ): Promise<void> {
    this.#compactedRevision = compactedRevision;
    this.#revision = Math.max(1, compactedRevision);
    for await (const batch of this.#engine.scan(recordsStart, recordsEnd)) {
      for (const record of batch) this.#loadRecord(record);
    }
    let hasGarbage = false;
    let keysToPause = keysPerPause;
    for (const { entries } of this.#index.build()) {
      for (const entry of entries) {
        if (entry.lease !== 0n) attach(entry.key, entry.lease);
        hasGarbage ||= entry.hasGarbage(compactedRevision);
      }
      keysToPause -= entries.length;
      if (keysToPause > 0) continue;
      keysToPause = keysPerPause;
      await pause();
    }
    if (hasGarbage) this.#compaction.begin(compactedRevision);
  }

  #loadRecord(record: EngineRecord): void {
    const { revision, sub } = placeOfRecord(record.key);
    const { kind, kv } = decodeRecord(record.value, revision);
    const { createRevision, version, lease } = kv;
    const bytes = record.key.length + record.value.length;
    const hash = hashBytes(record.value, 0);
    const entry = this.#index.load(kv.key);
    const isLive = kind === 'put';
    entry.add({ revision, sub, isLive, bytes, hash, createRevision, version, lease });
    // Values beyond the budget are read when they are asked for; evicting earlier ones would load most values in vain.
    this.#cache.drop(entry);
    if (isLive && this.#cache.hasRoom(kv.value.length)) this.#cache.keep(entry, kv.value);
    this.#recordBytes += bytes;
    this.#revision = Math.max(this.#revision, revision);
  }
}

/** Keys put in order in one turn while the state is loaded. */
const keysPerPause = 4096;
/** Adding a version's hash takes much less than reading a key. */
const versionsHashedPerUnit = 8;
const noBytes = new Uint8Array();

/** The newest version of a key. */
function keyValueOf(entry: KeyEntry, value: Uint8Array): KeyValue {
  const { key, createRevision, revision, version, lease } = entry;
  return { key, value, createRevision, modRevision: revision, version, lease };
}
