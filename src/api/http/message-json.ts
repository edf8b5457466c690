import Long from 'long';
import { unreachable } from '../../base/assert.ts';
import { asBuffer } from '../../base/key.ts';
import { BadJson } from './json-messages.ts';

/** What the JSON form of a protobuf message depends on. */
export interface MessageType {
  /** "etcdserverpb.RangeRequest" */
  readonly name: string;
  readonly fields: readonly Field[];
}

export interface Field {
  /** As in the proto file, and in messages. */
  readonly name: string;
  readonly repeated: boolean;
  /** Of the fields with the same one, a message has at most one. */
  readonly oneof: string | undefined;
  readonly value: Value;
}

export type Value =
  | { readonly kind: 'bool' | 'string' | 'bytes' | 'int32' | 'uint32' | 'int64' | 'uint64' }
  | { readonly kind: 'enum'; readonly numbers: Readonly<Record<string, number>> }
  | { readonly kind: 'message'; readonly type: () => MessageType };

/**
 * A message from its JSON form, as https://protobuf.dev/programming-guides/json says: fields by either of their
 * names, 64-bit numbers as text or not, bytes in base64, enums by name or number. Fields and enum names that are not
 * known are passed over. Throws `BadJson` for a value that does not fit its field.
 */
export function messageOf(type: MessageType, json: object): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const [name, given] of Object.entries(json) as [string, unknown][]) {
    const field = fieldByName(type).get(name);
    if (field === undefined || given === null) continue;
    if (seen.has(field.name)) throw new BadJson(`proto: duplicate field "${name}"`);
    seen.add(field.name);
    if (field.oneof !== undefined) {
      if (seen.has(`oneof ${field.oneof}`)) {
        const oneof = `${type.name}.${field.oneof}`;
        throw new BadJson(`proto: error parsing "${name}", oneof ${oneof} is already set`);
      }
      seen.add(`oneof ${field.oneof}`);
    }
    message[field.name] = field.repeated ? listOf(field, given) : valueOf(field, given);
  }
  return message;
}

const fieldsByName = new WeakMap<MessageType, ReadonlyMap<string, Field>>();

/** All fields, under the name in the proto file and under the one that protobuf makes for JSON. */
function fieldByName(type: MessageType): ReadonlyMap<string, Field> {
  let fields = fieldsByName.get(type);
  if (fields === undefined) {
    fields = new Map(
      type.fields.flatMap((field) => [
        [field.name, field],
        [camelCase(field.name), field],
      ]),
    );
    fieldsByName.set(type, fields);
  }
  return fields;
}

/** "create_revision" -> "createRevision"; "peerURLs" stays. */
function camelCase(name: string): string {
  return name.replace(/_(.)/g, (_match, letter: string) => letter.toUpperCase());
}

function listOf(field: Field, given: unknown): unknown[] {
  if (!Array.isArray(given)) throw misfit(field, given);
  return given.map((one: unknown) => {
    if (one === null) throw misfit(field, one);
    return valueOf(field, one);
  });
}

function valueOf(field: Field, given: unknown): unknown {
  const { value } = field;
  switch (value.kind) {
    case 'bool':
      if (typeof given !== 'boolean') throw misfit(field, given);
      return given;
    case 'string':
      if (typeof given !== 'string') throw misfit(field, given);
      return given;
    case 'bytes':
      return bytesOf(field, given);
    case 'int32':
      return Number(wholeOf(field, given, -(2n ** 31n), 2n ** 31n));
    case 'uint32':
      return Number(wholeOf(field, given, 0n, 2n ** 32n));
    case 'int64':
      return Long.fromString(wholeOf(field, given, -(2n ** 63n), 2n ** 63n).toString());
    case 'uint64':
      return Long.fromString(wholeOf(field, given, 0n, 2n ** 64n).toString(), true);
    case 'enum':
      if (typeof given === 'string')
        return Object.hasOwn(value.numbers, given) ? value.numbers[given] : 0;
      return Number(wholeOf(field, given, -(2n ** 31n), 2n ** 31n));
    case 'message':
      if (typeof given !== 'object' || given === null || Array.isArray(given)) {
        throw misfit(field, given);
      }
      return messageOf(value.type(), given);
    default:
      return unreachable(value);
  }
}

/** Base64 in either alphabet, with padding or without. */
function bytesOf(field: Field, given: unknown): Uint8Array {
  if (typeof given !== 'string' || !/^[-\w+/]*={0,2}$/.test(given)) throw misfit(field, given);
  return Buffer.from(given, 'base64');
}

/** A whole number from `low` up to, not including, `end`; written as a number or in text, as 100, 1e2 or 100.0. */
function wholeOf(field: Field, given: unknown, low: bigint, end: bigint): bigint {
  const text = typeof given === 'number' ? String(given) : given;
  if (typeof text !== 'string') throw misfit(field, given);
  let whole: bigint;
  if (/^-?\d{1,20}$/.test(text)) {
    whole = BigInt(text);
  } else {
    // An exponent or a fraction makes it a double in the first place.
    const number = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isInteger(number)) throw misfit(field, given);
    whole = BigInt(number);
  }
  if (whole < low || whole >= end) throw misfit(field, given);
  return whole;
}

function misfit({ name, value }: Field, given: unknown): BadJson {
  const shown = JSON.stringify(given);
  const short = shown.length > 100 ? `${shown.slice(0, 100)}…` : shown;
  return new BadJson(`proto: invalid value for ${value.kind} field ${name}: ${short}`);
}

/** The JSON form of a message: fields by their names in the proto file, and none that hold nothing. */
export function jsonOf(type: MessageType, message: object): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const { name, repeated, value } of type.fields) {
    const held: unknown = Reflect.get(message, name);
    if (held === undefined || held === null) continue;
    if (repeated) {
      if (Array.isArray(held) && held.length > 0) {
        json[name] = held.map((one: unknown) => jsonValue(value, one));
      }
    } else if (!isNothing(held)) {
      json[name] = jsonValue(value, held);
    }
  }
  return json;
}

/** True for what a field holds by default, and what is therefore not shown. A message that is there is shown. */
function isNothing(held: unknown): boolean {
  if (held instanceof Uint8Array) return held.length === 0;
  if (Long.isLong(held)) return held.isZero();
  return held === 0 || held === 0n || held === false || held === '';
}

function jsonValue(value: Value, held: unknown): unknown {
  switch (value.kind) {
    case 'bytes':
      return held instanceof Uint8Array ? asBuffer(held).toString('base64') : held;
    case 'int64':
      return bigIntOf(held).toString();
    case 'uint64':
      return BigInt.asUintN(64, bigIntOf(held)).toString();
    case 'enum':
      return Object.keys(value.numbers).find((name) => value.numbers[name] === held) ?? held;
    case 'message':
      return typeof held === 'object' && held !== null ? jsonOf(value.type(), held) : held;
    case 'bool':
    case 'string':
    case 'int32':
    case 'uint32':
      return held;
    default:
      return unreachable(value);
  }
}

/** A 64-bit number, in whatever form a message holds it. */
function bigIntOf(held: unknown): bigint {
  return typeof held === 'bigint' ? held : BigInt(String(held));
}
