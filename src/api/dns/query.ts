import { headerBytes, Reader, typeOpt } from './reader.ts';
import type { Question } from './reader.ts';

/** A query (RFC 1035, section 4), with the part of EDNS that concerns the response (RFC 6891). */
export interface Query {
  readonly id: number;
  readonly opcode: number;
  /** Undefined unless there is exactly one. */
  readonly question: Question | undefined;
  /** Undefined: the client does not speak EDNS. */
  readonly edns: Edns | undefined;
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
    const head = { id, opcode };
    if (questions !== 1 || opcode !== 0) return { ...head, question: undefined, edns: undefined };
    const question = reader.question();
    for (let at = 0; at < records; at++) reader.record();
    let edns: Edns | undefined;
    for (let at = 0; at < additional; at++) {
      const record = reader.record();
      if (record.type !== typeOpt) continue;
      // A second one is a format error (RFC 6891, section 6.1.1).
      if (edns !== undefined || bytes[record.nameAt] !== 0) return { id };
      edns = { version: (record.ttl >>> 16) & 0xff, udpBytes: record.class };
    }
    return { ...head, question, edns };
  } catch (error) {
    if (error instanceof RangeError) return { id };
    throw error;
  }
}
