import { assert } from '../base/assert.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Entry, HardState, Message, PersistEffect, SnapshotPosition } from '../raft/index.ts';
import type { ReplicaContext } from './context.ts';
import { FlushMarks } from './flush-marks.ts';
import type { FlushMark } from './flush-marks.ts';
import type { SnapshotStage, Store } from './store.ts';

type PersisterContext = Pick<
  ReplicaContext,
  'options' | 'clock' | 'raft' | 'loop' | 'applied' | 'outbox'
>;

interface LogJob {
  readonly kind: 'log';
  tickets: number[];
  hardState: HardState | undefined;
  entries: Entry[];
  messages: Message[];
  /** Where among them the acknowledgement for each member stands. */
  acknowledgements: Map<MemberId, number>;
}

interface AdoptJob {
  readonly kind: 'adopt';
  readonly ticket: number;
  readonly stage: SnapshotStage;
  readonly position: SnapshotPosition;
  readonly hardState: HardState | undefined;
}

/**
 * One write at a time: while one is under way, everything that turns up gathers into the next. State records follow the log
 * once so many have gathered that their write is worth its sync.
 */
export class Persister {
  readonly #store: Store;
  readonly #clock: PersisterContext['clock'];
  readonly #raft: PersisterContext['raft'];
  readonly #loop: PersisterContext['loop'];
  readonly #applied: PersisterContext['applied'];
  readonly #outbox: PersisterContext['outbox'];
  readonly #install: (position: SnapshotPosition) => Promise<void>;
  readonly #flushMarks = new FlushMarks();
  /** In the order in which they are written. A log job that is not begun takes in all that comes. */
  readonly #jobs: (LogJob | AdoptJob)[] = [];
  #base: SnapshotPosition | undefined;
  #current: Promise<void> | undefined;
  /** Nothing is written any more, and no completion is reported. */
  #isStopped = false;
  #flushDue = false;
  /** When the write under way began; undefined: there is none. */
  #beganMs: number | undefined;
  /** `#flushedIndex <= appliedIndex`: a restart applies the entries after it again. */
  #flushedIndex: number;

  /** `install` loads the state of a snapshot that the store has adopted; nothing else is written until it resolves. */
  constructor(
    context: PersisterContext,
    flushedIndex: number,
    install: (position: SnapshotPosition) => Promise<void>,
  ) {
    this.#store = context.options.store;
    this.#raft = context.raft;
    this.#loop = context.loop;
    this.#applied = context.applied;
    this.#outbox = context.outbox;
    this.#install = install;
    this.#flushedIndex = flushedIndex;
    this.#markFlush(flushedIndex);
    this.#clock = context.clock;
    context.options.metrics.gauge(
      'rollcall_storage_write_pending_seconds',
      'How long the write to the disk that is under way has lasted; 0 if there is none.',
      () => this.#pendingMs() / 1000,
    );
  }

  /** The applied index that is on the disk, together with its state. */
  get flushedIndex(): number {
    return this.#flushedIndex;
  }

  /** Properties of the state at an applied index that was flushed not long ago. */
  flushMarkAt(index: number): FlushMark | undefined {
    return this.#flushMarks.at(index);
  }

  /** Messages leave after `persist`, and after everything that was added before. */
  add(persist: PersistEffect | undefined, messages: readonly Message[]): void {
    if (persist === undefined && messages.length === 0) return;
    if (persist === undefined && this.#jobs.length === 0 && this.#current === undefined) {
      this.#outbox.postRaft(messages);
      return;
    }
    const job = this.#openLogJob();
    if (persist !== undefined) {
      job.tickets.push(persist.ticket);
      job.hardState = persist.hardState ?? job.hardState;
      addEntries(job.entries, persist.entries);
    }
    for (const message of messages) addMessage(job, message);
  }

  /** A snapshot takes the place of state and log. */
  adopt(persist: PersistEffect, position: SnapshotPosition, stage: SnapshotStage): void {
    // The ticket stands for all of `persist`, and is given back when the state is adopted. No entries can have come
    // yet: the replica carries out what raft wants right after it has told raft of the snapshot.
    assert(persist.entries.length === 0, 'entries would count as durable before they are written');
    this.#jobs.push({
      kind: 'adopt',
      ticket: persist.ticket,
      stage,
      position,
      hardState: persist.hardState,
    });
  }

  /** The log begins after `position` from the next write on. Its effect must be on the disk already. */
  setLogBase(position: SnapshotPosition): void {
    this.#base = position;
  }

  /** State records that wait are to be written with the next occasion, even if nothing else is. */
  flushSoon(): void {
    this.#flushDue = true;
  }

  /** Begins a write if there is something to write and none is under way. Call at the end of a turn. */
  start(): void {
    if (this.#current !== undefined || this.#isStopped || !this.#hasWork()) return;
    this.#beganMs = this.#clock.nowMs();
    this.#current = this.#writeNext().then(
      (finish) => {
        this.#current = undefined;
        this.#beganMs = undefined;
        return this.#isStopped ? undefined : finish();
      },
      (error: unknown) => {
        this.#isStopped = true;
        this.#current = undefined;
        this.#beganMs = undefined;
        return this.#loop.fail(error);
      },
    );
  }

  /**
   * Writes that wait are dropped: after a failure the state may hold half of a command, and a log that ends earlier is
   * one that every member can be left with by a crash. A write that is under way ends, and nothing comes of it.
   */
  abandon(): void {
    this.#isStopped = true;
  }

  /** Writes what is left, unless it was abandoned, and then nothing more; resolves when the disk is quiet. */
  async stop(): Promise<void> {
    this.#flushDue = true;
    this.start();
    while (this.#current !== undefined) {
      await this.#current;
      this.#flushDue = true;
      this.start();
    }
    this.#isStopped = true;
  }

  #pendingMs(): number {
    return this.#beganMs === undefined ? 0 : this.#clock.nowMs() - this.#beganMs;
  }

  #hasWork(): boolean {
    if (this.#jobs.length > 0 || this.#base !== undefined || this.#store.isPartDue) return true;
    // While a snapshot comes in, the records that wait belong to the state that it replaces.
    if (this.#applied.flushableIndex === undefined) return false;
    return this.#isFlushDue();
  }

  /** State records reach the disk once enough have gathered: the log has what made them. */
  #isFlushDue(): boolean {
    const { isFlushDue, isBehind, pendingBytes } = this.#store;
    return isFlushDue || isBehind || (this.#flushDue && (pendingBytes > 0 || this.#isBehind()));
  }

  /** Entries that change no record, such as the first of a term, move the applied index alone. */
  #isBehind(): boolean {
    return (this.#applied.flushableIndex ?? 0) > this.#flushedIndex;
  }

  /** Does the next job. The returned function reports its completion. */
  async #writeNext(): Promise<() => void> {
    const job = this.#jobs.shift();
    if (job?.kind === 'adopt') {
      await this.#store.adoptSnapshot(job.stage, job.position, job.hardState);
      this.#base = undefined;
      this.#flushedIndex = job.position.index;
      if (this.#isStopped) return () => {};
      await this.#install(job.position);
      this.#markFlush(job.position.index);
      return () => this.#onDurable([job.ticket], []);
    }
    const base = this.#base;
    this.#base = undefined;
    // Records beyond one write go ahead of their applied index, which follows with the last of them.
    const ahead = this.#store.isPartDue;
    const flush = !ahead && (base !== undefined || this.#isFlushDue());
    if (!ahead) this.#flushDue = false;
    const appliedIndex = flush ? this.#applied.flushableIndex : undefined;
    if (appliedIndex !== undefined) this.#markFlush(appliedIndex);
    const hardState = job?.hardState;
    const entries = job?.entries ?? [];
    const sync = hardState !== undefined || entries.length > 0;
    if (sync || flush || ahead) {
      await this.#store.write({ hardState, entries, base, appliedIndex, ahead, sync });
    }
    if (appliedIndex !== undefined) this.#flushedIndex = appliedIndex;
    return () => {
      // Records that no one waits for were written: there is room for more.
      if (job === undefined) this.#loop.wake();
      else this.#onDurable(job.tickets, job.messages);
    };
  }

  /** The messages promise no more than what these tickets stand for, and may leave now. */
  #onDurable(tickets: readonly number[], messages: readonly Message[]): void {
    this.#loop.guard(() => {
      for (const ticket of tickets) this.#raft.persisted(ticket);
      this.#outbox.postRaft(messages);
      // The disk is free: what gathered meanwhile is written at once, without waiting for the end of the turn.
      this.#loop.turnNow();
    });
  }

  #markFlush(index: number): void {
    const { revision, keyCount } = this.#applied.state;
    this.#flushMarks.note({ index, revision, keyCount });
  }

  #openLogJob(): LogJob {
    const last = this.#jobs.at(-1);
    if (last?.kind === 'log') return last;
    const job: LogJob = {
      kind: 'log',
      tickets: [],
      hardState: undefined,
      entries: [],
      messages: [],
      acknowledgements: new Map(),
    };
    this.#jobs.push(job);
    return job;
  }
}

/** Later entries replace what was gathered from their first index on, as they do in the log. */
function addEntries(gathered: Entry[], entries: readonly Entry[]): void {
  const first = entries[0];
  if (first === undefined) return;
  while ((gathered.at(-1)?.index ?? 0) >= first.index) gathered.pop();
  for (const entry of entries) gathered.push(entry);
}

/**
 * An acknowledgement says up to where this member has the log, so that the latest one of a term says it all. Without
 * this, one more would wait with every question of the leader for as long as the disk hangs.
 */
function addMessage({ messages, acknowledgements }: LogJob, message: Message): void {
  if (message.kind === 'append-response' && message.success) {
    const at = acknowledgements.get(message.to);
    const former = at === undefined ? undefined : messages[at];
    if (at !== undefined && former?.kind === 'append-response' && former.term === message.term) {
      if (former.index <= message.index) messages[at] = message;
      return;
    }
    acknowledgements.set(message.to, messages.length);
  }
  messages.push(message);
}
