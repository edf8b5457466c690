import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { finish } from '../../src/base/steps.ts';
import type { KeyEvent } from '../../src/operations/index.ts';
import {
  Catalog,
  explainInstance,
  explainService,
  hasTags,
  History,
  inAnswers,
  reasons,
} from '../../src/registry/index.ts';
import type { AskedFor, ExplainFacts, Finding, Wanted } from '../../src/registry/index.ts';
import { deletion, kvOf, put } from './events.ts';

const service = { namespace: 'default', service: 'pay' };
const asked: AskedFor = {
  service,
  wanted: 'passing',
  tags: [],
  zone: '',
  family: undefined,
  room: undefined,
};

function factsOf(
  protectShare = 0,
): ExplainFacts & { readonly apply: (...events: readonly KeyEvent[]) => void } {
  let revision = 1;
  const history = new History({
    wallTimeMs: () => revision * 1000,
    memberName: 'm1',
    hasLease: () => false,
    isAlone: () => false,
  });
  const catalog = new Catalog({
    floor: () => 0,
    onBadKey: () => {},
    journal: history,
    protectShare,
  });
  finish(catalog.load([], [], 1));
  const apply = (...events: readonly KeyEvent[]): void => {
    revision++;
    catalog.apply(
      events.map(({ kind, kv }) => ({ kind, kv: { ...kv, modRevision: revision } })),
      revision,
    );
  };
  return { catalog, history, zone: 'dc1', apply };
}

const registered = (more: object = {}): KeyEvent =>
  put('/services/pay/p1', { address: '10.0.0.1', port: 80, tags: ['v1'], ...more }, 1);
const check = (id: string, fields: object): KeyEvent => put(`/checks/pay/p1/${id}`, fields, 1);
const left = (reason: string): KeyEvent =>
  put(
    '/consul/departures/pay%2Fp1',
    { reason, api: 'consul', address: '10.0.0.9', member: 'm2', time: '2026-01-02T03:04:05.000Z' },
    1,
  );

/** One case for each row; together they are all rows. */
const cases: readonly (readonly [
  reason: string,
  events: readonly (readonly KeyEvent[])[],
  more: Partial<AskedFor>,
  found: Partial<Finding>,
])[] = [
  ['never-registered', [], {}, { effect: 'out' }],
  ['unreadable', [[put('/services/pay/p1', 'nonsense', 1)]], {}, { effect: 'out' }],
  [
    'lease',
    [
      [{ kind: 'put', kv: { ...kvOf('/services/pay/p1', 'h:1', 1), lease: 7n } }],
      [deletion('/services/pay/p1', 1)],
    ],
    {},
    { effect: 'out', kind: 'lease-ended', timeMs: 3000 },
  ],
  [
    'deregistered',
    [[registered()], [deletion('/services/pay/p1', 1), left('reaped')]],
    {},
    { kind: 'reaped', actor: { api: 'consul', address: '10.0.0.9', member: 'm2' } },
  ],
  [
    'hold',
    [[registered(), check('_hold', { status: 'critical', notes: 'bad disk' })]],
    {},
    { effect: 'out', text: 'an operator holds it out of service: bad disk', timeMs: 2000 },
  ],
  ['drain', [[registered(), check('_drain', { status: 'critical' })]], {}, { effect: 'out' }],
  [
    'maintenance',
    [[registered(), check('_service_maintenance:p1', { status: 'critical' })]],
    {},
    { effect: 'out' },
  ],
  [
    'node-maintenance',
    [[registered({ node: 'n1' }), put('/consul/node-checks/n1/_node_maintenance', {}, 1)]],
    {},
    { effect: 'out' },
  ],
  [
    'node-check',
    [[registered({ node: 'n1' }), put('/consul/node-checks/n1/disk', { status: 'warning' }, 1)]],
    {},
    { text: 'the check of its node "n1" "disk" is warning' },
  ],
  [
    'check',
    [
      [registered(), check('http', { status: 'passing' })],
      [check('http', { status: 'critical' }), put('/outputs/pay/p1/http', 'refused\nmore', 1)],
    ],
    {},
    { text: 'its check "http" is critical: refused', timeMs: 3000 },
  ],
  ['zone', [[registered()]], { zone: 'dc2' }, { effect: 'out' }],
  ['tag', [[registered()]], { tags: ['v2'] }, { text: 'it has no tag "v2"; its tags: v1' }],
  ['family', [[registered()]], { family: 6 }, { effect: 'out' }],
  ['weight', [[registered({ weights: { passing: 0 } })]], {}, { effect: 'note' }],
  ['size', [[registered(), put('/services/pay/p2', 'h:1', 1)]], { room: 1 }, { effect: 'note' }],
];

describe('the first reason that holds', () => {
  test.each(cases)('is %s', (reason, revisions, more, found) => {
    const facts = factsOf();
    for (const events of revisions) facts.apply(...events);
    const explanation = explainInstance(facts, { ...asked, ...more }, 'p1');
    expect(explanation.first).toMatchObject({ reason, ...found });
    expect(explanation.isInAnswer).toBe(explanation.first?.effect === 'note');
    expect(explanation.looked.map((one) => one.reason)).toEqual(reasons);
  });

  test('is nothing for an instance that is well', () => {
    const facts = factsOf();
    facts.apply(registered());
    const { first, isInAnswer } = explainInstance(facts, asked, 'p1');
    expect([first, isInAnswer]).toEqual([undefined, true]);
  });

  test('is never another one than the first in the list', () => {
    const facts = factsOf();
    facts.apply(
      registered({ node: 'n1' }),
      check('http', { status: 'critical' }),
      check('_hold', { status: 'critical' }),
      put('/consul/node-checks/n1/disk', {}, 1),
    );
    const { first, looked } = explainInstance(facts, { ...asked, tags: ['x'] }, 'p1');
    const out = looked.filter(({ effect }) => effect === 'out').map(({ reason }) => reason);
    expect(out).toEqual(['hold', 'node-check', 'check', 'tag']);
    expect(first?.reason).toBe('hold');
  });
});

test('protection is said of an instance that is in answers only because of it', () => {
  const facts = factsOf(0.5);
  const failed = { status: 'critical', before: 'passing' };
  facts.apply(registered(), put('/services/pay/p2', 'h:1', 1), check('http', failed));
  facts.apply(put('/checks/pay/p2/http', failed, 1));
  expect(explainInstance(facts, asked, 'p1')).toMatchObject({
    isInAnswer: true,
    first: { reason: 'protection', effect: 'note' },
  });
  facts.apply(put('/services/pay/p3', 'h:1', 1), put('/services/pay/p4', 'h:1', 1));
  expect(explainInstance(facts, asked, 'p1').first?.reason).toBe('check');
});

test('every row has a case', () => {
  // Protection needs a service that fails as a whole, and has a test of its own.
  expect([...cases.map(([reason]) => reason), 'protection'].toSorted()).toEqual(reasons.toSorted());
});

test('an instance that is unknown here may be registered elsewhere', () => {
  const facts = factsOf();
  facts.apply(put('/services/shop/p1', 'h:1', 1));
  expect(explainInstance(facts, asked, 'p1').first?.text).toContain('"shop"');
});

test('a service is explained with the instances that left', () => {
  const facts = factsOf();
  facts.apply(registered(), put('/services/pay/p2', 'h:1', 1));
  facts.apply(deletion('/services/pay/p1', 1), left('deregistered'));
  const { instances, leftOut } = explainService(facts, asked);
  expect(instances.map(({ name, isInAnswer }) => [name.instance, isInAnswer])).toEqual([
    ['p2', true],
    ['p1', false],
  ]);
  expect(leftOut).toBe(0);
});

test('after a restart the key that an instance left behind says why it is gone', () => {
  const history = new History({
    wallTimeMs: () => 0,
    memberName: 'm1',
    hasLease: () => true,
    isAlone: () => true,
  });
  const catalog = new Catalog({ floor: () => 0, onBadKey: () => {}, journal: history });
  finish(catalog.load([left('drained').kv], [], 5));
  const facts = { catalog, history, zone: 'dc1' };
  expect(explainInstance(facts, asked, 'p1').first).toMatchObject({
    reason: 'deregistered',
    kind: 'drained',
    timeMs: new Date('2026-01-02T03:04:05.000Z').getTime(),
  });
});

const ids = fc.constantFrom('p1', 'p2', 'p3');
const status = fc.constantFrom('passing', 'warning', 'critical');
const change = fc.oneof(
  fc
    .record({
      id: ids,
      address: fc.constantFrom('10.0.0.1', 'fd00::1', 'host.example', ''),
      tags: fc.subarray(['a', 'B']),
      node: fc.constantFrom('n1', 'n2'),
      publishNotReady: fc.boolean(),
    })
    .map(({ id, ...fields }) => put(`/services/pay/${id}`, fields, 1)),
  ids.map((id) => deletion(`/services/pay/${id}`, 1)),
  fc
    .tuple(ids, fc.constantFrom('c', '_hold', '_drain', '_service_maintenance:x'), status)
    .map(([id, name, of]) =>
      put(`/checks/pay/${id}/${name}`, { status: of, before: 'passing' }, 1),
    ),
  fc
    .tuple(fc.constantFrom('n1', 'n2'), fc.constantFrom('d', '_node_maintenance'), status)
    .map(([node, name, of]) => put(`/consul/node-checks/${node}/${name}`, { status: of }, 1)),
);

test('an explanation says that an instance is in an answer exactly when the answer has it', () => {
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 25 }),
      fc.constantFrom<Wanted>('any', 'not-critical', 'passing'),
      fc.subarray(['a', 'b']),
      fc.constantFrom(0, 0.5),
      (events, wanted, tags, protectShare) => {
        const facts = factsOf(protectShare);
        for (const event of events) facts.apply(event);
        const question = { ...asked, wanted, tags };
        const all = facts.catalog.service(service);
        const answer = (all === undefined ? [] : inAnswers(all, wanted))
          .filter((one) => hasTags(one, tags))
          .map(({ instance }) => instance);
        const said = ['p1', 'p2', 'p3'].filter(
          (id) => explainInstance(facts, question, id).isInAnswer,
        );
        expect(said).toEqual(answer);
      },
    ),
    { numRuns: 300 },
  );
});
