import { assert, present } from '../base/assert.ts';
import { asBuffer } from '../base/key.ts';
import type { Key, KeyRange } from '../base/key.ts';
import type { Steps } from '../base/steps.ts';
import type { MemoryBounds } from './bounds.ts';
import { Compaction } from './compaction.ts';
import type { DeletionRevisions } from './deletion-revisions.ts';
import { directoryOf } from './directory.ts';
import type { Engine } from './engine.ts';
import { EventHistory } from './event-history.ts';
import type { CommandEvents } from './event-history.ts';
import { hashBytes } from './hash.ts';
import { KeyIndex } from './key-index.ts';
import type { KeyBatch } from './key-index.ts';
import type {
  KeyEvent,
  KeyValue,
  LeaseId,
  Position,
  ReadBounds,
  RevisionEvents,
} from './key-value.ts';
import type { KeyVersions, Slot, Version } from './key-versions.ts';
import { stepKeys } from './read-progress.ts';
import {
  decodeRecord,
  deletedKeyValue,
  encodeDelete,
  encodePut,
  recordKey,
  recordKeyBytes,
  recordsEnd,
  recordsStart,
  valueOfRecord,
} from './record.ts';
import type { Refusal } from './refusal.ts';
import { bytesOfEvent } from './recent-events.ts';
import { ValueCache } from './value-cache.ts';
import {
  keyLengthField,
  noValue,
  packedFields,
  packVersions,
  valueLengthField,
} from './version-rows.ts';
import type { PackedVersions } from './version-rows.ts';

/** Which version of a key to read, and how. */
export interface VersionQuery {
  readonly revision: number;
  /** False: the value may be empty, and is not read from the engine. */
  readonly values: boolean;
  /** A value that is read from the engine stays in memory. */
  readonly keep: boolean;
}

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
  readonly #versions: KeyVersions;
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
    this.#versions = this.#index.versions;
    this.#cache = new ValueCache(bounds.cacheBytesMax);
    this.#history = new EventHistory(engine, {
      revisionsMax: bounds.recentRevisionsMax,
      bytesMax: bounds.recentBytesMax,
    });
    this.#compaction = new Compaction(this.#index, ({ revision, sub, bytes }) => {
      engine.delete(recordKey(revision, sub), bytes);
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
    const slot = this.#index.find(key);
    return slot === undefined ? undefined : this.#valueAt(key, slot, revision);
  }

  has(key: Key): boolean {
    const slot = this.#index.find(key);
    return slot !== undefined && this.#versions.isLive(slot);
  }

  /**
   * Calls `visit` for the versions in `range` that were current at `revision`, in order of keys, until it returns false.
   * With `values: false` values may be empty; the read from the engine is skipped.
   */
  visit(
    { range, revision, values }: { range: KeyRange; revision: number; values: boolean },
    visit: (kv: KeyValue) => boolean,
  ): void {
    const query = { revision, values, keep: true };
    this.#index.visit(range, (key, slot) => {
      const kv = this.versionOf(key, slot, query);
      return kv === undefined || visit(kv);
    });
  }

  /** The current lease of a key; 0 if it has none or does not exist. */
  leaseOf(key: Key): LeaseId {
    const slot = this.#index.find(key);
    return slot === undefined ? 0n : this.#versions.lease(slot);
  }

  /** The first `count` keys in `range`, in order, with deleted ones of which older versions can still be read. */
  take(range: KeyRange, count: number): KeyBatch {
    return this.#index.take(range, count);
  }

  find(key: Key): Slot | undefined {
    return this.#index.find(key);
  }

  /** The lease of a key that exists; undefined if it was deleted. */
  leaseIn(slot: Slot): LeaseId | undefined {
    return this.#versions.isLive(slot) ? this.#versions.lease(slot) : undefined;
  }

  /** The version of a key that was current at `revision`; undefined if the key did not exist then. */
  versionOf(key: Key, slot: Slot, query: VersionQuery): KeyValue | undefined {
    const { revision, values, keep } = query;
    if (values || this.#versions.revision(slot) > revision) {
      return this.#valueAt(key, slot, revision, keep);
    }
    return this.#versions.isLive(slot) ? this.#keyValueOf(key, slot, noBytes) : undefined;
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
    withPrevious = false,
  ): { readonly revisions: readonly RevisionEvents[]; readonly next: Position } {
    assert(from.revision >= this.#compactedRevision, 'compacted revisions cannot be read');
    const bytesOf = withPrevious
      ? (event: KeyEvent): number => bytesOfEvent(event) + this.bytesBefore(event)
      : bytesOfEvent;
    // A backup that was restored some revisions later has no event of the revision at which it begins.
    const eventless = this.#compactedRevision;
    return this.#history.read(from, bounds, { last: this.#revision, eventless, bytesOf });
  }

  /** Bytes of the record of the version before an event; 0 if there was none, or it was compacted. */
  bytesBefore({ kind, kv: { key, createRevision, modRevision } }: KeyEvent): number {
    // A key that was just created has no previous version.
    if (kind === 'put' && createRevision === modRevision) return 0;
    if (modRevision - 1 < this.#compactedRevision) return 0;
    const slot = this.#index.find(key);
    const before = slot === undefined ? undefined : this.#versions.versionAt(slot, modRevision - 1);
    return before?.isLive === true ? before.bytes : 0;
  }

  /** True if `revision` or a later one changed a key in `range`. */
  isChangedSince(range: KeyRange, revision: number): boolean {
    return this.#index.isChangedSince(range, revision);
  }

  #valueAt(key: Key, slot: Slot, revision: number, keep = true): KeyValue | undefined {
    const versions = this.#versions;
    const current = versions.revision(slot);
    if (current > revision) {
      const version = versions.versionAt(slot, revision);
      if (version?.isLive !== true) return undefined;
      return decodeRecord(this.#recordOf(version), version.revision).kv;
    }
    if (!versions.isLive(slot)) return undefined;
    return this.#keyValueOf(key, slot, this.#valueOf(slot, keep));
  }

  /** The current value of a key. */
  #valueOf(slot: Slot, keep: boolean): Uint8Array {
    if (keep) this.#cache.use(slot);
    const kept = this.#cache.read(slot);
    if (kept !== undefined) return kept;
    const value = valueOfRecord(this.#recordOf(this.#versions.newest(slot)));
    if (keep) this.#cache.keep(slot, value);
    return value;
  }

  /** The newest version of a key. */
  #keyValueOf(key: Key, slot: Slot, value: Uint8Array): KeyValue {
    const versions = this.#versions;
    return {
      key,
      value,
      createRevision: versions.createRevision(slot),
      modRevision: versions.revision(slot),
      version: versions.version(slot),
      lease: versions.lease(slot),
    };
  }

  #recordOf({ revision, sub, hash }: Version): Uint8Array {
    const recent = this.#history.recent(revision, sub);
    if (recent !== undefined) return recent;
    // Records of the command under way are found, too: they are in the engine before they are recent events.
    this.recordsRead++;
    const key = recordKey(revision, sub);
    const peeked = this.#engine.peek(key);
    if (peeked !== undefined && hashBytes(peeked, 0) === hash) return peeked;
    return present(this.#engine.get(key), 'the record of a version');
  }

  // Writing.

  /** Gives a key a new version. */
  put(key: Key, value: Uint8Array, lease: LeaseId): void {
    const modRevision = this.#revision + 1;
    const before = this.#index.find(key);
    const isNew = before === undefined || !this.#versions.isLive(before);
    const createRevision = isNew ? modRevision : this.#versions.createRevision(before);
    const version = isNew ? 1 : this.#versions.version(before) + 1;
    const record = encodePut(key, value, { createRevision, version, lease });
    const own = record.subarray(record.length - value.length);
    const kv: KeyValue = { key, value: own, createRevision, modRevision, version, lease };
    const slot = this.#write('put', kv, record);
    this.#cache.keep(slot, own);
  }

  /** Ends the generation of a key that exists. */
  delete(key: Key): void {
    const kv = deletedKeyValue(key, this.#revision + 1);
    const slot = this.#write('delete', kv, encodeDelete(key));
    this.#cache.drop(slot);
    const directory = directoryOf(key);
    if (directory !== undefined) this.#deletions.note(directory, kv.modRevision);
  }

  #write(kind: KeyEvent['kind'], kv: KeyValue, record: Uint8Array): Slot {
    const { key, modRevision, createRevision, version, lease } = kv;
    const sub = this.#history.pendingCount;
    const bytes = recordKeyBytes + record.length;
    this.#engine.append(recordKey(modRevision, sub), record);
    this.#history.add({ kind, kv }, record);
    this.#recordBytes += bytes;
    return this.#index.add(key, {
      revision: modRevision,
      sub,
      isLive: kind === 'put',
      bytes,
      hash: hashBytes(record, 0),
      // Not spread: V8 copies a spread object field by field, which took more time than the rest of a write.
      createRevision,
      version,
      lease,
    });
  }

  /** Ends the command under way. If it changed anything, its changes are one new revision. */
  commit(): CommandEvents {
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
      const { keys, slots }: KeyBatch = this.take({ start, end: undefined }, stepKeys);
      let versions = 0;
      for (const slot of slots) {
        sum = (sum + this.#versions.hashUpTo(slot, revision, compacted)) | 0;
        versions += 1 + this.#versions.olderCount(slot);
      }
      start = keys.length < stepKeys ? undefined : `${keys.at(-1)}\0`;
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
    const wantsValues = (): boolean => !this.#cache.isFull;
    const packed =
      this.#engine.versions?.(wantsValues) ??
      packVersions(this.#engine.scan(recordsStart, recordsEnd), wantsValues);
    for await (const versions of packed) {
      this.#loadVersions(versions);
      for (const _ of this.#index.fitHints()) await pause();
      // The next ones may be in memory already.
      await pause();
    }
    let hasGarbage = false;
    const visit = (key: Key, slot: Slot): void => {
      const lease = this.#versions.lease(slot);
      if (lease !== 0n) attach(key, lease);
      hasGarbage ||= this.#versions.hasGarbage(slot, compactedRevision);
    };
    for (const _ of this.#index.endLoad(visit)) await pause();
    if (hasGarbage) this.#compaction.begin(compactedRevision);
  }

  #loadVersions({ rows, bytes, count }: PackedVersions): void {
    const leases = new BigInt64Array(rows.buffer);
    const text = asBuffer(bytes);
    let at = 0;
    for (let row = 0; row < count * packedFields; row += packedFields) {
      const keyEnd = at + (rows[row + keyLengthField] ?? 0);
      const slot = this.#index.load(text.toString('latin1', at, keyEnd));
      this.#versions.load(slot, rows, leases, row);
      this.#recordBytes += this.#versions.bytes(slot);
      this.#revision = Math.max(this.#revision, this.#versions.revision(slot));
      this.#cache.drop(slot);
      at = keyEnd;
      const valueLength = rows[row + valueLengthField] ?? noValue;
      if (valueLength === noValue) continue;
      at += valueLength;
      // Values beyond the budget are read when they are asked for; evicting earlier ones would load most values in vain.
      if (this.#cache.hasRoom(valueLength)) this.#cache.keep(slot, text.subarray(keyEnd, at));
    }
  }
}

/** Adding a version's hash takes much less than reading a key. */
const versionsHashedPerUnit = 8;
const noBytes = new Uint8Array();
