import { Packr } from 'msgpackr';
import { countOf, listOf, unsound } from '../base/fields.ts';
import type { PeerMessage, SnapshotHeader } from '../replica/index.ts';
import { isMostlyKept, peerMessageOf, snapshotHeaderOf } from './decode.ts';

/**
 * Encoding of messages between members: MessagePack. Append requests carry nearly all bytes, so they and their
 * entries are arrays; all other messages are rare, and are encoded as they are. `BatchEncoder` encodes batches.
 *
 * A new kind of message is sent only once the cluster's feature level says that all members know it (decision 0006);
 * `protocol` stays. `protocol` changes for a form that older members could not read at all: members of different
 * protocols refuse each other.
 */
export const protocol = '1';

const packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: 'bigint' });

export interface Batch {
  /** Echoed by the receiver; 0: no echo requested. */
  readonly ping: number;
  readonly messages: readonly PeerMessage[];
}

/** Throws unless all bytes are a batch of valid messages. */
export function decodeBatch(bytes: Uint8Array): Batch {
  const batch: unknown = packr.unpack(bytes);
  if (!Array.isArray(batch)) throw unsound('batch of messages');
  const [ping, messages]: unknown[] = batch;
  const isKept = isMostlyKept(messages);
  return {
    ping: countOf(ping, 'ping'),
    messages: listOf(messages, 'batch of messages', (message) => peerMessageOf(message, isKept)),
  };
}

/** The number of the last ping that the peer received. Throws if the bytes are no number. */
export function decodeEcho(bytes: Uint8Array): number {
  return countOf(packr.unpack(bytes), 'echo');
}

/** Throws if the bytes are no snapshot header. */
export function decodeSnapshotHeader(bytes: Uint8Array): SnapshotHeader {
  return snapshotHeaderOf(packr.unpack(bytes));
}

export function encodeValue(value: unknown): Buffer {
  return packr.pack(value);
}

export function decodeValue(bytes: Uint8Array): unknown {
  return packr.unpack(bytes);
}
