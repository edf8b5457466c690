import type { State } from '../state/index.ts';

interface Waiting {
  readonly index: number;
  readonly done: (isApplied: boolean) => void;
}

/**
 * The state of this member, how far it is applied, and who waits for it to be applied further. Only the applier changes
 * it. `flushedIndex <= appliedIndex <= begunIndex <= commitIndex`.
 */
export class AppliedState {
  #state: State;
  #isInstalling = false;
  /** The index of a command that is applied in part. */
  #halfwayIndex: number | undefined;
  /**
   * Ascending by index, except where an earlier leader had confirmed a greater index. A waiter behind a greater index
   * waits a moment longer; what it waits for is committed all the same.
   */
  #waiting: Waiting[] = [];
  #isStopped = false;

  constructor(state: State) {
    this.#state = state;
  }

  /** Another object after a snapshot was installed: do not keep it. */
  get state(): State {
    return this.#state;
  }

  get appliedIndex(): number {
    return this.#state.appliedIndex;
  }

  /**
   * The last entry whose command was begun: it is too late to register for the result of this one or an earlier one.
   */
  get begunIndex(): number {
    return this.#halfwayIndex ?? this.#state.appliedIndex;
  }

  /** A snapshot is replacing the state. Nothing is applied, and raft's effects wait, until it is there. */
  get isInstalling(): boolean {
    return this.#isInstalling;
  }

  /** A command is applied in part: the state is at no index now. */
  get isHalfway(): boolean {
    return this.#halfwayIndex !== undefined;
  }

  /** The applied index that the records in memory belong to; undefined while they belong to none. */
  get flushableIndex(): number | undefined {
    return this.#isInstalling || this.isHalfway ? undefined : this.#state.appliedIndex;
  }

  /** Calls back once the entry at `index` is applied; with false if this member stops before. */
  whenApplied(index: number, done: (isApplied: boolean) => void): void {
    if (index <= this.#state.appliedIndex) done(true);
    else if (this.#isStopped) done(false);
    else this.#waiting.push({ index, done });
  }

  // For the applier.

  /** A command whose steps take more than one turn. */
  beginHalfway(index: number): void {
    this.#halfwayIndex = index;
  }

  endHalfway(): void {
    this.#halfwayIndex = undefined;
  }

  beginInstalling(): void {
    this.#isInstalling = true;
    this.#halfwayIndex = undefined;
  }

  /** The state of the snapshot, complete. */
  replace(state: State): void {
    this.#state = state;
    this.#isInstalling = false;
  }

  /** Calls back those whose index is applied by now. */
  notifyApplied(): void {
    const { appliedIndex } = this.#state;
    let count = 0;
    while ((this.#waiting[count]?.index ?? Infinity) <= appliedIndex) count++;
    if (count === 0) return;
    for (const { done } of this.#waiting.splice(0, count)) done(true);
  }

  stop(): void {
    this.#isStopped = true;
    for (const { done } of this.#waiting.splice(0)) done(false);
  }
}
