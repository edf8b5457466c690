import { crc32 } from 'node:zlib';
import { Metadata, status } from '@grpc/grpc-js';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import type { MemberId } from '../base/member-id.ts';
import { protocol } from './codec.ts';

/**
 * The methods of proto/peer.proto. Their messages have one field of bytes and its checksum, decoded here by hand. The
 * checksum is there because TCP's own misses some damage, and because damaged entries would stay in the receiver's
 * log.
 */
const path = '/rollcall.Peer/';

function method(name: string, requestStream: boolean, responseStream: boolean) {
  const definition: MethodDefinition<Buffer, Buffer> = {
    path: path + name,
    requestStream,
    responseStream,
    requestSerialize: wrap,
    requestDeserialize: unwrap,
    responseSerialize: wrap,
    responseDeserialize: unwrap,
  };
  return definition;
}

export const peerMethods: {
  readonly Stream: MethodDefinition<Buffer, Buffer>;
  readonly Snapshot: MethodDefinition<Buffer, Buffer>;
  readonly Describe: MethodDefinition<Buffer, Buffer>;
} = {
  Stream: method('Stream', true, true),
  Snapshot: method('Snapshot', true, false),
  Describe: method('Describe', false, false),
};

export const peerService: ServiceDefinition = { ...peerMethods };

const fieldTag = 0x0a;
const checksumTag = 0x15;
/** Tag and checksum. */
const trailerSize = 5;

/** Encodes a message: the bytes as field 1, their CRC-32 as field 2. */
function wrap(bytes: Buffer): Buffer {
  const head = [fieldTag];
  let rest = bytes.length;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) head.push((rest & 0x7f) | 0x80);
  head.push(rest);
  const trailer = Buffer.alloc(trailerSize, checksumTag);
  trailer.writeUInt32LE(crc32(bytes), 1);
  return Buffer.concat([Buffer.from(head), bytes, trailer]);
}

function unwrap(message: Buffer): Buffer {
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
  if (end + trailerSize !== message.length || message[end] !== checksumTag) {
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

export function handshakeMetadata({ clusterId, from, to, urls }: Handshake): Metadata {
  const metadata = new Metadata();
  metadata.set('cluster', clusterId);
  metadata.set('from', from);
  metadata.set('to', to);
  metadata.set('protocol', protocol);
  metadata.set('urls', urls.join(','));
  return metadata;
}

/** Why a call is refused. */
export interface Refusal {
  readonly code: status;
  readonly refusal: string;
  /** For programs; the text is for people. */
  readonly metadata?: Metadata;
}

/** Checks the metadata of a call: returns the caller, or why the call is refused. */
export function checkHandshake(
  metadata: Metadata,
  self: {
    readonly clusterId: string;
    readonly id: MemberId;
    readonly isRemoved: (id: MemberId) => boolean;
  },
): { readonly from: MemberId; readonly urls: readonly string[] } | Refusal {
  const said = (key: string): string => String(metadata.get(key)[0] ?? '');
  const from = said('from');
  if (said('protocol') !== protocol) {
    const refusal = `member ${from} speaks peer protocol ${said('protocol') || 'none'}, and member ${self.id} speaks ${protocol}; run the same release`;
    return { code: status.UNIMPLEMENTED, refusal };
  }
  if (said('cluster') !== self.clusterId) {
    const refusal = `member ${from} belongs to cluster ${said('cluster')}, and member ${self.id} to ${self.clusterId}; look at --initial-cluster and --initial-cluster-token of both`;
    return { code: status.FAILED_PRECONDITION, refusal };
  }
  if (from === self.id) {
    const refusal = `another process calls itself member ${from}, as this one does; give every member a data directory of its own`;
    return { code: status.FAILED_PRECONDITION, refusal };
  }
  if (said('to') !== self.id) {
    const refusal = `member ${from} wanted member ${said('to')}, and reached ${self.id}; look at the advertised peer URLs`;
    return { code: status.FAILED_PRECONDITION, refusal };
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
  const metadata = new Metadata();
  metadata.set('removed', [clusterId, id, from].join());
  const refusal = `member ${from} was removed from the cluster; stop it, and add a new member with an empty data directory`;
  return { code: status.FAILED_PRECONDITION, refusal, metadata };
}

/** True if the callee says that the caller was removed: that callee, in that cluster, about this caller. */
export function saysRemoved(answer: Metadata, { clusterId, from, to }: Handshake): boolean {
  return answer.get('removed')[0] === [clusterId, to, from].join();
}

function isPeerUrl(text: string): boolean {
  return URL.canParse(text) && /^(https?|unix):/.test(text);
}
