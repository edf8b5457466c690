import { assert, present } from '../base/assert.ts';
import type { Key, KeyRange } from '../base/key.ts';
import { Compaction } from './compaction.ts';
import type { Engine, EngineRecord } from './engine.ts';
import { hashBytes } from './hash.ts';
import { KeyEntry } from './key-entry.ts';
import { KeyIndex } from './key-index.ts';
import type { KeyEvent, KeyValue, LeaseId, RevisionEvents } from './key-value.ts';
import { RecentEvents, bytesOfEvents } from './recent-events.ts';
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
import { RecordCache } from './record-cache.ts';
import type { CommandResult } from './command.ts';

/** How much of the data is kept in memory; none of it changes an answer. */
export interface MemoryBounds {
  /** For current versions of keys. */
  readonly cacheBytesMax: number;
  /** For the newest revisions, for watchers. */
  readonly recentRevisionsMax: number;
  readonly recentBytesMax: number;
}

/** Bytes of a record's key. */
const recordKeyBytes = 17;

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
  readonly #cache: RecordCache;
  readonly #recent: RecentEvents;
  readonly #compaction: Compaction;
  /** What the command under way has done so far; the position of an event is its sub-revision. */
  #events: KeyEvent[] = [];
  #revision = 1;
  #compactedRevision = 0;
  #recordBytes = 0;

  constructor(engine: Engine, bounds: MemoryBounds) {
    this.#engine = engine;
    this.#cache = new RecordCache(bounds.cacheBytesMax);
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

  /** The versions in `range` that counted at `revision`, in order, until `visit` gives false. */
  visit(range: KeyRange, revision: number, visit: (kv: KeyValue) => boolean): void {
    this.#index.visit(range, (entry) => {
      const kv = this.#valueAt(entry, revision);
      return kv === undefined || visit(kv);
    });
  }

  /** How many keys `range` had at `revision`. */
  count(range: KeyRange, revision: number): number {
    return this.#index.count(range, revision);
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

  /** See `History` in the room `watch`. */
  readEvents(
    fromRevision: number,
    { revisionsMax, bytesMax }: { readonly revisionsMax: number; readonly bytesMax: number },
  ): { readonly revisions: readonly RevisionEvents[]; readonly nextRevision: number } {
    assert(fromRevision >= this.#compactedRevision, 'compacted revisions cannot be read');
    const revisions: RevisionEvents[] = [];
    let revision = Math.max(fromRevision, 1);
    let bytes = 0;
    for (; revision <= this.#revision && revisions.length < revisionsMax; revision++) {
      const revisionEvents = this.#eventsOf(revision);
      const weight = bytesOfEvents(revisionEvents.events);
      if (revisions.length > 0 && bytes + weight > bytesMax) break;
      bytes += weight;
      if (revisionEvents.events.length > 0) revisions.push(revisionEvents);
    }
    return { revisions, nextRevision: revision };
  }

  #eventsOf(revision: number): RevisionEvents {
    const recent = this.#recent.get(revision);
    if (recent !== undefined) return recent;
    const events: KeyEvent[] = [];
    for (;;) {
      const record = this.#engine.get(recordKey(revision, events.length));
      if (record === undefined) break;
      events.push(decodeRecord(record, revision));
    }
    // Only the revision of the empty store made no event.
    assert(events.length > 0 || revision === 1, `the records of revision ${revision} are missing`);
    return { revision, events };
  }

  #valueAt(entry: KeyEntry, revision: number): KeyValue | undefined {
    if (entry.revision <= revision) {
      return entry.isLive ? this.#current(entry) : undefined;
    }
    const version = entry.versionAt(revision);
    return version?.isLive === true ? this.#read(version.revision, version.sub) : undefined;
  }

  #current(entry: KeyEntry): KeyValue {
    entry.wasUsed = true;
    if (entry.kv !== undefined) return entry.kv;
    const kv = this.#read(entry.revision, entry.sub);
    this.#cache.keep(entry, kv);
    return kv;
  }

  #read(revision: number, sub: number): KeyValue {
    const recent = this.#recent.get(revision)?.events[sub];
    if (recent !== undefined) return recent.kv;
    const record = this.#engine.get(recordKey(revision, sub));
    return decodeRecord(present(record, `the record of revision ${revision}.${sub}`), revision).kv;
  }

  // Writing.

  /** Gives a key a new version. */
  put(key: Key, value: Uint8Array, lease: LeaseId, previous: KeyValue | undefined): void {
    const modRevision = this.#revision + 1;
    const createRevision = previous?.createRevision ?? modRevision;
    const version = (previous?.version ?? 0) + 1;
    const { record, valueStart } = encodePut({ key, value, createRevision, version, lease });
    const own = record.subarray(valueStart);
    const kv: KeyValue = { key, value: own, createRevision, modRevision, version, lease };
    const entry = this.#write(key, record, true);
    this.#cache.keep(entry, kv);
    this.#events.push({ kind: 'put', kv });
  }

  /** Ends the generation of a key that exists. */
  delete(key: Key): void {
    const entry = this.#write(key, encodeDelete(key), false);
    this.#cache.drop(entry);
    this.#events.push({ kind: 'delete', kv: deletedKeyValue(key, this.#revision + 1) });
  }

  #write(key: Key, record: Uint8Array, isLive: boolean): KeyEntry {
    const revision = this.#revision + 1;
    const sub = this.#events.length;
    const bytes = recordKeyBytes + record.length;
    this.#engine.put(recordKey(revision, sub), record);
    this.#recordBytes += bytes;
    return this.#index.add(key, { revision, sub, isLive, bytes, hash: hashBytes(record, 0) });
  }

  /** Ends the command under way; what it has changed, if anything, is one revision. */
  commit(): readonly KeyEvent[] {
    const events = this.#events;
    if (events.length === 0) return events;
    this.#events = [];
    this.#revision++;
    this.#recent.add({ revision: this.#revision, events });
    return events;
  }

  // Compaction.

  /** Makes everything before `revision` unreadable; the records go step by step. */
  compact(revision: number): void {
    this.#compactedRevision = revision;
    this.#compaction.begin(revision);
  }

  get compactionPending(): boolean {
    return this.#compaction.isPending;
  }

  compactStep(keysMax: number): boolean {
    return this.#compaction.step(keysMax);
  }

  /** One number for all that can be read at revisions up to `revision`. */
  hashUpTo(revision: number): number {
    let sum = 0;
    this.#index.visit({ start: '', end: undefined }, (entry) => {
      sum = (sum + entry.hashUpTo(revision, this.#compactedRevision)) | 0;
      return true;
    });
    return sum >>> 0;
  }

  // Starting.

  /** Reads all records; gives the leases of the keys that have one. */
  async load(compactedRevision: number): Promise<ReadonlyMap<Key, LeaseId>> {
    this.#compactedRevision = compactedRevision;
    this.#revision = Math.max(1, compactedRevision);
    const entries = new Map<Key, KeyEntry>();
    const leases = new Map<Key, LeaseId>();
    for await (const batch of this.#engine.scan(recordsStart, recordsEnd)) {
      for (const record of batch) {
        const { key, lease } = this.#loadRecord(record, entries);
        if (lease !== 0n) leases.set(key, lease);
        else if (leases.size > 0) leases.delete(key);
      }
    }
    const all = [...entries.values()];
    this.#index.build(all);
    if (all.some((entry) => entry.hasGarbage(compactedRevision))) {
      this.#compaction.begin(compactedRevision);
    }
    return leases;
  }

  #loadRecord(record: EngineRecord, entries: Map<Key, KeyEntry>): KeyValue {
    const { revision, sub } = placeOfRecord(record.key);
    // The engine may have read many records into one buffer, which must not stay for the sake of one of them.
    const isShared = record.value.buffer.byteLength > 2 * record.value.length;
    const own = isShared ? record.value.slice() : record.value;
    const { kind, kv } = decodeRecord(own, revision);
    const bytes = record.key.length + own.length;
    const entry = entries.get(kv.key) ?? new KeyEntry(kv.key);
    if (entry.revision === 0) entries.set(kv.key, entry);
    entry.add({ revision, sub, isLive: kind === 'put', bytes, hash: hashBytes(own, 0) });
    if (kind === 'put') this.#cache.keep(entry, kv);
    else this.#cache.drop(entry);
    this.#recordBytes += bytes;
    this.#revision = Math.max(this.#revision, revision);
    return kv;
  }
}
