import { schema } from '../../gen/schema.ts';
import { numberText } from './wire-values.ts';

type Message = Readonly<Record<string, unknown>>;

/** Texts by which a field's value may be written in JSON in a way of its own; see {@link goJson}. */
export type FieldWriter = (message: string, field: string, value: unknown) => string | undefined;

/**
 * A message of the wire as Go's `encoding/json` writes its struct, which is what `etcdctl -w json` prints: fields in
 * the order of the proto file, without those that are zero or empty, bytes as base64, enums and 64-bit integers as
 * numbers. `instead` may write single fields otherwise.
 */
export function goJson(name: string, message: Message, instead?: FieldWriter): string {
  return `{${goFields(name, message, instead).join(',')}}`;
}

/** The members of the JSON object, for messages that Go flattens into others. */
export function goFields(name: string, message: Message, instead?: FieldWriter): string[] {
  const fields = schema.messages[name] ?? [];
  const plain = fields.filter((field) => field.oneof === undefined);
  const found = plain.flatMap((field) => {
    const value = message[field.name];
    const special = instead?.(name, field.name, value);
    if (special !== undefined) return [`${goText(field.name)}:${special}`];
    const values = field.repeated === true ? (Array.isArray(value) ? value : []) : [value];
    const written = values.map((one: unknown) => goValue(field.type, one, instead));
    if (field.repeated === true) {
      return written.length === 0 ? [] : [`${goText(field.name)}:[${written.join(',')}]`];
    }
    const [only = ''] = written;
    return isZero(only) ? [] : [`${goText(field.name)}:${only}`];
  });
  const chosen = fields.find(
    ({ oneof, name: field }) => oneof !== undefined && isMessage(message[field]),
  );
  if (chosen === undefined) return found;
  const inner = goValue(chosen.type, message[chosen.name], instead);
  return [...found, `"Response":{${goText(chosen.name)}:${inner}}`];
}

function goValue(type: string, value: unknown, instead: FieldWriter | undefined): string {
  if (type in schema.messages) {
    return isMessage(value) ? goJson(type, value, instead) : 'null';
  }
  switch (type) {
    case 'bytes':
      return goText(value instanceof Uint8Array ? Buffer.from(value).toString('base64') : '');
    case 'string':
      return goText(typeof value === 'string' ? value : '');
    case 'bool':
      return String(value === true);
    default:
      return numberText(value);
  }
}

/** True for a value that `omitempty` leaves out. */
function isZero(written: string): boolean {
  return ['', '""', '0', 'false', 'null'].includes(written);
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null;
}

/** Go's encoder escapes what could end a script in a web page. */
export function goText(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
