import type { Random } from '../../src/base/random.ts';

/**
 * Seeded randomness: the same seed gives the same numbers for ever. Every part of a world draws from a fork of its
 * own, so that leaving one part out does not change what the others draw.
 */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: number, stream = '') {
    let hash = 0x811c9dc5 ^ seed;
    for (let at = 0; at < stream.length; at++) {
      hash = Math.imul(hash ^ stream.charCodeAt(at), 0x01000193);
    }
    this.#a = hash | 0;
    this.#b = seed | 0;
    this.#c = Math.floor(seed / 0x1_0000_0000) | 0;
    for (let round = 0; round < 12; round++) this.#next();
  }

  fork(stream: string): SeededRandom {
    return new SeededRandom(this.#next(), stream);
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  positiveInt63(): bigint {
    const high = BigInt(this.#next() & 0x7fff_ffff);
    return (high << 32n) | BigInt(this.#next()) || 1n;
  }

  /** From 0 to, not including, 1. */
  unit(): number {
    return this.#next() / 0x1_0000_0000;
  }

  /** A real number from `low` to `high`. */
  real(low: number, high: number): number {
    return low + this.unit() * (high - low);
  }

  chance(probability: number): boolean {
    return probability > 0 && this.unit() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.between(0, from.length - 1)];
    if (picked === undefined) throw new Error('there is nothing to pick from');
    return picked;
  }

  shuffled<T>(from: readonly T[]): T[] {
    const all = [...from];
    for (let at = all.length - 1; at > 0; at--) {
      const other = this.between(0, at);
      [all[at], all[other]] = [all[other]!, all[at]!];
    }
    return all;
  }

  /** Small Fast Counter (Chris Doty-Humphrey): 32 bits at a time. */
  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum >>> 0;
  }
}
