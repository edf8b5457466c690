import { present } from '../base/assert.ts';
import { workOf } from '../base/steps.ts';
import type { Steps } from '../base/steps.ts';
import type { KeyValue } from './key-value.ts';

/** The key-values of one range, as a read finds them: those that were packed, and then the others. */
export interface Found {
  readonly parts: Uint8Array[];
  readonly kvs: KeyValue[];
}

/** Encodes key-values; encodings that follow each other encode all of them. */
export type Pack = (kvs: readonly KeyValue[]) => Uint8Array;

/**
 * What a read that is cut into slices has found so far. Between two slices its key-values can be packed: a million of
 * them would be far too many objects to keep, while their encoding is a few buffers.
 */
export class ReadProgress {
  /** What is found will be packed. */
  isPacked = false;
  /** Of parts. */
  packedBytes = 0;
  /** Of what is kept for sorting, about. */
  gatheredBytes = 0;
  #open: Found | undefined;

  /** A range begins; what is found from now on belongs to it. */
  begin(): Found {
    this.#open = { parts: [], kvs: [] };
    return this.#open;
  }

  /** The range is over: what it has found is its answer, and is not packed any more. */
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

/** A read that can be cut into slices. */
export interface Reading<T> {
  readonly steps: Steps<T>;
  readonly progress: ReadProgress;
  /** The oldest revision that it needs; see `State.pin`. */
  readonly oldestRevision: number;
}

/** Work of one step, about: it also bounds what is looked at while the index may not change. */
export const stepKeys = 128;
const stepWork = 64;

/** Counts work, so that a read can make steps of about one size. */
export class Work {
  #keys = 0;
  #bytes = 0;

  add(keys: number, bytes: number): void {
    this.#keys += keys;
    this.#bytes += bytes;
  }

  /** Enough for a step. */
  get isDue(): boolean {
    return workOf(this.#keys, this.#bytes) >= stepWork;
  }

  /** What was done since the last time. */
  take(): number {
    const work = workOf(this.#keys, this.#bytes);
    this.#keys = 0;
    this.#bytes = 0;
    return work;
  }
}
