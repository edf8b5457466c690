import { RegistryError } from '../base/errors.ts';
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
import { EngineBuffer } from './engine-buffer.ts';
import type { Changes } from './engine-buffer.ts';
import { SnapshotReader, snapshotChunks } from './snapshot-frames.ts';

/** What a memory disk holds; never changed in place, so that a former content can be kept. */
interface Content {
  readonly identity: Identity | undefined;
  readonly hardState: HardState;
  readonly base: SnapshotPosition;
  readonly entries: readonly Entry[];
  readonly appliedIndex: number;
  readonly state: ReadonlyMap<string, Uint8Array>;
}

const empty: Content = {
  identity: undefined,
  hardState: { term: 0, vote: undefined, commit: 0 },
  base: { index: 0, term: 0, configuration: { voters: [], outgoing: [], learners: [] } },
  entries: [],
  appliedIndex: 0,
  state: new Map(),
};

/** A disk that is only thought of. It outlives the stores on it, and can lose what was not synced. */
export class MemoryDisk {
  content: Content = empty;
  readonly #canCrash: boolean;
  #synced: Content = empty;

  /** To be able to crash, a disk copies all it holds at every synced write. */
  constructor({ canCrash }: { readonly canCrash: boolean } = { canCrash: true }) {
    this.#canCrash = canCrash;
  }

  sync(): void {
    if (this.#canCrash) this.#synced = { ...this.content, state: new Map(this.content.state) };
  }

  /** The power fails: everything since the last synced write is gone. */
  crash(): void {
    this.content = { ...this.#synced, state: new Map(this.#synced.state) };
  }
}

/** A store in memory; by default with a disk of its own, so that everything goes with it. */
export function createMemoryStore(disk: MemoryDisk = new MemoryDisk({ canCrash: false })): Store {
  return new MemoryStore(disk);
}

class MemoryStore implements Store {
  readonly #disk: MemoryDisk;
  #engine: EngineBuffer;
  #stage: MemoryStage | undefined;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
    this.#engine = this.#newEngine();
  }

  get engine(): Engine {
    return this.#engine;
  }

  get pendingBytes(): number {
    return this.#engine.pendingBytes;
  }

  load(): Promise<Recovered> {
    const { identity, hardState, base, entries, appliedIndex } = this.#disk.content;
    return Promise.resolve({ identity, hardState, base, entries, appliedIndex });
  }

  create(identity: Identity, base: SnapshotPosition): Promise<void> {
    this.#disk.content = {
      identity,
      hardState: { term: base.term, vote: undefined, commit: base.index },
      base,
      entries: [],
      appliedIndex: base.index,
      state: this.#flushed(this.#engine.beginFlush()),
    };
    this.#engine.endFlush();
    this.#disk.sync();
    return Promise.resolve();
  }

  write({ hardState, entries, base, appliedIndex, sync }: StoreWrite): Promise<void> {
    const { content } = this.#disk;
    const first = entries[0]?.index ?? Infinity;
    const newBase = base ?? content.base;
    this.#disk.content = {
      ...content,
      hardState: hardState ?? content.hardState,
      base: newBase,
      entries: [...content.entries.filter(({ index }) => index < first), ...entries].filter(
        ({ index }) => index > newBase.index,
      ),
      appliedIndex: appliedIndex ?? content.appliedIndex,
      state: appliedIndex === undefined ? content.state : this.#flushed(this.#engine.beginFlush()),
    };
    if (appliedIndex !== undefined) this.#engine.endFlush();
    if (sync) this.#disk.sync();
    return Promise.resolve();
  }

  openSnapshot(): Promise<SnapshotSource> {
    const { appliedIndex, state } = this.#disk.content;
    const frozen = new Map(state);
    return Promise.resolve({
      appliedIndex,
      chunks: () => snapshotChunks(batchOf(frozen, '', '\u00ff')),
      close: () => Promise.resolve(),
    });
  }

  stageSnapshot(): Promise<SnapshotStage> {
    this.#stage = new MemoryStage();
    return Promise.resolve(this.#stage);
  }

  adoptSnapshot(
    stage: SnapshotStage,
    position: SnapshotPosition,
    hardState: HardState | undefined,
  ): Promise<void> {
    if (stage !== this.#stage || this.#stage === undefined) {
      throw new RegistryError('invalid-request', 'the stage to adopt is not the newest one');
    }
    const { content } = this.#disk;
    this.#disk.content = {
      identity: content.identity,
      hardState: hardState ?? content.hardState,
      base: position,
      entries: [],
      appliedIndex: position.index,
      state: this.#stage.records,
    };
    this.#stage = undefined;
    this.#disk.sync();
    this.#engine = this.#newEngine();
    return Promise.resolve();
  }

  sizeOnDisk(): Promise<number> {
    let bytes = 0;
    for (const [key, value] of this.#disk.content.state) bytes += key.length + value.length;
    return Promise.resolve(bytes);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #newEngine(): EngineBuffer {
    return new EngineBuffer({
      get: (key) => this.#disk.content.state.get(key),
      scan: (from, to) => batchOf(this.#disk.content.state, from, to),
    });
  }

  /** The records with the changes in them; the map is the disk's own, copied only when the disk is synced. */
  #flushed(changes: Changes): ReadonlyMap<string, Uint8Array> {
    const state = this.#disk.content.state as Map<string, Uint8Array>;
    const target = state === empty.state ? new Map<string, Uint8Array>() : state;
    for (const [key, value] of changes) {
      if (value === undefined) target.delete(key);
      else target.set(key, value);
    }
    return target;
  }
}

class MemoryStage implements SnapshotStage {
  readonly records: Map<string, Uint8Array> = new Map();
  readonly #reader = new SnapshotReader();

  write(chunk: Uint8Array): Promise<void> {
    for (const { key, value } of this.#reader.take(chunk)) this.records.set(key, value);
    return Promise.resolve();
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

async function* batchOf(
  records: ReadonlyMap<string, Uint8Array>,
  from: string,
  to: string,
): AsyncGenerator<readonly EngineRecord[]> {
  const found = [...records].filter(([key]) => key >= from && key < to);
  if (found.length === 0) return;
  yield found.map(([key, value]) => ({ key, value })).toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
