import { assert, present } from '../base/assert.ts';
import { asBuffer } from '../base/key.ts';
import type { Key, KeyRange } from '../base/key.ts';
import type { Steps } from '../base/steps.ts';
import { Compaction } from './compaction.ts';
import type { Engine, EngineRecord } from './engine.ts';
import { hashBytes } from './hash.ts';
import type { KeyEntry } from './key-entry.ts';
import type { Version } from './key-entry.ts';
import { KeyIndex } from './key-index.ts';
import type {
  KeyEvent,
  KeyValue,
  LeaseId,
  Position,
  ReadBounds,
  RevisionEvents,
} from './key-value.ts';
import { TextKeyValue } from './key-value.ts';
import { stepKeys } from './read-progress.ts';
import { RecentEvents, bytesOfEvent } from './recent-events.ts';
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
import { ValueCache } from './value-cache.ts';
import type { CommandResult } from './command.ts';

/** How much of the data is kept in memory, and is looked at in one step; none of it changes an answer. */
export interface MemoryBounds {
  /** For current versions of keys. */
  readonly cacheBytesMax: number;
  /** For the newest revisions, for watchers. */
  readonly recentRevisionsMax: number;
  readonly recentBytesMax: number;
  /** Keys that a command which touches many looks at before others may have their turn. */
  readonly keysPerStep: number;
}

/** What is wanted of an entry. */
export interface What {
  readonly revision: number;
  readonly values: boolean;
  readonly keep: boolean;
  readonly asText?: boolean;
}

/** Bytes of a record's key. */
const recordKeyBytes = 17;

/**
 * The compacted revision of a store where nothing was ever compacted. Revisions below the compacted one are refused, so
 * a transaction can ask for revision -1 until the first compaction, and reads the newest, as in etcd.
 */
export const neverCompacted = -1;

/** Reads what is there now, with what the command under way has written so far. */
export const newest: number = Number.MAX_SAFE_INTEGER;

/**
 * Keys and their versions, multi-version concurrency control as etcd has it. Every change is a record in the engine,
 * filed under its revision; an index in memory leads from a key to its versions. The changes of one command are one
 * revision: `put` and `delete` write, `commit` ends it.
 */
export class KeyStore {
  readonly #engine: Engine;
  readonly #index = new KeyIndex();
  readonly #cache: ValueCache;
  readonly #recent: RecentEvents;
  readonly #compaction: Compaction;
  /** What the command under way has done so far; the position of an event is its sub-revision. */
  #events: KeyEvent[] = [];
  #eventCount = 0;
  #eventBytes = 0;
  readonly #eventBytesMax: number;
  #revision = 1;
  #compactedRevision = neverCompacted;
  #recordBytes = 0;
  /** Records that were read because they were not in memory, since the start. */
  recordsRead = 0;
  readonly #pins = new Set<{ readonly revision: number }>();

  constructor(engine: Engine, bounds: MemoryBounds) {
    this.#engine = engine;
    this.#eventBytesMax = bounds.recentBytesMax;
    this.#cache = new ValueCache(bounds.cacheBytesMax);
    this.#recent = new RecentEvents({
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

  /** Of all records, keys of records included. */
  get recordBytes(): number {
    return this.#recordBytes;
  }

  // Reading.

  /** The version of a key that counted at `revision`. */
  get(key: Key, revision: number): KeyValue | undefined {
    const entry = this.#index.get(key);
    return entry === undefined ? undefined : this.#valueAt(entry, revision);
  }

  has(key: Key): boolean {
    return this.#index.get(key)?.isLive === true;
  }

  /**
   * The versions in `range` that counted at `revision`, in order, until `visit` gives false. Who can do without values
   * spares reading them; some have one nevertheless.
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

  /** The lease that a key has now; 0 if it has none, or is not there. */
  leaseOf(key: Key): LeaseId {
    return this.#index.get(key)?.lease ?? 0n;
  }

  /** The first `count` keys in `range`, in order, those included that exist no more but can still be read. */
  take(range: KeyRange, count: number): readonly KeyEntry[] {
    return this.#index.take(range, count);
  }

  entry(key: Key): KeyEntry | undefined {
    return this.#index.get(key);
  }

  /**
   * The version of an entry that counted at `revision`; undefined if it did not exist then. Without `values` the value
   * may be empty; with `keep` a value that has to be read stays in memory; with `asText` one that is in memory is not
   * made a buffer.
   */
  versionOf(
    entry: KeyEntry,
    { revision, values, keep, asText = false }: What,
  ): KeyValue | undefined {
    if (values || entry.revision > revision) {
      const isNewest = entry.revision <= revision && entry.isLive;
      if (asText && isNewest && entry.value !== undefined)
        return new TextKeyValue(entry, entry.value);
      return this.#valueAt(entry, revision, keep);
    }
    return entry.isLive ? keyValueOf(entry, noBytes) : undefined;
  }

  /** How many keys `range` had at `revision`. */
  count(range: KeyRange, revision: number): Steps<number> {
    return this.#index.count(range, revision);
  }

  /**
   * Keeps all that can be read from `revision` on, whatever is compacted meanwhile, until the returned function is
   * called: for reads that take more than one turn.
   */
  pin(revision: number): () => void {
    const pin = { revision };
    this.#pins.add(pin);
    return () => void this.#pins.delete(pin);
  }

  /** A compaction is to take away what somebody still reads. */
  get compactionWaits(): boolean {
    return (
      this.#compaction.isPending &&
      [...this.#pins].some(({ revision }) => revision < this.#compactedRevision)
    );
  }

  /** Why `revision` cannot be read; undefined if it can. */
  refusalToRead(revision: number): (CommandResult & { readonly kind: 'error' }) | undefined {
    if (revision > this.#revision) {
      const message = `revision ${revision} is not there yet; the newest is ${this.#revision}`;
      return { kind: 'error', code: 'revision-in-future', message };
    }
    if (revision < this.#compactedRevision) {
      const message = `revision ${revision} was compacted; the oldest left is ${this.#compactedRevision}`;
      return { kind: 'error', code: 'revision-compacted', message };
    }
    return undefined;
  }

  /** See `History` in `watch`. */
  readEvents(
    from: Position,
    { revisionsMax, eventsMax, bytesMax }: ReadBounds,
  ): { readonly revisions: readonly RevisionEvents[]; readonly next: Position } {
    assert(from.revision >= this.#compactedRevision, 'compacted revisions cannot be read');
    const revisions: RevisionEvents[] = [];
    let { revision, sub } = from;
    let eventsLeft = eventsMax;
    let bytesLeft = bytesMax;
    for (; revision <= this.#revision && revisions.length < revisionsMax; revision++) {
      if (revisions.length > 0 && (eventsLeft <= 0 || bytesLeft <= 0)) break;
      const bounds = { eventsMax: eventsLeft, bytesMax: bytesLeft };
      const { events, bytes, isWhole } = this.#eventsOf({ revision, sub }, bounds);
      if (!isWhole && revisions.length > 0) break;
      if (events.length > 0) revisions.push({ revision, events });
      if (!isWhole) return { revisions, next: { revision, sub: sub + events.length } };
      sub = 0;
      eventsLeft -= events.length;
      bytesLeft -= bytes;
    }
    return { revisions, next: { revision, sub: 0 } };
  }

  /** The events of one revision from a place on; at least one, whatever the bounds. */
  #eventsOf(
    from: Position,
    { eventsMax, bytesMax }: { readonly eventsMax: number; readonly bytesMax: number },
  ): { readonly events: readonly KeyEvent[]; readonly bytes: number; readonly isWhole: boolean } {
    const { revision } = from;
    const recent = this.#recent.get(revision)?.events;
    const events: KeyEvent[] = [];
    let bytes = 0;
    let { sub } = from;
    for (let event = this.#eventAt(recent, { revision, sub }); event !== undefined;) {
      const isFull = events.length >= eventsMax || bytes >= bytesMax;
      if (isFull && events.length > 0) return { events, bytes, isWhole: false };
      events.push(event);
      bytes += bytesOfEvent(event);
      sub++;
      event = this.#eventAt(recent, { revision, sub });
    }
    // Only the revision of the empty store made no event.
    assert(sub > 0 || revision <= 1, `the records of revision ${revision} are missing`);
    return { events, bytes, isWhole: true };
  }

  #eventAt(
    recent: readonly KeyEvent[] | undefined,
    { revision, sub }: Position,
  ): KeyEvent | undefined {
    if (recent !== undefined) return recent[sub];
    const record = this.#engine.get(recordKey(revision, sub));
    return record === undefined ? undefined : decodeRecord(record, revision);
  }

  /** True if a key in `range` was changed by `revision` or a later one. */
  isChangedSince(range: KeyRange, revision: number): boolean {
    return this.#index.isChangedSince(range, revision);
  }

  #valueAt(entry: KeyEntry, revision: number, keep = true): KeyValue | undefined {
    const version = entry.versionAt(revision);
    if (version?.isLive !== true) return undefined;
    const recent = this.#recent.get(version.revision)?.events[version.sub];
    if (recent !== undefined) return recent.kv;
    return version === entry ? keyValueOf(entry, this.#valueOf(entry, keep)) : this.#read(version);
  }

  /** The value that a key has now. */
  #valueOf(entry: KeyEntry, keep: boolean): Uint8Array {
    if (keep) entry.wasUsed = true;
    if (entry.value !== undefined) return Buffer.from(entry.value, 'latin1');
    const { value } = this.#read(entry);
    if (keep) this.#cache.keep(entry, asBuffer(value).toString('latin1'));
    return value;
  }

  #read({ revision, sub }: Version): KeyValue {
    // What the command under way has written is in the engine already, and not yet among the recent events.
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
    this.#cache.keep(entry, record.toString('latin1', valueStart));
    this.#happened({ kind: 'put', kv });
  }

  /** Ends the generation of a key that exists. */
  delete(key: Key): void {
    const kv = deletedKeyValue(key, this.#revision + 1);
    const entry = this.#write(encodeDelete(key), false, kv);
    this.#cache.drop(entry);
    this.#happened({ kind: 'delete', kv });
  }

  #write(record: Uint8Array, isLive: boolean, kv: KeyValue): KeyEntry {
    const { key, modRevision, createRevision, version, lease } = kv;
    const sub = this.#eventCount;
    const bytes = recordKeyBytes + record.length;
    this.#engine.append(recordKey(modRevision, sub), record);
    this.#recordBytes += bytes;
    return this.#index.add(key, {
      revision: modRevision,
      sub,
      isLive,
      bytes,
      hash: hashBytes(record, 0),
      // Written out, because V8 copies a spread object field by field: that took more time than all else in a write.
      createRevision,
      version,
      lease,
    });
  }

  /** More events than memory is to hold are in the engine alone. */
  #happened(event: KeyEvent): void {
    this.#eventCount++;
    this.#eventBytes += bytesOfEvent(event);
    if (this.#eventBytes <= this.#eventBytesMax) this.#events.push(event);
    else if (this.#eventCount > 1) this.#events = [];
    else this.#events.push(event);
  }

  /** Ends the command under way; what it has changed, if anything, is one revision. */
  commit(): { readonly events: readonly KeyEvent[]; readonly isLarge: boolean } {
    const events = this.#events;
    const isLarge = events.length < this.#eventCount;
    if (this.#eventCount === 0) return nothingHappened;
    this.#events = [];
    this.#eventCount = 0;
    this.#eventBytes = 0;
    this.#revision++;
    if (isLarge) this.#recent.skip(this.#revision);
    else this.#recent.add({ revision: this.#revision, events });
    return { events: isLarge ? [] : events, isLarge };
  }

  // Compaction.

  /** Makes everything before `revision` unreadable. */
  compact(revision: number): void {
    this.#compactedRevision = revision;
  }

  /** Has the records go, step by step, that a compaction up to `revision` made unreadable. */
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
    const isMoreLeft = this.#compaction.step(keysMax);
    if (!isMoreLeft) this.#cache.tidy();
    return isMoreLeft;
  }

  /** One number for all that can be read up to `revision` after a compaction up to `compacted`. */
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

  /** Reads all records; tells which key has which lease. `pause` lets others go on meanwhile. */
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
    // Values that do not find room are read when they are asked for: most of what came before would be dropped unused.
    this.#cache.drop(entry);
    if (isLive && this.#cache.hasRoom(kv.value.length)) {
      this.#cache.keep(entry, asBuffer(kv.value).toString('latin1'));
    }
    this.#recordBytes += bytes;
    this.#revision = Math.max(this.#revision, revision);
  }
}

/** Keys that are put in order in one turn while the state is loaded. */
const keysPerPause = 4096;
const nothingHappened = { events: [], isLarge: false };
/** Adding up hashes takes much less than reading keys. */
const versionsHashedPerUnit = 8;
const noBytes = new Uint8Array();

/** The newest version of a key, with its value or without. */
function keyValueOf(entry: KeyEntry, value: Uint8Array): KeyValue {
  const { key, createRevision, revision, version, lease } = entry;
  return { key, value, createRevision, modRevision: revision, version, lease };
}
