import { readFileSync } from 'node:fs';
import { array, assert, constantFrom, letrec, oneof, property, record, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filterOf } from '../../../src/api/consul/filter/rows.ts';
import { compilePattern } from '../../../src/api/consul/filter/regular-expression.ts';
import { weightOf } from '../../../src/api/consul/filter/weight.ts';
import type { RowKind } from '../../../src/api/consul/filter/rows.ts';

/** Filters of `health/service/web`, and what Consul 1.12.9 made of them: IDs of services, or its error. */
const recorded: [filter: string, answer: string[] | string][] = read('filters.json');
/** The rows that it had. */
const rows: { readonly Service: { readonly ID: string } }[] = read('health-service.json');

function read(name: string) {
  return JSON.parse(readFileSync(`${import.meta.dirname}/recorded/${name}`, 'utf8'));
}

const idsOf = (filter: string): string[] =>
  rows.filter(filterOf(filter, 'health')()).map(({ Service }) => Service.ID);

function answerOf(filter: string): string[] | string {
  try {
    return idsOf(filter);
  } catch (error) {
    return String(error).replace(/^.*evaluator: /, '');
  }
}

describe('filters as Consul has them', () => {
  test.each(recorded.filter(([filter]) => filter !== ''))('%s', (filter, answer) => {
    expect(answerOf(filter)).toEqual(answer);
  });

  test('a name that a map lacks matches no pattern, unlike in Consul', () => {
    expect(idsOf('Service.Meta.env matches "^pr"')).toEqual(['w1']);
    expect(idsOf('Service.Meta.env not matches "^pr"')).toEqual(['w2']);
  });

  test.each([
    ['any Service.Tags as tag { tag == a or tag matches "^v" }', ['w1']],
    ['all Service.Tags as t { t == a }', ['w2']],
    ['any Service.Tags as i, t { i == 1 and t == v2 }', ['w1']],
    ['any Service.Meta as k { k == "k-x" }', ['w1']],
    ['any Service.Meta as k, v { k == env and v == prod }', ['w1']],
    ['all Service.Meta as _, v { v == prod }', ['w2']],
    ['any Checks as c { c.Type == ttl and c.ServiceID == w1 }', ['w1']],
    ['any Checks as c { any c.ServiceTags as t { t == v2 and c.ServiceID == w1 } }', ['w1']],
    ['any Service.Tags as a { any Service.Tags as b { b == v2 and a == a } and a != v2 }', ['w1']],
    [
      'any Service.Tags as a { any Service.Meta as k, v { v == prod and a == v2 } and a == v2 }',
      ['w1'],
    ],
    ['any Service.TaggedAddresses as name, place { place.Address == "10.0.0.2" }', ['w2']],
    ['Service.Meta.env is nil', ['w2']],
    ['Service.Meta.env is not nil', ['w1']],
    ['"/Service/Meta/k-x" == 1', ['w1']],
    ['"/Service/Meta/k-x" in "/Service/Meta"', []],
    ['any == w1', 'Selector "any" is not valid'],
    ['Service.Port is nil', 'Invalid match operator "Is Nil" for selector "Service.Port"'],
    [
      'any Service.Port as p { p == 1 }',
      '"any" takes a list or a map, and selector "Service.Port" is none',
    ],
    ['any Service.Tags as t { q == 1 }', 'Selector "q" is not valid'],
    ['any Service.Tags as t { t.x == 1 }', 'Selector "t.x" is not valid'],
    ['any Service.Tags as t { t == 1', /^1:31 \(30\): no match found/],
  ])('%s, as newer releases have it', (filter, answer) => {
    if (answer instanceof RegExp) expect(answerOf(filter)).toMatch(answer);
    else expect(answerOf(filter)).toEqual(answer);
  });

  test.each<[RowKind, string]>([
    ['node', 'Node == n1 and Meta.rack == a and TaggedAddresses.lan == x or ID != y'],
    ['service', 'Service == web and Tags contains a and Weights.Passing == 1 and Ports is empty'],
    ['catalog-service', 'ServiceTags contains a or NodeMeta.x == y or ServicePort == 80'],
    ['check', 'Status == passing and ServiceTags contains a and CheckID matches "^service:"'],
    ['member', 'Name == m1 and Tags["dc"] == dc1 and Status == 1'],
  ])('rows of %s have their selectors', (kind, filter) => {
    expect(() => filterOf(filter, kind)()({})).not.toThrow();
    expect(() => filterOf('Nothing == 1', kind)).toThrow('Selector "Nothing" is not valid');
    for (const name of ['constructor', 'hasOwnProperty', 'toString']) {
      expect(() => filterOf(`${name} == 1`, kind)).toThrow('is not valid');
    }
  });
});

/** Looks at all combinations of `depth` checks. */
function nested(depth: number): string {
  const heads = Array.from({ length: depth }, (_, at) => `all Checks as c${at} {`);
  return `${heads.join(' ')} c0.Name != x ${'}'.repeat(depth)}`;
}

describe('bounds', () => {
  test.each([
    [`Service.ID == ${'a'.repeat(20_000)}`, /has 20014 characters/],
    [`${'not '.repeat(200)}Service.ID == a`, /nested more than 100 deep/],
    [`${'('.repeat(200)}Service.ID == a${')'.repeat(200)}`, /nested more than 100 deep/],
    [
      Array.from({ length: 600 }, () => 'Service.ID == a').join(' or '),
      /more than 500 comparisons/,
    ],
    [`Service.ID matches "${'a'.repeat(1001)}"`, /has 1001 characters/],
    [
      'Service.ID matches "(a"',
      /^Failed to compile regular expression "\(a": error parsing regexp: missing closing \)/,
    ],
  ])('of %.40s… are kept', (filter, message) => {
    expect(answerOf(filter)).toMatch(message);
  });

  test('a pattern that costs other engines centuries costs nothing', () => {
    const filter = filterOf('Name matches "^(a+)+$"', 'check')();
    expect(filter({ Name: `${'a'.repeat(40)}!` })).toBe(false);
    expect(filter({ Name: 'a'.repeat(40) })).toBe(true);
  });

  // Seconds and hundreds of megabytes each, if they were compiled.
  test.each([
    'a{0,1000}'.repeat(110),
    'a{1000}'.repeat(120),
    '(x*){1000}'.repeat(90),
    String.raw`[\pL\pN]{0,1000}`.repeat(50),
    '((a{30}){30}){30}',
    '(?:(?:a|b){30}[x{1}]){100}',
  ])('of a pattern count its repetitions: %.40s…', (pattern) => {
    const filter = `Service.ID matches ${JSON.stringify(pattern)}`;
    expect(answerOf(filter)).toMatch(/: with its repetitions written out, it has more than 1000/);
  });

  test('of patterns count all of one expression', () => {
    const one = 'Service.ID matches "a{100}"';
    expect(answerOf(Array.from({ length: 9 }, () => one).join(' or '))).toEqual([]);
    expect(answerOf(Array.from({ length: 10 }, () => one).join(' or '))).toMatch(/more than 1000/);
  });

  test.each([
    String.raw`^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$`,
    '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
    '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
    String.raw`^v\d+(\.\d+){0,2}(-[\w.]{1,30})?$`,
  ])('of patterns let those of practice pass: %s', (pattern) => {
    expect(answerOf(`Service.ID matches ${JSON.stringify(pattern)}`)).toBeInstanceOf(Array);
  });

  test('of steps end combinations of combinations', () => {
    const checks = Array.from({ length: 10 }, (_, at) => ({ Name: `c${at}` }));
    expect(filterOf(nested(3), 'health')()({ Checks: checks })).toBe(true);
    // Ten thousand million combinations.
    expect(() => filterOf(nested(10), 'health')()({ Checks: checks })).toThrow(
      'it takes more than 2000000 steps for these rows',
    );
  });

  test('of steps count texts and lists, and the rows of one answer together', () => {
    const steps = /more than 2000000 steps/;
    const row = { Name: 'a'.repeat(4000), ServiceTags: Array.from({ length: 1000 }, () => 'a') };
    for (const [filter, rowsMax] of [
      ['Name matches "b(a?){200}$"', 3],
      ['Name contains b', 35_000],
      ['b in ServiceTags', 2500],
      ['any ServiceTags as t { t == b }', 1500],
    ] as const) {
      const start = filterOf(filter, 'check');
      const isWanted = start();
      expect(() => {
        for (let left = rowsMax; left > 0; left--) isWanted(row);
      }).toThrow(steps);
      // The next answer begins anew.
      expect(start()(row)).toBe(false);
    }
  });

  test('long chains are taken', () => {
    const ids = Array.from({ length: 300 }, (_, n) => `Service.ID == w${n}`);
    expect(idsOf(ids.join(' or '))).toEqual(['w1', 'w2']);
    expect(idsOf(ids.join(' and '))).toEqual([]);
  });
});

test('the weight of a pattern says how long its program is', () => {
  const sign = constantFrom(
    'a',
    '.',
    '^',
    '$',
    '|',
    '(',
    ')',
    '(?:',
    '(?i)',
    '(?s-i)',
    '(?i:',
    '*',
    '+',
    '?',
    '*?',
    '{3}',
    '{2,}',
    '{0,5}',
    '{2,4}',
    '[ab]',
    '[^]a]',
    '[[:alpha:]x{9}]',
    String.raw`\d`,
    String.raw`\pL`,
    String.raw`\Qa{9}\E`,
    String.raw`\Q\E`,
    String.raw`\E`,
    String.raw`\{`,
  );
  let compiled = 0;
  assert(
    property(array(sign, { maxLength: 12 }), (signs) => {
      const pattern = signs.join('');
      let size: number;
      try {
        size = compilePattern(pattern).programSize();
      } catch {
        expect(weightOf(pattern)).toBeGreaterThan(0);
        return;
      }
      compiled++;
      expect(size).toBeLessThanOrEqual(2 * weightOf(pattern) + 5);
    }),
    {
      numRuns: 3000,
      examples: [
        [['a', '{2,4}', '(?i)', '{0,5}', '(?i)', '{2,4}']],
        [['a', '{2,4}', String.raw`\Q\E`, '{0,5}', String.raw`\Q\E`, '{2,4}']],
        [['a', '{2,4}', String.raw`\E`, '{0,5}', String.raw`\E`, '{2,4}']],
      ],
    },
  );
  expect(compiled).toBeGreaterThan(500);
});

/** An expression as text, and a naive evaluation of it. */
interface Generated {
  readonly text: string;
  readonly holds: (row: Row) => boolean;
}

interface Row {
  readonly Name: string;
  readonly ExposedPort: number;
  readonly ServiceTags: readonly string[];
}

const word = constantFrom('', 'a', 'b', 'ab', 'x.y');
const quoted = (text: string): string => JSON.stringify(text);

const textMatch = tuple(
  word,
  constantFrom('==', '!=', 'contains', 'not contains', 'matches', 'in', 'not in'),
).map(([text, operator]): Generated => {
  const includes = ({ Name }: Row): boolean => Name.includes(text);
  const isIn = operator.endsWith('in');
  const source = isIn ? `${quoted(text)} ${operator} Name` : `Name ${operator} ${quoted(text)}`;
  const holds = {
    '==': ({ Name }: Row) => Name === text,
    '!=': ({ Name }: Row) => Name !== text,
    contains: includes,
    'not contains': (row: Row) => !includes(row),
    in: includes,
    'not in': (row: Row) => !includes(row),
    matches: ({ Name }: Row) => new RegExp(text).test(Name),
  }[operator];
  return { text: source, holds: holds ?? (() => false) };
});
const numberMatch = tuple(constantFrom(0, 1, -1), constantFrom('==', '!=')).map(
  ([number, operator]): Generated => ({
    text: `ExposedPort${operator}${number}`,
    holds: ({ ExposedPort }) => (ExposedPort === number) === (operator === '=='),
  }),
);
const listMatch = tuple(word, constantFrom(true, false)).map(([text, isEmpty]): Generated =>
  isEmpty
    ? { text: 'ServiceTags is empty', holds: ({ ServiceTags }) => ServiceTags.length === 0 }
    : {
        text: `${quoted(text)} in ServiceTags`,
        holds: ({ ServiceTags }) => ServiceTags.includes(text),
      },
);

const { expression } = letrec<{ expression: Generated; operand: Generated }>((tie) => ({
  operand: oneof(
    { maxDepth: 4, withCrossShrink: true },
    textMatch,
    numberMatch,
    listMatch,
    tie('expression').map(({ text, holds }) => ({ text: `(${text})`, holds })),
    tie('operand').map(({ text, holds }) => ({
      text: `not ${text}`,
      holds: (row: Row) => !holds(row),
    })),
  ),
  // A chain without parentheses: "and" binds before "or".
  expression: tuple(
    tie('operand'),
    tie('operand'),
    tie('operand'),
    constantFrom('and', 'or'),
    constantFrom('and', 'or'),
  ).map(([a, b, c, first, second]): Generated => ({
    text: `${a.text} ${first} ${b.text}  ${second} ${c.text}`,
    holds: (row) => {
      const [x, y, z] = [a.holds(row), b.holds(row), c.holds(row)];
      if (first === 'and') return second === 'and' ? x && y && z : (x && y) || z;
      return second === 'and' ? x || (y && z) : x || y || z;
    },
  })),
}));

test('any expression holds exactly where a naive evaluation of it does', () => {
  const row = record({
    Name: word,
    ExposedPort: constantFrom(0, 1),
    ServiceTags: oneof(tuple(), tuple(word), tuple(word, word)),
  });
  assert(
    property(expression, row, ({ text, holds }, one) => {
      expect(filterOf(text, 'check')()(one)).toBe(holds(one));
    }),
    { numRuns: 2000 },
  );
});
