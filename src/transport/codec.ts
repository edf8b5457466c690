import { Packr } from 'msgpackr';
import type { Entry, Message } from '../raft/index.ts';
import type { PeerMessage, SnapshotHeader } from '../replica/index.ts';

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

/** Throws for bytes that are no batch of messages that a member of this release could have sent. */
export function decodeBatch(bytes: Uint8Array): Batch {
  const batch: unknown = packr.unpack(bytes);
  if (!Array.isArray(batch)) throw new TypeError('not a batch of messages');
  const [ping, messages]: unknown[] = batch;
  if (typeof ping !== 'number' || !Array.isArray(messages)) {
    throw new TypeError('not a batch of messages');
  }
  return { ping, messages: messages.map(unpackMessage) };
}

/** Throws for bytes that are no header of a snapshot. */
export function decodeSnapshotHeader(bytes: Uint8Array): SnapshotHeader {
  const header: unknown = packr.unpack(bytes);
  if (!isSnapshotHeader(header)) throw new TypeError('not the header of a snapshot');
  return header;
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

function unpackMessage(packed: unknown): PeerMessage {
  if (isPackedAppend(packed)) return unpackAppend(packed);
  if (!isPeerMessage(packed)) throw new TypeError('not a message');
  if (packed.kind !== 'question' || packed.question.kind !== 'propose') return packed;
  // Commands end up in the log: copied out of the batch, as entries are.
  const commands = packed.question.commands.map((command) => Buffer.from(command));
  return { ...packed, question: { kind: 'propose', commands } };
}

function unpackAppend(packed: PackedAppend): PeerMessage {
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

// What came over the network: the outer form is looked at, so that what is not ours cannot get far.

function isPackedAppend(value: unknown): value is PackedAppend {
  if (!Array.isArray(value)) return false;
  const [from, to, term, previousIndex, previousTerm, commit, entries]: unknown[] = value;
  return (
    typeof from === 'string' &&
    typeof to === 'string' &&
    [term, previousIndex, previousTerm, commit].every(isCount) &&
    Array.isArray(entries) &&
    entries.every(isPackedEntry)
  );
}

function isPackedEntry(value: unknown): value is PackedEntry {
  if (!Array.isArray(value)) return false;
  const [index, term, kind, data, configuration]: unknown[] = value;
  return (
    [index, term, kind].every(isCount) &&
    data instanceof Uint8Array &&
    (entryKinds[Number(kind)] === 'membership') === isConfiguration(configuration)
  );
}

function isPeerMessage(value: unknown): value is PeerMessage {
  if (!isObject(value)) return false;
  switch (value['kind']) {
    case 'raft':
      return isRaftMessage(value['message']);
    case 'question':
      return isCount(value['id']) && isQuestion(value['question']);
    case 'answer':
      return isCount(value['id']) && isObject(value['answer']);
    default:
      return false;
  }
}

function isRaftMessage(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value['kind'] === 'string' &&
    value['kind'] !== 'append-request' &&
    typeof value['from'] === 'string' &&
    typeof value['to'] === 'string' &&
    isCount(value['term'])
  );
}

function isQuestion(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (value['kind'] !== 'propose') return typeof value['kind'] === 'string';
  const { commands } = value;
  return Array.isArray(commands) && commands.every((command) => command instanceof Uint8Array);
}

function isSnapshotHeader(value: unknown): value is SnapshotHeader {
  if (!isObject(value) || !isCount(value['term'])) return false;
  const { position } = value;
  return (
    isObject(position) &&
    isCount(position['index']) &&
    isCount(position['term']) &&
    isConfiguration(position['configuration'])
  );
}

function isConfiguration(value: unknown): boolean {
  return isObject(value) && ['voters', 'outgoing', 'learners'].every((part) => isList(value[part]));
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
