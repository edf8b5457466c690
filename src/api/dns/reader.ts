import { labelBytesMax, lowerCase, nameBytesMax } from './name.ts';
import type { Name } from './name.ts';

export interface Question {
  /** As it was asked, and in lower case. */
  readonly name: Name;
  readonly lower: Name;
  readonly type: number;
  readonly class: number;
}

/** A record as it stands in a message. */
export interface WireRecord {
  readonly nameAt: number;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly dataAt: number;
  readonly dataBytes: number;
}

export const headerBytes = 12;
export const classIn = 1;
export const typeOpt = 41;
const pointerBits = 0xc0;
/** As many as a name can have labels. */
const pointersMax = 127;

/**
 * Reads the parts of a message behind its header, one after the other. Throws a RangeError where they are cut off or make no
 * sense.
 */
export class Reader {
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

  record(): WireRecord {
    const nameAt = this.#at;
    this.#skipName();
    const type = this.#uint16();
    const classNumber = this.#uint16();
    const ttl = this.#uint32();
    const dataBytes = this.#uint16();
    const end = this.#at + dataBytes;
    if (end > this.#bytes.length) throw new RangeError('the data of a record is cut off');
    const dataAt = this.#at;
    this.#at = end;
    return { nameAt, type, class: classNumber, ttl, dataAt, dataBytes };
  }

  /** The name that stands somewhere in the message. */
  nameAt(at: number): Name {
    const before = this.#at;
    this.#at = at;
    const name = this.#name();
    this.#at = before;
    return name;
  }

  /** Reads no label, so that a message full of names costs no more than its bytes. */
  #skipName(): void {
    for (;;) {
      const length = this.#view.getUint8(this.#at);
      const isPointer = (length & pointerBits) === pointerBits;
      if (length > labelBytesMax && !isPointer) throw new RangeError('a label of an unknown kind');
      this.#at += isPointer ? 2 : 1 + length;
      if (isPointer || length === 0) return;
    }
  }

  /** Pointers lead back only, each further than the one before. */
  #name(): Name {
    const labels: string[] = [];
    let bytes = 1;
    let at = this.#at;
    let end: number | undefined;
    let before = at;
    let pointers = 0;
    for (;;) {
      const length = this.#view.getUint8(at);
      if ((length & pointerBits) === pointerBits) {
        const to = this.#view.getUint16(at) & 0x3fff;
        if (to >= before) throw new RangeError('a pointer does not lead back');
        if (++pointers > pointersMax) throw new RangeError('too many pointers in one name');
        end ??= at + 2;
        before = to;
        at = to;
        continue;
      }
      if (length > labelBytesMax) throw new RangeError('a label of an unknown kind');
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
