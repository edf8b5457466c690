import { beforeEach, describe, expect, test } from 'vitest';
import { Asking, dataOf, textOf } from './asking.ts';

let dns: Asking;

beforeEach(() => {
  dns = new Asking();
  dns.put({
    'payment/i1': '10.0.1.45:8080',
    'payment/i2': { address: '10.0.1.46', port: 81, ports: { http: 81 } },
    'shop/cart/c1': '[2001:db8::1]:80',
  });
});

describe('the top of a zone', () => {
  test.each([
    ['consul', 'ns.consul'],
    ['cluster.local', 'ns.dns.cluster.local'],
  ])('of %s has a server with the addresses of the members', async (zone, server) => {
    const ns = await dns.ask(zone, 'NS');
    expect(dataOf(ns)).toEqual([server]);
    expect(ns.additionals).toMatchObject([
      { name: server, type: 'A', data: '10.9.0.1' },
      { name: server, type: 'AAAA', data: 'fd00::9' },
      { type: 'OPT' },
    ]);
    expect(await dns.data(server, 'AAAA')).toEqual(['fd00::9']);
    const soa = await dns.ask(zone, 'SOA');
    expect(soa.answers).toMatchObject([{ name: zone, type: 'SOA', data: { mname: server } }]);
    expect(soa.authorities).toMatchObject([{ name: zone, type: 'NS' }]);
    expect((await dns.ask(zone, 'ANY')).answers?.map(({ type }) => type)).toEqual(['SOA', 'NS']);
    expect(await dns.ask(`x.${server}`)).toMatchObject({ rcode: 'NXDOMAIN' });
  });

  test('has the revision of the catalog as its serial', async () => {
    dns.put({ 'payment/i3': '10.0.1.47:8080' });
    const { answers } = await dns.ask('consul', 'SOA');
    expect(answers).toMatchObject([{ data: { serial: dns.catalog.revision } }]);
    const absent = await dns.ask('absent.service.consul');
    expect(absent.authorities).toMatchObject([{ ttl: 0, data: { serial: 3, minimum: 0 } }]);
  });

  test.each(['.', 'com', 'example.com', 'consul.example', 'payment'])(
    '%s is none of ours and is refused',
    async (name) => {
      expect(await dns.ask(name, 'NS')).toMatchObject({ rcode: 'REFUSED', answers: [] });
    },
  );
});

test('there may be several domains, or none; answers are in the one that was asked for', async () => {
  const other = new Asking({ domains: ['consul', 'svc.corp'], clusterDomain: undefined });
  other.put({ 'payment/i1': '10.0.1.45:8080' });
  const srv = await other.ask('payment.service.svc.corp', 'SRV');
  expect(dataOf(srv)).toEqual(['1 1 8080 0a00012d.addr.dc1.svc.corp']);
  expect(await other.data('payment.service.consul')).toEqual(['10.0.1.45']);
  expect(await other.ask('cluster.local')).toMatchObject({ rcode: 'REFUSED' });
  expect(await other.data('45.1.0.10.in-addr.arpa', 'PTR')).toEqual(['payment.service.dc1.consul']);
});

describe('a name of one label', () => {
  test('is that of a service where it is switched on', async () => {
    const compose = new Asking({ singleLabel: true });
    compose.put({ 'payment/i1': '10.0.1.45:8080' });
    const found = await compose.ask('Payment', 'A');
    expect(dataOf(found)).toEqual(['10.0.1.45']);
    expect(found.answers?.[0]?.name).toBe('Payment');
    // Without an address of this family; musl takes "no such name" for all families.
    expect(await compose.ask('payment', 'AAAA')).toMatchObject({ rcode: 'NOERROR', answers: [] });
    const absent = await compose.ask('absent', 'A');
    expect(absent).toMatchObject({ rcode: 'NXDOMAIN', authorities: [{ type: 'SOA', name: '.' }] });
    expect(await compose.ask('.', 'NS')).toMatchObject({ rcode: 'REFUSED' });
    expect(await compose.ask('payment.network', 'A')).toMatchObject({ rcode: 'REFUSED' });
  });
});

describe('an address has the names of', () => {
  test("all its services: Consul's first, then those of endpoints", async () => {
    dns.put({ 'audit/a1': '10.0.1.45:90' });
    const found = await dns.ask('45.1.0.10.in-addr.arpa', 'PTR');
    const names = (found.answers ?? []).map((answer) => textOf(answer));
    expect(names.slice(0, 2).toSorted()).toEqual([
      'audit.service.dc1.consul',
      'payment.service.dc1.consul',
    ]);
    expect(names.slice(2).toSorted()).toEqual([
      '10-0-1-45.audit.default.svc.cluster.local',
      '10-0-1-45.payment.default.svc.cluster.local',
    ]);
    expect(found.flag_aa).toBe(true);
  });

  test('IPv6 likewise', async () => {
    const six = `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`;
    expect(await dns.data(six, 'PTR')).toEqual(['2001-db8--1.cart.shop.svc.cluster.local']);
  });

  test('the services that are there now', async () => {
    const name = '46.1.0.10.in-addr.arpa';
    expect(await dns.data(name, 'PTR')).toHaveLength(2);
    dns.put({ 'audit/a1': '10.0.1.46:90' });
    expect(await dns.data(name, 'PTR')).toHaveLength(4);
    dns.delete('payment/i2');
    expect(await dns.data(name, 'PTR')).toEqual([
      '10-0-1-46.audit.default.svc.cluster.local',
      'audit.service.dc1.consul',
    ]);
    dns.delete('audit/a1');
    expect(await dns.ask(name, 'PTR')).toMatchObject({ rcode: 'NXDOMAIN' });
    dns.put({ 'payment/i2': '10.0.1.46:1' });
    expect(await dns.data(name, 'PTR')).toHaveLength(2);
  });

  test.each([
    ['99.1.0.10.in-addr.arpa', 'PTR', 'NXDOMAIN', '10.in-addr.arpa'],
    ['0.16.172.in-addr.arpa', 'PTR', 'NOERROR', '16.172.in-addr.arpa'],
    ['1.2.31.172.in-addr.arpa', 'PTR', 'NXDOMAIN', '31.172.in-addr.arpa'],
    ['0.10.in-addr.arpa', 'PTR', 'NOERROR', '10.in-addr.arpa'],
    ['45.1.0.10.in-addr.arpa', 'A', 'NOERROR', '10.in-addr.arpa'],
    ['045.1.0.10.in-addr.arpa', 'PTR', 'NXDOMAIN', '10.in-addr.arpa'],
    ['5.45.1.0.10.in-addr.arpa', 'PTR', 'NXDOMAIN', '10.in-addr.arpa'],
  ] as const)('%s %s: %s, as in a zone of this site', async (name, type, rcode, zone) => {
    const found = await dns.ask(name, type);
    expect(found).toMatchObject({ rcode, answers: [], authorities: [{ type: 'SOA', name: zone }] });
  });

  test.each(['8.8.8.8.in-addr.arpa', '172.in-addr.arpa', 'in-addr.arpa', '1.32.172.in-addr.arpa'])(
    '%s is unknown here and is refused',
    async (name) => {
      expect(await dns.ask(name, 'PTR')).toMatchObject({ rcode: 'REFUSED' });
    },
  );
});

describe('a service with a virtual address', () => {
  beforeEach(() => {
    const meta = { 'virtual-address': '10.96.0.7' };
    dns.put({
      'web/w1': { address: '10.0.5.1', port: 80, ports: { http: 80 }, meta },
      'web/w2': { address: '10.0.5.2', port: 80, ports: { http: 80 }, meta },
    });
  });

  test('has it in Kubernetes, with the name of the service as the target', async () => {
    const name = 'web.default.svc.cluster.local';
    expect(await dns.data(name)).toEqual(['10.96.0.7']);
    expect(await dns.ask(name, 'AAAA')).toMatchObject({ rcode: 'NOERROR', answers: [] });
    const srv = await dns.ask(`_http._tcp.${name}`, 'SRV');
    expect(dataOf(srv)).toEqual([`0 100 80 ${name}`]);
    expect(srv.additionals).toMatchObject([{ name, data: '10.96.0.7' }, { type: 'OPT' }]);
    expect(await dns.data('7.0.96.10.in-addr.arpa', 'PTR')).toContain(name);
    expect(await dns.data(`10-0-5-1.${name}`)).toEqual(['10.0.5.1']);
  });

  test('has it under virtual.consul, and its instances under service.consul', async () => {
    expect(await dns.data('web.virtual.consul')).toEqual(['10.96.0.7']);
    expect(await dns.data('web.service.consul')).toHaveLength(2);
    expect(await dns.ask('payment.virtual.consul')).toMatchObject({ rcode: 'NOERROR' });
    expect(await dns.ask('absent.virtual.consul')).toMatchObject({ rcode: 'NXDOMAIN' });
  });
});

describe('names of one zone in Kubernetes', () => {
  const name = 'z.default.svc.cluster.local';
  beforeEach(() => {
    dns.put({
      'z/1': { address: '10.3.0.1', ports: { http: 80 }, meta: { zone: 'EU-1a' } },
      'z/2': { address: '10.3.0.2', ports: { http: 81 }, consul: { Locality: { Zone: 'eu-1b' } } },
      'z/3': { address: '10.3.0.3', ports: { http: 82 }, meta: { 'virtual-address': '10.96.0.3' } },
    });
  });

  test.each([
    [`eu-1a.pin._zone.${name}`, 'A', ['10.3.0.1']],
    [`eu-1b.pin._zone.${name}`, 'A', ['10.3.0.2']],
    [`eu-1b.prefer._zone.${name}`, 'A', ['10.3.0.2']],
    [`other.prefer._zone.${name}`, 'A', ['10.3.0.1', '10.3.0.2', '10.3.0.3']],
    [`_http._tcp.eu-1b.pin._zone.${name}`, 'SRV', [`0 100 81 10-3-0-2.${name}`]],
    [`other.pin._zone.${name}`, 'A', []],
    [`pin._zone.${name}`, 'A', []],
    [`_zone.${name}`, 'A', []],
  ] as const)('%s has the %s records %j', async (asked, type, data) => {
    const answer = await dns.ask(asked, type);
    expect(answer).toMatchObject({ rcode: 'NOERROR' });
    expect(dataOf(answer)).toEqual(data);
  });

  test.each([`eu-1a.near._zone.${name}`, `eu-1a.pin._zone.absent.default.svc.cluster.local`])(
    '%s does not exist',
    async (asked) => expect(await dns.ask(asked)).toMatchObject({ rcode: 'NXDOMAIN' }),
  );
});

describe('times to live', () => {
  test.each([
    ['web.service.consul', 10],
    ['WEB.service.consul', 10],
    ['db-main.service.consul', 5],
    ['db-main-eu.service.consul', 7],
    ['payment.service.consul', 1],
    ['web.default.svc.cluster.local', 10],
  ])('%s is kept for %d s: exact names first, then the longest beginning', async (name, ttl) => {
    const rules = ['db*=5', 'web=10', '*=1', 'db-main-*=7', 'we*=3'];
    const other = new Asking({ serviceTtls: rules });
    other.put({
      'web/1': '10.0.0.1:1',
      'db-main/1': '10.0.0.1:1',
      'db-main-eu/1': '10.0.0.1:1',
      'payment/1': '10.0.0.1:1',
    });
    expect((await other.ask(name)).answers).toMatchObject([{ ttl }]);
  });

  test("without a rule: 0 for Consul's names and 5 s for Kubernetes'; addresses as nodes", async () => {
    expect((await dns.ask('payment.service.consul')).answers?.[0]).toMatchObject({ ttl: 0 });
    const kubernetes = await dns.ask('payment.default.svc.cluster.local');
    expect(kubernetes.answers?.[0]).toMatchObject({ ttl: 5 });
    const other = new Asking({ nodeTtlSeconds: 9 });
    expect((await other.ask('0a000001.addr.consul')).answers?.[0]).toMatchObject({ ttl: 9 });
  });
});

describe('an alias', () => {
  test('within our own zones is followed, three times at most', async () => {
    dns.put({
      'a/1': 'b.service.consul:1',
      'b/1': 'C.default.svc.Cluster.local:1',
      'c/1': '10.0.0.7:1',
      'loop/1': 'loop.service.consul:1',
      'deep/1': 'a2.service.consul:1',
      'a2/1': 'a3.service.consul:1',
      'a3/1': 'a4.service.consul:1',
      'a4/1': 'c.service.consul:1',
    });
    const found = await dns.ask('a.service.consul');
    expect(found.answers).toMatchObject([
      { name: 'a.service.consul', type: 'CNAME', data: 'b.service.consul' },
      { name: 'b.service.consul', type: 'CNAME', data: 'C.default.svc.Cluster.local' },
      { name: 'C.default.svc.Cluster.local', type: 'A', data: '10.0.0.7' },
    ]);
    expect((await dns.ask('a.service.consul', 'CNAME')).answers).toHaveLength(1);
    expect((await dns.ask('loop.service.consul')).answers).toHaveLength(4);
    const deep = await dns.ask('deep.service.consul');
    expect(deep.answers?.map(({ type }) => type)).toEqual(['CNAME', 'CNAME', 'CNAME', 'CNAME']);
  });

  test('is answered anew when what it leads to changes', async () => {
    dns.put({ 'a/1': 'b.service.consul:1', 'b/1': '10.0.0.7:1' });
    expect(await dns.data('a.service.consul')).toEqual(['10.0.0.7', 'b.service.consul']);
    dns.put({ 'b/1': '10.0.0.8:1' });
    expect(await dns.data('a.service.consul')).toEqual(['10.0.0.8', 'b.service.consul']);
    dns.delete('b/1');
    expect(await dns.data('a.service.consul')).toEqual(['b.service.consul']);
  });
});

test("gRPC's question for its configuration is answered at once: there is no such name", async () => {
  const name = '_grpc_config.payment.service.consul';
  expect(await dns.ask(name, 'TXT')).toMatchObject({ rcode: 'NXDOMAIN' });
  expect(await dns.ask('_grpc_config.payment.default.svc.cluster.local', 'TXT')).toMatchObject({
    rcode: 'NXDOMAIN',
  });
});

test('a record whose target has no room behind its domain is left out, and the others are there', async () => {
  const domain = Array.from({ length: 4 }, () => 'd'.repeat(40)).join('.');
  const other = new Asking({ clusterDomain: domain });
  const service = 's'.repeat(63);
  // "10-0-0-1" fits into 255 bytes, and the digits of this IPv6 address do not.
  other.put({ [`${service}/1`]: '10.0.0.1:80', [`${service}/2`]: '[2001:db8:1:2:3:4:5:6]:80' });
  const found = await other.data(`${service}.default.svc.${domain}`, 'SRV');
  expect(found).toEqual([`0 100 80 10-0-0-1.${service}.default.svc.${domain}`]);
});

describe('names that DNS has no room for', () => {
  const long = 'l'.repeat(64);

  test.each(['rack..1', 'n1.', long])(
    'of the node %j: a record points to the address instead',
    async (node) => {
      const other = new Asking();
      other.putKeys({
        [`/consul/nodes/${node}/node`]: { name: node, address: '10.9.0.7' },
        '/services/web/w1': { node, port: 80 },
      });
      const srv = await other.ask('web.service.consul', 'SRV');
      expect(dataOf(srv)).toEqual(['1 1 80 0a090007.addr.dc1.consul']);
      expect(srv.additionals).toMatchObject([
        { name: '0a090007.addr.dc1.consul', data: '10.9.0.7' },
        { type: 'OPT' },
      ]);
    },
  );

  test('a text that no message holds is cut, and does not end the call', async () => {
    const other = new Asking();
    const meta = { k: 'x'.repeat(70_000) };
    other.putKeys({ '/consul/nodes/n1/node': { name: 'n1', address: '10.9.0.7', meta } });
    const asked = await other.ask('n1.node.consul', 'TXT', { transport: 'tcp' });
    expect(asked).toMatchObject({ rcode: 'NOERROR', flag_tc: true, answers: [] });
    expect(dataOf(await other.ask('n1.node.consul', 'A'))).toEqual(['10.9.0.7']);
  });
});

describe('letters', () => {
  test('beyond ASCII are UTF-8 everywhere, and compare as they are', async () => {
    dns.put({
      'Büro/Ä1': { address: 'bücher.example', tags: ['Ü'], ports: { Ä: 81 } },
      'Büro/Ä2': { address: '10.4.0.1', tags: ['Ü'], ports: { Ä: 81 } },
    });
    expect(await dns.data('Ü.büro.service.consul', 'SRV')).toContain('1 1 0 bücher.example');
    expect(await dns.data('büro.default.svc.cluster.local')).toEqual(['10.4.0.1']);
    expect(await dns.data('Ä2.büro.default.svc.cluster.local')).toEqual(['10.4.0.1']);
    expect(await dns.data('_Ä._tcp.büro.default.svc.cluster.local', 'SRV')).toEqual([
      '0 100 81 10-4-0-1.büro.default.svc.cluster.local',
    ]);
  });

  test('of a port may be capital ones', async () => {
    dns.put({ 'api/a1': { address: '10.4.0.2', ports: { HTTP: 80 } } });
    for (const port of ['_http', '_HTTP']) {
      const name = `${port}._tcp.api.default.svc.cluster.local`;
      expect(await dns.data(name, 'SRV')).toEqual([
        '0 100 80 10-4-0-2.api.default.svc.cluster.local',
      ]);
    }
  });
});
