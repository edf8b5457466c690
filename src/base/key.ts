/**
 * Keys are *binary strings*: one character (U+0000 to U+00FF) for each byte. JavaScript stores them one byte per
 * character, compares them bytewise with `<`, and accepts them as keys of a `Map`. None of this holds for
 * `Uint8Array`.
 */
export type Key = string;

/** Turns bytes from the wire into a key. */
export function keyOf(bytes: Uint8Array): Key {
  return asBuffer(bytes).toString('latin1');
}

/** Turns text into a key: the bytes of its UTF-8 encoding. */
export function keyOfText(text: string): Key {
  return keyOf(Buffer.from(text, 'utf8'));
}

/** The bytes of a key, freshly allocated. */
export function bytesOfKey(key: Key): Buffer {
  return Buffer.from(key, 'latin1');
}

/**
 * All keys from `start` up to, not including, `end`. `end: undefined` has no upper bound. A single key `k` is
 * `{ start: k, end: k + '\0' }`: nothing sorts between the two.
 */
export interface KeyRange {
  readonly start: Key;
  readonly end: Key | undefined;
}

/** The range that holds one key. */
export function singleKey(key: Key): KeyRange {
  return { start: key, end: `${key}\0` };
}

/** True if the range can hold no other key than its start. */
export function isSingleKey(range: KeyRange): boolean {
  return (
    range.end !== undefined &&
    range.end.length === range.start.length + 1 &&
    range.end.endsWith('\0') &&
    range.end.startsWith(range.start)
  );
}

/** The range of all keys that begin with `prefix`; the empty prefix is everything. */
export function prefixRange(prefix: Key): KeyRange {
  for (let last = prefix.length - 1; last >= 0; last--) {
    const byte = prefix.charCodeAt(last);
    if (byte < 0xff) {
      return { start: prefix, end: prefix.slice(0, last) + String.fromCharCode(byte + 1) };
    }
  }
  return { start: prefix, end: undefined };
}

/** True if `key` lies in `range`. */
export function rangeHolds(range: KeyRange, key: Key): boolean {
  return key >= range.start && (range.end === undefined || key < range.end);
}

/** A view of the same bytes with `Buffer`'s methods. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
