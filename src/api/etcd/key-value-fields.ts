import type { KeyValue } from '../../operations/index.ts';

/*
 * The encoding of many `mvccpb.KeyValue` as one repeated field, several times as fast as the general codec. Most of the
 * cost of a large response is here.
 */

const lengthDelimited = 2;
/** Tags of the fields of `mvccpb.KeyValue`, in order of their numbers. */
const keyTag = 0x0a;
const createRevisionTag = 0x10;
const modRevisionTag = 0x18;
const versionTag = 0x20;
const valueTag = 0x2a;
const leaseTag = 0x30;

/** Each key-value as one element of the repeated field with this number. */
export function keyValueFields(field: number, kvs: readonly KeyValue[]): Uint8Array {
  let bytes = 0;
  for (const kv of kvs) {
    const length = lengthOf(kv);
    bytes += 1 + varintBytes(length) + length;
  }
  const target = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const kv of kvs) {
    target[at] = (field << 3) | lengthDelimited;
    at = writeVarint(target, at + 1, lengthOf(kv));
    at = write(target, at, kv);
  }
  return target;
}

function lengthOf(kv: KeyValue): number {
  const { key, createRevision, modRevision, version, lease } = kv;
  return (
    bytesBytes(key.length) +
    numberBytes(createRevision) +
    numberBytes(modRevision) +
    numberBytes(version) +
    bytesBytes(kv.value.length) +
    (lease === 0n ? 0 : 1 + leaseBytes(lease))
  );
}

function write(target: Buffer, start: number, kv: KeyValue): number {
  let at = start;
  if (kv.key.length > 0) {
    target[at] = keyTag;
    at = writeVarint(target, at + 1, kv.key.length);
    at += target.write(kv.key, at, 'latin1');
  }
  at = writeNumber(target, at, createRevisionTag, kv.createRevision);
  at = writeNumber(target, at, modRevisionTag, kv.modRevision);
  at = writeNumber(target, at, versionTag, kv.version);
  const valueBytes = kv.value.length;
  if (valueBytes > 0) {
    target[at] = valueTag;
    at = writeVarint(target, at + 1, valueBytes);
    target.set(kv.value, at);
    at += valueBytes;
  }
  return kv.lease === 0n ? at : writeLease(target, at, kv.lease);
}

/** A field with so many bytes; nothing if it is empty. */
function bytesBytes(length: number): number {
  return length === 0 ? 0 : 1 + varintBytes(length) + length;
}

function numberBytes(value: number): number {
  return value === 0 ? 0 : 1 + varintBytes(value);
}

function writeNumber(target: Buffer, at: number, tag: number, value: number): number {
  if (value === 0) return at;
  target[at] = tag;
  return writeVarint(target, at + 1, value);
}

/** Leases are 64-bit numbers; a negative one has ten bytes. */
function leaseBytes(lease: bigint): number {
  let bytes = 1;
  for (let rest = BigInt.asUintN(64, lease); rest >= 0x80n; rest >>= 7n) bytes++;
  return bytes;
}

function writeLease(target: Buffer, start: number, lease: bigint): number {
  target[start] = leaseTag;
  let at = start + 1;
  let rest = BigInt.asUintN(64, lease);
  for (; rest >= 0x80n; rest >>= 7n) target[at++] = Number(rest & 0x7fn) | 0x80;
  target[at] = Number(rest);
  return at + 1;
}

export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}

export function writeVarint(target: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) target[at++] = (rest % 0x80) | 0x80;
  target[at] = rest;
  return at + 1;
}
