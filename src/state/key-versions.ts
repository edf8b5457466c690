import { assert } from '../base/assert.ts';
import { hashNumber } from './hash.ts';
import type { LeaseId } from './key-value.ts';
import { OlderVersions, versionFields } from './older-versions.ts';
import type { Block, VersionList } from './older-versions.ts';

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

// The numbers of a version; the bytes of a tombstone are negative.
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

// The last number of a row is two of half its size: the block of the older versions, and their number.
const blockHalf = 14;
const countHalf = 15;

/** A thousand rows outside V8's heap, without an object for each key. */
class Chunk {
  readonly rows = new Float64Array(chunkSlots * rowFields);
  /** The same memory: leases have 63 bits. */
  readonly leases = new BigInt64Array(this.rows.buffer);
  /** The same memory. */
  readonly halves = new Uint32Array(this.rows.buffer);
}

/**
 * All versions of all keys that can still be read, by the slot of the key. Of each key the newest version is in a row, older
 * ones are in a list.
 *
 * Revisions of a key ascend: `older[i] < older[i + 1] < (revision, sub)`.
 */
export class KeyVersions {
  readonly #chunks: Chunk[] = [];
  readonly #older = new OlderVersions();
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
    assert(this.olderCount(slot) === 0, 'a slot that is free has no versions');
    const { rows } = this.#chunk(slot);
    const row = rowOf(slot);
    rows[row + revisionField] = 0;
    rows[row + subField] = this.#free;
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
    if ((rows[row + revisionField] ?? 0) > 0) this.#keepOlder(chunk, row);
    setRow(rows, leases, row, version);
  }

  /** Adds the newest version, from a row that `setRow` has written. */
  load(slot: Slot, from: Float64Array, fromLeases: BigInt64Array, start: number): void {
    const chunk = this.#chunk(slot);
    const { rows, leases } = chunk;
    const row = rowOf(slot);
    if ((rows[row + revisionField] ?? 0) > 0) this.#keepOlder(chunk, row);
    for (let field = 0; field < leaseField; field++) rows[row + field] = from[start + field] ?? 0;
    // As numbers of floating point, some leases might lose bits.
    leases[row + leaseField] = fromLeases[start + leaseField] ?? 0n;
  }

  // Older versions.

  /** The newest version becomes an older one. */
  #keepOlder({ rows, halves }: Chunk, row: number): void {
    const count = halves[2 * row + countHalf] ?? 0;
    halves[2 * row + blockHalf] = this.#older.add(
      halves[2 * row + blockHalf] ?? 0,
      count,
      rows[row + revisionField] ?? 0,
      rows[row + subField] ?? 0,
      rows[row + bytesField] ?? 0,
      rows[row + hashField] ?? 0,
    );
    halves[2 * row + countHalf] = count + 1;
  }

  olderCount(slot: Slot): number {
    return this.#chunk(slot).halves[2 * rowOf(slot) + countHalf] ?? 0;
  }

  #blockOf(slot: Slot): Block {
    return this.#chunk(slot).halves[2 * rowOf(slot) + blockHalf] ?? 0;
  }

  #olderOf(slot: Slot): VersionList {
    return this.#older.list(this.#blockOf(slot), this.olderCount(slot));
  }

  /** True if the key existed at `revision`. */
  liveAt(slot: Slot, revision: number): boolean {
    if (this.revision(slot) <= revision) return this.isLive(slot);
    const older = this.#olderOf(slot);
    const at = lastUpTo(older, revision);
    return at >= 0 && numberAt(older, at, bytesField) > 0;
  }

  /** The last version at or before `revision`, tombstones included. */
  versionAt(slot: Slot, revision: number): Version | undefined {
    if (this.revision(slot) <= revision) return this.newest(slot);
    const older = this.#olderOf(slot);
    const at = lastUpTo(older, revision);
    return at < 0 ? undefined : versionOf(older, at);
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
    const older = this.#olderOf(slot);
    const block = this.#blockOf(slot);
    const all = first > older.count;
    const kept = Math.max(older.count - first, 0);
    const { halves } = this.#chunk(slot);
    // The block stays as it is until all that is removed was told.
    if (kept > 0) halves[2 * rowOf(slot) + blockHalf] = this.#older.copyEnd(older, kept);
    halves[2 * rowOf(slot) + countHalf] = kept;
    const release = (): void => this.#older.free(block, older.count);
    const { numbers, start } = older;
    const gone = { numbers, start, count: older.count - kept };
    return new CompactedVersions(gone, all ? this.newest(slot) : undefined, release);
  }

  /** The sum of the hashes of the versions up to `revision` that remain after a compaction up to `compacted`. */
  hashUpTo(slot: Slot, revision: number, compacted: number): number {
    const older = this.#olderOf(slot);
    let sum = 0;
    for (let at = this.#firstKept(slot, compacted); at <= older.count; at++) {
      const version = at === older.count ? this.newest(slot) : versionOf(older, at);
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
    const older = this.#olderOf(slot);
    const last = this.revision(slot) <= revision ? older.count : lastUpTo(older, revision);
    if (last < 0) return 0;
    const version = last === older.count ? this.newest(slot) : versionOf(older, last);
    if (version.revision < revision) return version.isLive ? last : last + 1;
    let first = last;
    while (first > 0 && numberAt(older, first - 1, revisionField) === revision) first--;
    return first;
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

function rowOf(slot: Slot): number {
  return (slot & slotMask) * rowFields;
}

/** Position of the last older version at or before `revision`; -1 if there is none. */
function lastUpTo(older: VersionList, revision: number): number {
  let low = 0;
  let high = older.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberAt(older, middle, revisionField) <= revision) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function numberAt({ numbers, start }: VersionList, at: number, field: number): number {
  return numbers[start + at * versionFields + field] ?? 0;
}

/** Versions removed from a key, oldest first. A key may have millions, so they are unpacked one at a time. */
export class CompactedVersions {
  readonly #older: VersionList;
  readonly #release: () => void;
  #newest: Version | undefined;
  #at = 0;

  /** `release` is called when the older ones are not used any more. */
  constructor(older: VersionList, newest: Version | undefined, release: () => void) {
    this.#older = older;
    this.#newest = newest;
    this.#release = release;
  }

  /** True if the newest version is among them: nothing is left of the key. */
  get isAll(): boolean {
    return this.#newest !== undefined;
  }

  /** The next version; undefined at the end. */
  next(): Version | undefined {
    const { count } = this.#older;
    if (this.#at < count) {
      const version = versionOf(this.#older, this.#at++);
      if (this.#at === count) this.#release();
      return version;
    }
    const newest = this.#newest;
    this.#newest = undefined;
    return newest;
  }
}

function versionOf({ numbers, start }: VersionList, at: number): Version {
  return versionIn(numbers, start + at * versionFields);
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
