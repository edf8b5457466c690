import type { Key } from '../base/key.ts';
import { hashNumber } from './hash.ts';
import type { LeaseId } from './key-value.ts';
import type { ValueSlab } from './value-cache.ts';

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

// Older versions are packed into one flat array, four numbers each; the bytes of a tombstone are negative.
const fields = 4;
const revisionField = 0;
const subField = 1;
const bytesField = 2;
const hashField = 3;

/** Neighbouring keys in order. The index keeps keys in such blocks. */
export interface KeyBlock {
  readonly entries: KeyEntry[];
  liveCount: number;
  /** At least the revision of every entry. */
  revision: number;
}

/**
 * A key with a version that can still be read. All its versions in order: the newest in fields, older ones packed,
 * because there are many keys and most have one version.
 *
 * Revisions ascend: `older[i] < older[i + 1] < (revision, sub)`.
 */
export class KeyEntry {
  readonly key: Key;
  /** The block of the index that holds it. */
  block: KeyBlock | undefined = undefined;
  /** The newest version; 0 before the first one. */
  revision = 0;
  sub = 0;
  isLive = false;
  bytes = 0;
  hash = 0;
  createRevision = 0;
  version = 0;
  lease: LeaseId = 0n;
  /** Where the newest value is, if it is in memory; see `ValueCache`. */
  slab: ValueSlab | undefined = undefined;
  valueStart = 0;
  valueLength = 0;
  /** Used since the cache last visited it. */
  wasUsed = false;
  #older: number[] | undefined = undefined;

  constructor(key: Key) {
    this.key = key;
  }

  get olderCount(): number {
    return this.#older === undefined ? 0 : this.#older.length / fields;
  }

  /** Adds the newest version. */
  add(version: CurrentVersion): void {
    if (this.revision > 0) {
      const bytes = this.isLive ? this.bytes : -this.bytes;
      if (this.#older === undefined) this.#older = [this.revision, this.sub, bytes, this.hash];
      else this.#older.push(this.revision, this.sub, bytes, this.hash);
    }
    this.revision = version.revision;
    this.sub = version.sub;
    this.isLive = version.isLive;
    this.bytes = version.bytes;
    this.hash = version.hash;
    this.createRevision = version.createRevision;
    this.version = version.version;
    this.lease = version.lease;
  }

  /** True if the key existed at `revision`. */
  liveAt(revision: number): boolean {
    if (this.revision <= revision) return this.isLive;
    const at = this.#lastUpTo(revision);
    return at >= 0 && this.#number(at, bytesField) > 0;
  }

  /** The last version at or before `revision`, tombstones included. */
  versionAt(revision: number): Version | undefined {
    if (this.revision <= revision) return this;
    const at = this.#lastUpTo(revision);
    return at < 0 ? undefined : this.#version(at);
  }

  /** True if a compaction up to `revision` would remove a version. */
  hasGarbage(revision: number): boolean {
    return this.#firstKept(revision) > 0;
  }

  /**
   * Removes the versions that a compaction up to `revision` makes unreadable; undefined if there are none. If all
   * versions go, the caller must remove the entry.
   */
  compact(revision: number): CompactedVersions | undefined {
    const first = this.#firstKept(revision);
    if (first === 0) return undefined;
    const older = this.#older ?? [];
    const all = first > this.olderCount;
    const keepsNone = all || first === this.olderCount;
    this.#older = keepsNone ? undefined : older.slice(first * fields);
    const packed = keepsNone ? older : older.slice(0, first * fields);
    return new CompactedVersions(packed, all ? this : undefined);
  }

  /** The sum of the hashes of the versions up to `revision` that remain after a compaction up to `compacted`. */
  hashUpTo(revision: number, compacted: number): number {
    let sum = 0;
    for (let at = this.#firstKept(compacted); at <= this.olderCount; at++) {
      const version = this.#version(at);
      if (version.revision > revision) break;
      sum = (sum + hashNumber(version.sub, hashNumber(version.revision, version.hash))) | 0;
    }
    return sum;
  }

  /**
   * Position of the oldest version that stays: the last one before `revision`, unless it is a tombstone. All versions
   * of `revision` itself stay, tombstones too, because a watcher may start there.
   */
  #firstKept(revision: number): number {
    const last = this.revision <= revision ? this.olderCount : this.#lastUpTo(revision);
    if (last < 0) return 0;
    const version = this.#version(last);
    if (version.revision < revision) return version.isLive ? last : last + 1;
    let first = last;
    while (first > 0 && this.#number(first - 1, revisionField) === revision) first--;
    return first;
  }

  /** Position of the last older version at or before `revision`; -1 if there is none. */
  #lastUpTo(revision: number): number {
    let low = 0;
    let high = this.olderCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#number(middle, revisionField) <= revision) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #version(at: number): Version {
    return at === this.olderCount ? this : versionOf(this.#older ?? [], at);
  }

  #number(at: number, field: number): number {
    return this.#older?.[at * fields + field] ?? 0;
  }
}

/** Versions removed from an entry, oldest first. A key may have millions, so they are unpacked one at a time. */
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
    if (this.#at * fields < this.#packed.length) return versionOf(this.#packed, this.#at++);
    const newest = this.#newest;
    this.#newest = undefined;
    return newest;
  }
}

function versionOf(packed: readonly number[], at: number): Version {
  const number = (field: number): number => packed[at * fields + field] ?? 0;
  const bytes = number(bytesField);
  return {
    revision: number(revisionField),
    sub: number(subField),
    isLive: bytes > 0,
    bytes: Math.abs(bytes),
    hash: number(hashField),
  };
}
