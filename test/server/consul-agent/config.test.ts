import { expect, test } from 'vitest';
import { parseGoFlags } from '../../../src/base/go-flags.ts';
import { agentConfigOf } from '../../../src/server/consul-agent/agent-config.ts';
import type { AgentConfig } from '../../../src/server/consul-agent/agent-config.ts';
import { readSources } from '../../../src/server/consul-agent/configuration.ts';
import { agentFlags } from '../../../src/server/consul-agent/flags.ts';

const machine = { hostname: 'host', addresses: ['192.0.2.7'] };

/** The configuration from a command line, and the files and folders that it may name. */
function configOf(line: string, files: Readonly<Record<string, unknown>> = {}): AgentConfig {
  const flags = parseGoFlags(
    line.split(' ').filter((word) => word !== ''),
    agentFlags,
  );
  const reader = {
    read: (path: string) => {
      const content = files[path];
      if (content === undefined) throw new Error('no such file');
      return typeof content === 'string' ? content : JSON.stringify(content);
    },
    list: (folder: string) =>
      Object.keys(files)
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1)),
  };
  return agentConfigOf(readSources(flags, reader), flags.isOn('dev'), machine);
}

test('-dev is a server in memory on the ports of Consul', () => {
  const { server, node, ports, definitionsFile, pidFile } = configOf('-dev');
  expect(server).toMatchObject({
    name: 'host',
    dataDir: undefined,
    consulListen: ['127.0.0.1:8500'],
    dnsListen: ['127.0.0.1:8600'],
    dnsDomains: ['consul'],
    datacenter: 'dc1',
    listenClientUrls: ['http://127.0.0.1:8502'],
    listenPeerUrls: ['http://127.0.0.1:8300'],
    initialCluster: [{ name: 'host', peerUrl: 'http://127.0.0.1:8300' }],
    logLevel: 'info',
    logOutputs: ['stdout'],
  });
  expect(node).toEqual({ name: 'host', id: undefined, address: '127.0.0.1', meta: {} });
  expect(ports).toEqual({ http: 8500, dns: 8600, grpc: 8502, server: 8300 });
  expect([definitionsFile, pidFile]).toEqual([undefined, undefined]);
});

/** As a harness of Consul writes it. */
const ofHarness = {
  node_name: 'node-b',
  node_id: 'BF1E7BD2-0000-4000-8000-000000000001',
  node_meta: { rack: '7' },
  performance: { leave_drain_time: '1ms', raft_multiplier: 1 },
  bootstrap: true,
  server: true,
  data_dir: '/data',
  segments: null,
  log_level: 'debug',
  bind_addr: '127.0.0.1',
  addresses: {},
  ports: { dns: 1, http: 2, https: 3, serf_lan: 4, serf_wan: 5, server: 6, grpc: 7, grpc_tls: 8 },
  acl: { tokens: {} },
  connect: { enabled: true },
  peering: { enabled: true },
  enable_debug: true,
  disable_update_check: true,
};

test("a harness's file is a server with its ports; settings without a meaning are named once", () => {
  const { server, node, notices, definitionsFile } = configOf('-config-file f.json', {
    'f.json': ofHarness,
  });
  expect(server).toMatchObject({
    name: 'node-b',
    dataDir: '/data/rollcall',
    consulListen: ['127.0.0.1:2'],
    dnsListen: ['127.0.0.1:1'],
    listenClientUrls: ['http://127.0.0.1:7'],
    listenPeerUrls: ['http://127.0.0.1:6'],
    logLevel: 'debug',
  });
  expect(node).toMatchObject({
    id: 'bf1e7bd2-0000-4000-8000-000000000001',
    meta: { rack: '7' },
  });
  expect(definitionsFile).toBe('/data/configured.json');
  expect(notices.map(({ message }) => message)).toEqual([
    'settings of Consul that have no effect here: performance, segments, connect, peering, enable_debug, ' +
      'disable_update_check',
  ]);
});

test('later files win, objects are merged, folders are read by name, flags come last', () => {
  const files = {
    'a.json': { server: true, data_dir: '/a', ports: { http: 1, dns: 2 }, recursors: ['10.0.0.1'] },
    'd/2.json': { node_name: 'second', ports: { dns: -1 } },
    'd/1.hcl': 'node_name = "first"\nrecursors = ["10.0.0.2:5353"]\ndomain = "Corp."',
    'd/README': 'is not read',
  };
  const { server } = configOf(
    '-config-dir d -config-file a.json -http-port 9 -recursor fd00::1 -alt-domain other',
    files,
  );
  expect(server).toMatchObject({
    name: 'second',
    dataDir: '/a/rollcall',
    consulListen: ['127.0.0.1:9'],
    dnsListen: [],
    dnsRecursors: ['10.0.0.1:53', '10.0.0.2:5353', '[fd00::1]:53'],
    dnsDomains: ['corp', 'other'],
  });
});

test('addresses: all clients, an address for others, sockets; no port for etcd clients is any port', () => {
  const { server, node } = configOf('-server -data-dir d -client 0.0.0.0 -grpc-port 7');
  expect(server).toMatchObject({
    listenPeerUrls: ['http://0.0.0.0:8300'],
    initialAdvertisePeerUrls: ['http://192.0.2.7:8300'],
    listenClientUrls: ['http://0.0.0.0:7'],
    advertiseClientUrls: ['http://192.0.2.7:7'],
    consulListen: ['0.0.0.0:8500'],
  });
  expect(node.address).toBe('192.0.2.7');
  const other = configOf('-dev -bind ::1 -http-port -1 -grpc-port -1 -config-file s.json', {
    's.json': { addresses: { http: 'unix:///run/c.sock 127.0.0.1' }, client_addr: '127.0.0.1 ::1' },
  });
  expect(other.server).toMatchObject({
    listenPeerUrls: ['http://[::1]:8300'],
    listenClientUrls: ['http://127.0.0.1:0'],
    consulListen: ['unix:///run/c.sock'],
    dnsListen: ['127.0.0.1:8600', '[::1]:8600'],
  });
});

test('services and checks of all files; of two with one id the later counts', () => {
  const { definitions } = configOf('-dev -config-file a.json -config-file b.hcl', {
    'a.json': {
      service: { name: 'web', port: 1 },
      services: [{ ID: 'db-1', Name: 'db' }],
      checks: [{ id: 'c', name: 'x', ttl: '10s', service_id: 'db-1' }],
    },
    'b.hcl':
      'service { name = "web" port = 2 check { ttl = "1s" } check { ttl = "2s" } }\nservice { name = "z" }\n' +
      'check { name = "y" ttl = "5s" }',
  });
  expect(definitions).toEqual([
    {
      kind: 'service',
      id: 'web',
      body: { name: 'web', port: 2, checks: [{ ttl: '1s' }, { ttl: '2s' }] },
    },
    { kind: 'service', id: 'db-1', body: { ID: 'db-1', Name: 'db' } },
    { kind: 'service', id: 'z', body: { name: 'z' } },
    { kind: 'check', id: 'c', body: expect.objectContaining({ service_id: 'db-1' }) },
    { kind: 'check', id: 'y', body: { name: 'y', ttl: '5s' } },
  ]);
});

test('times and limits of DNS', () => {
  const { server } = configOf('-dev -config-file d.json', {
    'd.json': {
      dns_config: { node_ttl: '10s', service_ttl: { web: '1m', '*': '5s' }, a_record_limit: 3 },
    },
  });
  expect(server).toMatchObject({
    dnsNodeTtl: 10,
    dnsServiceTtl: ['web=60', '*=5'],
    dnsARecordLimit: 3,
  });
});

test.each([
  ['', {}, 'Rollcall needs no agents'],
  ['-server', {}, 'data_dir cannot be empty'],
  ['-dev -join 10.0.0.1', {}, 'start_join: this command runs a cluster of one'],
  ['-dev -config-file f.json', { retry_join: ['x'] }, 'retry_join: this command runs'],
  ['-server -data-dir d -bootstrap-expect 3', {}, 'bootstrap_expect: this command runs'],
  [
    '-dev -config-file f.json',
    { acl: { enabled: true } },
    /^acl.enabled asks for access lists.*rollcall auth enable/,
  ],
  [
    '-dev -config-file f.json',
    { cert_file: 'x' },
    /^cert_file asks for TLS.*--consul-listen https:.* --cert-file FILE --key-file FILE.*--trusted-ca-file/,
  ],
  [
    '-dev -config-file f.json',
    { tls: { defaults: { verify_incoming: true } } },
    'tls.defaults asks for TLS',
  ],
  ['-dev -http-port 70000', {}, 'ports.http: invalid port: 70000'],
  ['-dev -config-file f.json', { ports: { http: 'x' } }, `'ports.http' must be a whole number`],
  ['-dev -server-port -1', {}, 'ports.server cannot be off'],
  ['-dev -log-level loud', {}, 'Invalid log level: loud'],
  ['-dev -node-id x', {}, 'node_id: "x" is no UUID'],
  ['-dev -bind nowhere', {}, 'bind_addr: "nowhere" is no IP address'],
  [
    '-dev -config-file f.json',
    { client_addr: '{{GetPrivateIP}}' },
    'templates are not supported; write the address',
  ],
  ['-dev -recursor name', {}, 'recursors: "name" is no IP address'],
  ['-dev -config-file f.json', { node_meta: { a: 1 } }, `'node_meta.a' must be a text`],
  ['-dev -config-file f.json', { service: { port: 1 } }, 'a service of the configuration has no'],
  ['-dev -config-file f.json', { services: ['x'] }, '"services" must hold objects'],
  ['-dev -config-file f.json', '{', 'failed to parse f.json: '],
  ['-dev -config-file f.json', '[]', 'failed to parse f.json: it is no object'],
  ['-dev -config-format hcl -config-file f.json', 'a = b', 'failed to parse f.json: line 1: "b"'],
  ['-dev -config-format yaml', {}, '-config-format must be either hcl or json'],
  ['-dev -config-file other.json', {}, 'cannot read the configuration other.json: no such file'],
  ['-dev -config-file other', {}, 'other must end in .json or .hcl'],
])('%s with %j is refused', (line, content, message) => {
  expect(() => configOf(line, { 'f.json': content })).toThrow(message);
});

test('an encryption key of gossip, and a harness that says nothing of TLS or ACLs, are taken', () => {
  const content = { verify_incoming: false, acl: { enabled: false }, tls: {}, cert_file: '' };
  expect(() =>
    configOf('-dev -encrypt x -config-file f.json', { 'f.json': content }),
  ).not.toThrow();
});
