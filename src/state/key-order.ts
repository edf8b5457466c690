import { present } from '../base/assert.ts';
import type { Key } from '../base/key.ts';

/** Keys sorted at once; few enough for one turn. */
const runLengthMax = 16_384;

interface Run {
  readonly keys: readonly Key[];
  /** `ordinals[i]` is that of `keys[i]`. */
  readonly ordinals: Uint32Array;
  at: number;
}

/** Keys that follow each other in order; the arrays are the caller's. */
export interface OrderedKeys {
  readonly keys: Key[];
  /** Of each key, how many were added before it. */
  readonly ordinals: number[];
}

/**
 * Sorts many keys without one long turn: they are sorted in runs as they are added, and the runs are merged while the
 * result is read. JavaScript compares characters, which for keys is the order of bytes.
 */
export class KeyOrder {
  #gathering: Key[] = [];
  readonly #runs: Run[] = [];
  #count = 0;

  /** Each key must be added only once. */
  add(key: Key): void {
    this.#gathering.push(key);
    this.#count++;
    if (this.#gathering.length === runLengthMax) this.#endRun();
  }

  /** All keys in order, so many at a time. */
  *inOrder(length: number): Generator<OrderedKeys, void> {
    this.#endRun();
    const heap = this.#runs.toSorted((a, b) => (keyAt(a) < keyAt(b) ? -1 : 1));
    while (heap.length > 0) {
      const keys: Key[] = [];
      const ordinals: number[] = [];
      for (let run = heap[0]; run !== undefined && keys.length < length; run = heap[0]) {
        keys.push(keyAt(run));
        ordinals.push(run.ordinals[run.at] ?? 0);
        advanceFirst(heap, run);
      }
      yield { keys, ordinals };
    }
  }

  #endRun(): void {
    const gathered = this.#gathering;
    if (gathered.length === 0) return;
    const order = Uint32Array.from(gathered.keys());
    order.sort((a, b) => ((gathered[a] ?? '') < (gathered[b] ?? '') ? -1 : 1));
    const keys = Array.from(order, (position) => gathered[position] ?? '');
    const first = this.#count - gathered.length;
    this.#runs.push({ keys, ordinals: order.map((position) => first + position), at: 0 });
    this.#gathering = [];
  }
}

function keyAt({ keys, at }: Run): Key {
  return present(keys[at], 'a key of a run');
}

/** Moves the first run to its next key. */
function advanceFirst(heap: Run[], first: Run): void {
  first.at++;
  if (first.at === first.keys.length) {
    const last = present(heap.pop(), 'the last run');
    if (last === first) return;
    heap[0] = last;
  }
  sink(heap);
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
