import { crc32 } from 'node:zlib';
import type { MemberId } from '../base/member-id.ts';
import { headerOf, messageHeadBytes, statusCodes, writeMessageHead } from '../http2/index.ts';
import type { HeaderField } from '../http2/index.ts';
import { protocol } from './codec.ts';

/** The paths of the methods of proto/peer.proto. */
export const peerPaths = {
  stream: '/rollcall.Peer/Stream',
  snapshot: '/rollcall.Peer/Snapshot',
  describe: '/rollcall.Peer/Describe',
} as const;

export type PeerPath = (typeof peerPaths)[keyof typeof peerPaths];

const fieldTag = 0x0a;
const checksumTag = 0x15;
/** Tag and checksum. */
const trailerBytes = 5;
/** Of the length of a message, seven bits a byte. */
const lengthBytesMax = 5;

/**
 * A message for the wire in a few parts: behind the head of gRPC, the bytes as field 1 and their CRC-32 as field 2. The
 * checksum is there because TCP's own misses some damage, and because damaged entries would stay in the receiver's log.
 */
export function wrap(parts: readonly Buffer[]): readonly Buffer[] {
  let length = 0;
  let checksum = 0;
  for (const part of parts) {
    length += part.length;
    checksum = crc32(part, checksum);
  }
  const head = Buffer.allocUnsafe(messageHeadBytes + 1 + lengthBytesMax);
  let at = messageHeadBytes;
  head[at++] = fieldTag;
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    head[at++] = rest < 0x80 ? rest : (rest & 0x7f) | 0x80;
    if (rest < 0x80) break;
  }
  writeMessageHead(head, 0, at - messageHeadBytes + length + trailerBytes);
  const trailer = Buffer.allocUnsafe(trailerBytes);
  trailer[0] = checksumTag;
  trailer.writeUInt32LE(checksum, 1);
  return [head.subarray(0, at), ...parts, trailer];
}

/** The bytes of a message without the head of gRPC. Throws TypeError. */
export function unwrap(message: Buffer): Buffer {
  if (message.length === 0) return message;
  if (message[0] !== fieldTag) throw new TypeError('not a message of a peer');
  let length = 0;
  let at = 1;
  for (let factor = 1; ; factor *= 128) {
    const byte = message[at++];
    if (byte === undefined || at > 7) throw new TypeError('not a message of a peer');
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
  }
  const end = at + length;
  if (end + trailerBytes !== message.length || message[end] !== checksumTag) {
    throw new TypeError('not a message of a peer');
  }
  const bytes = message.subarray(at, end);
  if (crc32(bytes) !== message.readUInt32LE(end + 1)) {
    throw new TypeError('a message of a peer was damaged on its way');
  }
  return bytes;
}

/** The metadata of a call: caller and callee. */
export interface Handshake {
  readonly clusterId: string;
  readonly from: MemberId;
  readonly to: MemberId;
  /** The caller's peer URLs, so that a member that does not know the caller can call it back. */
  readonly urls: readonly string[];
}

export function handshakeMetadata({ clusterId, from, to, urls }: Handshake): HeaderField[] {
  return [
    { name: 'cluster', value: clusterId },
    { name: 'from', value: from },
    { name: 'to', value: to },
    { name: 'protocol', value: protocol },
    { name: 'urls', value: urls.join(',').slice(0, urlsLengthMax) },
  ];
}

/** So that the headers of a call fit a frame. A URL that was cut is dropped by its reader, or leads nowhere. */
const urlsLengthMax = 8192;

/** Why a call is refused. */
export interface Refusal {
  /** One of `statusCodes`. */
  readonly code: number;
  readonly refusal: string;
  /** For programs; the text is for people. */
  readonly metadata?: readonly HeaderField[];
}

/** Checks the metadata of a call: returns the caller, or why the call is refused. */
export function checkHandshake(
  headers: readonly HeaderField[],
  self: {
    readonly clusterId: string;
    readonly id: MemberId;
    readonly isRemoved: (id: MemberId) => boolean;
  },
): { readonly from: MemberId; readonly urls: readonly string[] } | Refusal {
  const said = (key: string): string => headerOf(headers, key) ?? '';
  const from = said('from');
  if (said('protocol') !== protocol) {
    const refusal = `member ${from} speaks peer protocol ${said('protocol') || 'none'}, and member ${self.id} speaks ${protocol}; run the same release`;
    return { code: statusCodes.unimplemented, refusal };
  }
  if (said('cluster') !== self.clusterId) {
    const refusal = `member ${from} belongs to cluster ${said('cluster')}, and member ${self.id} to ${self.clusterId}; look at --initial-cluster and --initial-cluster-token of both`;
    return { code: statusCodes.failedPrecondition, refusal };
  }
  if (from === self.id) {
    const refusal = `another process calls itself member ${from}, as this one does; give every member a data directory of its own`;
    return { code: statusCodes.failedPrecondition, refusal };
  }
  if (said('to') !== self.id) {
    const refusal = `member ${from} wanted member ${said('to')}, and reached ${self.id}; look at the advertised peer URLs`;
    return { code: statusCodes.failedPrecondition, refusal };
  }
  if (self.isRemoved(from)) return refusalOfRemoved({ ...self, from });
  return { from, urls: said('urls').split(',').filter(isPeerUrl) };
}

/** The refusal of a caller that was removed from the cluster. */
export function refusalOfRemoved(about: {
  readonly clusterId: string;
  readonly id: MemberId;
  readonly from: MemberId;
}): Refusal {
  const { clusterId, id, from } = about;
  const metadata = [{ name: 'removed', value: [clusterId, id, from].join() }];
  const refusal = `member ${from} was removed from the cluster; stop it, and add a new member with an empty data directory`;
  return { code: statusCodes.failedPrecondition, refusal, metadata };
}

/** True if the callee says that the caller was removed: that callee, in that cluster, about this caller. */
export function saysRemoved(
  trailers: readonly HeaderField[],
  { clusterId, from, to }: Handshake,
): boolean {
  return headerOf(trailers, 'removed') === [clusterId, to, from].join();
}

function isPeerUrl(text: string): boolean {
  return URL.canParse(text) && /^(https?|unixs?):/.test(text);
}
