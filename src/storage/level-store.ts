import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pack, unpack } from 'msgpackr';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { present } from '../base/assert.ts';
import { RegistryError } from '../base/errors.ts';
import { countOf } from '../base/fields.ts';
import type { Histogram, Metrics } from '../base/metrics.ts';
import { hardStateOf, positionOf } from '../raft/index.ts';
import type { HardState, SnapshotPosition } from '../raft/index.ts';
import type {
  Identity,
  Recovered,
  SnapshotSource,
  SnapshotStage,
  Store,
  StoreWrite,
} from '../replica/index.ts';
import type { Engine } from '../state/index.ts';
import { Cleanup } from './cleanup.ts';
import { StorageCorruption } from './corruption.ts';
import { EngineBuffer } from './engine-buffer.ts';
import type { Changes, Span } from './engine-buffer.ts';
import { decodeRecordAt, headerOf } from './header.ts';
import type { Header } from './header.ts';
import { openDatabase } from './level-directory.ts';
import type { Database } from './level-directory.ts';
import {
  appliedKey,
  baseKey,
  epochOf,
  formerAppliedKey,
  formerBaseKey,
  hardStateKey,
  identityKey,
  stateKey,
  stateKeys,
  stateSpan,
} from './level-keys.ts';
import { mustReadRecord, readRecord, readState, scanFiles, scanVersions } from './level-read.ts';
import { openSource } from './level-source.ts';
import { LargeFiles } from './large-files.ts';
import { LevelStage } from './level-stage.ts';
import { LevelWriter } from './level-writer.ts';
import type { RecordBatch } from './level-writer.ts';
import { RaftLog } from './raft-log.ts';
import { StoredLog } from './stored-log.ts';
import { TableReader } from './table-reader.ts';
import { TableThread } from './table-thread.ts';

/**
 * Format of the directory. A release refuses a newer one than its own. In 1 and 2 the log is in LevelDB, with 2 while
 * records are on the disk ahead of their applied index; a start turns both into 3. The first large record makes 4 of it.
 */
const formatVersion = 4;
/** Without large records the format stays what former builds know. */
const formatWithoutLarge = 3;

export interface LevelStoreOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** False: writes are acknowledged before they are on the disk. Only for tests. */
  readonly fsync: boolean;
  /** Tables that are kept open for reads of cold values, a file each. */
  readonly tablesMax?: number | undefined;
}

const buckets = Array.from({ length: 14 }, (_, power) => 0.001 * 2 ** power);

/** Opens a data directory; creates it if it is missing. Rejects with one clear line if it cannot be used. */
export async function openLevelStore(
  directory: string,
  options: LevelStoreOptions,
): Promise<Store> {
  const thread = new TableThread(options.logger);
  try {
    const { database, folder } = await openDatabase(directory, thread);
    return new LevelStore(database, folder, thread, options);
  } catch (error) {
    await thread.end();
    throw error;
  }
}

/** A member's disk in one LevelDB. Each `write` is one atomic batch. */
class LevelStore implements Store {
  readonly #database: Database;
  readonly #large: LargeFiles;
  readonly #writer: LevelWriter;
  readonly #folder: string;
  /** Waits for the versions of this start to be asked for. */
  readonly #thread: TableThread;
  readonly #clock: Clock;
  readonly #fsync: boolean;
  readonly #syncSeconds: Histogram;
  readonly #commitSeconds: Histogram;
  readonly #log: RaftLog;
  readonly #cleanup: Cleanup;
  readonly #tables: TableReader;
  /** The state whose records count. Each staged snapshot gets a new epoch. `epoch < nextEpoch`. */
  #epoch = 1;
  /** No record has this epoch or a later one. */
  #nextEpoch = 2;
  #engine: EngineBuffer;
  #identity: Identity | undefined;
  /** The same as in the header on the disk. */
  #unfinished: Span | undefined;
  #stage: LevelStage | undefined;
  /** Of the header on the disk. */
  #format = formatWithoutLarge;
  /** How many large records were deleted before this start is unknown; they are looked for once it has loaded the state. */
  #isCollectionDue = false;
  /** A snapshot was adopted, and the records of the former state are still there. */
  #oldEpochsDue = false;

  constructor(
    database: Database,
    folder: string,
    thread: TableThread,
    { clock, logger, metrics, fsync, tablesMax }: LevelStoreOptions,
  ) {
    this.#database = database;
    this.#large = new LargeFiles(folder);
    this.#writer = new LevelWriter(database, folder, this.#large);
    this.#folder = folder;
    this.#thread = thread;
    this.#log = new RaftLog({ folder, fsync });
    const disk = { database, folder, writer: this.#writer, files: this.#large };
    this.#cleanup = new Cleanup(disk, logger, () => this.sizeOnDisk());
    this.#tables = new TableReader(folder, this.#large, clock, tablesMax);
    this.#clock = clock;
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
      () => this.#log.bytesWritten,
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

  get isFlushDue(): boolean {
    return this.#engine.isFlushDue;
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
    const header = readRecord(this.#database, identityKey);
    if (header === undefined) return this.#loadEmpty();
    const { format, identity, epoch, log, unfinished } = decodeRecordAt(identityKey, () =>
      headerOf(unpack(header)),
    );
    if (format > formatVersion) {
      throw new RegistryError(
        'invalid-request',
        `the data directory has format ${format}, and this release knows ${formatVersion}; start a newer release`,
      );
    }
    this.#identity = identity;
    this.#format = Math.max(format, formatWithoutLarge);
    this.#epoch = epoch;
    this.#unfinished = unfinished;
    this.#engine = this.#engineOf(epoch);
    if (log === undefined) await this.#moveLog();
    const base = this.#base(baseKey);
    const { hardState, entries } = await this.#log.load(log ?? 1, base.index);
    if (unfinished !== undefined) await this.#dropUnfinished(unfinished);
    const appliedIndex = decodeRecordAt(appliedKey, () =>
      countOf(unpack(mustReadRecord(this.#database, appliedKey)), 'applied index'),
    );
    const lastIndex = entries.at(-1)?.index ?? base.index;
    if (appliedIndex < base.index || Math.max(appliedIndex, hardState.commit) > lastIndex) {
      throw new StorageCorruption(
        appliedKey,
        `log ${base.index} to ${lastIndex}, applied ${appliedIndex} and committed ${hardState.commit} do not fit`,
      );
    }
    // The records that this start wrote go to tables, from which the state is read faster (level-scan.ts).
    await this.#writer.syncAll();
    await this.#dropLeftovers();
    this.#isCollectionDue = true;
    return { identity, hardState, base, entries, appliedIndex };
  }

  #base(key: Buffer): SnapshotPosition {
    return decodeRecordAt(key, () => positionOf(unpack(mustReadRecord(this.#database, key))));
  }

  /** A former release kept the log in LevelDB. */
  async #moveLog(): Promise<void> {
    const hardState = decodeRecordAt(hardStateKey, () =>
      hardStateOf(unpack(mustReadRecord(this.#database, hardStateKey))),
    );
    const former = new StoredLog(this.#database);
    const entries = await former.load(this.#base(formerBaseKey).index);
    // A start that was cut off before the header named them may have left files.
    await this.#log.forget();
    await this.#log.begin(1, { hardState, entries });
    const batch = this.#writer.batch();
    former.clear(batch);
    batch.delete(hardStateKey);
    batch.put(baseKey, mustReadRecord(this.#database, formerBaseKey));
    batch.delete(formerBaseKey);
    batch.put(appliedKey, mustReadRecord(this.#database, formerAppliedKey));
    batch.delete(formerAppliedKey);
    batch.put(identityKey, this.#header());
    await this.#writer.write(batch, { sync: true });
  }

  /** A crash came before the applied index of these records was written. The log still has the commands that made them. */
  async #dropUnfinished({ from, to }: Span): Promise<void> {
    await this.#writer.delete({ gte: stateKey(this.#epoch, from), lt: stateKey(this.#epoch, to) });
    await this.#writer.syncAll();
    this.#unfinished = undefined;
    const batch = this.#writer.batch();
    batch.put(identityKey, this.#header());
    await this.#writer.write(batch, { sync: true });
  }

  #header(): Buffer {
    const header: Header = {
      format: this.#format,
      identity: present(this.#identity, 'the owner of the directory'),
      epoch: this.#epoch,
      log: this.#log.generation,
      ...(this.#unfinished === undefined ? {} : { unfinished: this.#unfinished }),
    };
    return pack(header);
  }

  async #loadEmpty(): Promise<Recovered> {
    // Without an owner the directory may only hold a staged state.
    const [before] = await this.#database.keys({ lt: stateSpan.gte, limit: 1 }).all();
    const [after] = await this.#database.keys({ gte: stateSpan.lt, limit: 1 }).all();
    if ((before ?? after) !== undefined) throw new StorageCorruption(identityKey, 'it is missing');
    await this.#database.clear();
    await this.#large.clear();
    await this.#log.forget();
    return {
      identity: undefined,
      hardState: { term: 0, vote: undefined, commit: 0 },
      base: { index: 0, term: 0, configuration: { voters: [], outgoing: [], learners: [] } },
      entries: [],
      appliedIndex: 0,
    };
  }

  async create(identity: Identity, base: SnapshotPosition): Promise<void> {
    this.#identity = identity;
    const hardState = { term: base.term, vote: undefined, commit: base.index };
    await this.#writer.guard(() => this.#log.begin(1, { hardState, entries: [] }));
    const batch = this.#writer.batch();
    batch.put(identityKey, this.#header());
    batch.put(baseKey, pack(base));
    batch.put(appliedKey, pack(base.index));
    this.#putState(batch, this.#engine.beginFlush());
    await this.#writer.write(batch, { sync: true });
    this.#engine.endFlush();
  }

  async write({ hardState, entries, base, appliedIndex, ahead }: StoreWrite): Promise<void> {
    if (this.#oldEpochsDue) {
      this.#oldEpochsDue = false;
      this.#cleanup.dropEpochs(0, this.#epoch);
    }
    // What the engine was told before goes along, and nothing that it is told while the log is written.
    const batch = this.#stateBatch(base, appliedIndex, ahead);
    if (hardState !== undefined || entries.length > 0) {
      const beganMs = this.#clock.nowMs();
      await this.#writer.guard(() => this.#log.append({ hardState, entries }));
      this.#syncSeconds.observe((this.#clock.nowMs() - beganMs) / 1000);
    }
    if (batch === undefined) return;
    const beganMs = this.#clock.nowMs();
    // The state is written after the log that it comes from, so that it is never ahead of it. It is synced, because LevelDB
    // may begin a new file before the next write, whose sync does not cover the old one. After a crash the next flush
    // could then be there without the changes of this one.
    await this.#writer.write(batch, { sync: this.#fsync });
    if (base !== undefined) await this.#writer.guard(() => this.#log.truncate(base.index));
    if (ahead || appliedIndex !== undefined) this.#engine.endFlush();
    if (appliedIndex !== undefined) {
      this.#commitSeconds.observe((this.#clock.nowMs() - beganMs) / 1000);
      this.#cleanup.compactIfDue();
      if (this.#isCollectionDue) this.#cleanup.collect();
      this.#isCollectionDue = false;
    }
  }

  /** The part of a write that goes to LevelDB; undefined: nothing. */
  #stateBatch(
    base: SnapshotPosition | undefined,
    appliedIndex: number | undefined,
    ahead: boolean,
  ): RecordBatch | undefined {
    if (base === undefined && appliedIndex === undefined && !ahead) return undefined;
    const batch = this.#writer.batch();
    if (base !== undefined) batch.put(baseKey, pack(base));
    if (appliedIndex !== undefined) {
      batch.put(appliedKey, pack(appliedIndex));
      this.#putState(batch, this.#engine.beginFlush());
      if (this.#unfinished !== undefined) {
        this.#unfinished = undefined;
        batch.put(identityKey, this.#header());
      }
    } else if (ahead) this.#putAhead(batch);
    return batch;
  }

  /** Adds some of the engine's appended records, ahead of their applied index. */
  #putAhead(batch: RecordBatch): void {
    const { records, span } = this.#engine.beginPart();
    if (this.#unfinished === undefined) {
      this.#unfinished = span;
      batch.put(identityKey, this.#header());
    }
    this.#putState(batch, records);
  }

  #putState(batch: RecordBatch, changes: Changes): void {
    this.#putChanges(batch, changes);
    if (!batch.hasLarge || this.#format === formatVersion) return;
    this.#format = formatVersion;
    batch.put(identityKey, this.#header());
  }

  #putChanges(batch: RecordBatch, changes: Changes): void {
    const keyOf = stateKeys(this.#epoch);
    changes.visit((key, value) => {
      if (value === undefined) batch.delete(keyOf(key));
      else batch.putState(keyOf(key), value);
    });
    this.#cleanup.addGarbage(changes.garbageBytes);
  }

  // Snapshots.

  async openSnapshot(): Promise<SnapshotSource> {
    // First: what is moved by now is in the tables that the source will have.
    const release = this.#large.hold();
    try {
      await this.#writer.syncAll();
      return await openSource(this.#database, this.#folder, release);
    } catch (error) {
      await release();
      throw error;
    }
  }

  async stageSnapshot(): Promise<SnapshotStage> {
    const former = this.#stage;
    const stage = new LevelStage(this.#writer, this.#cleanup, this.#nextEpoch++, {
      fsync: this.#fsync,
    });
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
    const record = { hardState: hardState ?? this.#log.hardState, entries: [] };
    await this.#writer.guard(() => this.#log.begin(this.#log.generation + 1, record));
    this.#epoch = epoch;
    this.#unfinished = undefined;
    if (this.#large.isUsed) this.#format = formatVersion;
    const batch = this.#writer.batch();
    batch.put(identityKey, this.#header());
    batch.put(baseKey, pack(position));
    batch.put(appliedKey, pack(position.index));
    await this.#writer.write(batch, { sync: this.#fsync });
    // The rest of the state goes to tables, from which it is loaded faster (level-scan.ts).
    await this.#writer.syncAll();
    await this.#writer.guard(() => this.#log.forget());
    this.#stage = undefined;
    this.#engine = this.#engineOf(epoch);
    // The old records are deleted at the next write: by then nothing reads the old state any more.
    this.#oldEpochsDue = true;
  }

  /** Deletes what a crash left of other epochs. */
  async #dropLeftovers(): Promise<void> {
    const [last] = await this.#database.keys({ ...stateSpan, reverse: true, limit: 1 }).all();
    const lastEpoch = last === undefined ? 0 : epochOf(last);
    this.#nextEpoch = Math.max(this.#epoch, lastEpoch) + 1;
    this.#cleanup.dropEpochs(0, this.#epoch);
    this.#cleanup.dropEpochs(this.#epoch + 1, this.#nextEpoch);
  }

  sizeOnDisk(): number {
    let bytes = 0;
    for (const name of readdirSync(this.#folder)) {
      // LevelDB may have removed the file meanwhile.
      bytes += statSync(join(this.#folder, name), { throwIfNoEntry: false })?.size ?? 0;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.#thread.end();
    await this.#writer.close();
    await this.#cleanup.close();
    await this.#log.close();
    await this.#tables.close();
    await this.#large.close();
    await this.#database.close();
  }

  /** Keeps the files with large records while records are read, in tables that may not have the newest places. */
  async *#holding<T>(records: AsyncGenerator<T>): AsyncGenerator<T> {
    const release = this.#large.hold();
    try {
      yield* records;
    } finally {
      await release();
    }
  }

  #engineOf(epoch: number): EngineBuffer {
    const files = { database: this.#database, folder: this.#folder };
    const prefix = stateKey(epoch, '').toString('latin1');
    return new EngineBuffer({
      get: (key) => readState(files.database, this.#large, stateKey(epoch, key)),
      peek: (key) => this.#tables.peek(prefix + key),
      scan: (from, to) => this.#holding(scanFiles(files, epoch, from, to)),
      versions: (wantsValues) =>
        this.#holding(scanVersions(files, epoch, wantsValues, this.#thread)),
    });
  }
}
