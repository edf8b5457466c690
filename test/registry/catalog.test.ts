import { expect, test } from 'vitest';
import { finish } from '../../src/base/steps.ts';
import { topics } from '../../src/registry/index.ts';
import type { Service } from '../../src/registry/index.ts';
import { Tables } from '../../src/registry/tables.ts';
import { catalogOf, deletion, kvOf, put } from './events.ts';

const names = (service: Service | undefined): string[] | undefined =>
  service?.instances.map(({ instance }) => instance);
const payment = { namespace: 'default', service: 'payment' };

test('instances come, change and go, and the service has the revision of the last change', () => {
  const { catalog } = catalogOf();
  finish(catalog.load([kvOf('/services/payment/b', '10.0.0.2:80', 5)], [], 7));
  expect(catalog.service(payment)).toMatchObject({ revision: 5 });
  catalog.apply([put('/services/payment/a', '10.0.0.1:80', 8)], 8);
  expect(names(catalog.service(payment))).toEqual(['a', 'b']);
  catalog.apply([deletion('/services/payment/b', 9)], 9);
  expect(names(catalog.service(payment))).toEqual(['a']);
  expect(catalog.service(payment)?.revision).toBe(9);
  catalog.apply([deletion('/services/payment/a', 10)], 12);
  expect(catalog.service(payment)).toMatchObject({ revision: 10, instances: [] });
  expect([...catalog.services()]).toEqual([]);
  expect(catalog.revision).toBe(12);
});

test('a change of one service leaves the others as they are, and wakes only its waiters', () => {
  const { catalog } = catalogOf();
  finish(catalog.load([kvOf('/services/a/1', 'h:1', 2), kvOf('/services/b/1', 'h:1', 3)], [], 3));
  const a = { namespace: 'default', service: 'a' };
  const before = catalog.service(a);
  catalog.on([topics.health(a), topics.registrations(a)], () => {});
  for (let revision = 4; revision < 1004; revision++) {
    catalog.apply([put(`/services/b/${revision}`, 'h:2', revision)], revision);
  }
  expect(catalog.service(a)).toBe(before);
  expect(catalog.wakeUps).toBe(0);
  catalog.apply([put('/services/a/2', 'h:2', 1004)], 1004);
  expect(catalog.wakeUps).toBe(1);
});

test('namespaces are apart, and names compare without regard to case', () => {
  const { catalog } = catalogOf();
  finish(
    catalog.load(
      [kvOf('/services/shop/Payment/1', 'h:1', 2), kvOf('/services/payment/2', 'h:2', 3)],
      [],
      3,
    ),
  );
  expect(names(catalog.service({ namespace: 'SHOP', service: 'payment' }))).toEqual(['1']);
  expect(names(catalog.service(payment))).toEqual(['2']);
});

test('what cannot be read is left out, told of, and forgotten once it is gone', () => {
  const { catalog, bad } = catalogOf();
  finish(catalog.load([kvOf('/services/payment/a', 'nonsense', 2)], [], 2));
  catalog.apply([put('/services/payment/b', '10.0.0.1:80', 3)], 3);
  catalog.apply([put('/services/payment', 'x', 4), put('/services/default/p/i', 'h:1', 4)], 4);
  expect(names(catalog.service(payment))).toEqual(['b']);
  expect(catalog.badCount).toBe(3);
  expect(bad.map(({ revision }) => revision)).toEqual([2, 4, 4]);
  // A registration that was good and is bad now is no instance any more.
  catalog.apply([put('/services/payment/b', '{', 5)], 5);
  expect(names(catalog.service(payment))).toEqual([]);
  catalog.apply([deletion('/services/payment/b', 6), deletion('/services/payment/a', 6)], 6);
  expect(catalog.badCount).toBe(2);
});

test('names with slashes are one part of a key', () => {
  const { catalog } = catalogOf();
  catalog.apply([put('/services/a%2Fb/c%25', 'h:1', 2)], 2);
  expect(names(catalog.service({ namespace: 'default', service: 'a/b' }))).toEqual(['c%']);
  // Two keys of one name would be two instances that nobody can tell apart.
  catalog.apply([put('/services/a%2Fb/c%', 'h:1', 3)], 3);
  expect(names(catalog.service({ namespace: 'default', service: 'a/b' }))).toEqual(['c%']);
  expect(catalog.badCount).toBe(1);
});

test('checks count for their instance, and those of a node for all instances on it', () => {
  const { catalog } = catalogOf();
  catalog.apply(
    [
      put('/services/payment/a', { address: '10.0.0.1', node: 'N1' }, 2),
      put('/services/payment/b', { address: '10.0.0.2', node: 'n2' }, 2),
      put('/checks/payment/a/http', { status: 'warning', definition: { HTTP: 'http://a' } }, 2),
      put('/outputs/payment/a/http', 'slow', 2),
    ],
    2,
  );
  const statuses = (): unknown[] | undefined =>
    catalog.service(payment)?.instances.map(({ status }) => status);
  expect(statuses()).toEqual(['warning', 'passing']);
  expect(catalog.checkById('HTTP')).toMatchObject({ type: 'http', output: 'slow', name: 'http' });
  catalog.apply([put('/consul/node-checks/n1/disk', { status: 'critical' }, 3)], 3);
  expect(statuses()).toEqual(['critical', 'passing']);
  expect(catalog.service(payment)).toMatchObject({ revision: 3, registrationRevision: 2 });
  catalog.apply([put('/consul/node-checks/n2/_node_maintenance', {}, 4)], 4);
  expect(statuses()).toEqual(['critical', 'maintenance']);
  catalog.apply([deletion('/consul/node-checks/n1/disk', 5)], 5);
  expect(statuses()).toEqual(['warning', 'maintenance']);
  expect(catalog.service(payment)?.revision).toBe(5);
});

test('a TTL check is critical while it has no heartbeat', () => {
  const { catalog } = catalogOf();
  catalog.apply(
    [
      put('/services/payment/a', 'h:1', 2),
      put('/checks/payment/a/ttl', { status: 'passing', definition: { TTL: '10s' } }, 2),
    ],
    2,
  );
  const status = (): unknown => catalog.service(payment)?.instances[0]?.status;
  expect(status()).toBe('critical');
  catalog.apply([put('/heartbeats/payment/a/ttl', '', 3)], 3);
  expect(status()).toBe('passing');
  catalog.apply([deletion('/heartbeats/payment/a/ttl', 4)], 4);
  expect(status()).toBe('critical');
  expect(catalog.service(payment)?.revision).toBe(4);
});

test('an output changes no revision, wakes nobody and keeps the service', () => {
  const { catalog } = catalogOf();
  catalog.apply([put('/services/payment/a', 'h:1', 2), put('/checks/payment/a/c', {}, 2)], 2);
  const before = catalog.service(payment);
  const { services, checks } = topics;
  catalog.on([services, checks, topics.nodes, topics.health(payment)], () => {});
  catalog.apply([put('/outputs/payment/a/c', 'new', 3)], 3);
  expect(catalog.service(payment)).toBe(before);
  expect(before).toMatchObject({ revision: 2, outputChanges: 1 });
  expect(before?.instances[0]?.checks[0]?.output).toBe('new');
  expect(catalog.wakeUps).toBe(0);
});

test('nodes are those that were registered and the members; others only where instances name them', () => {
  const { catalog } = catalogOf();
  catalog.setMembers([{ name: 'm1', address: '10.9.0.1' }]);
  catalog.apply(
    [
      put('/consul/nodes/db/node', { address: '10.0.0.9', meta: { zone: 'a' } }, 2),
      put('/services/payment/a', { port: 80, node: 'DB' }, 3),
      put('/services/payment/b', { port: 80, node: 'm1' }, 4),
      put('/services/payment/c', '10.0.0.3:80', 5),
    ],
    5,
  );
  expect([...catalog.nodes()].map(({ name, origin }) => `${name} ${origin}`)).toEqual([
    'm1 member',
    'db registered',
  ]);
  const nodes = catalog.service(payment)?.instances.map(({ node }) => [node.name, node.address]);
  expect(nodes).toEqual([
    ['db', '10.0.0.9'],
    ['m1', '10.9.0.1'],
    ['rollcall', ''],
  ]);
  expect(catalog.instancesOn('M1').map(({ instance }) => instance)).toEqual(['b']);
  catalog.apply([deletion('/consul/nodes/db/node', 6)], 6);
  expect(catalog.node('db')).toMatchObject({ origin: 'named', address: '', revision: 6 });
  expect(catalog.service(payment)).toMatchObject({ registrationRevision: 6 });
  catalog.setMembers([]);
  expect(catalog.service(payment)?.instances[1]?.node.address).toBe('');
});

test('an id finds the instance in whatever service it is, and the newest of several', () => {
  const { catalog } = catalogOf();
  catalog.apply([put('/services/a/Web-1', 'h:1', 2)], 2);
  catalog.apply([put('/services/b/web-1', 'h:2', 3)], 3);
  expect(catalog.instanceById('web-1')).toMatchObject({ service: 'b' });
  expect(catalog.instancesById('WEB-1').map(({ service }) => service)).toEqual(['a', 'b']);
  catalog.apply([deletion('/services/b/web-1', 4)], 4);
  expect(catalog.instanceById('web-1')).toMatchObject({ service: 'a' });
});

test('no revision is below the floor of deletions', () => {
  const { catalog } = catalogOf(50);
  expect(catalog.servicesRevision).toBe(50);
  expect(catalog.checksRevision).toBe(50);
  expect(catalog.nodesRevision).toBe(50);
});

test('services and nodes that are long gone are forgotten', () => {
  const tables = new Tables(() => {});
  const changed = new Set<string>();
  tables.take(put('/services/here/i', { address: 'h', node: 'n' }, 2), changed);
  tables.take(deletion('/services/gone/i', 3), changed);
  tables.take(deletion('/services/newer/i', 5), changed);
  tables.take(deletion('/consul/nodes/gone/node', 3), changed);
  tables.prune(4);
  expect([...tables.services.keys()]).toEqual(['default/here', 'default/newer']);
  expect([...tables.nodes.keys()]).toEqual(['n']);
});

const ttl = { definition: { TTL: '10s' } };

test('a TTL check that is heard no more says so, with what it said last', () => {
  const { catalog } = catalogOf();
  const output = () => catalog.checkById('c')?.output;
  catalog.apply(
    [put('/services/web/1', 'h:1', 2), put('/checks/web/1/c', { status: 'critical', ...ttl }, 2)],
    2,
  );
  expect(output()).toBe('');
  catalog.apply(
    [put('/heartbeats/web/1/c', '', 3), put('/checks/web/1/c', { status: 'passing', ...ttl }, 3)],
    3,
  );
  expect(output()).toBe('');
  catalog.apply([deletion('/heartbeats/web/1/c', 4)], 4);
  expect(output()).toBe('TTL expired');
  catalog.apply([put('/outputs/web/1/c', 'all good', 5)], 5);
  expect(output()).toBe('TTL expired (last output before timeout follows): all good');
  catalog.apply([put('/heartbeats/web/1/c', '', 6)], 6);
  expect(output()).toBe('all good');
  catalog.apply(
    [put('/checks/web/1/c', { status: 'critical', ...ttl }, 7), deletion('/heartbeats/web/1/c', 7)],
    7,
  );
  expect(output()).toBe('TTL expired (last output before timeout follows): all good');
});
