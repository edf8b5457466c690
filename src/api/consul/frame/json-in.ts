import { parseDuration } from '../../../base/go-duration.ts';
import { badRequest } from './refusals.ts';

/**
 * JSON from clients. Names of fields count in any letter case, and with or without underscores (`ServiceID`,
 * `service_id`); unknown fields are ignored, since newer clients send more. A value of a wrong type is refused.
 * Whole numbers of 64 bits are exact: `JSON.parse` would round those above 2^53.
 */
export type JsonValue =
  string | number | bigint | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** Of lists and objects: readers and writers of what they hold are recursive. As for etcd's JSON. */
const depthMax = 1000;
const signs = {
  quote: 0x22,
  backslash: 0x5c,
  openList: 0x5b,
  closeList: 0x5d,
  open: 0x7b,
  close: 0x7d,
};

/** The value of a JSON text. Throws a refusal that says where it is wrong. */
export function parseJson(body: Uint8Array): JsonValue {
  const text = wellFormed(
    Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'),
  );
  if (text.trim() === '') throw badRequest('Request decode failed: EOF');
  checkDepth(body);
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw badRequest(`Request decode failed: ${reason}`);
  }
  // Few requests have numbers that long, or that large.
  return /\d{16}|[eE]\+?\d{3}/.test(text) ? new ExactReader(text).value() : value;
}

const surrogate = /\\u[dD][89a-fA-F]/;
const escapes = /\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)/gs;

/**
 * An escape for half of a character stands for U+FFFD, as in Go. Kept as it is, it would be a text that no key and no
 * answer can hold: what is written under it would not be found again.
 */
function wellFormed(text: string): string {
  if (!surrogate.test(text)) return text;
  return text.replaceAll(escapes, (whole, half?: string) =>
    half === undefined ? whole : '\\ufffd',
  );
}

/** Of any bytes: whether they are JSON is looked at afterwards. */
function checkDepth(body: Uint8Array): void {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < body.length; at++) {
    const sign = body[at];
    if (isText) {
      if (sign === signs.backslash) at++;
      else if (sign === signs.quote) isText = false;
    } else if (sign === signs.quote) isText = true;
    else if (sign === signs.openList || sign === signs.open) depth++;
    else if (sign === signs.closeList || sign === signs.close) depth--;
    if (depth > depthMax) throw badRequest('Request decode failed: exceeded max depth');
  }
}

/** Reads JSON that is known to be sound, with whole numbers beyond 2^53 as `bigint`; refuses numbers that are too large. */
class ExactReader {
  readonly #text: string;
  readonly #token = /\s*(?:("(?:[^"\\]|\\.)*")|([-+.\deE]+)|([a-z]+)|([[\]{}:,]))/y;
  #next = '';

  constructor(text: string) {
    this.#text = text;
    this.#advance();
  }

  #advance(): string {
    const token = this.#next;
    const [, string, number, word, sign] = this.#token.exec(this.#text) ?? [];
    this.#next = string ?? number ?? word ?? sign ?? '';
    return token;
  }

  value(): JsonValue {
    const token = this.#advance();
    if (token === '[') return this.#list();
    if (token === '{') return this.#object();
    if (/^-?\d{16,}$/.test(token)) return exact(token);
    const value: JsonValue = JSON.parse(token);
    if (typeof value !== 'number' || Number.isFinite(value)) return value;
    throw badRequest(`Request decode failed: the number ${token.slice(0, 40)} is too large`);
  }

  #list(): JsonValue {
    const values: JsonValue[] = [];
    while (this.#next !== ']') {
      values.push(this.value());
      if (this.#next === ',') this.#advance();
    }
    this.#advance();
    return values;
  }

  #object(): JsonValue {
    const entries: [string, JsonValue][] = [];
    while (this.#next !== '}') {
      const name: string = JSON.parse(this.#advance());
      this.#advance();
      entries.push([name, this.value()]);
      if (this.#next === ',') this.#advance();
    }
    this.#advance();
    return Object.fromEntries(entries);
  }
}

function exact(digits: string): JsonValue {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

const uint64Max = 2n ** 64n - 1n;
const int64Max = 2n ** 63n - 1n;

/** The fields of one JSON object. Each is read by the name that Consul gives it, and checked. */
export class JsonFields {
  readonly #values = new Map<string, JsonValue>();
  readonly #names: readonly string[];
  readonly #where: string;

  /** `where`: the path to the object, for refusals; empty for the body itself. */
  constructor(value: JsonValue, where = '') {
    this.#where = where;
    if (!isObject(value)) throw wrongType(where === '' ? 'the body' : where, 'an object', value);
    for (const [name, field] of Object.entries(value)) this.#values.set(plain(name), field);
    this.#names = Object.keys(value);
  }

  /** The names of all fields, as they are written. */
  names(): readonly string[] {
    return this.#names;
  }

  /** The value as it came; undefined where it is missing or null. */
  raw(name: string): JsonValue | undefined {
    return this.#values.get(plain(name)) ?? undefined;
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  text(name: string): string {
    const value = this.raw(name) ?? '';
    if (typeof value !== 'string') throw this.#wrong(name, 'a string', value);
    return value;
  }

  flag(name: string): boolean {
    const value = this.raw(name) ?? false;
    if (typeof value !== 'boolean') throw this.#wrong(name, 'a boolean', value);
    return value;
  }

  /** A whole number that JavaScript has exactly. */
  whole(name: string): number {
    const value = this.raw(name) ?? 0;
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
      throw this.#wrong(name, 'a whole number', value);
    }
    return value;
  }

  /** Undefined where it is missing. */
  fraction(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'number') return value;
    throw this.#wrong(name, 'a number', value);
  }

  uint64(name: string): bigint {
    return this.#wholeBetween(name, 0n, uint64Max);
  }

  int64(name: string): bigint {
    return this.#wholeBetween(name, -int64Max - 1n, int64Max);
  }

  #wholeBetween(name: string, min: bigint, max: bigint): bigint {
    const value = this.raw(name) ?? 0;
    const isSafe = typeof value === 'number' && Number.isSafeInteger(value);
    const number = isSafe ? BigInt(value) : value;
    if (typeof number === 'bigint' && number >= min && number <= max) return number;
    throw this.#wrong(name, 'a whole number of 64 bits', value);
  }

  /** As in Go, null stands for an empty text, also as a value of a map. */
  texts(name: string): readonly string[] {
    return this.#list(name).map((value, at) => {
      if (value === null) return '';
      if (typeof value !== 'string') throw this.#wrong(`${name}[${at}]`, 'a string', value);
      return value;
    });
  }

  textMap(name: string): Readonly<Record<string, string>> {
    const value = this.raw(name) ?? {};
    if (!isObject(value)) throw this.#wrong(name, 'an object of strings', value);
    const entries = Object.entries(value).map(([key, entry]) => {
      if (entry !== null && typeof entry !== 'string') {
        throw this.#wrong(`${name}.${key}`, 'a string', entry);
      }
      return [key, entry ?? ''] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Lists of texts by name, as HTTP headers have them. */
  textListMap(name: string): Readonly<Record<string, readonly string[]>> {
    const value = this.raw(name) ?? {};
    if (!isObject(value)) throw this.#wrong(name, 'an object of lists', value);
    const fields = new JsonFields(value, this.#pathTo(name));
    return Object.fromEntries(Object.keys(value).map((key) => [key, fields.texts(key)]));
  }

  /** Nanoseconds of 64 bits: of a text as Go has them (`10s`), or a number. */
  duration(name: string): bigint | undefined {
    const value = this.raw(name);
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string') {
      const parsed = parseDuration(value);
      if (parsed !== undefined) return parsed;
      throw badRequest(`Request decode failed: time: invalid duration "${value}"`);
    }
    if (typeof value === 'number' || typeof value === 'bigint') {
      const number = typeof value === 'number' ? BigInt(Math.trunc(value)) : value;
      if (BigInt.asIntN(64, number) === number) return number;
    }
    throw this.#wrong(name, 'a duration, as "10s"', value);
  }

  object(name: string): JsonFields | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : new JsonFields(value, this.#pathTo(name));
  }

  objects(name: string): readonly JsonFields[] {
    return this.#list(name).map(
      (value, at) => new JsonFields(value, this.#pathTo(`${name}[${at}]`)),
    );
  }

  #list(name: string): readonly JsonValue[] {
    const value = this.raw(name) ?? [];
    if (!Array.isArray(value)) throw this.#wrong(name, 'a list', value);
    return value;
  }

  #pathTo(name: string): string {
    return this.#where === '' ? name : `${this.#where}.${name}`;
  }

  #wrong(name: string, expected: string, value: JsonValue): Error {
    return wrongType(this.#pathTo(name), expected, value);
  }
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(what: string, expected: string, value: JsonValue): Error {
  const kind = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  return badRequest(`Request decode failed: ${what} must be ${expected}, and is ${kind}`);
}
