import type { Entry, HardState, SnapshotPosition } from '../../src/raft/index.ts';
import type { Identity } from '../../src/replica/index.ts';
import type { ChangeList, Span } from '../../src/storage/engine-buffer.ts';
import type { SeededRandom } from './random.ts';

/** One atomic write. All or nothing, as LevelDB's checksums ensure. */
export interface Change {
  readonly identity?: Identity;
  readonly hardState?: HardState | undefined;
  readonly entries?: readonly Entry[];
  readonly base?: SnapshotPosition | undefined;
  readonly appliedIndex?: number | undefined;
  readonly records?: ChangeList | undefined;
  /** The span of records written ahead of their applied index; null: none any more. */
  readonly unfinished?: Span | null;
  /** A state that replaces the current one. */
  readonly adopted?: ReadonlyMap<string, Uint8Array>;
}

/** The content of a disk, with or without unsynced writes. */
export class Content {
  identity: Identity | undefined = undefined;
  hardState: HardState = { term: 0, vote: undefined, commit: 0 };
  base: SnapshotPosition = {
    index: 0,
    term: 0,
    configuration: { voters: [], outgoing: [], learners: [] },
  };
  entries: Entry[] = [];
  appliedIndex = 0;
  records: Map<string, Uint8Array> = new Map();
  unfinished: Span | undefined = undefined;

  apply(change: Change): void {
    if (change.identity !== undefined) this.identity = change.identity;
    if (change.hardState !== undefined) this.hardState = change.hardState;
    if (change.adopted !== undefined) {
      this.records = new Map(change.adopted);
      this.entries = [];
    }
    const first = change.entries?.[0]?.index;
    if (first !== undefined) {
      while ((this.entries.at(-1)?.index ?? 0) >= first) this.entries.pop();
      for (const entry of change.entries ?? []) this.entries.push(entry);
    }
    if (change.base !== undefined) {
      this.base = change.base;
      const kept = this.entries.findIndex(({ index }) => index > this.base.index);
      this.entries = kept < 0 ? [] : this.entries.slice(kept);
    }
    if (change.unfinished !== undefined) this.unfinished = change.unfinished ?? undefined;
    if (change.appliedIndex !== undefined) this.appliedIndex = change.appliedIndex;
    for (const [key, value] of change.records ?? []) {
      if (value === undefined) this.records.delete(key);
      else this.records.set(key, value);
    }
  }

  copy(): Content {
    const copy = new Content();
    copy.identity = this.identity;
    copy.hardState = this.hardState;
    copy.base = this.base;
    copy.entries = [...this.entries];
    copy.appliedIndex = this.appliedIndex;
    copy.records = new Map(this.records);
    copy.unfinished = this.unfinished;
    return copy;
  }

  get lastIndex(): number {
    return this.entries.at(-1)?.index ?? this.base.index;
  }

  /** The term of an entry in the log, or of its base. */
  termAt(index: number): number | undefined {
    if (index === this.base.index) return this.base.term;
    const first = this.entries[0]?.index;
    return first === undefined ? undefined : this.entries[index - first]?.term;
  }
}

/**
 * The disk of one machine. Reads see `current`; `durable` is left after a power failure. Between the two are the
 * writes since the last sync, of which a crash keeps any prefix.
 */
export class Disk {
  current: Content = new Content();
  durable: Content = new Content();
  /** The disk is full: every write fails. */
  isFull = false;
  /** Every write takes at least this long. */
  slowMs = 0;
  /** The disk hangs since this time: no write completes; undefined: it works. */
  hangsSinceMs: number | undefined = undefined;
  /** The last of this many further reads of state records fails, once; 0: none fails. */
  readsToFailure = 0;
  /** Log entries by index, and state records by key, that are damaged by bit rot. */
  readonly rottenEntries: Set<Entry> = new Set();
  readonly rottenRecords: Set<Uint8Array> = new Set();
  #unsynced: Change[] = [];

  /** A write was issued; it may become durable from now on. */
  issue(change: Change): void {
    this.#unsynced.push(change);
  }

  /** The write is done; after a sync it and all writes before it are durable. */
  complete(change: Change, sync: boolean): void {
    this.current.apply(change);
    if (!sync) return;
    for (;;) {
      const next = this.#unsynced.shift();
      if (next === undefined) break;
      this.durable.apply(next);
      if (next === change) break;
    }
  }

  /** The power fails. Returns how many unsynced writes were lost, and how many survived. */
  crash(random: SeededRandom): { lost: number; survived: number } {
    const survived = random.chance(0.5) ? random.between(0, this.#unsynced.length) : 0;
    const lost = this.#unsynced.length - survived;
    for (const change of this.#unsynced.slice(0, survived)) this.durable.apply(change);
    this.#unsynced = [];
    this.current = this.durable.copy();
    return { lost, survived };
  }

  /** The process ends, but the system continues: all writes become durable, synced or not. */
  settle(): void {
    for (const change of this.#unsynced) this.durable.apply(change);
    this.#unsynced = [];
    this.current = this.durable.copy();
  }

  /** A record in use is damaged, noticed or not. */
  get isRotten(): boolean {
    if (this.rottenEntries.size + this.rottenRecords.size === 0) return false;
    const { entries, records } = this.durable;
    return (
      entries.some((entry) => this.rottenEntries.has(entry)) ||
      [...records.values()].some((value) => this.rottenRecords.has(value))
    );
  }

  /** Bit rot: damages an old record. Returns which; undefined if there is none. */
  rot(random: SeededRandom): string | undefined {
    const { entries, records } = this.durable;
    const old = entries.slice(0, Math.max(0, entries.length - 3));
    const state = [...records].filter(([key]) => key.startsWith('k'));
    if (old.length > 0 && (state.length === 0 || random.chance(0.5))) {
      const entry = random.pick(old);
      this.rottenEntries.add(entry);
      return `log entry ${entry.index}`;
    }
    if (state.length === 0) return undefined;
    const [key, value] = random.pick(state);
    this.rottenRecords.add(value);
    return `state record ${Buffer.from(key, 'latin1').toString('hex')}`;
  }
}
