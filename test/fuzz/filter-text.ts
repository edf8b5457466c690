import { mutateBytes } from './bytes.ts';
import type { SeededRandom } from '../simulation/random.ts';

const operators: readonly string[] = [
  '==',
  '!=',
  'contains',
  'not contains',
  'matches',
  'not matches',
  'in',
  'not in',
  'is empty',
  'is not empty',
  'is nil',
  'is not nil',
  'and',
  'or',
  'not',
  'any',
  'all',
  'as',
];
const selectors: readonly string[] = [
  'Service',
  'Service.ID',
  'Service.Tags',
  'Service.Meta',
  'Service.Meta.env',
  'Service.Port',
  'Service.Weights.Passing',
  'Service.TaggedAddresses',
  'Service.TaggedAddresses.lan.Port',
  'Checks',
  'Checks.Status',
  'Checks.ServiceTags',
  'Node',
  'Node.Meta',
  'Tags',
  'Meta',
  'Meta["k-x"]',
  'Port',
  'ServiceTags',
  'Status',
  'Name',
  'ID',
  'EnableTagOverride',
  '"/Service/Meta/k-x"',
  'c',
  'c.Status',
  't',
  '_',
];
const values: readonly string[] = [
  '""',
  '``',
  '"a"',
  'a',
  '0',
  '-0',
  '-1',
  '80',
  '080',
  '1.5',
  '99999999999999999999',
  'true',
  'nil',
  '"\\u0061"',
  '"\\x61"',
  '"\\141"',
  '"\\U0010ffff"',
  '"\\U00110000"',
  '"\\q"',
  '"é\u{1f600}"',
  '"\\\\d+"',
  '"(a"',
  '"[a-"',
  '"a{2}"',
  '"(?i)W"',
  '"\\\\pL"',
  '"^$"',
  '"a{0,300}"',
  '"(a|b)*c"',
  '`\\b`',
];
const patterns: readonly string[] = [
  '(',
  ')',
  '(?:',
  '[',
  '[^',
  ']',
  '{3}',
  '{0,200}',
  'a{0,300}',
  String.raw`[\pL\d]{200}`,
  '{2,}',
  '*',
  '+',
  '?',
  '|',
  '^',
  '$',
  '.',
  String.raw`\d`,
  String.raw`\pL`,
  String.raw`\Q`,
  String.raw`\E`,
  '(?i)',
  '(?P<n>',
  '[[:alpha:]]',
  'a',
  'w',
  '1',
];
const around: readonly (readonly [before: string, after: string])[] = [
  ['(', ')'],
  ['not ', ''],
  ['any Checks as c { ', ' }'],
  ['all Service.Tags as t { ', ' }'],
  ['any Service.Meta as k, v { ', ' }'],
  ['"', '"'],
  ['`', '`'],
];

/** The tokens of expressions: texts, words, numbers, and single signs. */
const token = /"(?:[^"\\]|\\.)*"|`[^`]*`|\w+(?:\.\w+)*|[=!]=|\s+|[\s\S]/gu;

/** Changes the tokens of a filter expression. */
export function mutateFilter(input: string, other: string, random: SeededRandom): string {
  const tokens: string[] = input.match(token) ?? [];
  const at = random.between(0, Math.max(0, tokens.length - 1));
  const to = random.between(0, tokens.length);
  const one = tokens[at] ?? '';
  switch (random.between(0, 9)) {
    case 0:
      tokens[at] = random.pick(operators);
      break;
    case 1:
      tokens[at] = random.pick(selectors);
      break;
    case 2:
      tokens[at] = random.pick(values);
      break;
    case 3:
      tokens.splice(at, random.between(1, 3));
      break;
    case 4:
      tokens.splice(to, 0, ' ', random.pick([...operators, ...selectors, ...values]), ' ');
      break;
    case 5:
      return nested(input, random);
    case 6:
      return `${input} ${random.pick(['and', 'or'])} ${other}`;
    case 7:
      tokens[at] = withinText(one, random);
      break;
    case 8:
      tokens.splice(to, 0, ...(other.match(token) ?? []).slice(0, random.between(1, 12)));
      break;
    default:
      return mutateBytes(Buffer.from(input), Buffer.from(other), random).toString();
  }
  return tokens.join('');
}

function nested(text: string, random: SeededRandom): string {
  const [before, after] = random.pick(around);
  const depth = random.pick([1, 1, 2, 5, 99, 101]);
  return before.repeat(depth) + text + after.repeat(depth);
}

/** Makes more of a pattern of it. */
function withinText(text: string, random: SeededRandom): string {
  const at = random.between(1, Math.max(1, text.length - 1));
  const more = Array.from({ length: random.between(1, 6) }, () => random.pick(patterns)).join('');
  const sign = text.startsWith('`') ? more : more.replaceAll('\\', '\\\\');
  return text.slice(0, at) + sign.repeat(random.pick([1, 1, 3, 80])) + text.slice(at);
}
