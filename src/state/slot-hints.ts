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
  #mask = lengthMin - ways;

  /** The table is twice as long as there are keys, at least. */
  fit(keyCount: number): void {
    if (keyCount * 2 <= this.#table.length) return;
    this.#table = new Uint32Array(this.#table.length * 4);
    this.#mask = this.#table.length - ways;
  }

  /** The slot of a key, if it is known here; `keyAt` tells the key of a slot. */
  find(key: Key, keyAt: (slot: Slot) => Key | undefined): Slot | undefined {
    const table = this.#table;
    const first = hashOf(key) & this.#mask;
    for (let at = first; at < first + ways; at++) {
      const slot = (table[at] ?? 0) - 1;
      if (slot >= 0 && keyAt(slot) === key) return slot;
    }
    return undefined;
  }

  /** Takes the place of the oldest hint of the set. */
  add(key: Key, slot: Slot): void {
    const table = this.#table;
    const first = hashOf(key) & this.#mask;
    table.copyWithin(first + 1, first, first + ways - 1);
    table[first] = slot + 1;
  }
}

function hashOf(key: Key): number {
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x9e3779b1);
  return hash ^ (hash >>> 15);
}
