import type { SeededRandom } from '../simulation/random.ts';
import { mutateBytes, spliced } from './bytes.ts';

/** Values at which JSON, or protobuf's form of it, has rules of its own. */
const values: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1',
  '-1',
  '1.5',
  '1e2',
  '1E+2',
  '10e-1',
  '1.50e1',
  '1e400',
  '1e-400',
  '0e99',
  '2147483647',
  '2147483648',
  '-2147483648',
  '4294967295',
  '4294967296',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '18446744073709551615',
  '18446744073709551616',
  '99999999999999999999',
  '""',
  '"5"',
  '" 5"',
  '"5 x"',
  '"1e2"',
  '"-0"',
  '"0x5"',
  '"a"',
  '"YQ"',
  '"YQ=="',
  '"YQ="',
  '"_w"',
  '"/w=="',
  '"+_=="',
  '"YW\\nI="',
  '"\\u0000"',
  '"\\u0041"',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  '"\\ude00\\ud83d"',
  '"\\ud83d"',
  '"\\"\\\\\\/"',
  '"\\b\\f\\n\\r\\t"',
  '"\u00e9\u{1f600}"',
  '"\u2028\ufeff"',
  '{}',
  '[]',
  '[{}]',
  '[null]',
  '[[]]',
  '{"":0}',
  '{"__proto__":{}}',
  '{"constructor":1}',
  '"NONE"',
  '"ASCEND"',
  '"VALUE"',
  '"EQUAL"',
  '"nonsense"',
];

/** What a JSON text consists of: strings, numbers and literals, and single bytes. */
const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[a-z]+|[\s\S]/g;

/** Changes tokens of JSON. `names` are those of fields. */
export function mutateJson(
  input: Buffer,
  other: Buffer,
  random: SeededRandom,
  names: readonly string[],
): Buffer {
  const tokens = tokensOf(input);
  const at = random.between(0, Math.max(0, tokens.length - 1));
  const to = random.between(0, tokens.length);
  const one = tokens[at] ?? '';
  switch (random.between(0, 9)) {
    case 0:
    case 1:
      tokens[at] = random.pick(values);
      break;
    case 2:
      tokens[at] = JSON.stringify(random.pick(names));
      break;
    case 3:
      tokens.splice(at, random.between(1, 3));
      break;
    case 4:
      tokens.splice(to, 0, one);
      break;
    case 5:
      tokens.splice(to, 0, ...takenFrom(tokensOf(other), random));
      break;
    case 6:
      tokens.splice(to, 0, `,${JSON.stringify(random.pick(names))}:${random.pick(values)}`);
      break;
    case 7:
      nest(tokens, at, random);
      break;
    case 8:
      tokens.splice(
        to,
        0,
        random.pick(['{', '}', '[', ']', ',', ':', '"', ' ', '\n', '\\', '\\u']),
      );
      break;
    default:
      tokens[at] = withinString(one, other, random);
  }
  return Buffer.from(tokens.join(''), 'latin1');
}

/** As Latin-1, so that bytes which are no UTF-8 stay as they are. */
function tokensOf(input: Buffer): string[] {
  return input.toString('latin1').match(token) ?? [];
}

function takenFrom(tokens: readonly string[], random: SeededRandom): readonly string[] {
  const start = random.between(0, tokens.length);
  return tokens.slice(start, start + random.between(1, 12));
}

function nest(tokens: string[], at: number, random: SeededRandom): void {
  const [open = '', close = ''] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['{"request_txn":{"success":[', ']}}'],
  ]);
  const depth = random.pick([1, 2, 30, 999, 1001]);
  tokens[at] = open.repeat(depth) + (tokens[at] ?? '') + close.repeat(depth);
}

function withinString(one: string, other: Buffer, random: SeededRandom): string {
  const bytes = Buffer.from(one, 'latin1');
  if (bytes.length < 2) return one;
  const inner = mutateBytes(bytes.subarray(1, -1), other.subarray(0, 64), random);
  return spliced(bytes, 1, bytes.length - 1, inner).toString('latin1');
}
