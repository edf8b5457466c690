import { statusCodes } from './grpc-status.ts';
import { literal, named } from './header-encoder.ts';
import type { HeaderField } from './static-table.ts';

/** Indexed fields of HPACK's static table, and names in it that a literal refers to (RFC 7541, appendix A). */
const status200 = 0x88;
const statusName = 8;
const contentTypeName = 31;
const methodPost = 0x83;
const schemeHttp = 0x86;
const schemeHttps = 0x87;
const authorityName = 1;
const pathName = 4;

/** The first value of a header. */
export function headerOf(headers: readonly HeaderField[], name: string): string | undefined {
  for (const field of headers) if (field.name === name) return field.value;
  return undefined;
}

/** `application/grpc`, alone or with a format behind it; `application/grpc-web` is another protocol. */
export function isGrpc(headers: readonly HeaderField[]): boolean {
  const contentType = headerOf(headers, 'content-type') ?? '';
  const own = 'application/grpc';
  return contentType.startsWith(own) && ['', '+', ';'].includes(contentType.charAt(own.length));
}

/** A call, as its client begins it. */
export interface CallTarget {
  readonly path: string;
  readonly authority: string;
  readonly isEncrypted: boolean;
  /** Metadata: names in lower case, values in printable ASCII. */
  readonly metadata: readonly HeaderField[];
}

/** The header block that begins a call. Nothing in it is indexed, so that it can be sent on any connection. */
export function requestHeaders({ path, authority, isEncrypted, metadata }: CallTarget): Buffer {
  return Buffer.concat([
    Buffer.from([methodPost, isEncrypted ? schemeHttps : schemeHttp]),
    literal(pathName, path),
    literal(authorityName, authority),
    literal(contentTypeName, 'application/grpc'),
    named('te', 'trailers'),
    ...metadata.map(({ name, value }) => named(name, value)),
  ]);
}

/** The header block of every response. */
export const responseHeaders: Buffer = Buffer.concat([
  Buffer.from([status200]),
  literal(contentTypeName, 'application/grpc'),
]);

/** The header block that ends a call well. */
export const okTrailers: Buffer = named('grpc-status', '0');
/** Longer texts are cut, so that the block fits a frame. */
const messageBytesMax = 8192;

/** The header block that ends a call. */
export function trailers(
  code: number,
  message: string,
  metadata: readonly HeaderField[] = [],
): Buffer {
  if (code === statusCodes.ok) return okTrailers;
  return Buffer.concat([
    named('grpc-status', String(code)),
    named('grpc-message', percentEncoded(message)),
    ...metadata.map(({ name, value }) => named(name, value)),
  ]);
}

/** The status that the trailers of a call have; undefined if they have none. */
export function statusIn(
  headers: readonly HeaderField[],
): { readonly code: number; readonly message: string } | undefined {
  const code = headerOf(headers, 'grpc-status');
  if (code === undefined) return undefined;
  return {
    code: /^\d{1,3}$/.test(code) ? Number(code) : statusCodes.unknown,
    message: percentDecoded(headerOf(headers, 'grpc-message') ?? ''),
  };
}

/** Headers and trailers in one, for a call that ends without a response. */
export function onlyTrailers(
  code: number,
  message: string,
  metadata: readonly HeaderField[] = [],
): Buffer {
  return Buffer.concat([responseHeaders, trailers(code, message, metadata)]);
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

/** Sequences that are no encoded byte stay as they are. */
function percentDecoded(text: string): string {
  const bytes = text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
