import { beforeEach, describe, expect, test } from 'vitest';
import { Asking, dataOf, textOf } from './asking.ts';

let dns: Asking;

beforeEach(() => {
  dns = new Asking();
  dns.put({
    'web/w1': { address: '10.0.0.1', port: 80, node: 'n1', weights: { passing: 5, warning: 2 } },
    'web/w2': { address: '10.0.0.2', port: 80, node: 'n2' },
    'web/w3': { port: 83, node: 'n1' },
  });
  dns.putKeys({
    '/consul/nodes/n1/node': {
      name: 'N1',
      address: '10.9.0.1',
      taggedAddresses: { lan_ipv6: 'fd00::1' },
      meta: { 'rfc1035-note': 'as it is', 'a=b': 'c', zone: 'x' },
    },
    '/consul/nodes/n2.rack/node': { name: 'n2.rack', address: 'host2.example.com' },
  });
});

const web = 'web.service.consul';

/** Checks of the instances of `web`, by the first letters of their statuses. */
function checks(statuses: string): Record<string, unknown> {
  const entries = ['w1', 'w2', 'w3'].map((name, at) => {
    const status = statuses[at] === 'p' ? 'passing' : 'critical';
    return [`/checks/web/${name}/c`, { status, before: 'passing' }];
  });
  return Object.fromEntries(entries);
}
const all = ['10.0.0.1', '10.0.0.2', '10.9.0.1'];

describe('an instance whose check', () => {
  test('is critical is in no answer, and comes back when it passes', async () => {
    expect(await dns.data(web)).toEqual(all);
    dns.putKeys({ '/checks/web/w2/alive': { status: 'critical' } });
    expect(await dns.data(web)).toEqual(['10.0.0.1', '10.9.0.1']);
    expect(await dns.data('web.default.svc.cluster.local')).toEqual(['10.0.0.1', '10.9.0.1']);
    expect(await dns.ask('10-0-0-2.web.default.svc.cluster.local')).toMatchObject({
      rcode: 'NXDOMAIN',
    });
    dns.putKeys({ '/checks/web/w2/alive': { status: 'passing' } });
    expect(await dns.data(web)).toEqual(all);
  });

  test('warns stays with its other weight, unless only those that pass are wanted', async () => {
    const change = { '/checks/web/w1/load': { status: 'warning' } };
    dns.putKeys(change);
    expect(await dns.data(web)).toEqual(all);
    expect(await dns.data(web, 'SRV')).toContain('1 2 80 0a000001.addr.dc1.consul');
    const strict = new Asking({ onlyPassing: true });
    strict.put({ 'web/w1': '10.0.0.1:80', 'web/w2': '10.0.0.2:80' });
    strict.putKeys(change);
    expect(await strict.data(web)).toEqual(['10.0.0.2']);
  });

  test('of type ttl is heard of no more is in no answer', async () => {
    dns.putKeys({
      '/checks/web/w2/ttl': { status: 'passing', type: 'ttl', definition: { TTL: '10s' } },
      '/heartbeats/web/w2/ttl': '',
    });
    expect(await dns.data(web)).toEqual(all);
    dns.deleteKeys('/heartbeats/web/w2/ttl');
    expect(await dns.data(web)).toEqual(['10.0.0.1', '10.9.0.1']);
  });

  test('is critical is published all the same if it asked for that, but not in maintenance', async () => {
    dns.put({ 'db/d1': { address: '10.0.1.1', port: 1, publishNotReady: true } });
    dns.putKeys({ '/checks/db/d1/alive': { status: 'critical' } });
    expect(await dns.data('db.service.consul')).toEqual(['10.0.1.1']);
    expect(await dns.data('db.default.svc.cluster.local')).toEqual(['10.0.1.1']);
    dns.putKeys({ '/checks/db/d1/_service_maintenance:d1': { status: 'critical' } });
    expect(await dns.ask('db.service.consul')).toMatchObject({ rcode: 'NXDOMAIN' });
  });
});

test('a service that fails as a whole keeps its instances, but for those out of service', async () => {
  const web1 = { address: '10.0.0.1', port: 80, node: 'n1', protectShare: 0.6 };
  dns.put({ 'web/w1': web1 });
  dns.putKeys(checks('pcp'));
  const names = [web, 'web.default.svc.cluster.local'];
  for (const name of names) expect(await dns.data(name)).toEqual(['10.0.0.1', '10.9.0.1']);
  dns.putKeys(checks('pcc'));
  // Two of three: the encoded answer of before holds no more.
  for (const name of names) expect(await dns.data(name)).toEqual(all);
  dns.putKeys({ '/checks/web/w2/_hold': { status: 'critical' } });
  for (const name of names) expect(await dns.data(name)).toEqual(['10.0.0.1']);
  dns.deleteKeys('/checks/web/w2/_hold');
  for (const name of names) expect(await dns.data(name)).toEqual(all);
  dns.put({ 'web/w1': { ...web1, protectShare: 0.7 } });
  for (const name of names) expect(await dns.data(name)).toEqual(['10.0.0.1']);
});

test('a critical check of a node takes all its instances out', async () => {
  dns.putKeys({ '/consul/node-checks/n1/disk': { status: 'critical' } });
  expect(await dns.data(web)).toEqual(['10.0.0.2']);
  dns.deleteKeys('/consul/node-checks/n1/disk');
  expect(await dns.data(web)).toEqual(all);
});

test('a service without a healthy instance does not exist; one with a virtual address does', async () => {
  const virtual = { 'consul-virtual': { address: '240.0.0.1', port: 80 } };
  dns.put({ 'vip/v1': { address: '10.0.2.1', port: 80, taggedAddresses: virtual } });
  dns.putKeys({
    '/consul/node-checks/n1/disk': { status: 'critical' },
    '/consul/node-checks/n2/disk': { status: 'critical' },
    '/checks/vip/v1/alive': { status: 'critical' },
  });
  for (const name of [web, 'web.default.svc.cluster.local', 'vip.service.consul']) {
    const found = await dns.ask(name);
    expect(found).toMatchObject({ rcode: 'NXDOMAIN', authorities: [{ type: 'SOA' }] });
  }
  expect(await dns.data('vip.default.svc.cluster.local')).toEqual(['240.0.0.1']);
  expect(await dns.data('vip.virtual.consul')).toEqual(['240.0.0.1']);
});

describe('a node', () => {
  test.each(['n1.node.consul', 'N1.node.dc1.consul'])('has addresses: %s', async (name) => {
    expect(await dns.data(name)).toEqual(['10.9.0.1']);
    expect(await dns.data(name, 'AAAA')).toEqual(['fd00::1']);
    expect((await dns.ask(name)).answers).toMatchObject([{ name }]);
  });

  test('has its meta as texts: with their names, or as they are', async () => {
    expect(await dns.data('n1.node.consul', 'TXT')).toEqual(['a`=b=c', 'as it is', 'zone=x']);
    const any = await dns.ask('n1.node.consul', 'ANY');
    expect(any.answers?.map(({ type }) => type).toSorted()).toEqual([
      'A',
      'AAAA',
      'TXT',
      'TXT',
      'TXT',
    ]);
  });

  test('may have dots in its name, and a host name as its address', async () => {
    expect(await dns.data('n2.rack.node.consul')).toEqual(['host2.example.com']);
    expect(await dns.data('n2.rack.node.consul', 'ANY')).toEqual(['host2.example.com']);
  });

  test.each([
    ['absent.node.consul', 'A', 'NXDOMAIN'],
    ['n1.node.dc2.consul', 'A', 'NXDOMAIN'],
    ['n1.node.consul', 'MX', 'NOERROR'],
    ['node.consul', 'A', 'NOERROR'],
    ['query.consul', 'A', 'NOERROR'],
    ['absent.query.consul', 'A', 'NXDOMAIN'],
  ] as const)('%s %s: %s', async (name, type, rcode) => {
    const found = await dns.ask(name, type);
    expect(found).toMatchObject({ rcode, answers: [], authorities: [{ type: 'SOA' }] });
  });

  test('changes its answers when it changes', async () => {
    await dns.ask('n1.node.consul');
    dns.putKeys({ '/consul/nodes/n1/node': { name: 'n1', address: '10.9.0.2' } });
    expect(await dns.data('n1.node.consul')).toEqual(['10.9.0.2']);
    expect(await dns.data(web)).toEqual(['10.0.0.1', '10.0.0.2', '10.9.0.2']);
    dns.deleteKeys('/consul/nodes/n1/node');
    expect(await dns.data(web)).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  test('that is a member is there without a registration', async () => {
    expect(await dns.ask('m1.node.consul')).toMatchObject({ rcode: 'NXDOMAIN' });
    dns.catalog.setMembers([{ name: 'm1', address: '10.8.0.1' }]);
    expect(await dns.data('m1.node.consul')).toEqual(['10.8.0.1']);
    expect(await dns.data('1.0.8.10.in-addr.arpa', 'PTR')).toEqual(['m1.node.dc1.consul']);
    // Consul's own service, with the port for other members.
    expect(await dns.data('consul.service.consul')).toEqual(['10.8.0.1']);
    expect(await dns.data('consul.service.consul', 'SRV')).toEqual(['1 1 2380 m1.node.dc1.consul']);
    dns.putKeys({ '/consul/node-checks/m1/disk': { status: 'critical' } });
    expect(await dns.ask('consul.service.consul')).toMatchObject({ rcode: 'NXDOMAIN' });
    dns.put({ 'consul/c1': '10.8.0.9:8300' });
    expect(await dns.data('consul.service.consul')).toEqual(['10.8.0.9']);
  });
});

test('SRV records of an instance without an address of its own point to its node', async () => {
  const found = await dns.ask(web, 'SRV');
  expect(dataOf(found)).toEqual([
    '1 1 80 0a000002.addr.dc1.consul',
    '1 1 83 N1.node.dc1.consul',
    '1 5 80 0a000001.addr.dc1.consul',
  ]);
  const beside = (found.additionals ?? []).filter(({ name }) => name === 'N1.node.dc1.consul');
  expect(beside.map((record) => textOf(record))).toEqual(['10.9.0.1', 'fd00::1']);
});

test('an instance with tagged addresses has one of each family', async () => {
  const lan = { lan_ipv4: { address: '10.0.3.1', port: 80 }, wan: { address: '1.1.1.1', port: 1 } };
  dns.put({ 'dual/d1': { address: 'fd00::7', port: 80, taggedAddresses: lan } });
  expect(await dns.data('dual.service.consul')).toEqual(['10.0.3.1']);
  expect(await dns.data('dual.service.consul', 'AAAA')).toEqual(['fd00::7']);
  const name = 'fd00--7.dual.default.svc.cluster.local';
  const srv = await dns.ask('dual.default.svc.cluster.local', 'SRV');
  expect(dataOf(srv)).toEqual([`0 100 80 ${name}`]);
  expect(srv.additionals?.map(({ type }) => type).toSorted()).toEqual(['A', 'AAAA', 'OPT']);
  expect(await dns.data(name)).toEqual(['10.0.3.1']);
  // Without an address of its own, but with a tagged one, it is not reached at its node.
  dns.put({ 'tag/t1': { node: 'n1', port: 80, taggedAddresses: lan } });
  expect(await dns.data('tag.service.consul')).toEqual(['10.0.3.1']);
  expect(await dns.data('tag.service.consul', 'SRV')).toEqual(['1 1 80 0a000301.addr.dc1.consul']);
});

test('an address has the names of nodes first', async () => {
  dns.put({ 'here/h1': '10.9.0.1:1' });
  const found = await dns.ask('1.0.9.10.in-addr.arpa', 'PTR');
  expect(found.answers?.map((answer) => textOf(answer))).toEqual([
    'N1.node.dc1.consul',
    'here.service.dc1.consul',
    '10-9-0-1.here.default.svc.cluster.local',
  ]);
});
