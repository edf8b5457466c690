import { present } from '../base/assert.ts';

/** Numbers of one version: revision, sub-revision, bytes (negative for a tombstone), hash. */
export const versionFields = 4;

const arenaBits = 12;
/** Versions in one arena. 128 KiB are so much that the system gets them back when they are freed. */
const arenaVersions = 1 << arenaBits;
const offsetMask = arenaVersions - 1;
/** The end of the free blocks of an arena. */
const noBlock = -1;

/** Where the block of a list is. Any value stands for the list without a version, which has no block. */
export type Block = number;

/** Some versions that are one after the other; `numbers[start]` is the revision of the first. */
export interface VersionList {
  readonly numbers: Float64Array;
  readonly start: number;
  readonly count: number;
}

/** Blocks of one size. A list of more versions than an arena has is an arena of its own. */
interface Arena {
  readonly numbers: Float64Array;
  readonly blockVersions: number;
  /** Blocks in use. */
  used: number;
  /** Blocks from this offset on, in versions, were never used. */
  next: number;
  /** Offset of the first free block below `next`; its first number is that of the next one. */
  free: number;
}

/**
 * Lists of versions outside V8's heap, without an object for each: V8 would copy the array of a key whenever it grows, and mark
 * each of them. The block of a list has room for the power of two at or above its number of versions, so the caller, who
 * knows the number, knows the size. An arena without a block in use is freed.
 */
export class OlderVersions {
  readonly #arenas: (Arena | undefined)[] = [];
  /** Places in `#arenas` that are free. */
  readonly #vacant: number[] = [];
  /** Places of the arenas that have a free block, by the logarithm of their blocks' size. */
  readonly #open: Set<number>[] = [];

  /** Memory of all arenas. */
  get bytes(): number {
    let bytes = 0;
    for (const arena of this.#arenas) bytes += arena?.numbers.byteLength ?? 0;
    return bytes;
  }

  list(block: Block, count: number): VersionList {
    if (count === 0) return nothing;
    const { numbers } = this.#arena(block);
    return { numbers, start: (block & offsetMask) * versionFields, count };
  }

  /** Adds a version to a list of `count`, whose block moves if it is full. Returns the block. */
  add(
    block: Block,
    count: number,
    revision: number,
    sub: number,
    bytes: number,
    hash: number,
  ): Block {
    const isFull = (count & (count - 1)) === 0;
    const to = isFull ? this.#enlarge(block, count) : block;
    const { numbers } = this.#arena(to);
    const at = ((to & offsetMask) + count) * versionFields;
    numbers[at] = revision;
    numbers[at + 1] = sub;
    numbers[at + 2] = bytes;
    numbers[at + 3] = hash;
    return to;
  }

  #enlarge(block: Block, count: number): Block {
    const to = this.#allocate(sizeOf(count + 1));
    if (count === 0) return to;
    this.#copy(this.list(block, count), to);
    this.free(block, count);
    return to;
  }

  /** Another block with the last `count` versions of a list. */
  copyEnd({ numbers, start, count: all }: VersionList, count: number): Block {
    const block = this.#allocate(sizeOf(count));
    this.#copy({ numbers, start: start + (all - count) * versionFields, count }, block);
    return block;
  }

  #copy({ numbers: from, start, count }: VersionList, block: Block): void {
    const { numbers } = this.#arena(block);
    const first = (block & offsetMask) * versionFields;
    const length = count * versionFields;
    if (count > loopVersionsMax) numbers.set(from.subarray(start, start + length), first);
    else for (let at = 0; at < length; at++) numbers[first + at] = from[start + at] ?? 0;
  }

  /** The block of a list of `count` versions is not used any more, nor is a view of it. */
  free(block: Block, count: number): void {
    if (count === 0) return;
    const at = block >>> arenaBits;
    const arena = this.#arena(block);
    if (--arena.used === 0) {
      this.#arenas[at] = undefined;
      this.#vacant.push(at);
      this.#openOf(arena.blockVersions).delete(at);
      return;
    }
    const offset = block & offsetMask;
    arena.numbers[offset * versionFields] = arena.free;
    arena.free = offset;
    this.#openOf(arena.blockVersions).add(at);
  }

  #allocate(size: number): Block {
    const open = this.#openOf(size);
    for (const at of open) return this.#take(at, open);
    const at = this.#vacant.pop() ?? this.#arenas.length;
    this.#arenas[at] = {
      numbers: new Float64Array(Math.max(size, arenaVersions) * versionFields),
      blockVersions: size,
      used: 0,
      next: 0,
      free: noBlock,
    };
    open.add(at);
    return this.#take(at, open);
  }

  #take(at: number, open: Set<number>): Block {
    const arena = present(this.#arenas[at], 'an arena');
    let offset = arena.free;
    if (offset === noBlock) {
      offset = arena.next;
      arena.next += arena.blockVersions;
    } else arena.free = arena.numbers[offset * versionFields] ?? noBlock;
    arena.used++;
    if (arena.free === noBlock && arena.next >= arenaVersions) open.delete(at);
    return at * arenaVersions + offset;
  }

  #arena(block: Block): Arena {
    return present(this.#arenas[block >>> arenaBits], 'the arena of a block');
  }

  #openOf(size: number): Set<number> {
    const at = 31 - Math.clz32(size);
    while (this.#open.length <= at) this.#open.push(new Set());
    return present(this.#open[at], 'the arenas of a size');
  }
}

/** More versions are copied by a call. */
const loopVersionsMax = 16;

const nothing: VersionList = { numbers: new Float64Array(0), start: 0, count: 0 };

/** The power of two at or above `count`, which is at least 1. */
function sizeOf(count: number): number {
  return count === 1 ? 1 : 2 ** (32 - Math.clz32(count - 1));
}
