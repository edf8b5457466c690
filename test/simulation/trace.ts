import type { Scheduler } from './scheduler.ts';

/** Kinds of events that are counted; faults must happen at least once in a long run. */
export type Counts = Map<string, number>;

/** Lines kept for a failure report. */
const keptLines = 60;

/**
 * The trace of a world: lines for people, a hash that equal runs share, and counts. Texts are made only if they will
 * be read.
 */
export class Trace {
  readonly counts: Counts = new Map();
  /** Rough descriptions of the situations in which faults happened. */
  readonly situations: Set<string> = new Set();
  readonly #scheduler: Scheduler;
  readonly #print: ((line: string) => void) | undefined;
  readonly #lines: string[] = [];
  readonly #isVerbose: boolean;
  readonly #situation: () => string;
  #hash = 0x811c9dc5;

  constructor(
    scheduler: Scheduler,
    options: {
      readonly print?: ((line: string) => void) | undefined;
      readonly keep: boolean;
      readonly situation: () => string;
    },
  ) {
    this.#situation = options.situation;
    this.#scheduler = scheduler;
    this.#print = options.print;
    this.#isVerbose = options.keep || options.print !== undefined;
  }

  /** Equal for equal runs. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  get lastLines(): readonly string[] {
    return this.#lines;
  }

  /** Mixes numbers into the hash. */
  mix(...numbers: readonly number[]): void {
    for (const number of numbers) {
      this.#hash = Math.imul(this.#hash ^ (number | 0), 0x01000193);
      this.#hash ^= this.#hash >>> 15;
    }
  }

  mixText(text: string): void {
    for (let at = 0; at < text.length; at++) {
      this.#hash = Math.imul(this.#hash ^ text.charCodeAt(at), 0x01000193);
    }
  }

  count(what: string, amount = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + amount);
  }

  /** A line of the trace; its text is made only if it will be read. */
  tell(who: string, text: () => string): void {
    this.mixText(who);
    this.mix(this.#scheduler.nowMs * 1000);
    if (!this.#isVerbose) return;
    const line = `${this.#scheduler.nowMs.toFixed(2).padStart(9)} ms  ${who.padEnd(4)} ${text()}`;
    this.#lines.push(line);
    if (this.#lines.length > keptLines) this.#lines.shift();
    this.#print?.(line);
  }

  /** A fault happened. */
  fault(kind: string, who: string, text: () => string): void {
    this.count(`fault ${kind}`);
    this.situations.add(`${kind}: ${this.#situation()}`);
    this.tell(who, () => `! ${kind}: ${text()}`);
  }
}

/** A violated invariant. Ends the world. */
export class Violation extends Error {
  override readonly name = 'Violation';
}
