import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Level } from 'level';
import { pack, unpack } from 'msgpackr';
import type { Logger } from '../base/logger.ts';
import { RegistryError } from '../base/errors.ts';
import type { Histogram, Meter } from '../base/meter.ts';
import type { Entry, HardState, SnapshotPosition } from '../raft/index.ts';
import type {
  Identity,
  Recovered,
  SnapshotSource,
  SnapshotStage,
  Store,
  StoreWrite,
} from '../replica/index.ts';
import type { Engine, EngineRecord } from '../state/index.ts';
import { StorageCorruption } from './corruption.ts';
import { EngineBuffer } from './engine-buffer.ts';
import { seal, unseal } from './framing.ts';
import { packEntries, unpackEntries } from './log-records.ts';
import { SnapshotReader, snapshotChunks } from './snapshot-frames.ts';

/** Of the whole directory. A release refuses what is newer than it. */
const formatVersion = 1;

export interface LevelStoreOptions {
  readonly logger: Logger;
  readonly meter: Meter;
  /** False: writes are acknowledged before they are on the disk. Only for tests. */
  readonly fsync: boolean;
}

type Database = Level<Buffer, Buffer>;

const identityKey = Buffer.from('i');
const hardStateKey = Buffer.from('h');
const baseKey = Buffer.from('b');
const appliedKey = Buffer.from('a');
const logSpace = 'e';
const stateSpace = 's';

const buckets = Array.from({ length: 14 }, (_, power) => 0.001 * 2 ** power);

/** Opens a directory, and makes it if it is not there. Rejects with one clear line if it cannot be used. */
export async function openLevelStore(
  directory: string,
  options: LevelStoreOptions,
): Promise<Store> {
  const folder = join(directory, 'member');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(directory, error);
  }
  const strangers = readdirSync(directory).filter(
    (name) => name !== 'member' && !name.startsWith('.'),
  );
  if (strangers.length > 0) {
    throw new RegistryError(
      'invalid-request',
      `${directory} holds something else ("${strangers[0] ?? ''}"); give each member a directory of its own`,
    );
  }
  const isEtcds = readdirSync(folder).some((name) => name === 'wal' || name === 'snap');
  if (isEtcds) {
    throw new RegistryError(
      'invalid-request',
      `${directory} is a data directory of etcd, which cannot be read; give another with --data-dir`,
    );
  }
  const database: Database = new Level(folder, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    // Values are small and the checksums are ours; compressing costs more than it saves.
    compression: false,
    writeBufferSize: 16 << 20,
    cacheSize: 32 << 20,
  });
  try {
    await database.open();
  } catch (error) {
    throw unusable(directory, error);
  }
  return new LevelStore(database, folder, options);
}

function unusable(directory: string, error: unknown): RegistryError {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/lock/i.test(text)) {
    return new RegistryError(
      'invalid-request',
      `${directory} is used by another process; stop that member first, or give another --data-dir`,
      { cause },
    );
  }
  if (/corrupt/i.test(text)) {
    return new RegistryError(
      'cluster-corrupt',
      `${directory} is damaged (${text}); remove the directory and the member, and add it again`,
      { cause },
    );
  }
  return new RegistryError('invalid-request', `${directory} cannot be used: ${text}`, { cause });
}

/** One record of the log on the disk. */
interface LogRecord {
  readonly first: number;
  readonly last: number;
}

class LevelStore implements Store {
  readonly #database: Database;
  readonly #folder: string;
  readonly #logger: Logger;
  readonly #fsync: boolean;
  readonly #syncSeconds: Histogram;
  readonly #commitSeconds: Histogram;
  /** State records have the epoch before their keys; adopting a snapshot begins a new one. */
  #epoch = 1;
  #engine: EngineBuffer;
  #records: LogRecord[] = [];
  /** The entries of the last records, for when one has to be cut. */
  #failure: Error | undefined;
  #stage: Stage | undefined;

  constructor(database: Database, folder: string, { logger, meter, fsync }: LevelStoreOptions) {
    this.#database = database;
    this.#folder = folder;
    this.#logger = logger;
    this.#fsync = fsync;
    this.#engine = this.#engineOf(this.#epoch);
    this.#syncSeconds = meter.histogram(
      'etcd_disk_wal_fsync_duration_seconds',
      'Time of a write of log entries, until it is on the disk.',
      buckets,
    );
    this.#commitSeconds = meter.histogram(
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

  async load(): Promise<Recovered> {
    const header = this.#read(identityKey);
    if (header === undefined) return this.#loadEmpty();
    const { format, identity, epoch } = unpack(header) as Header;
    if (format > formatVersion) {
      throw new RegistryError(
        'invalid-request',
        `the data directory has format ${format}, and this release knows ${formatVersion}; start a newer release`,
      );
    }
    this.#epoch = epoch;
    this.#engine = this.#engineOf(epoch);
    await this.#dropOtherEpochs();
    const base = this.#must<SnapshotPosition>(baseKey);
    const hardState = this.#must<HardState>(hardStateKey);
    const appliedIndex = this.#must<number>(appliedKey);
    const entries = await this.#loadLog(base.index);
    const lastIndex = entries.at(-1)?.index ?? base.index;
    if (appliedIndex < base.index || Math.max(appliedIndex, hardState.commit) > lastIndex) {
      throw new StorageCorruption(
        appliedKey,
        `log ${base.index} to ${lastIndex}, applied ${appliedIndex} and committed ${hardState.commit} do not fit`,
      );
    }
    return { identity, hardState, base, entries, appliedIndex };
  }

  async #loadEmpty(): Promise<Recovered> {
    // Whatever is there was staged before the directory had an owner.
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
    for await (const [key, sealed] of this.#database.iterator({
      gte: logKey(0),
      lt: Buffer.from(after(logSpace), 'latin1'),
    })) {
      const unpacked = unpackEntries(unseal(key, sealed));
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
    const batch = this.#database.batch();
    put(batch, identityKey, pack({ format: formatVersion, identity, epoch: this.#epoch }));
    put(batch, baseKey, pack(base));
    put(batch, hardStateKey, pack({ term: base.term, vote: undefined, commit: base.index }));
    put(batch, appliedKey, pack(base.index));
    this.#putState(batch, this.#engine.beginFlush());
    await batch.write({ sync: true });
    this.#engine.endFlush();
  }

  async write({ hardState, entries, base, appliedIndex, sync }: StoreWrite): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const batch = this.#database.batch();
    if (hardState !== undefined) put(batch, hardStateKey, pack(hardState));
    if (base !== undefined) this.#shortenLog(batch, base);
    if (entries.length > 0) this.#putEntries(batch, entries);
    const flushes = appliedIndex !== undefined;
    if (flushes) {
      put(batch, appliedKey, pack(appliedIndex));
      this.#putState(batch, this.#engine.beginFlush());
    }
    const beganMs = performance.now();
    try {
      await batch.write({ sync: sync && this.#fsync });
    } catch (error) {
      throw this.#failed(error);
    }
    const seconds = (performance.now() - beganMs) / 1000;
    if (sync) this.#syncSeconds.observe(seconds);
    if (flushes) {
      this.#commitSeconds.observe(seconds);
      this.#engine.endFlush();
    }
  }

  #failed(error: unknown): Error {
    const text = error instanceof Error ? error.message : String(error);
    this.#failure = new Error(`the disk failed: ${text}; what is on it is not known any more`, {
      cause: error,
    });
    return this.#failure;
  }

  #shortenLog(batch: Batch, base: SnapshotPosition): void {
    put(batch, baseKey, pack(base));
    while (this.#records[0] !== undefined && this.#records[0].last <= base.index) {
      batch.del(logKey(this.#records[0].first));
      this.#records.shift();
    }
  }

  #putEntries(batch: Batch, entries: readonly Entry[]): void {
    const first = entries[0]?.index ?? 0;
    const last = entries.at(-1)?.index ?? 0;
    for (;;) {
      const record = this.#records.at(-1);
      if (record === undefined || record.last < first) break;
      this.#records.pop();
      batch.del(logKey(record.first));
      if (record.first >= first) continue;
      // The record reaches into what is replaced: its beginning stays.
      const kept = this.#readRecord(record).filter(({ index }) => index < first);
      put(batch, logKey(record.first), packEntries(kept));
      this.#records.push({ first: record.first, last: first - 1 });
      break;
    }
    put(batch, logKey(first), packEntries(entries));
    this.#records.push({ first, last });
  }

  #readRecord({ first }: LogRecord): Entry[] {
    const value = this.#read(logKey(first));
    if (value === undefined) throw new StorageCorruption(logKey(first), 'it is missing');
    return unpackEntries(value);
  }

  #putState(batch: Batch, changes: ReadonlyMap<string, Uint8Array | undefined>): void {
    for (const [key, value] of changes) {
      const full = stateKey(this.#epoch, key);
      if (value === undefined) batch.del(full);
      else put(batch, full, value);
    }
  }

  // Snapshots.

  async openSnapshot(): Promise<SnapshotSource> {
    const snapshot = this.#database.snapshot();
    const applied = await this.#database.get(appliedKey, { snapshot });
    if (applied === undefined) throw new StorageCorruption(appliedKey, 'it is missing');
    const database = this.#database;
    const epoch = this.#epoch;
    return {
      appliedIndex: unpack(unseal(appliedKey, applied)) as number,
      chunks: () => snapshotChunks(scan(database, epoch, '', '\u00ff', snapshot)),
      close: () => snapshot.close(),
    };
  }

  async stageSnapshot(): Promise<SnapshotStage> {
    await this.#stage?.abandon();
    await this.#dropOtherEpochs();
    this.#stage = new Stage(this.#database, this.#epoch + 1);
    return this.#stage;
  }

  async adoptSnapshot(
    stage: SnapshotStage,
    position: SnapshotPosition,
    hardState: HardState | undefined,
  ): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (stage !== this.#stage) throw new Error('the stage to adopt is not the newest one');
    const { identity } = this.#must<Header>(identityKey);
    const former = this.#epoch;
    const batch = this.#database.batch();
    put(batch, identityKey, pack({ format: formatVersion, identity, epoch: former + 1 }));
    put(batch, baseKey, pack(position));
    put(batch, appliedKey, pack(position.index));
    if (hardState !== undefined) put(batch, hardStateKey, pack(hardState));
    for (const { first } of this.#records) batch.del(logKey(first));
    try {
      await batch.write({ sync: true });
    } catch (error) {
      throw this.#failed(error);
    }
    this.#records = [];
    this.#stage = undefined;
    this.#epoch = former + 1;
    this.#engine = this.#engineOf(this.#epoch);
    // Not waited for: what is left over is dropped at the next opportunity, at the latest at the next start.
    this.#dropOtherEpochs().catch((error: unknown) => {
      this.#logger.warn('failed to delete the former state', { error: String(error) });
    });
  }

  /** Deletes the records of every epoch but the present one. */
  async #dropOtherEpochs(): Promise<void> {
    const all = Buffer.from(stateSpace);
    const from = stateKey(this.#epoch, '');
    const to = stateKey(this.#epoch + 1, '');
    await this.#database.clear({ gte: all, lt: from });
    await this.#database.clear({ gte: to, lt: Buffer.from(after(stateSpace), 'latin1') });
  }

  // The rest.

  sizeOnDisk(): Promise<number> {
    let bytes = 0;
    for (const name of readdirSync(this.#folder)) {
      try {
        bytes += statSync(join(this.#folder, name)).size;
      } catch {
        // LevelDB has just removed it.
      }
    }
    return Promise.resolve(bytes);
  }

  close(): Promise<void> {
    return this.#database.close();
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

  #must<T>(key: Buffer): T {
    const value = this.#read(key);
    if (value === undefined) throw new StorageCorruption(key, 'it is missing');
    return unpack(value) as T;
  }
}

interface Header {
  readonly format: number;
  readonly identity: Identity;
  readonly epoch: number;
}

type Batch = ReturnType<Database['batch']> & { put(key: Buffer, value: Buffer): unknown };

function put(batch: Batch, key: Buffer, value: Uint8Array): void {
  batch.put(key, seal(key, value));
}

function logKey(first: number): Buffer {
  const key = Buffer.alloc(9);
  key.write(logSpace, 'latin1');
  key.writeBigUInt64BE(BigInt(first), 1);
  return key;
}

function stateKey(epoch: number, key: string): Buffer {
  const full = Buffer.allocUnsafe(5 + key.length);
  full.write(stateSpace, 0, 'latin1');
  full.writeUInt32BE(epoch, 1);
  full.write(key, 5, 'latin1');
  return full;
}

/** The space behind this one. */
function after(space: string): string {
  return String.fromCharCode(space.charCodeAt(0) + 1);
}

/** The state records of one epoch, as the engine knows them. */
async function* scan(
  database: Database,
  epoch: number,
  from: string,
  to: string,
  snapshot?: ReturnType<Database['snapshot']>,
): AsyncGenerator<readonly EngineRecord[]> {
  const iterator = database.iterator({
    gte: stateKey(epoch, from),
    lt: stateKey(epoch, to),
    ...(snapshot === undefined ? {} : { snapshot }),
  });
  try {
    for (;;) {
      const entries = await iterator.nextv(1000);
      if (entries.length === 0) return;
      yield entries.map(([key, sealed]) => ({
        key: key.toString('latin1', 5),
        value: unseal(key, sealed),
      }));
    }
  } finally {
    await iterator.close();
  }
}

/** A foreign state, written beside the own one under the next epoch. */
class Stage implements SnapshotStage {
  readonly #database: Database;
  readonly #epoch: number;
  readonly #reader = new SnapshotReader();

  constructor(database: Database, epoch: number) {
    this.#database = database;
    this.#epoch = epoch;
  }

  async write(chunk: Uint8Array): Promise<void> {
    const batch = this.#database.batch();
    for (const { key, value } of this.#reader.take(chunk)) {
      put(batch, stateKey(this.#epoch, key), value);
    }
    await batch.write();
  }

  finish(): Promise<void> {
    this.#reader.finish();
    return Promise.resolve();
  }

  abandon(): Promise<void> {
    return this.#database.clear({
      gte: stateKey(this.#epoch, ''),
      lt: stateKey(this.#epoch + 1, ''),
    });
  }
}
