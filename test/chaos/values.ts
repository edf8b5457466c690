/**
 * Values of clients. A value is known by its number: its bytes are the number, and filling up to a length that depends on it.
 * So a history holds numbers only, and each read shows whether all bytes are those that were written.
 *
 * Lengths lie around bounds of the product: pieces of messages and of files, frames, slabs, and the bound of a request.
 */
const lengths: readonly { readonly each: number; readonly bytes: number }[] = [
  { each: 1009, bytes: 1_572_000 },
  { each: 499, bytes: 1 << 18 },
  { each: 97, bytes: 1 << 16 },
  { each: 23, bytes: 1 << 14 },
  { each: 11, bytes: 1 << 12 },
  { each: 5, bytes: 64 },
];
/** Values around a bound end so many bytes before or after it. */
const aroundMax = 40;

function lengthOf(text: string): number {
  const number = Number(text);
  const found = lengths.find(({ each }) => number > 0 && number % each === 0);
  if (found === undefined) return 0;
  return Math.max(text.length + 1, found.bytes - aroundMax + (number % (2 * aroundMax)));
}

/** The bytes of a value; none for an empty text. */
export function bytesOfValue(text: string): Buffer {
  const length = lengthOf(text);
  return length === 0 ? Buffer.from(text) : Buffer.alloc(length, `${text}.`);
}

/** The text of a value, or what says that its bytes are not those that were written. */
export function textOfValue(bytes: Buffer): string {
  const end = bytes.indexOf('.');
  const text = bytes.toString('latin1', 0, end === -1 ? bytes.length : end);
  return bytesOfValue(text).equals(bytes)
    ? text
    : `damaged: ${text.slice(0, 20)}, ${bytes.length} bytes`;
}
