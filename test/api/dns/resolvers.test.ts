import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Resolver } from 'node:dns/promises';
import { eventually } from '../../cluster/processes.ts';
import { outputOf, startDnsMember, stopDnsMember, testWith } from './outside.ts';
import type { DnsMember } from './outside.ts';

let dns: DnsMember;

beforeAll(async () => {
  dns = await startDnsMember();
  const { client } = dns;
  await client.put('/services/web/w1', '10.0.0.1:80');
  await client.put('/services/web/w2', '{"address":"10.0.0.2","port":81,"ports":{"http":81}}');
  await client.put('/services/six/s1', '[2001:db8::1]:80');
  for (let at = 0; at < 60; at++) await client.put(`/services/many/i${at}`, `10.0.2.${at}:80`);
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${dns.port}`]);
  await eventually('the catalog has all', async () => {
    const found = await resolver.resolve4('many.service.consul');
    return found.length === 60 ? true : undefined;
  });
});

afterAll(() => stopDnsMember(dns));

/** Debian's, which sees Debian's modules. */
const python = '/usr/bin/python3';

testWith(
  { command: python, args: ['-c', 'import dns.resolver'], install: 'python3-dnspython' },
  "Python's dns.resolver finds names, and tells apart what is not there",
  async () => {
    const script = join(import.meta.dirname, 'resolver.py');
    const questions = [
      'web.service.consul/A',
      'web.service.consul/SRV',
      'web.service.consul/AAAA',
      'many.service.consul/SRV',
      'absent.service.consul/A',
      'consul/SOA',
      '1.0.0.10.in-addr.arpa/PTR',
      'dns-version.cluster.local/TXT',
    ];
    const found = JSON.parse(await outputOf(python, [script, String(dns.port), ...questions]));
    expect(found).toMatchObject({
      'web.service.consul/A': ['10.0.0.1', '10.0.0.2'],
      'web.service.consul/SRV': [
        '1 1 80 0a000001.addr.dc1.consul.',
        '1 1 81 0a000002.addr.dc1.consul.',
      ],
      'web.service.consul/AAAA': 'NoAnswer SOA',
      'absent.service.consul/A': 'NXDOMAIN',
      'consul/SOA': [
        expect.stringMatching(/^ns\.consul\. hostmaster\.consul\. \d+ 3600 600 86400 0$/),
      ],
      '1.0.0.10.in-addr.arpa/PTR': [
        '10-0-0-1.web.default.svc.cluster.local.',
        'web.service.dc1.consul.',
      ],
      'dns-version.cluster.local/TXT': ['"1.1.0"'],
    });
    expect(found['many.service.consul/SRV']).toHaveLength(60);
  },
);

testWith(
  {
    command: python,
    args: ['-c', 'import ctypes; ctypes.CDLL("libc.so.6").__res_state'],
    install: 'python3',
  },
  'getaddrinfo of glibc finds names of one label by its search list, both families at once, and large answers by TCP',
  async () => {
    const script = join(import.meta.dirname, 'glibc.py');
    const names = [
      'web',
      'web.default',
      'web.default.svc.cluster.local',
      'six',
      'many',
      'absent.consul',
    ];
    const output = await outputOf(python, [script, String(dns.port), ...names], {
      LOCALDOMAIN: 'default.svc.cluster.local svc.cluster.local cluster.local',
      RES_OPTIONS: 'ndots:5',
    });
    const both = ['10.0.0.1', '10.0.0.2'];
    expect(JSON.parse(output)).toEqual({
      web: both,
      'web.default': both,
      'web.default.svc.cluster.local': both,
      six: ['2001:db8::1'],
      many: expect.objectContaining({ length: 60 }),
      'absent.consul': 'EAI_NONAME',
    });
  },
);

function kdig(...words: string[]): Promise<string> {
  return outputOf('kdig', ['@127.0.0.1', '-p', String(dns.port), ...words]);
}

testWith(
  { command: 'kdig', args: ['-V'], install: 'knot-dnsutils' },
  'kdig reads all that is written: names, EDNS, codes, over UDP and TCP',
  async () => {
    const srv = await kdig(
      '_http._tcp.web.default.svc.cluster.local',
      'SRV',
      '+edns',
      '+bufsize=4096',
    );
    expect(srv).toMatch(/;; Flags: qr aa rd; QUERY: 1; ANSWER: 1; AUTHORITY: 0; ADDITIONAL: 2/);
    expect(srv).toMatch(/Version: 0; flags: ; UDP size: 8192 B; ext-rcode: NOERROR/);
    expect(srv).toContain('0 100 81 10-0-0-2.web.default.svc.cluster.local.');
    const cut = await kdig('many.service.consul', '+noedns', '+ignore');
    expect(cut).toMatch(/;; Flags: qr aa tc rd;/);
    expect(await kdig('many.service.consul', '+noedns')).toMatch(/ANSWER: 60;.*/);
    expect(await kdig('many.service.consul', '+tcp', '+short')).toMatch(
      /^(?:10\.0\.2\.\d+\n){60}$/,
    );
    expect(await kdig('web.service.consul', '+edns=1')).toMatch(/ext-rcode: BADVERS/);
    expect(await kdig('version.bind', 'TXT', 'CH')).toMatch(/status: REFUSED/);
    await expect(kdig('consul', 'AXFR')).rejects.toThrow("server replied with error 'NOTIMPL'");
  },
);

test("Node.js' resolver reads weights and ports", async () => {
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${dns.port}`]);
  const found = await resolver.resolveSrv('web.service.consul');
  expect(found.toSorted((a, b) => a.port - b.port)).toEqual([
    { name: '0a000001.addr.dc1.consul', port: 80, priority: 1, weight: 1 },
    { name: '0a000002.addr.dc1.consul', port: 81, priority: 1, weight: 1 },
  ]);
  expect(await resolver.resolveSoa('consul')).toMatchObject({ nsname: 'ns.consul', minttl: 0 });
  expect(await resolver.reverse('10.0.0.1')).toContain('web.service.dc1.consul');
});
