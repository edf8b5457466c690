import type { MemberId } from '../base/member-id.ts';
import type { Entry, HardState, SnapshotPosition } from '../raft/index.ts';
import type { Engine } from '../state/index.ts';

/** The member that a data directory belongs to; written once. */
export interface Identity {
  readonly clusterId: string;
  readonly memberId: MemberId;
}

/** The contents of the store when a member starts. */
export interface Recovered {
  readonly identity: Identity | undefined;
  readonly hardState: HardState;
  /** Where the log begins: entries up to here are gone, and their effect is in the state. */
  readonly base: SnapshotPosition;
  /** From `base.index + 1` on, without a gap. */
  readonly entries: readonly Entry[];
  /** The entry whose effect, and that of all before it, is in `Store.engine`. At least `base.index`. */
  readonly appliedIndex: number;
}

/**
 * One write. Its log (hard state and entries) and its state (`base`, `appliedIndex`, `ahead`) are atomic each: after a crash
 * all of it is there, or nothing. The state is there only if the log is.
 */
export interface StoreWrite {
  readonly hardState: HardState | undefined;
  /** Replace the log from the first one's index on. */
  readonly entries: readonly Entry[];
  /** The log now begins after this position. */
  readonly base: SnapshotPosition | undefined;
  /**
   * Everything written to `engine` until now goes along, with this applied index. Undefined: the engine's writes keep
   * waiting.
   */
  readonly appliedIndex: number | undefined;
  /**
   * Some of what was appended to `engine` goes along, ahead of the applied index that it belongs to. Until a write with
   * that index, a crash leaves nothing of it. Not together with `appliedIndex`.
   */
  readonly ahead: boolean;
  /** True: resolves when the write is on the disk (fsync). False: it may be lost in a crash, as a whole. */
  readonly sync: boolean;
}

/** The disk of one member (LevelDB), or a stand-in for it. Only one write is under way at a time. */
export interface Store {
  load(): Promise<Recovered>;
  /** Begins an empty directory: identity, first configuration, and the engine's writes so far, durable. */
  create(identity: Identity, base: SnapshotPosition): Promise<void>;
  /** The state's records. After `adoptSnapshot` this is another object. */
  readonly engine: Engine;
  /** Bytes of engine writes that wait for a `write` with `appliedIndex`. */
  readonly pendingBytes: number;
  /** So much waits that it should be written. */
  readonly isFlushDue: boolean;
  /** More was appended than goes along with one write: writes with `ahead` come first. */
  readonly isPartDue: boolean;
  /** So it is, or so it was and the applied index is still due: nothing new should be begun. */
  readonly isBehind: boolean;
  /** So much waits that what is under way should wait, too. */
  readonly isFull: boolean;
  /** Rejects only if the disk failed; the member must then stop, because it cannot know what is durable. */
  write(write: StoreWrite): Promise<void>;
  /**
   * A frozen view of the state as last flushed, unaffected by later writes. Rejects, here or while it is read, if the disk does
   * not hold what was written.
   */
  openSnapshot(): Promise<SnapshotSource>;
  /** Takes in a foreign state beside the own one. A second call abandons the first. */
  stageSnapshot(): Promise<SnapshotStage>;
  /**
   * Makes the staged state the state, the log empty and `position` its base, in one atomic durable write together with
   * `hardState`. Unflushed engine writes are dropped. Then `engine` is the new one, and the old records are deleted.
   */
  adoptSnapshot(
    stage: SnapshotStage,
    position: SnapshotPosition,
    hardState: HardState | undefined,
  ): Promise<void>;
  /** Bytes on the disk, about. Throws if they cannot be looked at. */
  sizeOnDisk(): number;
  close(): Promise<void>;
}

export interface SnapshotSource {
  /** The index that the state in this view has applied. */
  readonly appliedIndex: number;
  /** Framed, checksummed pieces of at most about 256 KiB; the format is the store's own. */
  chunks(): AsyncIterable<Uint8Array>;
  /** The lengths of these pieces, for a small part of the time. */
  chunkLengths(): AsyncIterable<number>;
  close(): Promise<void>;
}

export interface SnapshotStage {
  /**
   * Pieces as `chunks` gave them, in order. Rejects with RegistryError if a piece is damaged; with any other error, here and
   * below, the disk failed, and the member must stop.
   */
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves once everything is staged and complete; rejects if the end is missing. */
  finish(): Promise<void>;
  abandon(): Promise<void>;
}
