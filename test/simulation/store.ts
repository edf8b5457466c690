import type { HardState, SnapshotPosition } from '../../src/raft/index.ts';
import type {
  Identity,
  Recovered,
  SnapshotSource,
  SnapshotStage,
  Store,
  StoreWrite,
} from '../../src/replica/index.ts';
import type { Engine, EngineRecord } from '../../src/state/index.ts';
import { EngineBuffer, listOfChanges } from '../../src/storage/engine-buffer.ts';
import type { Span } from '../../src/storage/engine-buffer.ts';
import { memorySource } from '../../src/storage/memory-source.ts';
import { SnapshotReader } from '../../src/storage/snapshot-frames.ts';
import type { Change, Disk } from './disk.ts';
import type { SeededRandom } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** How soon a write continues after its disk stops hanging. */
const hangingLookMs = 5;

/** A fault of the disk, which must end the member. */
export class DiskFault extends Error {
  override readonly name = 'DiskFault';
}

export interface SimulatedStoreOptions {
  readonly disk: Disk;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  /** Maximum time of a write without faults. */
  readonly writeMsMax: number;
  /** Appended records per write. */
  readonly recordsPerWrite: number;
  /** Runs a completion when, and if, the process can. */
  readonly deliver: (action: () => void) => void;
  readonly isAlive: () => boolean;
  /** An engine on which a state will be loaded. */
  readonly onEngine: (engine: Engine) => void;
  readonly onWrite: (write: StoreWrite) => void;
  /** Called between the effect of a write and its completion in the process. */
  readonly onBoundary: (boundary: 'issued' | 'durable') => void;
}

/** Adopting a large state takes long; raft continues meanwhile. */
const slowAdoptionMsMax = 3000;

/** The store of one process, on the simulated disk of its machine. */
export class SimulatedStore implements Store {
  readonly #options: SimulatedStoreOptions;
  readonly #disk: Disk;
  #engine: EngineBuffer;
  #stage: Stage | undefined;
  #failed = false;
  #peeked: Uint8Array | undefined;
  #peekCount = 0;
  /** The records of a replaced state; must not be read once the next write has begun. */
  #former: Map<string, Uint8Array> | undefined;

  constructor(options: SimulatedStoreOptions) {
    this.#options = options;
    this.#disk = options.disk;
    this.#engine = this.#newEngine();
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
    return this.#engine.isPartDue || this.#disk.current.unfinished !== undefined;
  }

  get isFull(): boolean {
    return this.#engine.isFull;
  }

  async load(): Promise<Recovered> {
    await this.#takes(this.#options.random.real(0.1, 2));
    const { unfinished } = this.#disk.current;
    if (unfinished !== undefined) {
      const left = [...this.#disk.current.records.keys()].filter((key) => isIn(unfinished, key));
      const records = new Map(left.map((key) => [key, undefined]));
      await this.#write({ records, unfinished: null }, true);
    }
    const { identity, hardState, base, entries, appliedIndex } = this.#disk.current;
    const rotten = entries.find((entry) => this.#disk.rottenEntries.has(entry));
    if (rotten !== undefined) throw new DiskFault(`log entry ${rotten.index} is damaged`);
    return { identity, hardState, base, entries: [...entries], appliedIndex };
  }

  async create(identity: Identity, base: SnapshotPosition): Promise<void> {
    await this.#write(
      {
        identity,
        hardState: { term: base.term, vote: undefined, commit: base.index },
        base,
        appliedIndex: base.index,
        records: listOfChanges(this.#engine.beginFlush()),
      },
      true,
    );
    this.#engine.endFlush();
  }

  async write(write: StoreWrite): Promise<void> {
    this.#options.onWrite(write);
    this.#former?.clear();
    this.#former = undefined;
    const { hardState, entries, base, appliedIndex, ahead, sync } = write;
    // What the engine was told before goes along, and nothing that it is told while the log is written.
    const part = ahead ? this.#engine.beginPart() : undefined;
    const flushed =
      appliedIndex === undefined ? undefined : listOfChanges(this.#engine.beginFlush());
    if (hardState !== undefined || entries.length > 0) {
      await this.#write({ hardState, entries }, sync);
    }
    if (part !== undefined) {
      const unfinished = this.#disk.current.unfinished ?? part.span;
      await this.#write({ base, records: listOfChanges(part.records), unfinished }, true);
    } else if (flushed !== undefined) {
      await this.#write({ base, appliedIndex, records: flushed, unfinished: null }, true);
    } else if (base !== undefined) await this.#write({ base }, true);
    if (ahead || appliedIndex !== undefined) this.#engine.endFlush();
  }

  openSnapshot(): Promise<SnapshotSource> {
    const { appliedIndex, records, unfinished } = this.#disk.current;
    const finished = [...records].filter(
      ([key]) => unfinished === undefined || !isIn(unfinished, key),
    );
    const damaged = finished.some(([, value]) => this.#disk.rottenRecords.has(value));
    if (damaged) return Promise.reject(new DiskFault('a table is damaged'));
    return Promise.resolve(memorySource(appliedIndex, finished));
  }

  stageSnapshot(): Promise<SnapshotStage> {
    this.#stage = new Stage(() => this.#fillsUp());
    return Promise.resolve(this.#stage);
  }

  async adoptSnapshot(
    stage: SnapshotStage,
    position: SnapshotPosition,
    hardState: HardState | undefined,
  ): Promise<void> {
    if (stage !== this.#stage || this.#stage === undefined) {
      throw new Error('the stage to adopt is not the newest one');
    }
    const { random } = this.#options;
    if (random.chance(0.3)) await this.#takes(random.real(0, slowAdoptionMsMax));
    const adopted = this.#stage.records;
    const former = this.#disk.current.records;
    const change = {
      hardState,
      base: position,
      appliedIndex: position.index,
      adopted,
      unfinished: null,
    };
    await this.#write(change, true);
    this.#stage = undefined;
    this.#engine = this.#newEngine();
    this.#former = former;
  }

  sizeOnDisk(): number {
    return this.#disk.current.records.size * 100;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Resolves after a time; never, if the process ends before. */
  #takes(delayMs: number): Promise<void> {
    const { scheduler, deliver } = this.#options;
    return new Promise((resolve) => scheduler.after(delayMs, () => deliver(resolve)));
  }

  async #write(change: Change, sync: boolean): Promise<void> {
    const { random, writeMsMax, scheduler, deliver, isAlive, onBoundary } = this.#options;
    // A process that has ended writes nothing more, even if its promises still run.
    if (!isAlive()) await new Promise<never>(() => {});
    if (this.#failed) throw new DiskFault('the disk failed before');
    if (this.#disk.isFull) {
      this.#failed = true;
      await this.#takes(random.real(0, writeMsMax));
      throw new DiskFault('no space left on the disk');
    }
    this.#disk.issue(change);
    onBoundary('issued');
    const slowMs = this.#disk.slowMs > 0 ? random.real(0, this.#disk.slowMs) : 0;
    const delayMs = random.real(0.02, sync ? writeMsMax : writeMsMax / 4) + slowMs;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        if (!isAlive()) return;
        if (this.#disk.hangsSinceMs !== undefined) {
          scheduler.after(hangingLookMs, finish);
          return;
        }
        // The disk does not wait for a paused process.
        this.#disk.complete(change, sync);
        onBoundary('durable');
        deliver(resolve);
      };
      scheduler.after(delayMs, finish);
    });
  }

  /** A state that comes in finds out that the disk is full; no write comes after that. */
  #fillsUp(): void {
    if (!this.#disk.isFull && !this.#failed) return;
    this.#failed = true;
    throw new DiskFault('no space left on the disk');
  }

  #newEngine(): EngineBuffer {
    // The map belongs to this state: a state that is adopted later has another one.
    const { records } = this.#disk.current;
    const below = {
      get: (key: string) => this.#read(records.get(key)),
      peek: (key: string) => this.#peek(records.get(key)),
      scan: (from: string, to: string) => this.#scan(records, from, to),
    };
    const { recordsPerWrite } = this.#options;
    const engine = new EngineBuffer(below, { recordsMax: recordsPerWrite, bytesMax: 1 << 20 });
    this.#options.onEngine(engine);
    return engine;
  }

  /** In turn nothing, the value, and what was asked for before, as if it were a former value of the record. */
  #peek(value: Uint8Array | undefined): Uint8Array | undefined {
    const before = this.#peeked;
    this.#peeked = value;
    this.#peekCount++;
    if (this.#peekCount % 3 === 0 || value === undefined) return undefined;
    if (this.#peekCount % 3 === 1) return before;
    return this.#disk.rottenRecords.has(value) ? undefined : value;
  }

  #read(value: Uint8Array | undefined): Uint8Array | undefined {
    if (this.#disk.readsToFailure > 0) {
      this.#disk.readsToFailure--;
      if (this.#disk.readsToFailure === 0) throw new DiskFault('a read failed');
    }
    return this.#intact(value);
  }

  #intact(value: Uint8Array | undefined): Uint8Array | undefined {
    if (value !== undefined && this.#disk.rottenRecords.has(value)) {
      throw new DiskFault('a state record is damaged');
    }
    return value;
  }

  async *#scan(
    records: ReadonlyMap<string, Uint8Array>,
    from: string,
    to: string,
  ): AsyncGenerator<readonly EngineRecord[]> {
    const found: EngineRecord[] = [];
    for (const [key, value] of records) {
      if (key < from || key >= to) continue;
      this.#intact(value);
      found.push({ key, value });
    }
    if (found.length > 0) yield found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }
}

/** A received state. It is not on the disk before it is adopted. */
class Stage implements SnapshotStage {
  readonly records: Map<string, Uint8Array> = new Map();
  readonly #reader = new SnapshotReader();
  readonly #check: () => void;

  /** `check` throws if the disk takes no more. */
  constructor(check: () => void) {
    this.#check = check;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#reader.take(chunk, (key, value) => this.records.set(key.toString('latin1'), value));
    await Promise.resolve();
    this.#check();
  }

  finish(): Promise<void> {
    this.#reader.finish();
    return Promise.resolve();
  }

  abandon(): Promise<void> {
    this.records.clear();
    return Promise.resolve();
  }
}

function isIn({ from, to }: Span, key: string): boolean {
  return key >= from && key < to;
}
