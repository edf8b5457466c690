import { Packr } from 'msgpackr';
import type { Entry, Message } from '../raft/index.ts';
import type { PeerMessage } from '../replica/index.ts';

/**
 * What travels between members, as MessagePack. Append requests carry nearly all bytes, so they and their entries are
 * arrays; everything else is rare and travels as it is. Changing this means a new number in `protocol`.
 */
export const protocol = '1';

const packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: 'bigint' });

const entryKinds = ['command', 'empty', 'membership'] as const;

type PackedEntry = [number, number, number, Uint8Array, Entry['configuration']?];
type PackedAppend = [string, string, number, number, number, number, PackedEntry[]];
/** An array is an append request, an object anything else. */
type Packed = PackedAppend | PeerMessage;

export interface Batch {
  /** Echoed by the receiver; 0: no echo wanted. */
  readonly ping: number;
  readonly messages: readonly PeerMessage[];
}

export function encodeBatch({ ping, messages }: Batch): Buffer {
  return packr.pack([ping, messages.map(packMessage)]);
}

/** Throws for bytes that are no batch. */
export function decodeBatch(bytes: Uint8Array): Batch {
  const batch = packr.unpack(bytes) as unknown;
  if (!Array.isArray(batch) || typeof batch[0] !== 'number' || !Array.isArray(batch[1])) {
    throw new TypeError('not a batch of messages');
  }
  return { ping: batch[0], messages: (batch[1] as Packed[]).map(unpackMessage) };
}

export function encodeValue(value: unknown): Buffer {
  return packr.pack(value);
}

export function decodeValue(bytes: Uint8Array): unknown {
  return packr.unpack(bytes);
}

function packMessage(message: PeerMessage): Packed {
  if (message.kind !== 'raft' || message.message.kind !== 'append-request') return message;
  const { from, to, term, previousIndex, previousTerm, commit, entries } = message.message;
  return [from, to, term, previousIndex, previousTerm, commit, entries.map(packEntry)];
}

function unpackMessage(packed: Packed): PeerMessage {
  if (!Array.isArray(packed)) {
    if (typeof packed !== 'object' || !('kind' in packed)) throw new TypeError('not a message');
    return packed;
  }
  const [from, to, term, previousIndex, previousTerm, commit, entries] = packed;
  const message: Message = {
    kind: 'append-request',
    from,
    to,
    term,
    previousIndex,
    previousTerm,
    commit,
    entries: entries.map((entry, at) => unpackEntry(entry, previousIndex + 1 + at)),
  };
  return { kind: 'raft', message };
}

function packEntry({ index, term, kind, data, configuration }: Entry): PackedEntry {
  const packed: PackedEntry = [index, term, entryKinds.indexOf(kind), data];
  if (configuration !== undefined) packed.push(configuration);
  return packed;
}

function unpackEntry(packed: PackedEntry, expected: number): Entry {
  const [index, term, kindNumber, bytes, configuration] = packed;
  const kind = entryKinds[kindNumber];
  if (kind === undefined || index !== expected) throw new TypeError('not an entry');
  // Copied out of the batch, which would stay in memory as long as any of its entries.
  const data = Buffer.from(bytes);
  return configuration === undefined
    ? { index, term, kind, data }
    : { index, term, kind, data, configuration };
}
