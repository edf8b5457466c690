import type { Key } from '../base/key.ts';
import type { Slot } from './key-versions.ts';

const lengthMin = 1024;
/** Places that one key may have. */
const ways = 4;

/**
 * Where a key may be found without a search: slots by a hash of their keys, four to a set. It only hints: a slot is verified
 * to be that of the key, so nothing is removed, and a hint that was overwritten costs a search.
 *
 * So it grows without a long turn: the larger table is empty, and fills again by searches.
 */
export class SlotHints {
  /** Slots plus 1; 0 is none. */
  #table = new Uint32Array(lengthMin);
  /** Eight more bits of the hash: without them each look at a wrong slot would fetch its key into the cache. */
  #marks = new Uint8Array(lengthMin);
  #mask = lengthMin - ways;

  /** The table is twice as long as there are keys, at least. True: it is a new one, without hints. */
  fit(keyCount: number): boolean {
    if (keyCount * 2 <= this.#table.length) return false;
    const length = this.#table.length * 4;
    this.#table = new Uint32Array(length);
    this.#marks = new Uint8Array(length);
    this.#mask = length - ways;
    return true;
  }

  /** The slot of a key with this hash, if it is known here; `keyAt` tells the key of a slot. */
  find(key: Key, hash: number, keyAt: (slot: Slot) => Key | undefined): Slot | undefined {
    const mark = hash >>> markShift;
    const first = hash & this.#mask;
    for (let at = first; at < first + ways; at++) {
      if (this.#marks[at] !== mark) continue;
      const slot = (this.#table[at] ?? 0) - 1;
      if (slot >= 0 && keyAt(slot) === key) return slot;
    }
    return undefined;
  }

  /** False: no hint of a key with this hash was overwritten. */
  mayHaveLost(hash: number): boolean {
    return this.#table[(hash & this.#mask) + ways - 1] !== 0;
  }

  /** Takes the place of the oldest hint of the set, and returns the slot that was there. */
  add(hash: number, slot: Slot): Slot | undefined {
    const first = hash & this.#mask;
    const oldest = (this.#table[first + ways - 1] ?? 0) - 1;
    for (let at = first + ways - 1; at > first; at--) {
      this.#table[at] = this.#table[at - 1] ?? 0;
      this.#marks[at] = this.#marks[at - 1] ?? 0;
    }
    this.#table[first] = slot + 1;
    this.#marks[first] = hash >>> markShift;
    return oldest < 0 ? undefined : oldest;
  }
}

const markShift = 24;

/** The hash by which `SlotHints` knows a key. Both ends of it depend on all characters. */
export function hashOfKey(key: Key): number {
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
