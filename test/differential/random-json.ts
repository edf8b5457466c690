import { schema } from '../../src/gen/schema.ts';
import type { SchemaField } from '../../src/gen/schema.ts';
import type { SeededRandom } from '../simulation/random.ts';

type Message = Readonly<Record<string, unknown>>;

/** Values that fit no field, or only some, or in a way of their own. */
const oddities: readonly string[] = [
  'null',
  'true',
  '"x"',
  '5',
  '-1',
  '1.5',
  '1e2',
  '"1e2"',
  '"100.0"',
  '1.50e1',
  '""',
  '{}',
  '[]',
  '[{}]',
  '[null]',
  '" 5"',
  '"5 x"',
  '"0x5"',
  '99999999999999999999',
  '9223372036854775808',
  '-0',
  '"-0"',
  '1E400',
  '"\\u0041"',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  '"\xc3\xa9"',
  '"\xff"',
  '"NONE"',
  '"ASCEND"',
  '"nonsense"',
  '{"key":"YQ=="}',
];

/** Base64 that is right, nearly right and wrong. */
const base64s: readonly string[] = [
  'YQ',
  'YQ==',
  'YQ=',
  'YQ===',
  '_w==',
  '_w',
  '/w',
  '-_-_',
  '+/+/',
  '+_==',
  'YWI',
  'YWI=',
  'YW\\nI=',
  'YW\\r\\nI',
  'YR==',
  'a',
  'hello',
  '=',
  '====',
  'Y Q=',
  '!!!!',
  '\xc3\xa9',
  'YWJj\\n',
  'YQ==YQ==',
  '\\u0059Q==',
];

const junk: readonly string[] = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  'x',
  '1',
  '-',
  ' ',
  '\n',
  '\0',
  '\xff',
  'null',
  'tru',
  '.',
  'e',
  "'",
  '\\u00',
];

interface Options {
  /** Also JSON that says something else than the request, or nothing. */
  readonly mayBreak: boolean;
}

/** A body for a request: its fields as somebody might write them. One character for each byte. */
export function randomJson(
  random: SeededRandom,
  type: string,
  request: Message,
  { mayBreak }: Options,
): string {
  const text = new Writer(random, mayBreak).object(type, request);
  if (!mayBreak) return text;
  if (random.chance(0.05)) return broken(random, text);
  if (random.chance(0.04))
    return `${text}${random.pick([' ', '\n{}', ' x', '}', '\0', '{"key":"Yg=="}'])}`;
  return random.chance(0.02)
    ? random.pick(['', ' ', 'null', '[]', '5', '"x"', '5x', 'true', 'x', '-', '"'])
    : text;
}

/** Some characters less, more, or others. */
function broken(random: SeededRandom, text: string): string {
  const at = random.between(0, text.length);
  const cut = random.between(0, 2);
  const put = random.chance(0.7) ? random.pick(junk) : '';
  return random.chance(0.2) ? text.slice(0, at) : text.slice(0, at) + put + text.slice(at + cut);
}

class Writer {
  readonly #random: SeededRandom;
  readonly #mayBreak: boolean;

  constructor(random: SeededRandom, mayBreak: boolean) {
    this.#random = random;
    this.#mayBreak = mayBreak;
  }

  object(type: string, message: Message): string {
    const fields = new Map(schema.messages[type]!.map((field) => [field.name, field]));
    const members = Object.entries(message).map(([name, value]) => {
      return `${this.#name(name)}${this.#space()}:${this.#space()}${this.#field(fields.get(name)!, value)}`;
    });
    if (this.#random.chance(0.08)) members.unshift(`"unknown":${this.#random.pick(oddities)}`);
    if (this.#mayBreak && members.length > 0 && this.#random.chance(0.03))
      members.push(this.#random.pick(members));
    if (this.#mayBreak && this.#random.chance(0.03)) {
      members.push(
        `${this.#name(this.#random.pick([...fields.keys(), 'x']))}:${this.#random.pick(oddities)}`,
      );
    }
    return `{${this.#space()}${members.join(`${this.#space()},${this.#space()}`)}}`;
  }

  #name(name: string): string {
    const camel = name.replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase());
    return `"${this.#random.chance(0.3) ? camel : name}"`;
  }

  #space(): string {
    return this.#random.chance(0.05) ? this.#random.pick([' ', '\n', '\t', '\r\n']) : '';
  }

  #field(field: SchemaField, value: unknown): string {
    if (this.#mayBreak && this.#random.chance(0.03)) return this.#random.pick(oddities);
    if (Array.isArray(value)) return `[${value.map((one) => this.#value(field, one)).join(',')}]`;
    return this.#value(field, value);
  }

  #value({ type }: SchemaField, value: unknown): string {
    const random = this.#random;
    const numbers = schema.enums[type];
    if (numbers !== undefined) {
      const name = Object.keys(numbers).find((one) => numbers[one] === value);
      return name !== undefined && random.chance(0.5) ? JSON.stringify(name) : String(value);
    }
    if (schema.messages[type] !== undefined)
      return this.object(type, Object.fromEntries(Object.entries(Object(value))));
    if (type === 'bytes') {
      if (this.#mayBreak && random.chance(0.06)) return `"${random.pick(base64s)}"`;
      const text = String(value);
      if (random.chance(0.1)) return `"${text.replaceAll('=', '')}"`;
      return random.chance(0.1)
        ? `"${text.replaceAll('+', '-').replaceAll('/', '_')}"`
        : `"${text}"`;
    }
    if (type.includes('int')) return random.chance(0.4) ? String(value) : `"${String(value)}"`;
    // One character for each byte of the text.
    return Buffer.from(JSON.stringify(value), 'utf8').toString('latin1');
  }
}
