import { describe, expect, test } from 'vitest';
import { parseServeArguments } from '../../src/server/config.ts';
import type { ServerConfig } from '../../src/server/config.ts';

function parse(
  yaml: string,
  {
    argv = ['--config-file', 'r.yml'],
    env = {},
  }: { argv?: string[]; env?: Record<string, string> } = {},
) {
  const read = (path: string): string => {
    if (path !== 'r.yml') throw new Error(`ENOENT: no such file or directory, open '${path}'`);
    return yaml;
  };
  return parseServeArguments(argv, env, { read, isEmpty: () => true });
}

function served(yaml: string): ServerConfig {
  const result = parse(yaml);
  if (result.kind !== 'serve') throw new Error(result.text);
  return result.config;
}

describe('a configuration file', () => {
  const files: Record<string, Partial<ServerConfig>> = {
    '': { name: 'default', dataDir: 'default.rollcall' },
    'name: m': { name: 'm', dataDir: 'm.rollcall' },
    // Counted in milliseconds there too, though etcd's help says otherwise.
    'heartbeat-interval: 20\nelection-timeout: 200': {
      heartbeatIntervalMs: 20,
      electionTimeoutMs: 200,
    },
    'watch-progress-notify-interval: 600000000': { watchProgressNotifyIntervalMs: 600 },
    'watch-progress-notify-interval: 5m': { watchProgressNotifyIntervalMs: 300_000 },
    'grpc-keepalive-interval: 0': { grpcKeepaliveIntervalMs: 0 },
    'pre-vote: false': { preVote: false },
    'pre-vote: no': { preVote: false },
    'force-new-cluster: on': { forceNewCluster: true },
    'initial-cluster-state: ""': { initialClusterState: 'new' },
    'name: "yes"': { name: 'yes' },
    'snapshot-count: 0x10': { snapshotCount: 16 },
    'quota-backend-bytes: -1': { quotaBackendBytes: Number.POSITIVE_INFINITY },
    'auto-compaction-retention: "5m"': { autoCompactionRetention: 300_000 },
    'auto-compaction-mode: revision\nauto-compaction-retention: 7': { autoCompactionRetention: 7 },
    'cors: [http://a:1, http://b:1]': { corsOrigins: ['http://a:1', 'http://b:1'] },
    'cors: ""\nhost-whitelist: ""': { corsOrigins: ['*'], hostWhitelist: ['*'] },
    'host-whitelist: a,b': { hostWhitelist: ['a', 'b'] },
    'max-request-bytes: null': { maxRequestBytes: 1_572_864 },
    'experimental-max-learners: 2': { maxLearners: 2 },
    'client-transport-security:\n  auto-tls: false\n  cert-file: ""': { name: 'default' },
    // Without a URL that asks for it, one file alone has no effect, as with etcd.
    'client-transport-security:\n  cert-file: /c': { certFile: '/c', keyFile: '' },
    [`client-transport-security:
  cert-file: /c
  key-file: /k
  trusted-ca-file: /ca
  client-cert-file: /cc
  client-key-file: /ck
  client-cert-auth: true
  allowed-hostname: [a, b]
  crl-file: /crl`]: {
      certFile: '/c',
      keyFile: '/k',
      trustedCaFile: '/ca',
      clientCertFile: '/cc',
      clientKeyFile: '/ck',
      clientCertAuth: true,
      clientCertAllowedHostnames: ['a', 'b'],
      clientCrlFile: '/crl',
    },
    [`peer-transport-security:
  cert-file: /c
  key-file: /k
  trusted-ca-file: /ca
  client-cert-file: /cc
  client-key-file: /ck
  client-cert-auth: true
  allowed-cn: [a]
  crl-file: /crl
  skip-client-san-verification: true`]: {
      peerCertFile: '/c',
      peerKeyFile: '/k',
      peerTrustedCaFile: '/ca',
      peerClientCertFile: '/cc',
      peerClientKeyFile: '/ck',
      peerClientCertAuth: true,
      peerCertAllowedCommonNames: ['a'],
      peerCrlFile: '/crl',
      peerSkipClientSanVerification: true,
    },
    'peer-transport-security:\n  allowed-hostname: [a]': { peerCertAllowedHostnames: ['a'] },
    // In a file etcd lets the advertised URLs be the default ones.
    'listen-client-urls: http://127.0.0.1:1': { advertiseClientUrls: ['http://localhost:2379'] },
  };
  test.each(Object.entries(files))('%j', (yaml, expected) => {
    expect(served(yaml)).toMatchObject(expected);
  });
});

describe('refused', () => {
  const files: Record<string, string> = {
    'heartbeat-interval: abc':
      'rollcall: invalid value "abc" for heartbeat-interval in r.yml: expected a whole number of milliseconds',
    'heartbeat-interval: 100000000': '--election-timeout[1000ms] should be at least as 5 times',
    'force-new-cluster: 5':
      'invalid value "5" for force-new-cluster in r.yml: expected true or false',
    'initial-cluster-state: old': 'expected new or existing',
    'initial-cluster: b=http://localhost:2380': 'couldn\'t find local name "default"',
    'listen-client-urls: foo': 'URL scheme must be http, https, unix, or unixs: foo',
    'listen-client-urls: https://localhost:1\nadvertise-client-urls: https://localhost:1\nclient-transport-security:\n  cert-file: /c':
      'give both --cert-file and --key-file',
    'peer-transport-security:\n  key-file: /k': 'give both --peer-cert-file and --peer-key-file',
    'discovery-config:\n  endpoints: [http://a:1]':
      'discovery-endpoints in r.yml asks for discovery',
    '- a': 'the configuration file r.yml holds no settings ("name: value")',
    'name: [': 'cannot read the configuration file r.yml: ',
    'name: a\nname: b': 'cannot read the configuration file r.yml: Map keys must be unique',
  };
  test.each(Object.entries(files))('%j', (yaml, text) => {
    const result = parse(yaml);
    expect(result).toMatchObject({
      kind: 'print',
      exitCode: 1,
      text: expect.stringContaining(text),
    });
    expect(result.kind === 'print' && result.text.split('\n')).toHaveLength(1);
  });

  test('a file that is not there', () => {
    const text =
      "rollcall: cannot read the configuration file x.yml: ENOENT: no such file or directory, open 'x.yml'";
    expect(parse('', { argv: ['--config-file=x.yml'] })).toEqual({
      kind: 'print',
      exitCode: 1,
      text,
    });
    expect(parse('', { argv: [], env: { ETCD_CONFIG_FILE: 'x.yml' } })).toMatchObject({ text });
  });
});

test('flags and environment are ignored beside a file, and named in a warning', () => {
  const result = parse('name: m', {
    argv: ['--name=other', '--config-file=r.yml', '--auto-tls'],
    env: { ETCD_NAME: 'another', ETCD_PRE_VOTE: 'false', ETCD_CONFIG_FILE: 'x.yml' },
  });
  expect(result).toMatchObject({
    kind: 'serve',
    config: { name: 'm', preVote: true },
    notices: [
      {
        level: 'warn',
        fields: { path: 'r.yml', ignored: ['--name', '--auto-tls', 'ETCD_NAME', 'ETCD_PRE_VOTE'] },
      },
    ],
  });
});

test('flags have to be readable even beside a file', () => {
  const argv = ['--config-file=r.yml', '--heartbeat-interval=abc'];
  expect(parse('name: m', { argv })).toMatchObject({ kind: 'print', exitCode: 2 });
});

test('a name that means nothing is warned about', () => {
  expect(parse('name: m\nbogus: 3')).toMatchObject({
    kind: 'serve',
    notices: [
      { level: 'info', fields: { path: 'r.yml', ignored: [] } },
      {
        level: 'warn',
        message: 'unrecognized setting in the file',
        fields: { path: 'r.yml', name: 'bogus' },
      },
    ],
  });
});

test('a text that YAML takes for a truth has to be in quotes', () => {
  expect(parse('name: on')).toMatchObject({
    kind: 'print',
    exitCode: 1,
    text: 'rollcall: invalid value for name in r.yml: YAML takes it for true; put it in quotes',
  });
});
