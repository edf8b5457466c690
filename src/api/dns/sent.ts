import { headerBytes, typeOpt } from './reader.ts';

const optBytes = 11;
const truncatedBit = 0x2;

/** Whether a response says that it is cut. */
export function isTruncated(response: Buffer): boolean {
  return ((response[2] ?? 0) & truncatedBit) !== 0;
}

/**
 * A copy of an encoded response with what the client chose: the id, the opcode, the bits RD and CD, and the name as it
 * wrote it. `end`: of the question in both messages; undefined: it is not written over.
 */
export function addressed(encoded: Buffer, query: Buffer, end: number | undefined): Buffer {
  const response = Buffer.allocUnsafe(encoded.length);
  encoded.copy(response);
  response[0] = query[0] ?? 0;
  response[1] = query[1] ?? 0;
  response[2] = ((encoded[2] ?? 0) & 0x86) | ((query[2] ?? 0) & 0x79);
  response[3] = ((encoded[3] ?? 0) & 0xef) | ((query[3] ?? 0) & 0x10);
  const hasQuestion = encoded[5] === 1;
  if (end !== undefined && hasQuestion && end <= encoded.length) {
    query.copy(response, headerBytes, headerBytes, end);
  }
  return response;
}

/** A response without its records, so that the client asks again over TCP. It is no longer than the query. */
export function cutToQuestion(
  encoded: Buffer,
  query: Buffer,
  end: number,
  ednsUdpBytes: number | undefined,
): Buffer {
  const bytes = Buffer.alloc(end + (ednsUdpBytes === undefined ? 0 : optBytes));
  encoded.copy(bytes, 0, 0, end);
  bytes.fill(0, 6, headerBytes);
  bytes[2] = (encoded[2] ?? 0) | truncatedBit;
  if (ednsUdpBytes !== undefined) {
    bytes[11] = 1;
    bytes.writeUInt16BE(typeOpt, end + 1);
    bytes.writeUInt16BE(ednsUdpBytes, end + 3);
  }
  return addressed(bytes, query, end);
}
