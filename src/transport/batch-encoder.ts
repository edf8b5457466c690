import { Packr } from 'msgpackr';
import { asBuffer } from '../base/key.ts';
import type { Entry, Message } from '../raft/index.ts';
import type { PeerMessage } from '../replica/index.ts';
import { entryKinds } from './decode.ts';

type AppendRequest = Extract<Message, { kind: 'append-request' }>;

/** The entries of one append request, encoded. */
interface EncodedEntries {
  readonly first: Entry;
  readonly last: Entry;
  readonly count: number;
  readonly bytes: Buffer;
}

const packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: 'bigint' });

/** Bytes of a number, or of the head of a text, bytes or a list, at most. */
const headBytesMax = 9;

/**
 * Encodes batches of messages as MessagePack: `[ping, [message, ...]]`. A leader sends the same entries to several
 * followers in a turn; they are encoded once, and the few bytes that differ are put before them.
 */
export class BatchEncoder {
  #last: EncodedEntries | undefined;

  /** The batch in a few parts. They may be shared with other batches: never change them. */
  encode(ping: number, messages: readonly PeerMessage[]): readonly Buffer[] {
    const head = Buffer.allocUnsafe(1 + 2 * headBytesMax);
    head[0] = 0x92;
    const end = writeListHead(head, writeCount(head, 1, ping), messages.length);
    const parts: Buffer[] = [head.subarray(0, end)];
    for (const message of messages) {
      if (message.kind === 'raft' && message.message.kind === 'append-request') {
        this.#addAppend(parts, message.message);
      } else if (message.kind === 'question' && message.question.kind === 'propose') {
        addProposal(parts, message, message.question.commands);
      } else {
        parts.push(packr.pack(message));
      }
    }
    return parts;
  }

  /** As a list, because append requests carry nearly all bytes. Members that do not know its last item acknowledge each one. */
  #addAppend(parts: Buffer[], message: AppendRequest): void {
    const { from, to, term, previousIndex, previousTerm, commit, entries, isUnanswered } = message;
    const head = Buffer.allocUnsafe(1 + 7 * headBytesMax + 2 * (from.length + to.length));
    head[0] = isUnanswered === true ? 0x98 : 0x97;
    let at = writeText(head, writeText(head, 1, from), to);
    for (const number of [term, previousIndex, previousTerm, commit]) {
      at = writeCount(head, at, number);
    }
    at = writeListHead(head, at, entries.length);
    parts.push(head.subarray(0, at));
    if (entries.length > 0) parts.push(this.#entries(entries));
    if (isUnanswered === true) parts.push(yes);
  }

  /** Entries of the same index and term are the same, as Raft guarantees (log matching; Raft paper, section 5.3). */
  #entries(entries: readonly Entry[]): Buffer {
    const [first] = entries;
    const last = entries.at(-1);
    if (first === undefined || last === undefined) return Buffer.alloc(0);
    const count = entries.length;
    const known = this.#last;
    if (known?.count === count && isSame(known.first, first) && isSame(known.last, last)) {
      return known.bytes;
    }
    const bytes = encodeEntries(entries);
    this.#last = bytes.length <= keptBytesMax ? { first, last, count, bytes } : undefined;
    return bytes;
  }
}

/** Written here because the library's memory would grow by factors for the commands, and be copied each time. */
function addProposal(parts: Buffer[], message: PeerMessage, commands: readonly Uint8Array[]): void {
  const empty = packr.pack({ ...message, question: { kind: 'propose', commands: [] } });
  // Its last byte is the head of the empty list.
  parts.push(empty.subarray(0, -1));
  let bytesMax = headBytesMax;
  for (const { length } of commands) bytesMax += headBytesMax + length;
  const target = Buffer.allocUnsafe(bytesMax);
  let end = writeListHead(target, 0, commands.length);
  for (const command of commands) {
    end = writeBytesHead(target, end, command.length);
    target.set(command, end);
    end += command.length;
  }
  parts.push(target.subarray(0, end));
}

/** Encoded entries that are kept until the next ones; about what one message carries. */
const keptBytesMax = 2 << 20;

const yes = Buffer.from([0xc3]);

function isSame(one: Entry, other: Entry): boolean {
  return one.index === other.index && one.term === other.term;
}

function encodeEntries(entries: readonly Entry[]): Buffer {
  let bytesMax = 0;
  const configurations = entries.map(({ configuration }) =>
    configuration === undefined ? undefined : packr.pack(configuration),
  );
  for (const [at, { data }] of entries.entries()) {
    bytesMax += 1 + 4 * headBytesMax + data.length + (configurations[at]?.length ?? 0);
  }
  const target = Buffer.allocUnsafe(bytesMax);
  let end = 0;
  for (const [at, { index, term, kind, data }] of entries.entries()) {
    const configuration = configurations[at];
    target[end++] = configuration === undefined ? 0x94 : 0x95;
    end = writeCount(target, end, index);
    end = writeCount(target, end, term);
    end = writeCount(target, end, entryKinds.indexOf(kind));
    end = writeBytesHead(target, end, data.length);
    end += asBuffer(data).copy(target, end);
    if (configuration !== undefined) end += configuration.copy(target, end);
  }
  return target.subarray(0, end);
}

// MessagePack, as msgpackr writes it: the shortest form of each.

/** A whole number that is not negative. */
function writeCount(target: Buffer, at: number, value: number): number {
  if (value < 0x80) {
    target[at] = value;
    return at + 1;
  }
  if (value < 0x100) return target.writeUInt8(value, tagged(target, at, 0xcc));
  if (value < 0x1_0000) return target.writeUInt16BE(value, tagged(target, at, 0xcd));
  if (value < 0x1_0000_0000) return target.writeUInt32BE(value, tagged(target, at, 0xce));
  return target.writeDoubleBE(value, tagged(target, at, 0xcb));
}

function writeListHead(target: Buffer, at: number, length: number): number {
  if (length < 0x10) {
    target[at] = 0x90 | length;
    return at + 1;
  }
  if (length < 0x1_0000) return target.writeUInt16BE(length, tagged(target, at, 0xdc));
  return target.writeUInt32BE(length, tagged(target, at, 0xdd));
}

function writeBytesHead(target: Buffer, at: number, length: number): number {
  if (length < 0x100) return target.writeUInt8(length, tagged(target, at, 0xc4));
  if (length < 0x1_0000) return target.writeUInt16BE(length, tagged(target, at, 0xc5));
  return target.writeUInt32BE(length, tagged(target, at, 0xc6));
}

/** A short text; ids of members have 16 digits at most. */
function writeText(target: Buffer, at: number, text: string): number {
  const length = Buffer.byteLength(text);
  if (length < 0x20) target[at++] = 0xa0 | length;
  else at = target.writeUInt8(length, tagged(target, at, 0xd9));
  return at + target.write(text, at);
}

function tagged(target: Buffer, at: number, tag: number): number {
  target[at] = tag;
  return at + 1;
}
