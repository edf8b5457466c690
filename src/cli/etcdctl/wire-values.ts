import Long from 'long';

/** Values as the codec of the wire gives them, as Go prints them. */

/** A 32-bit number, or a 64-bit one. */
export function numberText(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'bigint') {
    return String(value);
  }
  return Long.isLong(value) ? value.toString() : '0';
}

/** An id: sixteen digits at least if `padded`, as Go's `%016x`. */
export function hexText(value: unknown, padded: boolean): string {
  const hex = BigInt.asUintN(64, BigInt(numberText(value))).toString(16);
  return padded ? hex.padStart(16, '0') : hex;
}

const escapes: ReadonlyMap<number, string> = new Map([
  [7, '\\a'],
  [8, '\\b'],
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
  [34, '\\"'],
  [92, '\\\\'],
]);

/** Bytes in double quotes, as Go's `%q`: what is no text, or cannot be seen, is escaped. */
export function quoted(value: unknown): string {
  const bytes = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(textOf(value));
  const parts: string[] = [];
  for (let index = 0; index < bytes.length;) {
    const size = runeSize(bytes, index);
    const byte = bytes[index] ?? 0;
    if (size === 0) parts.push(`\\x${byte.toString(16).padStart(2, '0')}`);
    else if (size === 1) parts.push(quotedAscii(byte));
    else parts.push(quotedRune(bytes.toString('utf8', index, index + size)));
    index += Math.max(1, size);
  }
  return `"${parts.join('')}"`;
}

function quotedAscii(byte: number): string {
  const escape = escapes.get(byte);
  if (escape !== undefined) return escape;
  const isVisible = byte >= 0x20 && byte < 0x7f;
  return isVisible ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** Letters, marks, numbers, punctuation and symbols are shown; of the blanks, only the ASCII one. */
function quotedRune(rune: string): string {
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(rune)) return rune;
  const hex = (rune.codePointAt(0) ?? 0).toString(16);
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** The bytes of the character that begins here; 0 if none does. */
function runeSize(bytes: Buffer, start: number): number {
  const first = bytes[start] ?? 0;
  if (first < 0x80) return 1;
  for (const size of [2, 3, 4]) {
    const text = bytes.toString('utf8', start, start + size);
    const units = (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
    if (text.length === units && text !== '\ufffd' && Buffer.byteLength(text) === size) return size;
  }
  return bytes.toString('latin1', start, start + 3) === '\xef\xbf\xbd' ? 3 : 0;
}

/** `\x61\x62`: bytes as `--hex` shows them. */
export function hexBytes(value: unknown): string {
  const bytes = value instanceof Uint8Array ? value : Buffer.from(textOf(value));
  return [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

export function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return typeof value === 'string' ? value : '';
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A size as etcdctl's tables show it: `20 kB`, `1.5 MB`. */
export function sizeText(value: unknown): string {
  let size = Number(numberText(value));
  if (size < 10) return `${size} B`;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  const rounded = Math.floor(size * 10 + 0.5) / 10;
  return `${rounded < 10 ? rounded.toFixed(1) : rounded.toFixed(0)} ${units[unit]}`;
}
