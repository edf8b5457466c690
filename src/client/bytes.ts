import { invalid } from './checks.ts';
import { asBuffer, bytesOfKey, keyOf, prefixRange } from '../base/key.ts';

/** A key or a value: text, which travels as UTF-8, or bytes. */
export type Bytes = string | Uint8Array;

/**
 * Which keys a call is about. A plain string or `Uint8Array` means that one key.
 *
 * @example
 * await client.delete({ prefix: '/services/payment/' });
 * await client.range({ from: 'a', to: 'c' }); // a ≤ key < c
 * await client.range({ from: 'a' }); // every key from a on
 */
export type Keys =
  Bytes | { readonly prefix: Bytes } | { readonly from: Bytes; readonly to?: Bytes };

/** Bytes of a key or value as they travel. */
export function bytesOf(value: Bytes): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (value instanceof Uint8Array) return asBuffer(value);
  throw invalid(`keys and values must be a string or a Uint8Array, not ${typeof value}`);
}

/** Bytes as text; what is not UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('utf8');
}

const zero: Buffer = Buffer.from([0]);
const nothing: Buffer = Buffer.alloc(0);

/** The two fields by which the wire names keys: no `range_end` is one key, a zero byte is "to the very end". */
export function wireRange(keys: Keys): { key: Buffer; range_end: Buffer } {
  if (typeof keys === 'string' || keys instanceof Uint8Array) {
    return { key: bytesOf(keys), range_end: nothing };
  }
  if (typeof keys !== 'object' || keys === null || !('prefix' in keys || 'from' in keys)) {
    throw invalid('keys must be a string, a Uint8Array, { prefix } or { from, to }');
  }
  if ('prefix' in keys) {
    const { start, end } = prefixRange(keyOf(bytesOf(keys.prefix)));
    return { key: first(bytesOfKey(start)), range_end: end === undefined ? zero : bytesOfKey(end) };
  }
  return {
    key: first(bytesOf(keys.from)),
    range_end: keys.to === undefined ? zero : bytesOf(keys.to),
  };
}

/** The empty key cannot be sent; the smallest key that can is a zero byte. */
function first(key: Buffer): Buffer {
  return key.length === 0 ? zero : key;
}
