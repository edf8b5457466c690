import { labelBytesMax, nameBytesMax } from './name.ts';
import { classIn, headerBytes, typeOpt } from './reader.ts';
import type { Question } from './reader.ts';

const optBytesMin = 11;
const capitalA = 65;
const capitalZ = 90;

/**
 * Reads queries of the usual shape: a standard query with one question of class IN, its name written out, and no further
 * record but EDNS's. Reading one allocates nothing; the fields are those of the query that was read last.
 */
export class UsualQuery {
  /** The name in lower case as it stands in a message, and the type. */
  readonly bytes: Buffer = Buffer.alloc(nameBytesMax + 2);
  length = 0;
  /** Of `bytes`. */
  hash = 0;
  /** Where the question ends in the message. */
  end = 0;
  recursionDesired = false;
  /** Bytes that the client takes in a datagram, at least 512; 0: it does not speak EDNS. */
  udpBytes = 0;

  /** False unless the message is such a query. */
  read(message: Buffer): boolean {
    if (message.length < headerBytes + 5 || !hasUsualHeader(message)) return false;
    const nameEnd = this.#readName(message);
    if (nameEnd === 0 || nameEnd + 4 > message.length) return false;
    if (message.readUInt16BE(nameEnd + 2) !== classIn) return false;
    this.length = nameEnd - headerBytes + 2;
    this.bytes.writeUInt16BE(message.readUInt16BE(nameEnd), this.length - 2);
    this.hash = hashOf(this.bytes, this.length);
    this.end = nameEnd + 4;
    this.recursionDesired = ((message[2] ?? 0) & 1) !== 0;
    return this.#readOpt(message);
  }

  /** Its question, all in lower case. */
  question(): Question {
    const labels: string[] = [];
    for (let at = 0; this.bytes[at] !== 0;) {
      const end = at + 1 + (this.bytes[at] ?? 0);
      labels.push(this.bytes.toString('latin1', at + 1, end));
      at = end;
    }
    const type = this.bytes.readUInt16BE(this.length - 2);
    return { name: labels, lower: labels, type, class: classIn };
  }

  /** Copies the name in lower case, and returns where it ends; 0: it is none, or has a pointer. */
  #readName(message: Buffer): number {
    let at = headerBytes;
    for (;;) {
      const length = message[at] ?? labelBytesMax + 1;
      const end = at + 1 + length;
      if (length > labelBytesMax || end - headerBytes > nameBytesMax || end > message.length) {
        return 0;
      }
      this.bytes[at - headerBytes] = length;
      if (length === 0) return end;
      for (at++; at < end; at++) {
        const byte = message[at] ?? 0;
        this.bytes[at - headerBytes] = byte >= capitalA && byte <= capitalZ ? byte + 32 : byte;
      }
    }
  }

  #readOpt(message: Buffer): boolean {
    const at = this.end;
    this.udpBytes = 0;
    if (message[11] === 0) return true;
    if (at + optBytesMin > message.length) return false;
    const version = message[at + 6];
    if (message[at] !== 0 || message.readUInt16BE(at + 1) !== typeOpt || version !== 0)
      return false;
    if (at + optBytesMin + message.readUInt16BE(at + 9) > message.length) return false;
    // Such a client takes 512 bytes whatever it says (RFC 6891, section 6.2.3).
    this.udpBytes = Math.max(512, message.readUInt16BE(at + 3));
    return true;
  }
}

/** A standard query of one question, without records but at most an additional one. */
function hasUsualHeader(message: Buffer): boolean {
  return (
    ((message[2] ?? 0) & 0xf8) === 0 &&
    message.readUInt32BE(4) === 0x1_0000 &&
    message.readUInt16BE(8) === 0 &&
    message.readUInt16BE(10) <= 1
  );
}

/** FNV-1a, of 32 bits. */
function hashOf(bytes: Buffer, length: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < length; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}
