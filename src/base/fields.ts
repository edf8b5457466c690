/**
 * Values from a wire or a disk, checked once and typed from then on. Each function returns its argument, or throws a
 * TypeError that names the field; the caller adds which message or record it was.
 */

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown, what: string): Fields {
  if (!isFields(value)) throw unsound(what);
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf<T>(
  value: unknown,
  what: string,
  partOf: (part: unknown, at: number) => T,
): T[] {
  if (!Array.isArray(value)) throw unsound(what);
  return value.map(partOf);
}

/** An index, a term, a number of things: no fraction, not negative, and exact. */
export function countOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw unsound(what);
  return value;
}

export function flagOf(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw unsound(what);
  return value;
}

export function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw unsound(what);
  return value;
}

export function bytesOf(value: unknown, what: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw unsound(what);
  return value;
}

/** A whole number of 64 bits with its sign. */
export function int64Of(value: unknown, what: string): bigint {
  if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) throw unsound(what);
  return value;
}

export function unsound(what: string): TypeError {
  return new TypeError(`unsound: ${what}`);
}
