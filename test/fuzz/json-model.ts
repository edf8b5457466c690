import Long from 'long';
import type { Field, MessageType } from '../../src/api/gateway/index.ts';

/**
 * Whether a decoded message is that of a JSON value, as `JSON.parse` gives it. Written for simplicity: numbers are
 * compared as doubles, and of a text in the place of a number the beginning counts.
 */
export function differenceFrom(
  type: MessageType,
  decoded: Readonly<Record<string, unknown>>,
  parsed: unknown,
): string | undefined {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return `${type.name} from ${typeof parsed}`;
  }
  const given = new Map(Object.entries(parsed).filter(([, value]) => value !== null));
  for (const field of type.fields) {
    const value = given.get(field.name) ?? given.get(camelCase(field.name));
    const held = decoded[field.name];
    const difference = fieldDifference(field, held, value);
    if (difference !== undefined) return `${type.name}.${field.name}: ${difference}`;
  }
  const unknown = Object.keys(decoded).find(
    (name) => !type.fields.some((one) => one.name === name),
  );
  return unknown === undefined ? undefined : `${type.name} has a field ${unknown}`;
}

function fieldDifference(field: Field, held: unknown, value: unknown): string | undefined {
  if (!field.repeated) return valueDifference(field, held, value);
  if (value === undefined) return held === undefined ? undefined : 'a list from nothing';
  if (!Array.isArray(value) || !Array.isArray(held)) return 'no list';
  const known = value.filter((one) => !isUnknownName(field, one));
  if (known.length !== held.length) return `${held.length} elements of ${known.length}`;
  for (const [at, one] of known.entries()) {
    const difference = valueDifference(field, held[at], one);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isUnknownName({ value }: Field, text: unknown): boolean {
  return value.kind === 'enum' && typeof text === 'string' && !Object.hasOwn(value.numbers, text);
}

function valueDifference(field: Field, held: unknown, value: unknown): string | undefined {
  if (value === undefined || isUnknownName(field, value)) {
    return held === undefined ? undefined : 'something from nothing';
  }
  if (field.value.kind === 'message') {
    if (typeof held !== 'object' || held === null) return 'no message';
    return differenceFrom(field.value.type(), Object.fromEntries(Object.entries(held)), value);
  }
  return isSame(field, held, value) ? undefined : `${String(held)} from ${JSON.stringify(value)}`;
}

const halfPair = /\p{Surrogate}/u;

function isSame({ value: of }: Field, held: unknown, value: unknown): boolean {
  if (of.kind === 'bool') return typeof held === 'boolean' && held === value;
  // Half of a surrogate pair is no text.
  if (of.kind === 'string')
    return typeof held === 'string' && held === value && !halfPair.test(held);
  if (of.kind === 'bytes') {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
    return held instanceof Uint8Array && bytes?.equals(held) === true;
  }
  if (of.kind === 'enum' && typeof value === 'string') return of.numbers[value] === held;
  const number = typeof value === 'string' ? Number.parseFloat(value) : Number(value);
  // Both zeros are one.
  return numberOf(held) === number;
}

function numberOf(held: unknown): number {
  return Long.isLong(held) ? Number(held.toString()) : Number(held);
}

function camelCase(name: string): string {
  return name.replaceAll(/_(.)/g, (_match, letter: string) => letter.toUpperCase());
}
