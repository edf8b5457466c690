import { Session } from 'node:inspector';
import type { Profiler } from 'node:inspector';

/** A block of a function: where it begins and ends in its script. */
interface Block {
  readonly start: number;
  readonly end: number;
  /** The class of the highest count that one input has reached; 0: never executed. */
  reached: number;
}

interface SeenFunction {
  called: boolean;
  readonly blocks: Map<string, Block>;
}

/** How much of the files was executed. */
export interface CoverageTotals {
  readonly functions: readonly [reached: number, all: number];
  readonly blocks: readonly [reached: number, all: number];
}

/**
 * Begins when this file is loaded, which has to come before what is covered, and ends with the process: V8 counts blocks
 * only in functions that it compiles while coverage is on.
 */
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/**
 * V8's precise coverage of this process, for the files of a target. A block that one input executes 4 times and another
 * one 1,000 times counts as two features, so that loops can be climbed.
 */
export class Coverage {
  readonly #files: readonly string[];
  readonly #functions = new Map<string, SeenFunction>();
  /** Blocks that were new in several inputs together. */
  #untaken: Block[] = [];

  constructor(files: readonly string[]) {
    this.#files = files;
    // What a start executes is not new.
    this.take({ counts: true });
  }

  /**
   * The number of features that are new. With `counts`, they are those of one input, and known from now on. Without, they
   * are blocks that several inputs together executed first: they stay new for the input that does it alone, until the
   * next call of this kind.
   */
  take({ counts }: { readonly counts: boolean }): number {
    let found = 0;
    if (!counts)
      for (const block of this.#untaken.splice(0)) block.reached = Math.max(block.reached, 1);
    for (const { url, functions } of this.#takeScripts()) {
      if (!this.#files.some((file) => url.includes(file))) continue;
      for (const one of functions) found += this.#account(url, one, counts);
    }
    return found;
  }

  #takeScripts(): readonly Profiler.ScriptCoverage[] {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    // The callback runs before `post` returns.
    session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      scripts = result;
    });
    return scripts;
  }

  #account(url: string, { ranges }: Profiler.FunctionCoverage, counts: boolean): number {
    const [whole] = ranges;
    if (whole === undefined) return 0;
    const key = `${url}:${whole.startOffset}-${whole.endOffset}`;
    let seen = this.#functions.get(key);
    if (seen === undefined) {
      seen = { called: false, blocks: new Map() };
      this.#functions.set(key, seen);
    }
    seen.called ||= whole.count > 0;
    for (const { startOffset: start, endOffset: end } of ranges) {
      const place = `${start}-${end}`;
      if (!seen.blocks.has(place)) seen.blocks.set(place, { start, end, reached: 0 });
    }
    let found = 0;
    for (const block of seen.blocks.values()) {
      const count = countAt(block, ranges);
      const reached = counts ? classOf(count) : Math.min(count, 1);
      if (reached <= block.reached) continue;
      if (counts) block.reached = reached;
      else this.#untaken.push(block);
      found++;
    }
    return found;
  }

  get totals(): CoverageTotals {
    const functions = [...this.#functions.values()];
    const blocks = functions.flatMap((one) => [...one.blocks.values()]);
    return {
      functions: [functions.filter(({ called }) => called).length, functions.length],
      blocks: [blocks.filter(({ reached }) => reached > 0).length, blocks.length],
    };
  }
}

/** V8 leaves out blocks that were executed as often as the one around them: the innermost one that is there counts. */
function countAt(
  { start, end }: Block,
  ranges: readonly { startOffset: number; endOffset: number; count: number }[],
): number {
  let count = 0;
  // An outer range stands before those within it.
  for (const range of ranges) {
    if (range.startOffset <= start && range.endOffset >= end) count = range.count;
  }
  return count;
}

/** 1, 2, 3, 4 to 7, 8 to 15, …: the classes of counts. */
function classOf(count: number): number {
  return count < 4 ? count : 2 + Math.floor(Math.log2(count / 2));
}
