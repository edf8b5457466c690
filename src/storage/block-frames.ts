import { readSync } from 'node:fs';
import type { OpenTable } from './open-table.ts';

/** A frame holds neighbouring blocks: about sixteen, of 4 KiB and a value each. */
const frameBytes = 64 << 10;
const framesMax = 64;
const groupBlocks = 16;
/** More blocks than a table has. */
const blocksPerTable = 2 ** 20;

/**
 * Blocks of tables that were read last, in one piece of memory outside V8's heap. Each group of neighbours has one frame that it
 * may be in. Who reads one block after the other has the rest of a group read at once.
 */
export class BlockFrames {
  readonly bytes: Buffer = Buffer.allocUnsafeSlow(framesMax * frameBytes);
  /** The first block in each frame, and the one behind the last; 0: none. */
  readonly #from = new Float64Array(framesMax);
  readonly #to = new Float64Array(framesMax);

  /** Where the block begins in `bytes`, until the next call; -1 if it is too large, or cannot be read. */
  read(table: OpenTable, block: number): number {
    if (block >= blocksPerTable) return -1;
    const group = Math.floor(block / groupBlocks);
    const frame = (table.id * 31 + group) % framesMax;
    const id = table.id * blocksPerTable + block;
    const from = this.#from[frame] ?? 0;
    const to = this.#to[frame] ?? 0;
    if (id >= from && id < to) {
      return frame * frameBytes + table.offset(block) - table.offset(block - (id - from));
    }
    const countMax = id === to ? groupBlocks - (block % groupBlocks) : 1;
    const count = table.blocksWithin(block, countMax, frameBytes);
    this.#to[frame] = 0;
    if (count === 0) return -1;
    const start = table.offset(block);
    const length = table.endOf(block + count - 1) - start;
    if (!this.#fill(table.descriptor, frame * frameBytes, length, start)) return -1;
    this.#from[frame] = id;
    this.#to[frame] = id + count;
    return frame * frameBytes;
  }

  #fill(descriptor: number, at: number, length: number, position: number): boolean {
    try {
      return readSync(descriptor, this.bytes, at, length, position) === length;
    } catch {
      // LevelDB, which is asked now, says what is wrong.
      return false;
    }
  }
}
