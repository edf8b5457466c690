import type { Key } from '../base/key.ts';
import { hashNumber } from './hash.ts';
import type { LeaseId } from './key-value.ts';

/** Where one version of a key lies, and what can be told of it without reading it. */
export interface Version {
  readonly revision: number;
  /** Its place within the revision, from 0. */
  readonly sub: number;
  /** False for a tombstone. */
  readonly isLive: boolean;
  /** Bytes of its record, key of the record included. */
  readonly bytes: number;
  /** Of the record's bytes. */
  readonly hash: number;
}

/** The newest version of a key: enough is known of it to need no reading but for its value. */
export interface CurrentVersion extends Version {
  readonly createRevision: number;
  readonly version: number;
  readonly lease: LeaseId;
}

// Older versions lie in one flat array, four numbers each; the bytes of a tombstone are negative.
const fields = 4;
const revisionField = 0;
const subField = 1;
const bytesField = 2;
const hashField = 3;

/** Neighbouring keys in order, and what can be said of them together. The index keeps the keys in such blocks. */
export interface KeyBlock {
  readonly entries: KeyEntry[];
  liveCount: number;
  /** The newest revision of any of them. */
  revision: number;
}

/**
 * A key that exists, or existed at a revision that can still be read: all its versions in order, the newest in fields
 * and the older ones packed, because most keys have one version and there are many keys.
 */
export class KeyEntry {
  readonly key: Key;
  /** Where the index keeps it. */
  block: KeyBlock | undefined = undefined;
  /** The newest version; 0 as long as there is none. */
  revision = 0;
  sub = 0;
  isLive = false;
  bytes = 0;
  hash = 0;
  createRevision = 0;
  version = 0;
  lease: LeaseId = 0n;
  /** The newest value as a binary string, while it is kept in memory. */
  value: string | undefined = undefined;
  /** Used since the cache last looked. */
  wasUsed = false;
  /** In the cache's queue. */
  isQueued = false;
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

  /** The last version up to `revision`, tombstones included. */
  versionAt(revision: number): Version | undefined {
    if (this.revision <= revision) return this;
    const at = this.#lastUpTo(revision);
    return at < 0 ? undefined : this.#version(at);
  }

  /** True if a compaction up to `revision` would take something away. */
  hasGarbage(revision: number): boolean {
    return this.#firstKept(revision) > 0;
  }

  /**
   * Takes away the versions that nobody can ask for after a compaction up to `revision`; undefined if there are none. If
   * all go, the entry is to be removed, and changes no more.
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

  /** The sum of the hashes of what is left after a compaction up to `compacted`, and is not newer than `revision`. */
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
   * The position of the oldest version that stays: the last one up to `revision`, unless it is a tombstone. Of
   * `revision` itself everything stays, tombstones too, because a watcher may begin there.
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

  /** The position of the last older version up to `revision`; -1 if there is none. */
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

/** Versions that were taken out of an entry, oldest first. A key may have millions: they are unpacked one at a time. */
export class CompactedVersions {
  readonly #packed: readonly number[];
  #newest: Version | undefined;
  #at = 0;

  constructor(packed: readonly number[], newest: Version | undefined) {
    this.#packed = packed;
    this.#newest = newest;
  }

  /** The newest version of the key is among them: there is nothing left of it. */
  get isAll(): boolean {
    return this.#newest !== undefined;
  }

  /** Undefined at the end. */
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
