import Long from 'long';
import { etcdserverpb as pb } from '../../gen/etcd.js';
import type { Header, KeyValue, RangeResult } from '../../operations/index.ts';
import { keyValueFields, varintBytes, writeVarint } from './key-value-fields.ts';
import { headerOf } from './wire.ts';
import type { WireNumber } from './wire.ts';

/*
 * The encoding of the responses that clients wait for most often, several times as fast as the general codec.
 */

const headerTag = (1 << 3) | 2;
/** Fields of a header. */
const revisionTag = 3 << 3;
const raftTermTag = 4 << 3;
/** Fields of a `RangeResponse`. */
const kvsField = 2;
const moreTag = 3 << 3;
const countTag = 4 << 3;
/** A field of a `PutResponse`. */
const previousField = 2;
/** Fields of a `LeaseKeepAliveResponse`. */
const leaseTag = 2 << 3;
const ttlTag = 3 << 3;

/** The ids of a header, encoded: they are nearly always the same. */
let ids: { clusterId: string; memberId: string; bytes: Uint8Array } | undefined;

function idsOf({ clusterId, memberId }: Header): Uint8Array {
  if (ids?.clusterId !== clusterId || ids.memberId !== memberId) {
    const header = headerOf({ clusterId, memberId, revision: 0, raftTerm: 0 });
    ids = { clusterId, memberId, bytes: pb.ResponseHeader.encode(header).finish() };
  }
  return ids.bytes;
}

/** The header as the first field of a response, and room for `moreBytes` behind it. */
function withHeader(header: Header, moreBytes: number): { target: Buffer; at: number } {
  const { revision, raftTerm } = header;
  const known = idsOf(header);
  const length = known.length + numberBytes(revision) + numberBytes(raftTerm);
  const target = Buffer.allocUnsafe(1 + varintBytes(length) + length + moreBytes);
  target[0] = headerTag;
  let at = writeVarint(target, 1, length);
  target.set(known, at);
  at = writeNumber(target, at + known.length, revisionTag, revision);
  return { target, at: writeNumber(target, at, raftTermTag, raftTerm) };
}

function numberBytes(value: number): number {
  return value === 0 ? 0 : 1 + varintBytes(value);
}

function writeNumber(target: Buffer, at: number, tag: number, value: number): number {
  if (value === 0) return at;
  target[at] = tag;
  return writeVarint(target, at + 1, value);
}

/** The header, which is the first field of every response. */
export function headerField(header: Header): Buffer {
  return withHeader(header, 0).target;
}

/** A `RangeResponse`. */
export function encodedRange(header: Header, { kvs, more, count }: RangeResult): Uint8Array {
  const fields = keyValueFields(kvsField, kvs);
  const bytes = fields.length + (more ? 2 : 0) + numberBytes(count);
  const response = withHeader(header, bytes);
  const { target } = response;
  target.set(fields, response.at);
  let at = response.at + fields.length;
  if (more) at = writeNumber(target, at, moreTag, 1);
  writeNumber(target, at, countTag, count);
  return target;
}

/** A `PutResponse`. */
export function encodedPut(header: Header, previous: KeyValue | undefined): Uint8Array {
  if (previous === undefined) return headerField(header);
  const field = keyValueFields(previousField, [previous]);
  const { target, at } = withHeader(header, field.length);
  target.set(field, at);
  return target;
}

/** A `LeaseKeepAliveResponse`; the id of the lease as it came. */
export function encodedKeepAlive(header: Header, lease: WireNumber, ttlSeconds: number): Buffer {
  const { low, high } = Long.fromValue(lease);
  const idBytes = low === 0 && high === 0 ? 0 : 1 + wordsBytes(low, high);
  const response = withHeader(header, idBytes + numberBytes(ttlSeconds));
  const { target } = response;
  let { at } = response;
  if (idBytes > 0) {
    target[at] = leaseTag;
    at = writeWords(target, at + 1, low, high);
  }
  writeNumber(target, at, ttlTag, ttlSeconds);
  return target;
}

/** Bytes of a varint of 64 bits. */
function wordsBytes(low: number, high: number): number {
  if (high === 0) return varintBytes(low >>> 0);
  return Math.ceil((64 - Math.clz32(high)) / 7);
}

function writeWords(target: Buffer, start: number, low: number, high: number): number {
  let at = start;
  let rest = low >>> 0;
  let above = high >>> 0;
  while (above > 0 || rest >= 0x80) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest = ((rest >>> 7) | (above << 25)) >>> 0;
    above >>>= 7;
  }
  target[at] = rest;
  return at + 1;
}
