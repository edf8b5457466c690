import type { HeaderField } from './static-table.ts';

/** A client whose headers are in its table repeats few blocks, of a byte for each header. */
const blocksMax = 4;
const blockBytesMax = 64;

interface Known {
  /** Its first `length` bytes are the block. */
  readonly bytes: Buffer;
  readonly length: number;
  readonly fields: readonly HeaderField[];
}

/** The header blocks that a connection had last, by their bytes. Valid as long as its table stays as it is. */
export class KnownBlocks {
  readonly #blocks: Known[] = [];
  /** Blocks from this position on are not valid any more. */
  #count = 0;
  /** Replaced next, once there are `blocksMax`. */
  #oldest = 0;

  find(block: Buffer): readonly HeaderField[] | undefined {
    for (let at = 0; at < this.#count; at++) {
      const known = this.#blocks[at];
      if (known !== undefined && isSame(known, block)) return known.fields;
    }
    return undefined;
  }

  /** Copies the block; does nothing if it is long. */
  add(block: Buffer, fields: readonly HeaderField[]): void {
    const { length } = block;
    if (length > blockBytesMax) return;
    const at = this.#count < blocksMax ? this.#count++ : this.#oldest++ % blocksMax;
    // Not a piece of a pool, which would stay in memory as a whole.
    const { bytes } = this.#blocks[at] ?? { bytes: Buffer.allocUnsafeSlow(blockBytesMax) };
    block.copy(bytes);
    this.#blocks[at] = { bytes, length, fields };
  }

  clear(): void {
    this.#count = 0;
  }
}

function isSame({ bytes, length }: Known, block: Buffer): boolean {
  if (length !== block.length) return false;
  for (let at = 0; at < length; at++) if (bytes[at] !== block[at]) return false;
  return true;
}
