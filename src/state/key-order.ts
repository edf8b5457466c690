import { present } from '../base/assert.ts';
import type { Key } from '../base/key.ts';

/** Keys sorted at once; few enough for one turn. */
const runLengthMax = 16_384;

interface Run {
  readonly keys: readonly Key[];
  at: number;
}

/**
 * Sorts many keys without one long turn: they are sorted in runs as they are added, and the runs are merged while the
 * result is read. Runs are sorted without a comparison function, which is several times as fast: JavaScript then
 * compares characters, which for keys is the order of bytes.
 */
export class KeyOrder {
  #gathering: Key[] = [];
  readonly #runs: Run[] = [];

  /** Each key must be added only once. */
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

/** Restores the heap (least key first) after its first run advanced. */
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
