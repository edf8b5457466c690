import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pack, unpack } from 'msgpackr';
import type { Logger } from '../base/logger.ts';
import { present } from '../base/assert.ts';
import { RegistryError } from '../base/errors.ts';
import { countOf } from '../base/fields.ts';
import type { Histogram, Metrics } from '../base/metrics.ts';
import { hardStateOf, positionOf } from '../raft/index.ts';
import type { Entry, HardState, SnapshotPosition } from '../raft/index.ts';
import type {
  Identity,
  Recovered,
  SnapshotSource,
  SnapshotStage,
  Store,
  StoreWrite,
} from '../replica/index.ts';
import type { Engine } from '../state/index.ts';
import { StorageCorruption } from './corruption.ts';
import { EngineBuffer } from './engine-buffer.ts';
import type { Changes, Span } from './engine-buffer.ts';
import { unseal } from './checksum.ts';
import { openDatabase } from './level-directory.ts';
import type { Database } from './level-directory.ts';
import {
  appliedKey,
  baseKey,
  epochOf,
  epochSpan,
  hardStateKey,
  identityKey,
  logKey,
  logSpan,
  stateKey,
  stateSpan,
} from './level-keys.ts';
import { scan, scanFinished } from './level-scan.ts';
import { LevelStage } from './level-stage.ts';
import { LevelWriter } from './level-writer.ts';
import type { RecordBatch } from './level-writer.ts';
import { packEntries, unpackEntries } from './log-records.ts';
import { snapshotChunks } from './snapshot-frames.ts';
import { decodeRecordAt, headerOf } from './header.ts';
import type { Header } from './header.ts';
import { GarbageEstimate } from './garbage-estimate.ts';

/** Of the whole directory. A release refuses what is newer than it. */
const formatVersion = 1;
/** While records are on the disk ahead of their applied index: a release that does not know of that must not read them. */
const unfinishedVersion = 2;

export interface LevelStoreOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** False: writes are acknowledged before they are on the disk. Only for tests. */
  readonly fsync: boolean;
}

const buckets = Array.from({ length: 14 }, (_, power) => 0.001 * 2 ** power);

/** Opens a directory, and makes it if it is not there. Rejects with one clear line if it cannot be used. */
export async function openLevelStore(
  directory: string,
  options: LevelStoreOptions,
): Promise<Store> {
  const { database, folder } = await openDatabase(directory);
  return new LevelStore(database, folder, options);
}

/** One record of the log on the disk. */
interface LogRecord {
  readonly first: number;
  readonly last: number;
}

class LevelStore implements Store {
  readonly #database: Database;
  readonly #writer: LevelWriter;
  readonly #folder: string;
  readonly #logger: Logger;
  readonly #fsync: boolean;
  readonly #syncSeconds: Histogram;
  readonly #commitSeconds: Histogram;
  readonly #garbage = new GarbageEstimate(() => this.#sizeOnDisk());
  #epoch = 1;
  /** No record has this epoch or a later one. */
  #nextEpoch = 2;
  #engine: EngineBuffer;
  #identity: Identity | undefined;
  #unfinished: Span | undefined;
  #records: LogRecord[] = [];
  #stage: LevelStage | undefined;
  /** Of log entries, written since the start. */
  #logBytes = 0;
  /** An adopted snapshot has taken the place of records that are still there. */
  #oldEpochsDue = false;
  /** Cleaning up, one thing after the other. */
  #background: Promise<void> = Promise.resolve();

  constructor(database: Database, folder: string, { logger, metrics, fsync }: LevelStoreOptions) {
    this.#database = database;
    this.#writer = new LevelWriter(database);
    this.#folder = folder;
    this.#logger = logger;
    this.#fsync = fsync;
    this.#engine = this.#engineOf(this.#epoch);
    this.#syncSeconds = metrics.histogram(
      'etcd_disk_wal_fsync_duration_seconds',
      'Time of a write of log entries, until it is on the disk.',
      buckets,
    );
    metrics.gauge(
      'etcd_disk_wal_write_bytes_total',
      'Bytes of log entries written.',
      () => this.#logBytes,
    );
    this.#commitSeconds = metrics.histogram(
      'etcd_disk_backend_commit_duration_seconds',
      'Time of a write that carried state records.',
      buckets,
    );
  }

  get engine(): Engine {
    return this.#engine;
  }

  get pendingBytes(): number {
    return this.#engine.pendingBytes;
  }

  get isPartDue(): boolean {
    return this.#engine.isPartDue;
  }

  get isBehind(): boolean {
    return this.#engine.isPartDue || this.#unfinished !== undefined;
  }

  get isFull(): boolean {
    return this.#engine.isFull;
  }

  async load(): Promise<Recovered> {
    const header = this.#read(identityKey);
    if (header === undefined) return this.#loadEmpty();
    const { format, identity, epoch, unfinished } = decodeRecordAt(identityKey, () =>
      headerOf(unpack(header)),
    );
    if (format > unfinishedVersion) {
      throw new RegistryError(
        'invalid-request',
        `the data directory has format ${format}, and this release knows ${unfinishedVersion}; start a newer release`,
      );
    }
    this.#identity = identity;
    this.#epoch = epoch;
    this.#engine = this.#engineOf(epoch);
    if (unfinished !== undefined) await this.#dropUnfinished(unfinished);
    const base = decodeRecordAt(baseKey, () => positionOf(unpack(this.#mustRead(baseKey))));
    const hardState = decodeRecordAt(hardStateKey, () =>
      hardStateOf(unpack(this.#mustRead(hardStateKey))),
    );
    const appliedIndex = decodeRecordAt(appliedKey, () =>
      countOf(unpack(this.#mustRead(appliedKey)), 'applied index'),
    );
    const entries = await this.#loadLog(base.index);
    const lastIndex = entries.at(-1)?.index ?? base.index;
    if (appliedIndex < base.index || Math.max(appliedIndex, hardState.commit) > lastIndex) {
      throw new StorageCorruption(
        appliedKey,
        `log ${base.index} to ${lastIndex}, applied ${appliedIndex} and committed ${hardState.commit} do not fit`,
      );
    }
    await this.#dropLeftovers();
    return { identity, hardState, base, entries, appliedIndex };
  }

  /** A crash came before the applied index that these records belong to; the log has what made them. */
  async #dropUnfinished({ from, to }: Span): Promise<void> {
    await this.#writer.delete({ gte: stateKey(this.#epoch, from), lt: stateKey(this.#epoch, to) });
    await this.#writer.syncAll();
    const batch = this.#writer.batch();
    batch.put(identityKey, this.#header());
    await this.#writer.write(batch, { sync: true });
  }

  #header(): Buffer {
    return packHeader(present(this.#identity, noOwner), this.#epoch, this.#unfinished);
  }

  async #loadEmpty(): Promise<Recovered> {
    // State may have been staged before the directory had an owner; nothing else can be.
    const [other] = await this.#database.keys({ lt: stateSpan.gte, limit: 1 }).all();
    if (other !== undefined) throw new StorageCorruption(identityKey, 'it is missing');
    await this.#database.clear();
    return {
      identity: undefined,
      hardState: { term: 0, vote: undefined, commit: 0 },
      base: { index: 0, term: 0, configuration: { voters: [], outgoing: [], learners: [] } },
      entries: [],
      appliedIndex: 0,
    };
  }

  /** Entries behind the base, in order and without a gap. */
  async #loadLog(baseIndex: number): Promise<Entry[]> {
    const entries: Entry[] = [];
    this.#records = [];
    for await (const [key, sealed] of this.#database.iterator(logSpan)) {
      const unpacked = decodeRecordAt(key, () => unpackEntries(unseal(key, sealed)));
      const first = unpacked[0]?.index ?? 0;
      const last = unpacked.at(-1)?.index ?? 0;
      this.#records.push({ first, last });
      for (const entry of unpacked) {
        if (entry.index <= baseIndex) continue;
        const expected = (entries.at(-1)?.index ?? baseIndex) + 1;
        if (entry.index !== expected) {
          throw new StorageCorruption(key, `entry ${expected} is missing before ${entry.index}`);
        }
        // Not a view of the whole record, which would stay in memory as long as any of its entries.
        entries.push({ ...entry, data: Buffer.from(entry.data) });
      }
    }
    return entries;
  }

  async create(identity: Identity, base: SnapshotPosition): Promise<void> {
    this.#identity = identity;
    const batch = this.#writer.batch();
    batch.put(identityKey, this.#header());
    batch.put(baseKey, pack(base));
    batch.put(hardStateKey, pack({ term: base.term, vote: undefined, commit: base.index }));
    batch.put(appliedKey, pack(base.index));
    this.#putState(batch, this.#engine.beginFlush());
    await this.#writer.write(batch, { sync: true });
    this.#engine.endFlush();
  }

  async write(write: StoreWrite): Promise<void> {
    const { hardState, entries, base, appliedIndex, ahead, sync } = write;
    if (this.#oldEpochsDue) {
      this.#oldEpochsDue = false;
      this.#dropEpochs(0, this.#epoch);
    }
    const batch = this.#writer.batch();
    if (hardState !== undefined) batch.put(hardStateKey, pack(hardState));
    if (base !== undefined) this.#shortenLog(batch, base);
    if (entries.length > 0) this.#putEntries(batch, entries);
    const flushes = appliedIndex !== undefined;
    if (flushes) {
      batch.put(appliedKey, pack(appliedIndex));
      this.#putState(batch, this.#engine.beginFlush());
      if (this.#unfinished !== undefined) {
        this.#unfinished = undefined;
        batch.put(identityKey, this.#header());
      }
    } else if (ahead) this.#putAhead(batch);
    const beganMs = performance.now();
    // State is synced, too: LevelDB may begin a new log before the next write, and that one's sync would not reach
    // back to this one. The next flush would then be there without the changes of this one.
    await this.#writer.write(batch, { sync: (sync || flushes || ahead) && this.#fsync });
    const seconds = (performance.now() - beganMs) / 1000;
    if (sync) this.#syncSeconds.observe(seconds);
    if (flushes || ahead) this.#engine.endFlush();
    if (flushes) {
      this.#commitSeconds.observe(seconds);
      if (this.#garbage.take()) this.#compact();
    }
  }

  #shortenLog(batch: RecordBatch, base: SnapshotPosition): void {
    batch.put(baseKey, pack(base));
    while (this.#records[0] !== undefined && this.#records[0].last <= base.index) {
      batch.delete(logKey(this.#records[0].first));
      this.#records.shift();
    }
  }

  #putEntries(batch: RecordBatch, entries: readonly Entry[]): void {
    const first = entries[0]?.index ?? 0;
    const last = entries.at(-1)?.index ?? 0;
    for (;;) {
      const record = this.#records.at(-1);
      if (record === undefined || record.last < first) break;
      this.#records.pop();
      batch.delete(logKey(record.first));
      if (record.first >= first) continue;
      // The record reaches into what is replaced: its beginning stays.
      const kept = this.#readRecord(record).filter(({ index }) => index < first);
      batch.put(logKey(record.first), packEntries(kept));
      this.#records.push({ first: record.first, last: first - 1 });
      break;
    }
    const record = packEntries(entries);
    this.#logBytes += record.length;
    batch.put(logKey(first), record);
    this.#records.push({ first, last });
  }

  #readRecord({ first }: LogRecord): Entry[] {
    const key = logKey(first);
    return decodeRecordAt(key, () => unpackEntries(this.#mustRead(key)));
  }

  #putAhead(batch: RecordBatch): void {
    const { records, span } = this.#engine.beginPart();
    if (this.#unfinished === undefined) {
      this.#unfinished = span;
      batch.put(identityKey, this.#header());
    }
    this.#putState(batch, records);
  }

  #putState(batch: RecordBatch, changes: Changes): void {
    for (const [key, value] of changes) {
      const full = stateKey(this.#epoch, key);
      if (value === undefined) {
        batch.delete(full);
        this.#garbage.addDeleted(1);
      } else {
        batch.put(full, value);
        this.#garbage.addRecord(full.length + value.length);
      }
    }
  }

  // Snapshots.

  async openSnapshot(): Promise<SnapshotSource> {
    const database = this.#database;
    const snapshot = database.snapshot();
    const read = async (key: Buffer): Promise<Buffer> => {
      const sealed = await database.get(key, { snapshot });
      if (sealed === undefined) throw new StorageCorruption(key, 'it is missing');
      return unseal(key, sealed);
    };
    try {
      // Not the epoch of this object: another state may just have been adopted on the disk, and not be known here yet.
      const header: unknown = unpack(await read(identityKey));
      const { epoch, unfinished } = decodeRecordAt(identityKey, () => headerOf(header));
      const applied: unknown = unpack(await read(appliedKey));
      const appliedIndex = decodeRecordAt(appliedKey, () => countOf(applied, 'applied index'));
      return {
        appliedIndex,
        chunks: () => snapshotChunks(scanFinished(database, { epoch, unfinished, snapshot })),
        close: () => snapshot.close(),
      };
    } catch (error) {
      await snapshot.close();
      throw error;
    }
  }

  async stageSnapshot(): Promise<SnapshotStage> {
    const former = this.#stage;
    const stage = new LevelStage(this.#writer, this.#nextEpoch++, { fsync: this.#fsync });
    this.#stage = stage;
    await former?.abandon();
    return stage;
  }

  async adoptSnapshot(
    stage: SnapshotStage,
    position: SnapshotPosition,
    hardState: HardState | undefined,
  ): Promise<void> {
    if (stage !== this.#stage || !this.#stage.isComplete) {
      throw new RegistryError('invalid-request', 'only the newest snapshot can be adopted, whole');
    }
    const { epoch } = this.#stage;
    const batch = this.#writer.batch();
    batch.put(identityKey, packHeader(present(this.#identity, noOwner), epoch, undefined));
    batch.put(baseKey, pack(position));
    batch.put(appliedKey, pack(position.index));
    if (hardState !== undefined) batch.put(hardStateKey, pack(hardState));
    for (const { first } of this.#records) batch.delete(logKey(first));
    await this.#writer.write(batch, { sync: this.#fsync });
    this.#records = [];
    this.#stage = undefined;
    this.#epoch = epoch;
    this.#unfinished = undefined;
    this.#engine = this.#engineOf(epoch);
    // Whoever still reads the old state is done with it when something is written again.
    this.#oldEpochsDue = true;
  }

  // Cleaning up.

  /** Whatever a crash left behind of other epochs. */
  async #dropLeftovers(): Promise<void> {
    const [last] = await this.#database.keys({ ...stateSpan, reverse: true, limit: 1 }).all();
    const lastEpoch = last === undefined ? 0 : epochOf(last);
    this.#nextEpoch = Math.max(this.#epoch, lastEpoch) + 1;
    this.#dropEpochs(0, this.#epoch);
    this.#dropEpochs(this.#epoch + 1, this.#nextEpoch);
  }

  /** Not waited for: nobody reads these records, and what is left of them is dropped at the next start. */
  #dropEpochs(first: number, end: number): void {
    this.#inBackground(async () => {
      this.#garbage.addDeleted(await this.#writer.delete(epochSpan(first, end)));
      if (this.#garbage.take()) this.#compact();
    });
  }

  /** Gives back the space of deleted records. Others read and write meanwhile. */
  #compact(): void {
    this.#inBackground(async () => {
      // LevelDB merges what is in tables when it is asked; so the deletions have to get there first.
      await this.#writer.syncAll();
      await this.#database.compactRange(stateSpan.gte, stateSpan.lt);
    });
  }

  #inBackground(work: () => Promise<void>): void {
    this.#background = this.#workAfter(this.#background, work);
  }

  async #workAfter(before: Promise<void>, work: () => Promise<void>): Promise<void> {
    await before;
    if (this.#writer.isClosing) return;
    try {
      await work();
    } catch (error) {
      this.#logger.warn('failed to clean up', { error: String(error) });
    }
  }

  // The rest.

  sizeOnDisk(): Promise<number> {
    return Promise.resolve(this.#sizeOnDisk());
  }

  #sizeOnDisk(): number {
    let bytes = 0;
    for (const name of readdirSync(this.#folder)) {
      // LevelDB may just have removed it.
      bytes += statSync(join(this.#folder, name), { throwIfNoEntry: false })?.size ?? 0;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.#background;
    await this.#database.close();
  }

  #engineOf(epoch: number): EngineBuffer {
    const database = this.#database;
    return new EngineBuffer({
      get: (key) => this.#read(stateKey(epoch, key)),
      scan: (from, to) => scan(database, epoch, from, to),
    });
  }

  #read(key: Buffer): Buffer | undefined {
    const sealed = this.#database.getSync(key);
    return sealed === undefined ? undefined : unseal(key, sealed);
  }

  #mustRead(key: Buffer): Buffer {
    const value = this.#read(key);
    if (value === undefined) throw new StorageCorruption(key, 'it is missing');
    return value;
  }
}

const noOwner = 'the owner of the directory';

/** What stands first in a directory. */
function packHeader(identity: Identity, epoch: number, unfinished: Span | undefined): Buffer {
  const header: Header =
    unfinished === undefined
      ? { format: formatVersion, identity, epoch }
      : { format: unfinishedVersion, identity, epoch, unfinished };
  return pack(header);
}
