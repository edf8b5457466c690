import { hashNumber } from './hash.ts';
import type { LeaseId } from './key-value.ts';

/** The position of one version of a key, and what is known of it without reading its record. */
export interface Version {
  readonly revision: number;
  /** Sub-revision: the ordinal of the change within its revision, from 0. */
  readonly sub: number;
  /** False for a tombstone. */
  readonly isLive: boolean;
  /** Bytes of its record, with the record's key. */
  readonly bytes: number;
  /** Hash of the record. */
  readonly hash: number;
}

/** The newest version of a key: all of it but the value. */
export interface CurrentVersion extends Version {
  readonly createRevision: number;
  readonly version: number;
  readonly lease: LeaseId;
}

/** The number of a key, from its first version until its last one is removed. Then another key may get the number. */
export type Slot = number;

// Older versions are packed into one flat array, four numbers each; the bytes of a tombstone are negative.
const fields = 4;
const revisionField = 0;
const subField = 1;
const bytesField = 2;
const hashField = 3;

const chunkBits = 10;
const chunkSlots = 1 << chunkBits;
const slotMask = chunkSlots - 1;
const noSlot = 0xffff_ffff;

// The newest version of each slot is a row of eight numbers, one line of the processor's cache. The first four are those of
// an older version; of a free slot, the second is the next free one, and the first is 0, as before the first version.
export const rowFields = 8;
const createRevisionField = 4;
const versionField = 5;
const leaseField = 6;

/** A thousand rows outside V8's heap, without an object for each key. */
class Chunk {
  readonly rows = new Float64Array(chunkSlots * rowFields);
  /** The same memory: leases have 63 bits. */
  readonly leases = new BigInt64Array(this.rows.buffer);
  /** Packed older versions; undefined while no key here has any. */
  older: (number[] | undefined)[] | undefined = undefined;
}

/**
 * All versions of all keys that can still be read, by the slot of the key. Of each key the newest version is in a row, older
 * ones are packed, because there are many keys and most have one version.
 *
 * Revisions of a key ascend: `older[i] < older[i + 1] < (revision, sub)`.
 */
export class KeyVersions {
  readonly #chunks: Chunk[] = [];
  /** Slots from this one on were never used. */
  #next = 0;
  /** The first free slot below `#next`. */
  #free = noSlot;

  /** A slot without a version. */
  allocate(): Slot {
    const slot = this.#free;
    if (slot !== noSlot) {
      this.#free = this.sub(slot);
      return slot;
    }
    if (this.#next === this.#chunks.length * chunkSlots) this.#chunks.push(new Chunk());
    return this.#next++;
  }

  /** The slot of a deleted key without a version left. Nothing may refer to it any more. */
  free(slot: Slot): void {
    const { rows, older } = this.#chunk(slot);
    const row = rowOf(slot);
    rows[row + revisionField] = 0;
    rows[row + subField] = this.#free;
    if (older !== undefined) older[slot & slotMask] = undefined;
    this.#free = slot;
  }

  #chunk(slot: Slot): Chunk {
    const chunk = this.#chunks[slot >>> chunkBits];
    if (chunk === undefined) throw new RangeError(`there is no slot ${slot}`);
    return chunk;
  }

  // The newest version.

  newest(slot: Slot): Version {
    return versionIn(this.#chunk(slot).rows, rowOf(slot));
  }

  revision(slot: Slot): number {
    return this.#chunk(slot).rows[rowOf(slot) + revisionField] ?? 0;
  }

  sub(slot: Slot): number {
    return this.#chunk(slot).rows[rowOf(slot) + subField] ?? 0;
  }

  isLive(slot: Slot): boolean {
    return (this.#chunk(slot).rows[rowOf(slot) + bytesField] ?? 0) > 0;
  }

  /** Bytes of its record, with the record's key. */
  bytes(slot: Slot): number {
    return Math.abs(this.#chunk(slot).rows[rowOf(slot) + bytesField] ?? 0);
  }

  createRevision(slot: Slot): number {
    return this.#chunk(slot).rows[rowOf(slot) + createRevisionField] ?? 0;
  }

  version(slot: Slot): number {
    return this.#chunk(slot).rows[rowOf(slot) + versionField] ?? 0;
  }

  lease(slot: Slot): LeaseId {
    return this.#chunk(slot).leases[rowOf(slot) + leaseField] ?? 0n;
  }

  /** Adds the newest version. */
  add(slot: Slot, version: CurrentVersion): void {
    const chunk = this.#chunk(slot);
    const { rows, leases } = chunk;
    const row = rowOf(slot);
    if ((rows[row + revisionField] ?? 0) > 0) keepOlder(chunk, slot);
    setRow(rows, leases, row, version);
  }

  /** Adds the newest version, from a row that `setRow` has written. */
  load(slot: Slot, from: Float64Array, fromLeases: BigInt64Array, start: number): void {
    const chunk = this.#chunk(slot);
    const { rows, leases } = chunk;
    const row = rowOf(slot);
    if ((rows[row + revisionField] ?? 0) > 0) keepOlder(chunk, slot);
    for (let field = 0; field < leaseField; field++) rows[row + field] = from[start + field] ?? 0;
    // As numbers of floating point, some leases might lose bits.
    leases[row + leaseField] = fromLeases[start + leaseField] ?? 0n;
  }

  // Older versions.

  olderCount(slot: Slot): number {
    return countOf(this.#older(slot));
  }

  /** True if the key existed at `revision`. */
  liveAt(slot: Slot, revision: number): boolean {
    if (this.revision(slot) <= revision) return this.isLive(slot);
    const older = this.#older(slot);
    const at = lastUpTo(older, revision);
    return at >= 0 && numberAt(older, at, bytesField) > 0;
  }

  /** The last version at or before `revision`, tombstones included. */
  versionAt(slot: Slot, revision: number): Version | undefined {
    if (this.revision(slot) <= revision) return this.newest(slot);
    const older = this.#older(slot);
    const at = lastUpTo(older, revision);
    return at < 0 ? undefined : versionIn(older, at * fields);
  }

  /** True if a compaction up to `revision` would remove a version. */
  hasGarbage(slot: Slot, revision: number): boolean {
    return this.#firstKept(slot, revision) > 0;
  }

  /**
   * Removes the versions that a compaction up to `revision` makes unreadable; undefined if there are none. If all
   * versions go, the caller must remove the key.
   */
  compact(slot: Slot, revision: number): CompactedVersions | undefined {
    const first = this.#firstKept(slot, revision);
    if (first === 0) return undefined;
    const older = this.#older(slot);
    const count = countOf(older);
    const all = first > count;
    const keepsNone = first >= count;
    const chunk = this.#chunk(slot);
    if (chunk.older !== undefined) {
      chunk.older[slot & slotMask] = keepsNone ? undefined : older.slice(first * fields);
    }
    const packed = keepsNone ? older : older.slice(0, first * fields);
    return new CompactedVersions(packed, all ? this.newest(slot) : undefined);
  }

  /** The sum of the hashes of the versions up to `revision` that remain after a compaction up to `compacted`. */
  hashUpTo(slot: Slot, revision: number, compacted: number): number {
    const older = this.#older(slot);
    const count = countOf(older);
    let sum = 0;
    for (let at = this.#firstKept(slot, compacted); at <= count; at++) {
      const version = at === count ? this.newest(slot) : versionIn(older, at * fields);
      if (version.revision > revision) break;
      sum = (sum + hashNumber(version.sub, hashNumber(version.revision, version.hash))) | 0;
    }
    return sum;
  }

  /**
   * Position of the oldest version that stays: the last one before `revision`, unless it is a tombstone. All versions
   * of `revision` itself stay, tombstones too, because a watcher may start there.
   */
  #firstKept(slot: Slot, revision: number): number {
    const older = this.#older(slot);
    const count = countOf(older);
    const newest = this.revision(slot);
    const last = newest <= revision ? count : lastUpTo(older, revision);
    if (last < 0) return 0;
    const version = last === count ? this.newest(slot) : versionIn(older, last * fields);
    if (version.revision < revision) return version.isLive ? last : last + 1;
    let first = last;
    while (first > 0 && numberAt(older, first - 1, revisionField) === revision) first--;
    return first;
  }

  #older(slot: Slot): readonly number[] {
    return this.#chunk(slot).older?.[slot & slotMask] ?? none;
  }
}

/** Writes the numbers of a newest version. `leases` has the same memory as `rows`. */
export function setRow(
  rows: Float64Array,
  leases: BigInt64Array,
  row: number,
  version: CurrentVersion,
): void {
  rows[row + revisionField] = version.revision;
  rows[row + subField] = version.sub;
  rows[row + bytesField] = version.isLive ? version.bytes : -version.bytes;
  rows[row + hashField] = version.hash;
  rows[row + createRevisionField] = version.createRevision;
  rows[row + versionField] = version.version;
  leases[row + leaseField] = version.lease;
}

const none: readonly number[] = [];

function rowOf(slot: Slot): number {
  return (slot & slotMask) * rowFields;
}

/** The newest version becomes an older one. */
function keepOlder(chunk: Chunk, slot: Slot): void {
  const at = slot & slotMask;
  const row = rowOf(slot);
  chunk.older ??= Array.from({ length: chunkSlots }, () => undefined);
  const older = chunk.older[at];
  const revision = chunk.rows[row + revisionField] ?? 0;
  const sub = chunk.rows[row + subField] ?? 0;
  const bytes = chunk.rows[row + bytesField] ?? 0;
  const hash = chunk.rows[row + hashField] ?? 0;
  // An array that grows by `push` has room for 17 numbers at once; most keys need four.
  if (older === undefined) chunk.older[at] = [revision, sub, bytes, hash];
  else older.push(revision, sub, bytes, hash);
}

function countOf(older: readonly number[]): number {
  return older.length / fields;
}

/** Position of the last older version at or before `revision`; -1 if there is none. */
function lastUpTo(older: readonly number[], revision: number): number {
  let low = 0;
  let high = countOf(older);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberAt(older, middle, revisionField) <= revision) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function numberAt(older: readonly number[], at: number, field: number): number {
  return older[at * fields + field] ?? 0;
}

/** Versions removed from a key, oldest first. A key may have millions, so they are unpacked one at a time. */
export class CompactedVersions {
  readonly #packed: readonly number[];
  #newest: Version | undefined;
  #at = 0;

  constructor(packed: readonly number[], newest: Version | undefined) {
    this.#packed = packed;
    this.#newest = newest;
  }

  /** True if the newest version is among them: nothing is left of the key. */
  get isAll(): boolean {
    return this.#newest !== undefined;
  }

  /** The next version; undefined at the end. */
  next(): Version | undefined {
    if (this.#at * fields < this.#packed.length)
      return versionIn(this.#packed, fields * this.#at++);
    const newest = this.#newest;
    this.#newest = undefined;
    return newest;
  }
}

function versionIn(numbers: ArrayLike<number>, start: number): Version {
  const bytes = numbers[start + bytesField] ?? 0;
  return {
    revision: numbers[start + revisionField] ?? 0,
    sub: numbers[start + subField] ?? 0,
    isLive: bytes > 0,
    bytes: Math.abs(bytes),
    hash: numbers[start + hashField] ?? 0,
  };
}
