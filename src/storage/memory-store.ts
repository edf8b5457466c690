import { assert } from '../base/assert.ts';
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
import { EngineBuffer, listOfChanges } from './engine-buffer.ts';
import type { ChangeList, PartBounds, Span } from './engine-buffer.ts';
import { memorySource } from './memory-source.ts';
import { snapshotAbandoned, SnapshotReader } from './snapshot-frames.ts';

/** The content of a memory disk, without the state. Never changed in place, so that a former content can be kept. */
interface Content {
  readonly identity: Identity | undefined;
  readonly hardState: HardState;
  readonly base: SnapshotPosition;
  readonly entries: readonly Entry[];
  readonly appliedIndex: number;
  /** State records in this span were written ahead of their applied index. */
  readonly unfinished: Span | undefined;
}

const empty: Content = {
  identity: undefined,
  hardState: { term: 0, vote: undefined, commit: 0 },
  base: { index: 0, term: 0, configuration: { voters: [], outgoing: [], learners: [] } },
  entries: [],
  appliedIndex: 0,
  unfinished: undefined,
};

/** A simulated disk in memory. It outlives the stores on it, and can lose what was not synced. */
export class MemoryDisk {
  #content = empty;
  #state = new Map<string, Uint8Array>();
  readonly #canCrash: boolean;
  #synced = empty;
  /** Former values of the records changed since the last sync. */
  #former = new Map<string, Uint8Array | undefined>();

  constructor({ canCrash }: { readonly canCrash: boolean } = { canCrash: true }) {
    this.#canCrash = canCrash;
  }

  get content(): Content {
    return this.#content;
  }

  get state(): ReadonlyMap<string, Uint8Array> {
    return this.#state;
  }

  /** One atomic write: after a crash all of it is there, or nothing. */
  write(content: Content, changes: ChangeList): void {
    this.#content = content;
    for (const [key, value] of changes) {
      if (this.#canCrash && !this.#former.has(key)) this.#former.set(key, this.#state.get(key));
      setOrDelete(this.#state, key, value);
    }
  }

  /** A synced write that replaces the whole state. */
  replace(content: Content, state: Map<string, Uint8Array>): void {
    this.#content = content;
    this.#state = state;
    this.sync();
  }

  sync(): void {
    this.#synced = this.#content;
    this.#former.clear();
  }

  /** Simulates a power failure: everything since the last synced write is lost. */
  crash(): void {
    assert(this.#canCrash, 'this disk was made without the ability to crash');
    this.#content = this.#synced;
    for (const [key, value] of this.#former) setOrDelete(this.#state, key, value);
    this.#former.clear();
  }
}

function setOrDelete(
  state: Map<string, Uint8Array>,
  key: string,
  value: Uint8Array | undefined,
): void {
  if (value === undefined) state.delete(key);
  else state.set(key, value);
}

/** A store in memory; by default on a new disk. */
export function createMemoryStore(
  disk: MemoryDisk = new MemoryDisk({ canCrash: false }),
  part?: PartBounds,
): Store {
  return new MemoryStore(disk, part);
}

class MemoryStore implements Store {
  readonly #disk: MemoryDisk;
  #engine: EngineBuffer;
  #stage: MemoryStage | undefined;
  readonly #part: PartBounds | undefined;

  constructor(disk: MemoryDisk, part: PartBounds | undefined) {
    this.#disk = disk;
    this.#part = part;
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
    return this.isPartDue || this.#disk.content.unfinished !== undefined;
  }

  get isFull(): boolean {
    return this.#engine.isFull;
  }

  load(): Promise<Recovered> {
    const { unfinished } = this.#disk.content;
    if (unfinished !== undefined) {
      const left = [...this.#disk.state.keys()].filter((key) => isIn(unfinished, key));
      const gone = left.map((key) => [key, undefined] as const);
      this.#disk.write({ ...this.#disk.content, unfinished: undefined }, gone);
      this.#disk.sync();
    }
    const { identity, hardState, base, entries, appliedIndex } = this.#disk.content;
    return Promise.resolve({ identity, hardState, base, entries, appliedIndex });
  }

  create(identity: Identity, base: SnapshotPosition): Promise<void> {
    const content: Content = {
      identity,
      hardState: { term: base.term, vote: undefined, commit: base.index },
      base,
      entries: [],
      appliedIndex: base.index,
      unfinished: undefined,
    };
    this.#disk.write(content, listOfChanges(this.#engine.beginFlush()));
    this.#engine.endFlush();
    this.#disk.sync();
    return Promise.resolve();
  }

  write({ hardState, entries, base, appliedIndex, ahead, sync }: StoreWrite): Promise<void> {
    const { content } = this.#disk;
    const newBase = base ?? content.base;
    const part = ahead ? this.#engine.beginPart() : undefined;
    const flushed = appliedIndex === undefined ? undefined : this.#engine.beginFlush();
    const changes = part?.records ?? flushed;
    this.#disk.write(
      {
        identity: content.identity,
        hardState: hardState ?? content.hardState,
        base: newBase,
        entries: joined(content.entries, entries, newBase.index),
        appliedIndex: appliedIndex ?? content.appliedIndex,
        unfinished: flushed === undefined ? (content.unfinished ?? part?.span) : undefined,
      },
      changes === undefined ? [] : listOfChanges(changes),
    );
    if (part !== undefined || flushed !== undefined) this.#engine.endFlush();
    if (sync || ahead) this.#disk.sync();
    return Promise.resolve();
  }

  openSnapshot(): Promise<SnapshotSource> {
    const { appliedIndex, unfinished } = this.#disk.content;
    const finished = [...this.#disk.state].filter(
      ([key]) => unfinished === undefined || !isIn(unfinished, key),
    );
    return Promise.resolve(memorySource(appliedIndex, finished));
  }

  async stageSnapshot(): Promise<SnapshotStage> {
    await this.#stage?.abandon();
    this.#stage = new MemoryStage();
    return this.#stage;
  }

  adoptSnapshot(
    stage: SnapshotStage,
    position: SnapshotPosition,
    hardState: HardState | undefined,
  ): Promise<void> {
    if (stage !== this.#stage || !this.#stage.isComplete) {
      return Promise.reject(
        new RegistryError('invalid-request', 'only the newest snapshot can be adopted, whole'),
      );
    }
    const { content } = this.#disk;
    this.#disk.replace(
      {
        identity: content.identity,
        hardState: hardState ?? content.hardState,
        base: position,
        entries: [],
        appliedIndex: position.index,
        unfinished: undefined,
      },
      this.#stage.records,
    );
    this.#stage = undefined;
    this.#engine = this.#newEngine();
    return Promise.resolve();
  }

  sizeOnDisk(): number {
    let bytes = 0;
    for (const [key, value] of this.#disk.state) bytes += key.length + value.length;
    return bytes;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #newEngine(): EngineBuffer {
    const source = {
      get: (key: string) => this.#disk.state.get(key),
      peek: (key: string) => this.#disk.state.get(key),
      scan: (from: string, to: string) => batchOf(this.#disk.state, from, to),
    };
    return new EngineBuffer(source, this.#part);
  }
}

function isIn({ from, to }: Span, key: string): boolean {
  return key >= from && key < to;
}

/** The log after `baseIndex`; `added` replaces it from its first index on. */
function joined(
  log: readonly Entry[],
  added: readonly Entry[],
  baseIndex: number,
): readonly Entry[] {
  const start = log[0]?.index ?? 0;
  const end = (added[0]?.index ?? Infinity) - start;
  const kept = log.slice(Math.max(0, baseIndex + 1 - start), Math.max(0, end));
  const isBehind = (added[0]?.index ?? Infinity) > baseIndex;
  return kept.concat(isBehind ? added : added.filter(({ index }) => index > baseIndex));
}

class MemoryStage implements SnapshotStage {
  readonly records: Map<string, Uint8Array> = new Map();
  readonly #reader = new SnapshotReader();
  #state: 'open' | 'complete' | 'abandoned' = 'open';

  get isComplete(): boolean {
    return this.#state === 'complete';
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#state !== 'open') throw snapshotAbandoned();
    this.#reader.take(chunk, (key, value) => this.records.set(key.toString('latin1'), value));
  }

  async finish(): Promise<void> {
    if (this.#state !== 'open') throw snapshotAbandoned();
    this.#reader.finish();
    this.#state = 'complete';
  }

  async abandon(): Promise<void> {
    this.#state = 'abandoned';
    this.records.clear();
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
