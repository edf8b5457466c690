import { statusCodes } from '../status.ts';

/** Indexed fields of HPACK's static table, and names in it that a literal refers to (RFC 7541, appendix A). */
const status200 = 0x88;
const statusName = 8;
const contentTypeName = 31;

/** A header whose name is in the static table, without indexing (section 6.2.2). */
function literal(nameIndex: number, value: string): Buffer {
  const text = Buffer.from(value);
  const index = nameIndex < 15 ? [nameIndex] : [15, nameIndex - 15];
  return Buffer.concat([Buffer.from(index), lengthOf(text), text]);
}

/** A header with a name of its own. */
function named(name: string, value: string): Buffer {
  const nameText = Buffer.from(name);
  const text = Buffer.from(value);
  return Buffer.concat([Buffer.from([0]), lengthOf(nameText), nameText, lengthOf(text), text]);
}

/** The length of a string that is not Huffman-coded (section 5.2). */
function lengthOf(text: Buffer): Buffer {
  if (text.length < 127) return Buffer.from([text.length]);
  const bytes = [127];
  let rest = text.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** The header block of every response. */
export const responseHeaders: Buffer = Buffer.concat([
  Buffer.from([status200]),
  literal(contentTypeName, 'application/grpc'),
]);

const okTrailers = named('grpc-status', '0');
/** Longer texts are cut, so that the block fits a frame. */
const messageBytesMax = 8192;

/** The header block that ends a call. */
export function trailers(code: number, message: string): Buffer {
  if (code === statusCodes.ok) return okTrailers;
  return Buffer.concat([
    named('grpc-status', String(code)),
    named('grpc-message', percentEncoded(message)),
  ]);
}

/** Headers and trailers in one, for a call that ends without a response. */
export function onlyTrailers(code: number, message: string): Buffer {
  return Buffer.concat([responseHeaders, trailers(code, message)]);
}

/** The response to a request that is no gRPC call: an HTTP status. */
export function refusedContent(status: number): Buffer {
  return literal(statusName, String(status));
}

/** Printable ASCII but for the percent sign as it is, all else as %XX (gRPC over HTTP/2, "Percent-Encoded"). */
function percentEncoded(message: string): string {
  let encoded = '';
  const bytes = Buffer.from(message);
  let end = Math.min(bytes.length, Math.floor(messageBytesMax / 3));
  // Not in the middle of a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  for (const byte of bytes.subarray(0, end)) {
    encoded +=
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
