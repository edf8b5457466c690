import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SeededRandom } from '../simulation/random.ts';
import { mutateBytes } from './bytes.ts';
import { Coverage } from './coverage.ts';
import type { CoverageTotals } from './coverage.ts';
import type { Finding, Target } from './target.ts';

/** Inputs between two looks at the coverage. */
const batchSize = 32;
/** Of these batches, one is executed input by input, so that higher counts of the same blocks are found. */
const countedEvery = 50;
const checkedEvery = 1000;
const heapLookedAtEvery = 10_000;
/** By which the heap may have grown since the first look, beside the corpus. */
const heapGrowthMax = 48 << 20;
const corpusMax = 20_000;
/** Processor time of one input: more, three times in a row, is a finding. */
const slowMs = 1000;
const shrinkTriesMax = 2000;

export interface FuzzOptions {
  readonly seed: number;
  /** Inputs, and processor time of this process. The first that is reached ends the search. */
  readonly inputsMax: number;
  readonly cpuMsMax: number;
  readonly began?: (input: Buffer) => void;
  readonly progress?: (now: Progress) => void;
}

export interface Progress extends CoverageTotals {
  readonly inputs: number;
  readonly corpus: number;
  readonly cpuMs: number;
}

export interface Result extends Progress {
  readonly finding: Finding | undefined;
}

/**
 * Changes inputs at random, keeps those that execute something new, and goes on from them, until one breaks a rule. All
 * chance comes from the seed.
 */
export class Fuzzer {
  readonly #target: Target;
  readonly #options: FuzzOptions;
  readonly #random: SeededRandom;
  readonly #coverage: Coverage;
  readonly #corpus: Buffer[] = [];
  readonly #cpuStart = process.cpuUsage();
  #inputs = 0;
  #heapBytes: number | undefined;
  #unhandled: unknown;

  constructor(target: Target, options: FuzzOptions) {
    this.#target = target;
    this.#options = options;
    this.#random = new SeededRandom(options.seed, target.name);
    this.#coverage = new Coverage(target.files);
  }

  async run(): Promise<Result> {
    const caught = (error: unknown): void => void (this.#unhandled ??= error);
    process.on('uncaughtException', caught);
    process.on('unhandledRejection', caught);
    try {
      const finding = await this.#search();
      return { ...this.#progress(), finding };
    } finally {
      process.off('uncaughtException', caught);
      process.off('unhandledRejection', caught);
    }
  }

  async #search(): Promise<Finding | undefined> {
    for (const input of this.#target.seeds) {
      const finding = await this.#try(input);
      if (finding !== undefined) return finding;
      this.#corpus.push(input);
    }
    this.#coverage.take({ counts: true });
    for (let batch = 0; !this.#isOver(); batch++) {
      const finding = await this.#batch(batch % countedEvery === 0);
      if (finding !== undefined) return finding;
      this.#options.progress?.(this.#progress());
    }
    return undefined;
  }

  async #batch(isCounted: boolean): Promise<Finding | undefined> {
    const inputs = Array.from({ length: batchSize }, () => this.#changed());
    if (isCounted) return this.#learnAll(inputs);
    for (const input of inputs) {
      const finding = await this.#try(input);
      if (finding !== undefined) return finding;
    }
    // Which of them it was shows when each is executed again.
    return this.#coverage.take({ counts: false }) > 0 ? this.#learnAll(inputs) : undefined;
  }

  async #learnAll(inputs: readonly Buffer[]): Promise<Finding | undefined> {
    for (const input of inputs) {
      const finding = await this.#learn(input);
      if (finding !== undefined) return finding;
    }
    return undefined;
  }

  /** Executes an input, and keeps it if it reaches something new. */
  async #learn(input: Buffer): Promise<Finding | undefined> {
    const finding = await this.#try(input);
    const isNew = this.#coverage.take({ counts: true }) > 0;
    if (isNew && this.#corpus.length < corpusMax) this.#corpus.push(Buffer.from(input));
    return finding;
  }

  /** Newer inputs are taken more often: what follows from them was not tried yet. */
  #changed(): Buffer {
    const random = this.#random;
    const newest = this.#corpus.length - 1;
    const low = random.chance(0.5) ? Math.max(0, newest - 50) : 0;
    const other = this.#corpus[random.between(0, newest)]!;
    let input = this.#corpus[random.between(low, newest)]!;
    for (let left = random.pick([1, 1, 2, 3, 6]); left > 0; left--) {
      const changed = random.chance(0.25)
        ? mutateBytes(input, other, random)
        : this.#target.mutate(input, other, random);
      // Each time: repetitions of repetitions would fill the memory.
      input = changed.subarray(0, this.#target.inputBytesMax);
    }
    return input;
  }

  async #try(input: Buffer): Promise<Finding | undefined> {
    this.#inputs++;
    let failure = await this.#failureOf(input);
    if (failure === undefined && this.#inputs % checkedEvery === 0) {
      failure = await this.#target.check();
    }
    if (failure === undefined && this.#inputs % heapLookedAtEvery === 0)
      failure = this.#heapGrowth();
    return failure === undefined ? undefined : { failure, input };
  }

  async #failureOf(input: Buffer): Promise<string | undefined> {
    let failure: string | undefined;
    for (let attempt = 0; attempt < 3; attempt++) {
      this.#options.began?.(input);
      const startMs = this.#cpuMs();
      failure = await outcome(() => this.#target.run(input));
      const tookMs = this.#cpuMs() - startMs;
      if (this.#unhandled !== undefined) {
        failure ??= `an error that nothing caught: ${textOf(this.#unhandled)}`;
        this.#unhandled = undefined;
      }
      if (failure !== undefined || tookMs < slowMs) return failure;
      failure = `it took ${Math.round(tookMs)} ms of processor for ${input.length} bytes`;
    }
    return failure;
  }

  #heapGrowth(): string | undefined {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    const ownBytes = this.#corpus.reduce((bytes, input) => bytes + input.length + 200, 0);
    const bytes = heapUsed + external - ownBytes;
    this.#heapBytes ??= bytes;
    if (bytes < this.#heapBytes + heapGrowthMax) return undefined;
    return `the heap grew from ${this.#heapBytes} to ${bytes} bytes in ${this.#inputs} inputs`;
  }

  #isOver(): boolean {
    return this.#inputs >= this.#options.inputsMax || this.#cpuMs() >= this.#options.cpuMsMax;
  }

  #cpuMs(): number {
    const { user, system } = process.cpuUsage(this.#cpuStart);
    return (user + system) / 1000;
  }

  #progress(): Progress {
    return {
      inputs: this.#inputs,
      corpus: this.#corpus.length,
      cpuMs: this.#cpuMs(),
      ...this.#coverage.totals,
    };
  }

  /** A short input with the same failure: leaves out one part after the other, as long as it still fails. */
  async shrink({ failure, input }: Finding): Promise<Finding> {
    const kind = kindOf(failure);
    let smallest = input;
    for (
      let size = Math.ceil(input.length / 2), tries = 0;
      size >= 1;
      size = Math.floor(size / 2)
    ) {
      for (let at = 0; at < smallest.length && tries < shrinkTriesMax; tries++) {
        const smaller = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]);
        this.#options.began?.(smaller);
        const found = await outcome(() => this.#target.run(smaller));
        if (found !== undefined && kindOf(found) === kind) smallest = smaller;
        else at += size;
      }
    }
    return { failure, input: smallest };
  }
}

/** A failure without its numbers, which differ from input to input. */
function kindOf(failure: string): string {
  return failure.replaceAll(/\d+/g, '#').slice(0, 60);
}

async function outcome(run: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await run();
  } catch (error) {
    return `it throws ${textOf(error)}`;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}
