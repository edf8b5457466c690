import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish } from '../../src/base/steps.ts';
import type { KeyEvent, KeyValue } from '../../src/operations/index.ts';
import { topics } from '../../src/registry/index.ts';
import type { Catalog, Check, Instance, Service } from '../../src/registry/index.ts';
import { catalogOf, deletion, put } from './events.ts';

const names = {
  service: fc.constantFrom('a', 'A', 'b', 'shop/a', 'default/a', 'c/d/e', ''),
  instance: fc.constantFrom('1', '2', 'é', 'x%2Fy', 'x%y', ''),
  node: fc.constantFrom('n1', 'N1', 'm', 'rollcall', ''),
  check: fc.constantFrom('c', 'ttl', '_service_maintenance:1'),
};

/** Keys of one instance and its node, so that changes often meet. */
const related = [
  '/services/a/1',
  '/services/A/1',
  '/checks/a/1/c',
  '/heartbeats/a/1/c',
  '/outputs/a/1/c',
  '/consul/nodes/n1/node',
  '/consul/node-checks/n1/c',
  '/consul/node-heartbeats/n1/c',
  '/consul/node-checks/m/c',
];

const key = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...related) },
  fc.tuple(names.service, names.instance).map(([s, i]) => `/services/${s}/${i}`),
  fc
    .tuple(
      fc.constantFrom('checks', 'heartbeats', 'outputs'),
      names.service,
      names.instance,
      names.check,
    )
    .map(([table, s, i, c]) => `/${table}/${s}/${i}/${c}`),
  names.node.map((node) => `/consul/nodes/${node}/node`),
  fc
    .tuple(fc.constantFrom('checks', 'heartbeats', 'outputs'), names.node, names.check)
    .map(([table, node, c]) => `/consul/node-${table}/${node}/${c}`),
);

const value = fc.constantFrom(
  'h:1',
  '{"address":"x","port":1,"node":"n1","tags":["t"]}',
  '{"node":"m"}',
  '{"node":"n1","id":"2","port":7}',
  '{"node":"m","from":"10.0.0.7"}',
  '{"status":"passing"}',
  '{"status":"warning","definition":{"TTL":"1s"}}',
  '{"status":"passing","definition":{"TTL":"1s"}}',
  '{"status":"critical","before":"passing"}',
  '{"node":"n1","protectShare":0.3}',
  'bad',
  undefined,
);
/** Of services whose registrations do not say it. */
const protectShare = 0.6;
const change = fc.record({ key, value });

/** The directory of a key, as the design says it. */
function directoryOf(changed: string): string {
  const parts = changed.split('/');
  const cut = /^\/(?:checks|heartbeats)\//.test(changed) ? 2 : 1;
  return `${parts.slice(0, Math.max(1, parts.length - cut)).join('/')}/`;
}

/** Everything that can be seen of a catalog, without letter case of services that two spellings share. */
function seen(catalog: Catalog): unknown {
  const services = [...catalog.services()].map((service) => ({
    id: `${service.namespace}/${service.service}`.toLowerCase(),
    revision: service.revision,
    protection: service.protection,
    registrationRevision: service.registrationRevision,
    instances: service.instances.map(instanceSeen),
  }));
  return {
    services: services.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    nodes: [...catalog.nodes()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    checks: [...catalog.checks()].map(checkSeen).toSorted(),
    revisions: [catalog.servicesRevision, catalog.checksRevision, catalog.nodesRevision],
    bad: catalog.badCount,
    byId: ['1', '2', 'é', 'x/y'].map((id) => catalog.instanceById(id)?.modRevision),
    called: ['1', '2', 'a', 'b'].map((id) =>
      catalog
        .instancesCalled(id)
        .map(({ key: of }) => of)
        .toSorted(),
    ),
    isTaken: related.map((one) => catalog.isTaken(one)),
    byCheck: ['c', 'ttl'].map((id) => catalog.checkById(id)?.modRevision),
    on: ['n1', 'm', 'rollcall'].map((node) => catalog.instancesOn(node).length),
  };
}

const instanceSeen = ({ node, checks, ...instance }: Instance): unknown => ({
  ...instance,
  service: '',
  node: [node.address, node.revision, node.origin],
  checks: checks.map(checkSeen),
});

const checkSeen = ({ id, key: of, status, output, isHeard, modRevision }: Check): string =>
  `${of} ${id} ${status} ${output} ${isHeard} ${modRevision}`;

const revisionsOf = (catalog: Catalog): readonly number[] => [
  catalog.servicesRevision,
  catalog.checksRevision,
  catalog.nodesRevision,
  ...services.flatMap((name) => {
    const service: Service | undefined = catalog.service(name);
    return [service?.revision ?? 0, service?.registrationRevision ?? 0];
  }),
];

const services = [
  { namespace: 'default', service: 'a' },
  { namespace: 'default', service: 'b' },
  { namespace: 'shop', service: 'a' },
];

interface Answer {
  readonly topic: string;
  readonly index: number;
  readonly text: string;
}

/** What callers would be told about services, without outputs, and the index that goes with it. */
function answers(catalog: Catalog): readonly Answer[] {
  return services.flatMap((name) => {
    const service = catalog.service(name);
    const instances = service?.instances ?? [];
    const registered = instances.map(
      ({ instance, address, tags, node }) =>
        `${instance} ${address} ${tags.join()} ${node.address}`,
    );
    const health = instances.map(
      ({ instance, status, checks, node }) =>
        `${instance} ${status} ${[...checks, ...node.checks].map((one) => `${one.key} ${one.status}`).join()}`,
    );
    return [
      {
        topic: topics.registrations(name),
        index: service?.registrationRevision ?? 0,
        text: registered.join(),
      },
      {
        topic: topics.health(name),
        index: service?.revision ?? 0,
        text: [JSON.stringify(service?.protection), ...registered, ...health].join(),
      },
    ];
  });
}

test('a catalog that follows is the one that reads all keys and deletions, on every way', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { maxLength: 30 }),
      (revisions) => {
        const { catalog } = catalogOf(0, { protectShare });
        catalog.setMembers([{ name: 'm', address: '10.0.0.1' }]);
        const all = new Map<string, KeyValue>();
        const deletions = new Map<string, number>();
        finish(catalog.load([], [], 1));
        let revision = 1;
        for (const changes of revisions) {
          revision++;
          const events: KeyEvent[] = [];
          for (const { key: changed, value: text } of changes) {
            if (events.some(({ kv }) => kv.key === put(changed, '', 1).kv.key)) continue;
            if (text === undefined && !all.has(changed)) continue;
            const event =
              text === undefined ? deletion(changed, revision) : put(changed, text, revision);
            events.push(event);
            if (event.kind === 'put') all.set(changed, event.kv);
            else {
              all.delete(changed);
              if (!changed.includes('outputs')) deletions.set(directoryOf(changed), revision);
            }
          }
          const before = answers(catalog);
          const revisionsBefore = revisionsOf(catalog);
          const woken = new Set<string>();
          const cancels = before.map(({ topic }) => catalog.on([topic], () => woken.add(topic)));
          catalog.apply(events, revision);
          for (const cancel of cancels) cancel();

          const read = catalogOf(0, { protectShare }).catalog;
          read.setMembers([{ name: 'm', address: '10.0.0.1' }]);
          finish(read.load([...all.values()], [...deletions], revision));
          expect(seen(catalog)).toEqual(seen(read));

          for (const [at, now] of revisionsOf(catalog).entries()) {
            expect(now).toBeGreaterThanOrEqual(revisionsBefore[at] ?? 0);
          }
          for (const [at, now] of answers(catalog).entries()) {
            if (now.text === before[at]?.text) continue;
            expect(woken).toContain(now.topic);
            expect(now.index).toBe(revision);
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});
