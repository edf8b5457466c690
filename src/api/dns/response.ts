import { isIP } from 'node:net';
import type { Name } from './name.ts';
import { classIn, headerBytes, typeOpt } from './reader.ts';
import type { Question } from './reader.ts';

/** Types of records (RFC 1035, section 3.2.2; RFC 3596; RFC 2782). */
export const recordTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const;

export const responseCodes = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
  badVersion: 16,
} as const;

export type RecordData =
  /** An address of the family that the type says, as text. */
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'NS' | 'CNAME' | 'PTR'; readonly target: Name }
  | { readonly type: 'TXT'; readonly text: string }
  | {
      readonly type: 'SRV';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: Name;
    }
  | {
      readonly type: 'SOA';
      readonly primary: Name;
      readonly mailbox: Name;
      readonly serial: number;
      /** In seconds: refresh, retry, expire, and the time for which clients may remember that a name does not exist. */
      readonly times: readonly [number, number, number, number];
    };

export interface DnsRecord {
  /** Undefined: the name of the question, written as it was asked. */
  readonly owner: Name | undefined;
  readonly ttlSeconds: number;
  readonly data: RecordData;
}

export interface Response {
  readonly code: number;
  /** The name lies in a zone of ours. */
  readonly authoritative: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  /** Left out, from the end, where the space does not suffice; that cuts nothing that was asked for. */
  readonly additional: readonly DnsRecord[];
}

/** How a response is written down. */
export interface Frame {
  readonly question?: Question | undefined;
  readonly recursionAvailable: boolean;
  /** Write an OPT record: how many bytes we take in a datagram. */
  readonly ednsUdpBytes?: number | undefined;
  readonly bytesMax: number;
  /** The answer to begin with; those before it come last. */
  readonly firstAnswer?: number | undefined;
  /** Of more answers the others are left out, as if there were no more. */
  readonly answersMax?: number | undefined;
  /** Of more answers the others are left out, and the response says so. */
  readonly answersHereMax?: number | undefined;
}

/** A longer TTL counts as 0 (RFC 2181, section 8). */
const ttlSecondsMax = 2 ** 31 - 1;
/** The OPT record, without options. */
const optBytes = 11;
/** What every network carries in one packet. */
const udpBytesOfQueries = 1232;
/** Compression pointers have 14 bits. */
const pointerMax = 0x3fff;

/**
 * Encodes a response in at most `bytesMax` bytes, from 512 up. If not all answers fit, those at the end are left out and
 * the TC bit is set, so that the client asks again over TCP (RFC 2181, section 9). The OPT record is always there. What a
 * client chose for its query, such as the id, is still to be written over it.
 */
export function encodeResponse(response: Response, frame: Frame): Buffer {
  const writer = new Writer(frame.bytesMax - (frame.ednsUdpBytes === undefined ? 0 : optBytes));
  const { question } = frame;
  if (question !== undefined) writer.question(question);
  const wanted = Math.min(response.answers.length, frame.answersMax ?? Infinity);
  const wantedHere = Math.min(wanted, frame.answersHereMax ?? Infinity);
  const answers = writer.records(response.answers, frame.firstAnswer, wantedHere);
  const truncated = answers < wanted;
  const authority = truncated ? 0 : writer.records(response.authority);
  let additional = truncated ? 0 : writer.records(response.additional);
  if (frame.ednsUdpBytes !== undefined) {
    writer.opt(frame.ednsUdpBytes, response.code >> 4);
    additional += 1;
  }
  const bytes = writer.finish();
  const counts = [question === undefined ? 0 : 1, answers, authority, additional];
  return withHeader(bytes, flagsOf(response, frame, truncated), counts);
}

/** Encodes a query to a recursor, whose id is still to be written over it. */
export function encodeQuestion(name: Name, type: number): Buffer {
  const writer = new Writer(udpBytesOfQueries);
  writer.question({ name, lower: name, type, class: classIn });
  writer.opt(udpBytesOfQueries, 0);
  return withHeader(writer.finish(), 0x100, [1, 0, 0, 1]);
}

function withHeader(bytes: Buffer, flags: number, counts: readonly number[]): Buffer {
  bytes.writeUInt16BE(0, 0);
  bytes.writeUInt16BE(flags, 2);
  for (const [at, count] of counts.entries()) bytes.writeUInt16BE(count, 4 + 2 * at);
  return bytes;
}

function flagsOf({ code, authoritative }: Response, frame: Frame, truncated: boolean): number {
  return (
    0x8000 |
    (authoritative ? 0x400 : 0) |
    (truncated ? 0x200 : 0) |
    (frame.recursionAvailable ? 0x80 : 0) |
    (code & 0xf)
  );
}

class Writer {
  /** With room for one record more than allowed: only then is it known to be too large. */
  #bytes = Buffer.allocUnsafe(1024);
  readonly #bytesMax: number;
  #at = headerBytes;
  /** Where each end of a name stands that was written already; keys are the labels' bytes with their lengths. */
  readonly #offsets = new Map<string, number>();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  question({ name, type, class: classNumber }: Question): void {
    this.#name(name);
    this.#uint16(type);
    this.#uint16(classNumber);
  }

  /** Writes up to `max`, as many as there is room for, from `first` on and around, and says how many. */
  records(records: readonly DnsRecord[], first = 0, max = records.length): number {
    for (let count = 0; count < max; count++) {
      const record = records[(first + count) % records.length];
      const start = this.#at;
      if (record !== undefined) this.#record(record);
      if (this.#at <= this.#bytesMax) continue;
      this.#at = start;
      // No later name may point into the record that was cut off.
      for (const [end, offset] of this.#offsets) if (offset >= start) this.#offsets.delete(end);
      return count;
    }
    return max;
  }

  opt(udpBytes: number, extendedCode: number): void {
    this.#uint8(0);
    this.#uint16(typeOpt);
    this.#uint16(udpBytes);
    this.#uint32(extendedCode << 24);
    this.#uint16(0);
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #record({ owner, ttlSeconds, data }: DnsRecord): void {
    // The question stands right behind the header.
    if (owner === undefined) this.#uint16(0xc000 | headerBytes);
    else this.#name(owner);
    this.#uint16(recordTypes[data.type]);
    this.#uint16(classIn);
    this.#uint32(Math.min(ttlSeconds, ttlSecondsMax));
    const start = this.#at;
    this.#uint16(0);
    this.#data(data);
    // A longer one is taken back. Its length may need more than 16 bits, as texts have no bound here.
    if (this.#at <= this.#bytesMax) this.#bytes.writeUInt16BE(this.#at - start - 2, start);
  }

  #data(data: RecordData): void {
    switch (data.type) {
      case 'A':
      case 'AAAA':
        for (const byte of addressBytes(data.address)) this.#uint8(byte);
        break;
      case 'NS':
      case 'CNAME':
      case 'PTR':
        this.#name(data.target);
        break;
      case 'TXT':
        this.#text(data.text);
        break;
      case 'SRV':
        this.#uint16(data.priority);
        this.#uint16(data.weight);
        this.#uint16(data.port);
        // Consul and most servers compress it, and clients read it, though RFC 2782 asks not to.
        this.#name(data.target);
        break;
      case 'SOA':
        this.#name(data.primary);
        this.#name(data.mailbox);
        this.#uint32(data.serial);
        for (const seconds of data.times) this.#uint32(seconds);
        break;
    }
  }

  /** In pieces of at most 255 bytes (RFC 1035, section 3.3.14). */
  #text(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    for (let at = 0; at === 0 || at < bytes.length; at += 255) {
      const piece = bytes.subarray(at, at + 255);
      this.#uint8(piece.length);
      for (const byte of piece) this.#uint8(byte);
    }
  }

  #name(name: Name): void {
    for (let at = 0; at < name.length; at++) {
      const end = name
        .slice(at)
        .map((label) => `${label.length} ${label}`)
        .join('');
      const offset = this.#offsets.get(end);
      if (offset !== undefined) {
        this.#uint16(0xc000 | offset);
        return;
      }
      if (this.#at <= pointerMax) this.#offsets.set(end, this.#at);
      const label = name[at] ?? '';
      this.#uint8(label.length);
      this.#reserve(label.length);
      this.#at += this.#bytes.write(label, this.#at, 'latin1');
    }
    this.#uint8(0);
  }

  #uint8(value: number): void {
    this.#reserve(1);
    this.#at = this.#bytes.writeUInt8(value, this.#at);
  }

  #uint16(value: number): void {
    this.#reserve(2);
    this.#at = this.#bytes.writeUInt16BE(value, this.#at);
  }

  #uint32(value: number): void {
    this.#reserve(4);
    this.#at = this.#bytes.writeUInt32BE(value >>> 0, this.#at);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/** 4 or 16 bytes. */
export function addressBytes(address: string): readonly number[] {
  if (isIP(address) === 4) return address.split('.').map(Number);
  const [head = '', tail] = address.split('::');
  const front = groupsOf(head);
  const back = groupsOf(tail ?? '');
  const gap = tail === undefined ? 0 : 16 - front.length - back.length;
  return [...front, ...Array.from({ length: gap }, () => 0), ...back];
}

/** Its bytes as hexadecimal digits; empty for what is no address. */
export function hexOfAddress(address: string): string {
  return isIP(address) === 0 ? '' : Buffer.from(addressBytes(address)).toString('hex');
}

function groupBytes(group: string): number[] {
  if (group.includes('.')) return group.split('.').map(Number);
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}

function groupsOf(part: string): number[] {
  return part === '' ? [] : part.split(':').flatMap(groupBytes);
}
