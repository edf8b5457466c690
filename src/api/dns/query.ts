import { lowerCase, nameBytesMax } from './name.ts';
import type { Name } from './name.ts';

/** A query (RFC 1035, section 4), with the part of EDNS that concerns the response (RFC 6891). */
export interface Query {
  readonly id: number;
  readonly opcode: number;
  readonly recursionDesired: boolean;
  readonly checkingDisabled: boolean;
  /** Undefined unless there is exactly one. */
  readonly question: Question | undefined;
  /** Undefined: the client does not speak EDNS. */
  readonly edns: Edns | undefined;
}

export interface Question {
  /** As it was asked, and in lower case. */
  readonly name: Name;
  readonly lower: Name;
  readonly type: number;
  readonly class: number;
}

export interface Edns {
  readonly version: number;
  /** Bytes that the client takes in one datagram. */
  readonly udpBytes: number;
}

/** A message that is no query. */
export interface Malformed {
  /** Undefined: it is not answered, as it has no header, or is a response itself. */
  readonly id: number | undefined;
}

const headerBytes = 12;
const optType = 41;
const pointerBits = 0xc0;

/** Reads a message as it came from the network. Never throws. */
export function decodeQuery(bytes: Uint8Array): Query | Malformed {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerBytes) return { id: undefined };
  const id = view.getUint16(0);
  const flags = view.getUint16(2);
  // A response is never answered, or two servers could talk to each other for ever.
  if ((flags & 0x8000) !== 0) return { id: undefined };
  const reader = new Reader(bytes, view);
  try {
    const questions = view.getUint16(4);
    const records = view.getUint16(6) + view.getUint16(8);
    const additional = view.getUint16(10);
    const opcode = (flags >> 11) & 0xf;
    const head = {
      id,
      opcode,
      recursionDesired: (flags & 0x100) !== 0,
      checkingDisabled: (flags & 0x10) !== 0,
    };
    if (questions !== 1 || opcode !== 0) return { ...head, question: undefined, edns: undefined };
    const question = reader.question();
    for (let at = 0; at < records; at++) reader.record();
    let edns: Edns | undefined;
    for (let at = 0; at < additional; at++) {
      const record = reader.record();
      if (record.type !== optType) continue;
      // A second one is a format error (RFC 6891, section 6.1.1).
      if (edns !== undefined || record.name.length > 0) return { id };
      edns = { version: (record.ttl >>> 16) & 0xff, udpBytes: record.class };
    }
    return { ...head, question, edns };
  } catch (error) {
    if (error instanceof RangeError) return { id };
    throw error;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = headerBytes;

  constructor(bytes: Uint8Array, view: DataView) {
    this.#bytes = bytes;
    this.#view = view;
  }

  question(): Question {
    const name = this.#name();
    return { name, lower: name.map(lowerCase), type: this.#uint16(), class: this.#uint16() };
  }

  record(): {
    readonly name: Name;
    readonly type: number;
    readonly class: number;
    readonly ttl: number;
  } {
    const record = {
      name: this.#name(),
      type: this.#uint16(),
      class: this.#uint16(),
      ttl: this.#uint32(),
    };
    const end = this.#uint16() + this.#at;
    if (end > this.#bytes.length) throw new RangeError('the data of a record is cut off');
    this.#at = end;
    return record;
  }

  /** Pointers lead back only, each further than the one before, so that this ends. */
  #name(): Name {
    const labels: string[] = [];
    let bytes = 1;
    let at = this.#at;
    let end: number | undefined;
    let before = at;
    for (;;) {
      const length = this.#view.getUint8(at);
      if ((length & pointerBits) === pointerBits) {
        const to = this.#view.getUint16(at) & 0x3fff;
        if (to >= before) throw new RangeError('a pointer does not lead back');
        end ??= at + 2;
        before = to;
        at = to;
        continue;
      }
      if (length > 63) throw new RangeError('a label of an unknown kind');
      at += 1;
      if (length === 0) break;
      bytes += 1 + length;
      if (bytes > nameBytesMax || at + length > this.#bytes.length) {
        throw new RangeError('a name is too long, or cut off');
      }
      labels.push(
        Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + at, length).toString('latin1'),
      );
      at += length;
    }
    this.#at = end ?? at;
    return labels;
  }

  #uint16(): number {
    const value = this.#view.getUint16(this.#at);
    this.#at += 2;
    return value;
  }

  #uint32(): number {
    const value = this.#view.getUint32(this.#at);
    this.#at += 4;
    return value;
  }
}
