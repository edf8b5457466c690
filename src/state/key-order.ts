import { present } from '../base/assert.ts';
import type { Key } from '../base/key.ts';

/** Keys that are sorted at once: few enough for one turn. */
const runLengthMax = 16_384;

interface Run {
  readonly keys: readonly Key[];
  at: number;
}

/**
 * Puts many keys in order without one long turn: keys are sorted in runs as they come, and the runs are merged while
 * the result is read. Sorting runs without a comparison function is several times as fast as with one: strings are then
 * compared by their characters, which for keys is the order of their bytes.
 */
export class KeyOrder {
  #gathering: Key[] = [];
  readonly #runs: Run[] = [];

  /** Each key once. */
  add(key: Key): void {
    this.#gathering.push(key);
    if (this.#gathering.length === runLengthMax) this.#endRun();
  }

  /** All keys in order. */
  *inOrder(): Generator<Key, void> {
    this.#endRun();
    const heap = this.#runs.toSorted((a, b) => (keyAt(a) < keyAt(b) ? -1 : 1));
    for (let first = heap[0]; first !== undefined; first = heap[0]) {
      yield keyAt(first);
      first.at++;
      if (first.at === first.keys.length) {
        const last = present(heap.pop(), 'the last run');
        if (last === first) return;
        heap[0] = last;
      }
      sink(heap);
    }
  }

  #endRun(): void {
    if (this.#gathering.length === 0) return;
    this.#runs.push({ keys: this.#gathering.toSorted(), at: 0 });
    this.#gathering = [];
  }
}

function keyAt({ keys, at }: Run): Key {
  return present(keys[at], 'a key of a run');
}

/** Restores a heap, whose least key is to be first, after its first run went on. */
function sink(heap: Run[]): void {
  const moved = present(heap[0], 'the first run');
  const key = keyAt(moved);
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    let below = heap[child];
    if (below === undefined) break;
    const right = heap[child + 1];
    if (right !== undefined && keyAt(right) < keyAt(below)) {
      child++;
      below = right;
    }
    if (keyAt(below) >= key) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = moved;
}
