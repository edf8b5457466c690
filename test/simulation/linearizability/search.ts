import type { Candidate, Model, State } from './model.ts';

export type SearchResult =
  | { readonly kind: 'found' }
  | { readonly kind: 'none'; readonly stuck: Stuck }
  | { readonly kind: 'gave-up' };

/** The furthest point that the search reached: its state, and the calls of which one had to come next. */
export interface Stuck {
  readonly state: State;
  readonly next: readonly Candidate[];
}

/** A node of the search: some calls are ordered, and led to a state. */
interface Node {
  readonly state: State;
  /** Ordered calls that may not have happened, one bit for each. */
  readonly used: bigint;
  /**
   * Calls that may not have happened are ordered only directly before a call to which they make a difference: this
   * one.
   */
  readonly target: Candidate | undefined;
  /** How many more of them come before the target, and where to record that this many exist. */
  readonly left: number;
  readonly chain: { isLongEnough: boolean } | undefined;
  /** The state without the last call that may not have happened. */
  readonly before: State | undefined;
  /** Ordered to get here; undone on backtracking. */
  readonly placed: Candidate | undefined;
  /** The moves from here; computed at the first visit. */
  moves: Iterator<Node> | undefined;
}

/**
 * Searches an order of the calls on a group of keys. Every call that happened must be in it.
 *
 * Calls with a revision can only be ordered by revision, and calls of one revision that change nothing do not affect
 * each other: so only one of them can be next, and the search goes straight on. Calls that may not have happened make
 * no difference until a call on the same keys follows, so they are tried only directly before such a call.
 */
export class Search {
  readonly #model: Model;
  readonly #ordered: readonly Candidate[];
  readonly #unordered: readonly Candidate[];
  readonly #optional: readonly Candidate[];
  /** The earliest return of `#ordered` from a place on. */
  readonly #earliestReturns: readonly number[];
  readonly #relevant = new Map<Candidate, readonly number[]>();
  readonly #placed = new Set<Candidate>();
  readonly #tried = new Map<string, bigint[]>();
  /** How many of `#ordered`, and how many of `#unordered` without a gap, are in the order. */
  #orderedCount = 0;
  #unorderedLow = 0;
  #stepsLeft: number;
  #stuck: (Stuck & { readonly depth: number }) | undefined;

  constructor(model: Model, candidates: readonly Candidate[], stepsMax: number) {
    const byInvocation = candidates.toSorted(
      (a, b) => a.operation.invokedAt - b.operation.invokedAt,
    );
    const happened = byInvocation.filter((candidate) => candidate.happened);
    this.#model = model;
    this.#ordered = happened.filter(({ revision }) => revision !== undefined).toSorted(byRevision);
    this.#unordered = happened.filter(({ revision }) => revision === undefined);
    this.#optional = byInvocation.filter((candidate) => !candidate.happened && candidate.writes);
    this.#stepsLeft = stepsMax;
    const returns: number[] = Array.from({ length: this.#ordered.length + 1 }, () => Infinity);
    for (let at = this.#ordered.length - 1; at >= 0; at--) {
      returns[at] = Math.min(
        this.#ordered[at]?.returnedAt ?? Infinity,
        returns[at + 1] ?? Infinity,
      );
    }
    this.#earliestReturns = returns;
  }

  get stepsLeft(): number {
    return this.#stepsLeft;
  }

  run(): SearchResult {
    const whole = this.#ordered.length + this.#unordered.length;
    const path: Node[] = [
      {
        state: this.#model.empty,
        used: 0n,
        target: undefined,
        left: 0,
        chain: undefined,
        before: undefined,
        placed: undefined,
        moves: undefined,
      },
    ];
    for (;;) {
      const node = path.at(-1);
      if (node === undefined) break;
      if (node.moves === undefined && this.#placed.size === whole) return { kind: 'found' };
      node.moves ??= this.#moves(node);
      const next = node.moves.next();
      if (next.done !== true) {
        if (--this.#stepsLeft < 0) return { kind: 'gave-up' };
        if (next.value.placed !== undefined) this.#place(next.value.placed);
        if (this.#isNew(next.value)) path.push(next.value);
        else if (next.value.placed !== undefined) this.#displace(next.value.placed);
      } else {
        path.pop();
        if (node.placed !== undefined) this.#displace(node.placed);
      }
    }
    const { state, next } = this.#stuck ?? { state: this.#model.empty, next: [] };
    return { kind: 'none', stuck: { state, next } };
  }

  #moves(node: Node): Generator<Node, unknown> {
    if (node.target === undefined) return this.#freeMoves(node);
    return node.left > 0 ? this.#chance(node, node.target) : this.#certain(node, [node.target]);
  }

  /** First without calls that may not have happened, then with ever more of them. */
  *#freeMoves(node: Node): Generator<Node, undefined> {
    const next = this.#next(this.#deadline());
    this.#remember(node.state, next);
    if (yield* this.#certain(node, next)) return undefined;
    for (const target of next) {
      for (let left = 1, isLongEnough = true; isLongEnough; left++) {
        const chain = { isLongEnough: false };
        yield* this.#chance({ ...node, left, chain }, target);
        isLongEnough = chain.isLongEnough;
      }
    }
    return undefined;
  }

  /** Adds moves that order one of some calls. True if no other kind of move is needed. */
  *#certain(node: Node, next: readonly Candidate[]): Generator<Node, boolean> {
    const shared = {
      used: node.used,
      target: undefined,
      left: 0,
      chain: undefined,
      before: undefined,
      moves: undefined,
    };
    const changing: Node[] = [];
    for (const candidate of next) {
      for (const after of this.#differing(node, candidate)) {
        const move: Node = { ...shared, state: after, placed: candidate };
        if (candidate.revision !== undefined || !isUnmoved(node.state, after)) changing.push(move);
        else {
          // It fits here and changes nothing, so whatever is possible without it is possible after it.
          yield move;
          return true;
        }
      }
    }
    yield* changing;
    return false;
  }

  /** Moves that order a call that may not have happened before a call. */
  *#chance(node: Node, target: Candidate): Generator<Node, undefined> {
    const { state, chain } = node;
    const deadline = this.#deadline();
    const left = node.left - 1;
    for (const at of this.#relevantTo(target)) {
      const optional = this.#optional[at];
      const bit = 1n << BigInt(at);
      if (optional === undefined || optional.operation.invokedAt > deadline) break;
      if ((node.used & bit) !== 0n) continue;
      for (const after of this.#differing(node, optional)) {
        // Without an effect it need not be ordered.
        if (this.#model.isSame(after, state)) continue;
        if (left === 0 && chain !== undefined) chain.isLongEnough = true;
        const used = node.used | bit;
        const shared = { target, left, chain, before: state, placed: undefined, moves: undefined };
        yield { state: after, used, ...shared };
      }
    }
    return undefined;
  }

  /** The state after a call, if the calls put directly before it make any difference to it. */
  #differing({ state, before }: Node, candidate: Candidate): State[] {
    const states = this.#model.apply(state, candidate);
    if (before === undefined || states.length === 0) return states;
    const without = this.#model.apply(before, candidate);
    return states.filter((after) => !without.some((other) => this.#model.isSame(after, other)));
  }

  /** The next call must have been sent before any call that is not ordered yet was answered. */
  #deadline(): number {
    let deadline = this.#earliestReturns[this.#orderedCount] ?? Infinity;
    for (let at = this.#unorderedLow; at < this.#unordered.length; at++) {
      const candidate = this.#unordered[at];
      if (candidate === undefined || candidate.operation.invokedAt > deadline) break;
      if (!this.#placed.has(candidate)) deadline = Math.min(deadline, candidate.returnedAt);
    }
    return deadline;
  }

  #next(deadline: number): Candidate[] {
    const next: Candidate[] = [];
    const ordered = this.#ordered[this.#orderedCount];
    if (ordered !== undefined && ordered.operation.invokedAt <= deadline) next.push(ordered);
    for (let at = this.#unorderedLow; at < this.#unordered.length; at++) {
      const candidate = this.#unordered[at];
      if (candidate === undefined || candidate.operation.invokedAt > deadline) break;
      if (!this.#placed.has(candidate)) next.push(candidate);
    }
    // The call that was answered first has probably happened first.
    return next.toSorted((a, b) => a.returnedAt - b.returnedAt);
  }

  #place(candidate: Candidate): void {
    this.#placed.add(candidate);
    if (candidate.revision !== undefined) this.#orderedCount++;
    else this.#moveLow();
  }

  #displace(candidate: Candidate): void {
    this.#placed.delete(candidate);
    if (candidate.revision !== undefined) this.#orderedCount--;
    else this.#unorderedLow = Math.min(this.#unorderedLow, this.#unordered.indexOf(candidate));
  }

  #moveLow(): void {
    for (;;) {
      const candidate = this.#unordered[this.#unorderedLow];
      if (candidate === undefined || !this.#placed.has(candidate)) return;
      this.#unorderedLow++;
    }
  }

  /**
   * True if this node was not visited before. A visit with fewer of the calls that may not have happened can do
   * everything that this one can.
   */
  #isNew({ state, used, target, left }: Node): boolean {
    let id = `${this.#orderedCount}|${this.#unorderedLow}|`;
    for (
      let at = this.#unorderedLow, ahead = this.#placed.size - this.#orderedCount - at;
      ahead > 0;
      at++
    ) {
      const candidate = this.#unordered[at];
      if (candidate === undefined) break;
      if (!this.#placed.has(candidate)) continue;
      id += `${at},`;
      ahead--;
    }
    id += `|${target?.symbol ?? ''},${left}|${this.#model.fingerprint(state)}`;
    const before = this.#tried.get(id);
    if (before === undefined) {
      this.#tried.set(id, [used]);
      return true;
    }
    if (before.some((smaller) => (smaller & used) === smaller)) return false;
    before.push(used);
    return true;
  }

  /**
   * Places in `#optional`, in order, of the calls that can make a difference to this one: they have a key in common with
   * it, or with what decides such a call.
   */
  #relevantTo(candidate: Candidate): readonly number[] {
    let relevant = this.#relevant.get(candidate);
    if (relevant === undefined) {
      const keys = new Set(candidate.keys);
      const found = new Set<number>();
      for (let size = -1; size !== found.size;) {
        size = found.size;
        for (const [at, optional] of this.#optional.entries()) {
          if (found.has(at) || !optional.keys.some((key) => keys.has(key))) continue;
          found.add(at);
          for (const key of this.#model.sensitiveKeys(optional)) keys.add(key);
        }
      }
      relevant = [...found].toSorted((a, b) => a - b);
      this.#relevant.set(candidate, relevant);
    }
    return relevant;
  }

  #remember(state: State, next: readonly Candidate[]): void {
    const depth = this.#placed.size;
    if (this.#stuck !== undefined && this.#stuck.depth >= depth) return;
    const ordered = this.#ordered[this.#orderedCount];
    const missing = ordered === undefined || next.includes(ordered) ? [] : [ordered];
    this.#stuck = { state, next: [...next, ...missing], depth };
  }
}

function isUnmoved(before: State, after: State): boolean {
  return (
    before.revision === after.revision &&
    before.entries.every((entry, place) => entry?.id === after.entries[place]?.id)
  );
}

/** The call that makes a revision comes before those that see it. */
function byRevision(a: Candidate, b: Candidate): number {
  return (a.revision ?? 0) - (b.revision ?? 0) || Number(b.changes) - Number(a.changes);
}
