import Long from 'long';
import { unreachable } from '../../base/assert.ts';
import { asBuffer } from '../../base/key.ts';
import { BadJson } from './json-errors.ts';
import { JsonReader } from './json-reader.ts';
import type { Token } from './json-reader.ts';
import { bytesOfBase64, wholeNumberOf } from './json-scalars.ts';

/** The description of a protobuf message that its JSON form depends on. */
export interface MessageType {
  /** "etcdserverpb.RangeRequest" */
  readonly name: string;
  readonly fields: readonly Field[];
}

export interface Field {
  /** As in the proto file, and in messages. */
  readonly name: string;
  readonly repeated: boolean;
  /** A message has at most one of the fields of a oneof. */
  readonly oneof: string | undefined;
  readonly value: Value;
}

export type Value =
  | { readonly kind: 'bool' | 'string' | 'bytes' | 'int32' | 'uint32' | 'int64' | 'uint64' }
  | { readonly kind: 'enum'; readonly numbers: Readonly<Record<string, number>> }
  | { readonly kind: 'message'; readonly type: () => MessageType };

/**
 * A message from its JSON form, as https://protobuf.dev/programming-guides/json says: fields by either of their
 * names, 64-bit numbers as text or not, bytes in base64, enums by name or number. Unknown
 * fields and enum names are ignored. Throws `BadJson` for values that do not fit, with the texts of `protojson` of Go.
 */
export function messageOf(type: MessageType, json: Buffer): Record<string, unknown> {
  return readMessage(type, new JsonReader(json));
}

function readMessage(type: MessageType, reader: JsonReader): Record<string, unknown> {
  const open = reader.next();
  if (open.kind !== '{') throw reader.unexpected(open);
  const message: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (let name = reader.next(); name.kind === 'name'; name = reader.next()) {
    const field = fieldByName(type).get(name.text);
    if (field === undefined) {
      reader.skip();
      continue;
    }
    if (seen.has(field.name)) {
      throw new BadJson(`proto: ${reader.place(name.start)}: duplicate field ${reader.raw(name)}`);
    }
    seen.add(field.name);
    if (reader.isNullNext()) {
      reader.next();
      continue;
    }
    if (field.oneof !== undefined) claimOneof(type, field.oneof, seen, reader, name);
    const value = field.repeated ? readList(field, reader) : readValue(field, reader);
    if (value !== undefined) message[field.name] = value;
  }
  return message;
}

function claimOneof(
  type: MessageType,
  oneof: string,
  seen: Set<string>,
  reader: JsonReader,
  name: Token,
): void {
  const key = `oneof ${oneof}`;
  if (seen.has(key)) {
    throw new BadJson(
      `proto: ${reader.place(name.start)}: error parsing ${reader.raw(name)}, ` +
        `oneof ${type.name}.${oneof} is already set`,
    );
  }
  seen.add(key);
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

function readList(field: Field, reader: JsonReader): unknown[] {
  const open = reader.next();
  if (open.kind !== '[') throw reader.unexpected(open);
  const list: unknown[] = [];
  while (reader.peek().kind !== ']') {
    const value = readValue(field, reader);
    if (value !== undefined) list.push(value);
  }
  reader.next();
  return list;
}

/** Undefined for an unknown name of an enum. */
function readValue(field: Field, reader: JsonReader): unknown {
  const { value } = field;
  if (value.kind === 'message') return readMessage(value.type(), reader);
  const token = reader.next();
  if (value.kind === 'enum' && token.kind === 'string') {
    return Object.hasOwn(value.numbers, token.text) ? value.numbers[token.text] : undefined;
  }
  const scalar = scalarOf(value.kind, token, reader);
  if (scalar === undefined) {
    const what = `invalid value for ${value.kind} field ${camelCase(field.name)}`;
    throw new BadJson(`proto: ${reader.place(token.start)}: ${what}: ${reader.raw(token)}`);
  }
  return scalar;
}

/** Undefined for a token that does not fit the kind. */
function scalarOf(
  kind: Exclude<Value['kind'], 'message'>,
  token: Token,
  reader: JsonReader,
): unknown {
  switch (kind) {
    case 'bool':
      return token.kind === 'bool' ? reader.raw(token) === 'true' : undefined;
    case 'string':
      return token.kind === 'string' ? token.text : undefined;
    case 'bytes':
      return token.kind === 'string' ? bytesOfBase64(token.text) : undefined;
    case 'enum':
      if (token.kind !== 'number') return undefined;
      return asNumber(within(wholeNumberOf(reader.raw(token)), -(2n ** 31n), 2n ** 31n));
    case 'int32':
      return asNumber(within(wholeIn(token, reader), -(2n ** 31n), 2n ** 31n));
    case 'uint32':
      return asNumber(within(wholeIn(token, reader), 0n, 2n ** 32n));
    case 'int64':
      return asLong(within(wholeIn(token, reader), -(2n ** 63n), 2n ** 63n), false);
    case 'uint64':
      return asLong(within(wholeIn(token, reader), 0n, 2n ** 64n), true);
    default:
      return unreachable(kind);
  }
}

/** A whole number, written as a number or in text. */
function wholeIn(token: Token, reader: JsonReader): bigint | undefined {
  if (token.kind === 'number') return wholeNumberOf(reader.raw(token));
  return token.kind === 'string' ? wholeNumberOf(token.text) : undefined;
}

/** From `low` up to, not including, `end`. */
function within(whole: bigint | undefined, low: bigint, end: bigint): bigint | undefined {
  return whole !== undefined && whole >= low && whole < end ? whole : undefined;
}

function asNumber(whole: bigint | undefined): number | undefined {
  return whole === undefined ? undefined : Number(whole);
}

function asLong(whole: bigint | undefined, unsigned: boolean): Long | undefined {
  return whole === undefined ? undefined : Long.fromString(whole.toString(), unsigned);
}

/** The JSON form of a message: fields by their names in the proto file, without those that hold their default. */
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

/** True for the default of a field, which is not shown. A message that is present is shown. */
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

/** A 64-bit number, in any form in which a message may hold it. */
function bigIntOf(held: unknown): bigint {
  return typeof held === 'bigint' ? held : BigInt(String(held));
}
