import { filterOf } from '../../src/api/consul/filter/rows.ts';
import type { RowKind } from '../../src/api/consul/filter/rows.ts';
import { ConsulRefusal } from '../../src/api/consul/frame/refusals.ts';
import { mutateFilter } from './filter-text.ts';
import type { Target } from './target.ts';

/** The first byte of an input chooses the kind of rows. */
const controlBytes = 1;
const inputBytesMax = 20 << 10;
const kinds: readonly RowKind[] = [
  'health',
  'service',
  'catalog-service',
  'node',
  'check',
  'member',
];
/** A refusal shows what it is about, and does not send the expression back many times. */
const refusalLengthMax = 60 << 10;

/** Refusals by bounds, which an expression can meet that says the same in more words. */
const bounded =
  /it has \d+ characters|nested more than|more than \d+ comparisons|more than \d+ steps|repetitions written out/;

/**
 * Filter expressions of Consul's API, on rows of each kind. An expression says the same in parentheses, twice, or denied
 * twice, and the contrary when it is denied once.
 */
export function filterTarget(): Target {
  return {
    name: 'filter',
    files: ['/src/api/consul/filter/'],
    inputBytesMax,
    seeds: seeds(),
    mutate: (input, other, random) => {
      const control = Buffer.from(input.subarray(0, controlBytes));
      if (random.chance(0.1)) control[0] = random.between(0, 255);
      const text = mutateFilter(
        input.subarray(controlBytes).toString(),
        other.subarray(controlBytes).toString(),
        random,
      );
      return Buffer.concat([control, Buffer.from(text)]);
    },
    run: (input) => {
      const [which = 0] = input;
      const kind = kinds[which % kinds.length] ?? 'health';
      return Promise.resolve(wrongWith(input.subarray(controlBytes).toString(), kind));
    },
    check: () => {
      const found = outcomeOf('Service.Tags contains v2 and Checks is not empty', 'health');
      return Promise.resolve(found === '10' ? undefined : `a sound filter gives ${found}`);
    },
    close: () => Promise.resolve(),
  };
}

function wrongWith(text: string, kind: RowKind): string | undefined {
  const found = outcomeOf(text, kind);
  if (found.length > refusalLengthMax) return `a refusal has ${found.length} characters`;
  if (!/^[01]+$/.test(found)) return undefined;
  const contrary = found.replaceAll(/[01]/g, (sign) => (sign === '1' ? '0' : '1'));
  for (const [other, wanted] of [
    [`(${text})`, found],
    [` ( ${text}\n) and (${text}) `, found],
    [`(${text}) or ${text}`, found],
    [`not (${text})`, contrary],
    [`not not (${text})`, found],
  ] as const) {
    const given = outcomeOf(other, kind);
    if (given !== wanted && !bounded.test(given)) {
      return `it gives ${found}, and ${other.slice(0, 20)}… ${given.slice(0, 200)}`;
    }
  }
  return undefined;
}

/** A digit for each row, or the text of the refusal. */
function outcomeOf(text: string, kind: RowKind): string {
  try {
    const isWanted = filterOf(text, kind)();
    return rows[kind].map((row) => (isWanted(row) ? '1' : '0')).join('');
  } catch (error) {
    if (error instanceof ConsulRefusal) return `refused: ${error.message}`;
    throw error;
  }
}

const check = {
  Node: 'n1',
  CheckID: 'c1',
  Name: 'up',
  Status: 'passing',
  ServiceTags: ['v2', 'b'],
  ExposedPort: 0,
};
const service = {
  ID: 'w1',
  Service: 'web',
  Tags: ['v2', 'a b'],
  Meta: { env: 'prod', 'k-x': '1', '': 'empty' },
  Port: 80,
  Weights: { Passing: 1, Warning: 1 },
  TaggedAddresses: {
    lan: { Address: '10.0.0.1', Port: 80 },
    wan: { Address: '10.0.0.2', Port: 81 },
  },
  EnableTagOverride: false,
};
const node = {
  ID: '',
  Node: 'n1',
  Address: '10.0.0.1',
  Meta: { rack: 'a' },
  TaggedAddresses: { lan: '10.0.0.1' },
};

/** For each kind a row with much in it, and one with nothing. */
const rows: Readonly<Record<RowKind, readonly object[]>> = {
  health: [
    {
      Node: node,
      Service: service,
      Checks: [check, { ...check, CheckID: 'c2', Status: 'critical' }],
    },
    {},
  ],
  service: [service, {}],
  'catalog-service': [
    {
      Node: 'n1',
      ServiceName: 'web',
      ServiceTags: ['v2'],
      ServiceMeta: service.Meta,
      ServicePort: 80,
    },
    {},
  ],
  node: [node, {}],
  check: [check, {}],
  member: [{ Name: 'm1', Addr: '10.0.0.1', Port: 8301, Tags: { dc: 'dc1' }, Status: 1 }, {}],
};

function seeds(): readonly Buffer[] {
  const expressions = [
    ['health', 'Service.ID == w1 and not Service.Tags contains "v2" or Node.Meta.rack != `a`'],
    [
      'health',
      'any Checks as c { c.Status == critical and all c.ServiceTags as i, t { i == 0 or t == b } }',
    ],
    ['health', '"v2" in Service.Tags and "/Service/Meta/k-x" == 1'],
    [
      'health',
      'all Service.TaggedAddresses as name, place { place.Port == 80 or name matches "^w" }',
    ],
    ['health', 'Service.Meta.env is not nil and Service.Meta["k-x"] is nil or Checks is empty'],
    ['service', 'Service matches "^w(e|[a-f]{1,3})\\\\D$" and Port != -1'],
    ['service', 'EnableTagOverride == f and Weights.Passing == 1 and Meta is not empty'],
    ['catalog-service', 'ServicePort == 80 and "env" in ServiceMeta'],
    ['node', 'Meta.rack not contains "\\u0061" and Address not matches `10\\..*`'],
    ['check', 'Status == passing and ServiceTags not contains x'],
    ['member', '(Name == m1) and (Tags.dc == dc1 or Status in Tags)'],
  ] as const;
  return expressions.map(([kind, text]) =>
    Buffer.concat([Buffer.from([kinds.indexOf(kind)]), Buffer.from(text)]),
  );
}
