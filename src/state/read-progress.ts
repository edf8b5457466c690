import { present } from '../base/assert.ts';
import { workOf } from '../base/steps.ts';
import type { Steps } from '../base/steps.ts';
import type { KeyValue } from './key-value.ts';

/** The key-values of one range found so far: first those that were packed, then the others. */
export interface Found {
  readonly parts: Uint8Array[];
  readonly kvs: KeyValue[];
}

/** Encodes key-values; the concatenation of two encodings encodes all of them. */
export type Pack = (kvs: readonly KeyValue[]) => Uint8Array;

/**
 * The key-values that a sliced read has found so far. Between two slices they can be packed: a million of them would
 * be far too many objects to keep, while their encoding is a few buffers.
 */
export class ReadProgress {
  /** Bytes of packed parts. */
  packedBytes = 0;
  /** Approximate bytes of what is kept for sorting. */
  gatheredBytes = 0;
  #open: Found | undefined;

  /** Begins a range: what is found from now on belongs to it. */
  begin(): Found {
    this.#open = { parts: [], kvs: [] };
    return this.#open;
  }

  /** Ends the range. Its key-values are its result, and are not packed any more. */
  end(): Found {
    const found = present(this.#open, 'a range that has begun');
    this.#open = undefined;
    return found;
  }

  pack(pack: Pack): void {
    if (this.#open === undefined || this.#open.kvs.length === 0) return;
    const { parts, kvs } = this.#open;
    const part = pack(kvs);
    parts.push(part);
    this.packedBytes += part.length;
    kvs.length = 0;
  }
}

/** A read that can run in slices. */
export interface Reading<T> {
  readonly steps: Steps<T>;
  readonly progress: ReadProgress;
  /** The oldest revision that it reads; see `State.pin`. */
  readonly oldestRevision: number;
}

/** Keys visited in one step, at most: the index may not change during a step. */
export const stepKeys = 128;
const stepWork = 20;

/** Counts work, so that a read can yield steps of about equal size. */
export class Work {
  #keys = 0;
  #bytes = 0;

  add(keys: number, bytes: number): void {
    this.#keys += keys;
    this.#bytes += bytes;
  }

  /** The step has done enough work. */
  get isDue(): boolean {
    return workOf(this.#keys, this.#bytes) >= stepWork;
  }

  /** The work since the last call. */
  take(): number {
    const work = workOf(this.#keys, this.#bytes);
    this.#keys = 0;
    this.#bytes = 0;
    return work;
  }
}
