import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { entriesOf, footerBytes, indexHandle, trailerBytes } from './level-table.ts';
import { UnknownTable, userKeyOf } from './table-cursor.ts';

/** The blocks of one of LevelDB's tables, with its file. Sound as long as the file is open, also after it was deleted. */
export class OpenTable {
  /** No other table that this process opened has this number. */
  readonly id: number;
  /** No key in the table is before this one. Keys are binary strings, without LevelDB's tag. */
  readonly first: string;
  readonly descriptor: number;
  readonly #file: FileHandle;
  /** Of each block, a key that is not before its last one, and before the first one of the next block. */
  readonly #lastKeys: readonly string[];
  readonly #offsets: readonly number[];
  readonly #sizes: readonly number[];
  /** The block that was asked for last: the next key is often there. */
  #lastBlock = 0;

  private constructor(file: FileHandle, first: string, blocks: TableBlocks) {
    this.id = ++lastId;
    this.first = first;
    this.descriptor = file.fd;
    this.#file = file;
    this.#lastKeys = blocks.lastKeys;
    this.#offsets = blocks.offsets;
    this.#sizes = blocks.sizes;
  }

  /** Opens a table that LevelDB's manifest names. Throws UnknownTable if its layout is not known here. */
  static async open(path: string, firstKey: Buffer): Promise<OpenTable> {
    const file = await open(path, 'r');
    try {
      return new OpenTable(file, userKeyOf(firstKey), await blocksIn(file));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** No key in the table is after this one. */
  get last(): string {
    return this.#lastKeys.at(-1) ?? '';
  }

  /** The block that holds this key, if any does; -1: none can. */
  blockOf(key: string): number {
    const keys = this.#lastKeys;
    const last = this.#lastBlock;
    if (key <= (keys[last] ?? '') && (last === 0 || key > (keys[last - 1] ?? ''))) return last;
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    if (low === keys.length) return -1;
    this.#lastBlock = low;
    return low;
  }

  offset(block: number): number {
    return this.#offsets[block] ?? 0;
  }

  /** Bytes of a block with the byte behind it, which names its compression. */
  size(block: number): number {
    return (this.#sizes[block] ?? 0) + 1;
  }

  /** Where the block ends, with the byte behind it. */
  endOf(block: number): number {
    return this.offset(block) + this.size(block);
  }

  /** How many blocks from this one on have at most `bytesMax` bytes together; `countMax` at most. */
  blocksWithin(block: number, countMax: number, bytesMax: number): number {
    const start = this.offset(block);
    let count = 0;
    while (
      count < countMax &&
      block + count < this.#offsets.length &&
      this.endOf(block + count) - start <= bytesMax
    ) {
      count++;
    }
    return count;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

let lastId = 0;

interface TableBlocks {
  readonly lastKeys: readonly string[];
  readonly offsets: readonly number[];
  readonly sizes: readonly number[];
}

async function blocksIn(file: FileHandle): Promise<TableBlocks> {
  const { size: bytes } = await file.stat();
  const footer = await read(file, bytes - footerBytes, footerBytes);
  const { offset, size } = indexHandle(footer);
  if (offset + size + trailerBytes > bytes) throw new UnknownTable('an index beyond the end');
  const index = await read(file, offset, size + 1);
  if (index[size] !== 0) throw new UnknownTable('a compressed index');
  const blocks = { lastKeys: [] as string[], offsets: [] as number[], sizes: [] as number[] };
  for (const { key, value } of entriesOf(index, { offset: 0, size })) {
    blocks.lastKeys.push(userKeyOf(key));
    blocks.offsets.push(value.offset);
    blocks.sizes.push(value.size);
  }
  return blocks;
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (position < 0) throw new UnknownTable('a table without a footer');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new UnknownTable('a table that is cut off');
  return buffer;
}
