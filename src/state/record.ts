import { assert } from '../base/assert.ts';
import { asBuffer } from '../base/key.ts';
import type { Key } from '../base/key.ts';
import type { KeyEvent, KeyValue, LeaseId } from './key-value.ts';
import { Pieces } from './pieces.ts';

/**
 * The encoding of versions of keys in the engine. It is bound for ever: data directories and snapshots of
 * any release hold it. A new layout gets a new first byte, and the old ones stay readable.
 *
 * The key of a record is `k`, the revision and the sub-revision (ordinal of the change within the revision, from 0),
 * eight bytes each, big endian: the order of records is the order of changes.
 *
 * The first byte of the value is its layout:
 *   1: put without a lease:    varint length of key, key, varint create revision, varint version, value
 *   2: put with a lease:       the same with the lease (8 bytes, big endian) before the value
 *   3: delete:                 key
 * Varints are little endian base 128.
 */
const putLayout = 1;
const putWithLeaseLayout = 2;
const deleteLayout = 3;

/** Length of a record's key. */
export const recordKeyBytes = 17;
const recordSpace = 'k';
const recordSpaceByte = 0x6b;

/** All records of versions are between these two keys. */
export const recordsStart: string = recordSpace;
export const recordsEnd: string = String.fromCharCode(recordSpaceByte + 1);

const highUnit = 0x1_0000_0000;

/** The key of the record of one change. */
export function recordKey(revision: number, sub: number): string {
  const high = (revision / highUnit) | 0;
  const subHigh = (sub / highUnit) | 0;
  return String.fromCharCode(
    recordSpaceByte,
    high >>> 24,
    (high >>> 16) & 0xff,
    (high >>> 8) & 0xff,
    high & 0xff,
    (revision >>> 24) & 0xff,
    (revision >>> 16) & 0xff,
    (revision >>> 8) & 0xff,
    revision & 0xff,
    subHigh >>> 24,
    (subHigh >>> 16) & 0xff,
    (subHigh >>> 8) & 0xff,
    subHigh & 0xff,
    (sub >>> 24) & 0xff,
    (sub >>> 16) & 0xff,
    (sub >>> 8) & 0xff,
    sub & 0xff,
  );
}

/** Where a change is in the order of changes. */
export interface Place {
  readonly revision: number;
  readonly sub: number;
}

/** The place of a record, from its key. */
export function placeOfRecord(key: string): Place {
  assert(key.length === recordKeyBytes, 'the key of a record has 17 bytes');
  return { revision: numberIn(key, 1), sub: numberIn(key, 9) };
}

/** The same for a key that is the part of `bytes` from `start` to `end`. */
export function placeInBytes(bytes: Buffer, start: number, end: number): Place {
  assert(end === start + recordKeyBytes, 'the key of a record has 17 bytes');
  return { revision: numberInBytes(bytes, start + 1), sub: numberInBytes(bytes, start + 9) };
}

function numberInBytes(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * highUnit + bytes.readUInt32BE(at + 4);
}

function numberIn(key: string, start: number): number {
  let value = 0;
  for (let at = start; at < start + 8; at++) value = value * 256 + key.charCodeAt(at);
  return value;
}

/** The parts of a put's record besides key and value. */
export type PutFacts = Pick<KeyValue, 'createRevision' | 'version' | 'lease'>;

/** Records live until they are written and no longer among the recent events. */
const pieces = new Pieces();

/** Encodes a put. The value is the last part: a view of it keeps only records in memory, not the message that brought it. */
export function encodePut(key: Key, value: Uint8Array, facts: PutFacts): Buffer {
  const { createRevision, version, lease } = facts;
  const leaseBytes = lease === 0n ? 0 : 8;
  const headBytes =
    1 + varintBytes(key.length) + key.length + varintBytes(createRevision) + varintBytes(version);
  const record = pieces.allocate(headBytes + leaseBytes + value.length);
  record[0] = leaseBytes === 0 ? putLayout : putWithLeaseLayout;
  let at = writeVarint(record, 1, key.length);
  at += record.write(key, at, 'latin1');
  at = writeVarint(record, at, createRevision);
  at = writeVarint(record, at, version);
  if (leaseBytes > 0) at = record.writeBigInt64BE(lease, at);
  record.set(value, at);
  return record;
}

export function encodeDelete(key: Key): Buffer {
  const record = pieces.allocate(1 + key.length);
  record[0] = deleteLayout;
  record.write(key, 1, 'latin1');
  return record;
}

/** Where the parts of a record are, and its numbers. Used again for one record after the other. */
export class RecordParts {
  isLive = false;
  keyStart = 0;
  keyEnd = 0;
  /** Of a tombstone 0, as `version` and `lease`. */
  createRevision = 0;
  version = 0;
  lease: LeaseId = 0n;
  valueStart = 0;
  readonly #reader = { at: 0 };

  /** `revision` is that of the record's key. */
  read(record: Buffer, revision: number): void {
    const layout = record[0];
    this.isLive = layout !== deleteLayout;
    this.createRevision = 0;
    this.version = 0;
    this.lease = 0n;
    this.keyStart = 1;
    this.keyEnd = record.length;
    this.valueStart = record.length;
    if (!this.isLive) return;
    assert(
      layout === putLayout || layout === putWithLeaseLayout,
      `a record of revision ${revision} has the unknown layout ${layout}; was it written by a newer release?`,
    );
    const reader = this.#reader;
    reader.at = 1;
    const keyLength = readVarint(record, reader);
    this.keyStart = reader.at;
    reader.at += keyLength;
    this.keyEnd = reader.at;
    this.createRevision = readVarint(record, reader);
    this.version = readVarint(record, reader);
    if (layout === putWithLeaseLayout) {
      this.lease = record.readBigInt64BE(reader.at);
      reader.at += 8;
    }
    this.valueStart = reader.at;
  }
}

const parts = new RecordParts();

/** Decodes a record; the value is a view of `bytes`. `revision` is that of the record's key. */
export function decodeRecord(bytes: Uint8Array, revision: number): KeyEvent {
  const record = asBuffer(bytes);
  parts.read(record, revision);
  const { isLive, keyStart, keyEnd, createRevision, version, lease, valueStart } = parts;
  const key = record.toString('latin1', keyStart, keyEnd);
  if (!isLive) return { kind: 'delete', kv: deletedKeyValue(key, revision) };
  const value = record.subarray(valueStart);
  return {
    kind: 'put',
    kv: { key, value, createRevision, modRevision: revision, version, lease },
  };
}

/** The value in a record of a put, as a view of `bytes`; the other fields are known from elsewhere. */
export function valueOfRecord(bytes: Uint8Array): Uint8Array {
  const layout = bytes[0];
  assert(layout === putLayout || layout === putWithLeaseLayout, 'a put has a value');
  const reader = { at: 1 };
  const keyLength = readVarint(bytes, reader);
  reader.at += keyLength;
  readVarint(bytes, reader);
  readVarint(bytes, reader);
  return bytes.subarray(layout === putLayout ? reader.at : reader.at + 8);
}

const noBytes = new Uint8Array();

/** The key-value of a delete event. */
export function deletedKeyValue(key: Key, revision: number): KeyValue {
  return { key, value: noBytes, createRevision: 0, modRevision: revision, version: 0, lease: 0n };
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}

function writeVarint(target: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    target[at] = (rest % 0x80) | 0x80;
    at++;
  }
  target[at] = rest;
  return at + 1;
}

function readVarint(source: Uint8Array, reader: { at: number }): number {
  let value = 0;
  let unit = 1;
  for (;;) {
    const byte = source[reader.at];
    assert(byte !== undefined, 'a record ends in the middle of a number');
    reader.at++;
    value += (byte & 0x7f) * unit;
    if (byte < 0x80) return value;
    unit *= 0x80;
  }
}
