import { describe, expect, test } from 'vitest';
import { defaultConfig, parseServeArguments } from '../../src/server/config.ts';
import type { LogNotice, ServerConfig } from '../../src/server/config.ts';

const noFiles = {
  read: (path: string): string => {
    throw new Error(`ENOENT: no such file or directory, open '${path}'`);
  },
  isEmpty: () => true,
};

function parse(line: string, env: Record<string, string> = {}) {
  return parseServeArguments(line === '' ? [] : line.split(' '), env, noFiles);
}

function served(line: string, env: Record<string, string> = {}): ServerConfig {
  const result = parse(line, env);
  if (result.kind !== 'serve') throw new Error(result.text);
  return result.config;
}

function notices(line: string, env: Record<string, string> = {}): readonly LogNotice[] {
  const result = parse(line, env);
  if (result.kind !== 'serve') throw new Error(result.text);
  return result.notices;
}

/** How a configuration differs from that of `rollcall serve` without flags. */
function changed(config: ServerConfig): Partial<Record<string, unknown>> {
  const usual: Record<string, unknown> = { ...defaultConfig };
  return Object.fromEntries(
    Object.entries(config).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(usual[field]),
    ),
  );
}

test('without flags a member is a cluster of one, with its data in ./default.rollcall', () => {
  const config = served('');
  expect(config).toEqual(defaultConfig);
  expect(config).toMatchObject({
    name: 'default',
    dataDir: 'default.rollcall',
    initialCluster: [{ name: 'default', peerUrl: 'http://localhost:2380' }],
    quotaBackendBytes: 2 * 1024 ** 3,
    heartbeatIntervalMs: 100,
    electionTimeoutMs: 1000,
    reportEtcdVersion: '3.7.1',
  });
});

describe('a flag', () => {
  const lines: Record<string, Partial<Record<string, unknown>>> = {
    '--heartbeat-interval=50': { heartbeatIntervalMs: 50 },
    '--heartbeat-interval 50': { heartbeatIntervalMs: 50 },
    '-heartbeat-interval=50': { heartbeatIntervalMs: 50 },
    '-heartbeat-interval 50': { heartbeatIntervalMs: 50 },
    '--heartbeat-interval 70 --heartbeat-interval 50': { heartbeatIntervalMs: 50 },
    '--protect-share=0.5': { protectShare: 0.5 },
    '--unsafe-no-fsync': { unsafeNoFsync: true },
    '--unsafe-no-fsync=true': { unsafeNoFsync: true },
    '--unsafe-no-fsync=1': { unsafeNoFsync: true },
    '-unsafe-no-fsync=T': { unsafeNoFsync: true },
    '--pre-vote=false': { preVote: false },
    '--pre-vote=F': { preVote: false },
    '--force-new-cluster': { forceNewCluster: true },
    '--listen-peer-urls=http://127.0.0.1:1,,': { listenPeerUrls: ['http://127.0.0.1:1'] },
    '--initial-cluster=default=http://LOCALHOST:2380,': {
      initialCluster: [{ name: 'default', peerUrl: 'http://LOCALHOST:2380' }],
    },
    '--listen-metrics-urls=,': {},
    '--advertise-client-urls=': {},
    '--listen-metrics-urls=HTTP://127.0.0.1:1': { listenMetricsUrls: ['http://127.0.0.1:1'] },
    '--snapshot-count=0x1F': { snapshotCount: 31 },
    '--snapshot-count=017': { snapshotCount: 15 },
    '--snapshot-count=0b101': { snapshotCount: 5 },
    '--snapshot-count=1_000': { snapshotCount: 1000 },
    '--quota-backend-bytes=-0x10': { quotaBackendBytes: Number.POSITIVE_INFINITY },
    '--watch-progress-notify-interval=0': {},
    '--auto-compaction-retention=': {},
    '--auth-token=jwt,pub-key=a': { authToken: 'jwt,pub-key=a' },
    '--cipher-suites=TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA': {
      cipherSuites: ['TLS_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA'],
    },
    '--tls-min-version=TLS1.3 --tls-max-version=TLS1.3': {
      tlsMinVersion: 'TLS1.3',
      tlsMaxVersion: 'TLS1.3',
    },
    '--cert-file=/c --key-file=/k --listen-client-urls=https://127.0.0.1:1,unixs://a --advertise-client-urls=https://a:1':
      {
        certFile: '/c',
        keyFile: '/k',
        listenClientUrls: ['https://127.0.0.1:1', 'unixs://a'],
        advertiseClientUrls: ['https://a:1'],
      },
    '--data-dir /d': { dataDir: '/d' },
    '--quota-backend-bytes 0': {},
    '--quota-backend-bytes=-1': { quotaBackendBytes: Number.POSITIVE_INFINITY },
    '--quota-backend-bytes 16777216': { quotaBackendBytes: 16_777_216 },
    '--snapshot-count=0': {},
    '--compaction-batch-limit=0': {},
    '--max-concurrent-streams=7': { maxConcurrentStreams: 7 },
    '--auto-compaction-retention=5': { autoCompactionRetention: 5 * 3_600_000 },
    '--auto-compaction-retention=1m30s': { autoCompactionRetention: 90_000 },
    '--auto-compaction-mode=revision --auto-compaction-retention=5': {
      autoCompactionMode: 'revision',
      autoCompactionRetention: 5,
    },
    '--watch-progress-notify-interval=.5h': { watchProgressNotifyIntervalMs: 1_800_000 },
    '--experimental-watch-progress-notify-interval=1s': { watchProgressNotifyIntervalMs: 1000 },
    '--experimental-max-learners 3': { maxLearners: 3 },
    '--grpc-keepalive-interval=0': { grpcKeepaliveIntervalMs: 0 },
    '--log-level=fatal': { logLevel: 'error' },
    '--metrics extensive': { metricsDetail: 'extensive' },
    '--cors http://a:1,http://b:2': { corsOrigins: ['http://a:1', 'http://b:2'] },
    '--host-whitelist=a,b,a': { hostWhitelist: ['a', 'b'] },
    '--report-etcd-version 3.4.23': { reportEtcdVersion: '3.4.23' },
    '--listen-client-urls http://127.0.0.1:0 --advertise-client-urls http://db.example:1': {
      listenClientUrls: ['http://127.0.0.1:0'],
      advertiseClientUrls: ['http://db.example:1'],
    },
    '--listen-client-http-urls http://0.0.0.0:80': {
      listenClientUrls: ['http://localhost:2379', 'http://0.0.0.0:80'],
    },
    '--listen-metrics-urls=http://[::1]:1,unix://m.sock': {
      listenMetricsUrls: ['http://[::1]:1', 'unix://m.sock'],
    },
    '--name m --initial-advertise-peer-urls=http://a:1,http://b:1': {
      name: 'm',
      dataDir: 'm.rollcall',
      initialAdvertisePeerUrls: ['http://a:1', 'http://b:1'],
      initialCluster: [
        { name: 'm', peerUrl: 'http://a:1' },
        { name: 'm', peerUrl: 'http://b:1' },
      ],
    },
    '--name m --initial-cluster n=http://b:1,m=http://a:1 --initial-advertise-peer-urls http://a:1':
      {
        name: 'm',
        dataDir: 'm.rollcall',
        initialAdvertisePeerUrls: ['http://a:1'],
        initialCluster: [
          { name: 'n', peerUrl: 'http://b:1' },
          { name: 'm', peerUrl: 'http://a:1' },
        ],
      },
    '--initial-cluster-state existing --initial-cluster-token t': {
      initialClusterState: 'existing',
      initialClusterToken: 't',
    },
  };
  test.each(Object.entries(lines))('%s', (line, expected) => {
    expect(changed(served(line))).toEqual(expected);
  });
});

describe('refused with one line that names flag, value and what is allowed', () => {
  const lines: readonly [line: string, exitCode: number, text: string][] = [
    ['serve', 1, '"serve" is not a valid flag'],
    ['--pre-vote false', 1, '"false" is not a valid flag'],
    ['--', 1, '"--" is not a valid flag'],
    ['--nope', 2, 'flag provided but not defined: --nope (rollcall serve --help lists them)'],
    [
      '--hartbeat-interval=5',
      2,
      'flag provided but not defined: --hartbeat-interval (did you mean --heartbeat-interval?)',
    ],
    ['--name', 2, 'flag needs an argument: --name'],
    [
      '--heartbeat-interval=abc',
      2,
      'invalid value "abc" for flag --heartbeat-interval: expected a whole number of milliseconds',
    ],
    [
      '--heartbeat-interval=',
      2,
      'invalid value "" for flag --heartbeat-interval: expected a whole',
    ],
    ['--protect-share=1', 2, 'for flag --protect-share: expected a share from 0 (off) to below 1'],
    ['--protect-share=50', 2, 'for flag --protect-share: expected a share from 0 (off) to below 1'],
    ['--heartbeat-interval=10.5', 2, 'invalid value "10.5" for flag --heartbeat-interval'],
    ['--heartbeat-interval=-5', 2, 'invalid value "-5" for flag --heartbeat-interval'],
    [
      '--snapshot-count=99999999999999999999',
      2,
      'for flag --snapshot-count: expected a whole number',
    ],
    ['--heartbeat-interval=0', 1, '--heartbeat-interval must be >0 (set to 0ms)'],
    ['--election-timeout=0', 1, '--election-timeout must be >0 (set to 0ms)'],
    [
      '--election-timeout=499',
      1,
      '--election-timeout[499ms] should be at least as 5 times as --heartbeat-interval[100ms]',
    ],
    [
      '--election-timeout=50001',
      1,
      '--election-timeout[50001ms] is too long, and should be set less than 50000ms',
    ],
    ['--pre-vote=yes', 2, 'invalid value "yes" for flag --pre-vote: expected true or false'],
    [
      '--watch-progress-notify-interval=5',
      2,
      'expected a duration such as 100ms, 5m or 1h30m, at least 1ms',
    ],
    ['--grpc-keepalive-timeout=1d', 2, 'invalid value "1d" for flag --grpc-keepalive-timeout'],
    ['--max-concurrent-streams=4294967296', 2, 'expected a whole number, 0 to 4294967295'],
    ['--max-txn-ops=0', 2, 'expected a whole number, at least 1'],
    ['--log-level=loud', 2, 'expected debug or info or warn or error or panic or fatal'],
    ['--report-etcd-version=3.7', 2, 'expected a release such as 3.7.1'],
    [
      '--initial-cluster-state=old',
      2,
      'invalid value "old" for flag --initial-cluster-state: expected new or existing',
    ],
    ['--auto-compaction-retention=foo', 1, 'invalid value "foo" for --auto-compaction-retention'],
    ['--auto-compaction-retention=-1', 1, 'expected hours or a duration such as 30m'],
    [
      '--auto-compaction-mode=revision --auto-compaction-retention=5m',
      1,
      'expected a number of revisions',
    ],
    ['--feature-gates=Foo=true', 2, 'unrecognized feature gate: Foo'],
    ['--feature-gates=LeaseCheckpoint', 2, 'expected NAME=true|false separated by commas'],
    ['--listen-client-urls=foo', 2, 'URL scheme must be http, https, unix, or unixs: foo'],
    [
      '--listen-peer-urls=http://127.0.0.1:1,,foo:2',
      2,
      'URL scheme must be http, https, unix, or unixs: foo:2 (entry 2, "foo:2")',
    ],
    ...[
      '--auth-token=bad',
      '--v2-deprecation=later',
      '--compact-hash-check-time=0s',
      '--cors=example',
      '--snapshot-count=08',
      '--snapshot-count=1__0',
      '--snapshot-count=0x',
    ].map((line): [string, number, string] => [
      line,
      2,
      `invalid value "${line.replace(/.*?=/, '')}" for flag`,
    ]),
    [
      '--enable-log-rotation',
      1,
      '--log-outputs requires a single file path when --enable-log-rotation is set',
    ],
    [
      '--enable-log-rotation --log-outputs=/a --log-rotation-config-json={',
      1,
      '--log-rotation-config-json is no JSON: ',
    ],
    [
      '--listen-peer-urls=,',
      2,
      'invalid value "," for flag --listen-peer-urls: expected URLs such as http://10.0.0.1:2379, separated by commas',
    ],
    [
      '--initial-cluster=a=http://10.0.0.1:1,b=http//10.0.0.2:1',
      2,
      'URL scheme must be http, https, unix, or unixs: http//10.0.0.2:1 (entry 2, "b=http//10.0.0.2:1")',
    ],
    [
      '--listen-peer-urls=',
      2,
      'invalid value "" for flag --listen-peer-urls: expected URLs such as',
    ],
    [
      '--listen-client-urls=http://localhost',
      2,
      'invalid value "http://localhost" for flag --listen-client-urls: URL address does not have the form ' +
        '"host:port": http://localhost',
    ],
    [
      '--listen-peer-urls=http://127.0.0.1:1/',
      2,
      'URL must not contain a path: http://127.0.0.1:1/',
    ],
    ['--listen-peer-urls=http://127.0.0.1:70000', 2, 'the port is above 65535'],
    [
      '--listen-peer-urls=http://a.example:1',
      1,
      'expected IP in URL for binding (http://a.example:1)',
    ],
    ['--listen-peer-urls=http://:1', 1, 'expected IP in URL for binding (http://:1)'],
    [
      '--initial-advertise-peer-urls=http://:1',
      1,
      '--initial-advertise-peer-urls "http://:1" must be "host:port" (unexpected empty host (http://:1))',
    ],
    [
      '--listen-client-urls=http://127.0.0.1:1',
      1,
      '--advertise-client-urls is required when --listen-client-urls is set explicitly',
    ],
    ['--name=', 1, '--name must not be empty'],
    [
      '--initial-cluster=a=http://a:1',
      1,
      'couldn\'t find local name "default" in the initial cluster configuration (--initial-cluster names a)',
    ],
    [
      '--initial-advertise-peer-urls=http://10.0.0.1:1 --initial-cluster=default=http://10.0.0.2:1',
      1,
      '--initial-cluster has default=http://10.0.0.2:1 but --initial-advertise-peer-urls has http://10.0.0.1:1',
    ],
    [
      '--initial-cluster=default=http://localhost:2380,b=http://localhost:2380',
      1,
      'initial cluster default=http://localhost:2380,b=http://localhost:2380 has duplicate url',
    ],
    ['--initial-cluster=foo', 2, 'for flag --initial-cluster: URL scheme must be http, https'],
    ['--initial-cluster==http://a:1', 2, 'a URL without the name of its member'],
    [
      '--listen-client-urls=https://127.0.0.1:1 --advertise-client-urls=https://127.0.0.1:1',
      1,
      'TLS key/cert (--cert-file, --key-file) must be provided for client url https://127.0.0.1:1 with HTTPS scheme',
    ],
    [
      '--listen-metrics-urls=https://127.0.0.1:1',
      1,
      'client TLS key/cert (--cert-file, --key-file) must be provided for metrics secure url https://127.0.0.1:1',
    ],
    [
      '--cert-file=/c --listen-client-urls=https://127.0.0.1:1 --advertise-client-urls=https://127.0.0.1:1',
      1,
      'KeyFile and CertFile must both be present[key: , cert: /c]: give both --cert-file and --key-file',
    ],
    ['--consul-listen=https://127.0.0.1:1', 1, 'which needs a certificate'],
    [
      '--auto-tls --self-signed-cert-validity=0',
      1,
      'selfSignedCertValidity is invalid,it should be greater than 0',
    ],
    [
      '--key-file=/k --listen-client-urls=https://127.0.0.1:1 --advertise-client-urls=https://127.0.0.1:1',
      1,
      'KeyFile and CertFile must both be present[key: /k, cert: ]',
    ],
    [
      '--listen-peer-urls=https://127.0.0.1:1 --initial-advertise-peer-urls=https://127.0.0.1:1 --initial-cluster=default=https://127.0.0.1:1',
      1,
      'cannot listen on TLS for 127.0.0.1:1: KeyFile and CertFile are not presented: give --peer-cert-file',
    ],
    [
      '--cert-file=/c --key-file=/k --client-cert-file=/c --listen-client-urls=https://127.0.0.1:1 --advertise-client-urls=https://127.0.0.1:1',
      1,
      'give both --client-cert-file and --client-key-file',
    ],
    ['--peer-cert-file=/c', 1, 'give both --peer-cert-file and --peer-key-file'],
    [
      '--peer-cert-file=/c --peer-key-file=/k --peer-client-key-file=/k --listen-peer-urls=https://127.0.0.1:1 --initial-advertise-peer-urls=https://127.0.0.1:1 --initial-cluster=default=https://127.0.0.1:1',
      1,
      'give both --peer-client-cert-file and --peer-client-key-file',
    ],
    [
      '--tls-min-version=TLS1.3 --tls-max-version=TLS1.2',
      1,
      'min version (TLS1.3) is greater than max version (TLS1.2)',
    ],
    [
      '--tls-min-version=TLS1.1',
      1,
      'unexpected TLS version "TLS1.1" (must be one of: TLS1.2, TLS1.3)',
    ],
    [
      '--tls-min-version=TLS1.3 --cipher-suites=TLS_AES_128_GCM_SHA256',
      1,
      'cipher suites cannot be configured when only TLS1.3 is enabled',
    ],
    ['--cipher-suites=foo', 1, 'unexpected TLS cipher suite "foo"'],
    ['--cipher-suites=TLS_RSA_WITH_RC4_128_SHA', 1, 'is insecure, and is not served'],
    [
      '--peer-cert-allowed-cn=a --peer-cert-allowed-hostname=b',
      1,
      'AllowedCNs and AllowedHostnames are mutually exclusive (cns=["a"], hostnames=["b"])',
    ],
    ['--discovery-srv=example.com', 1, 'flag --discovery-srv asks for discovery'],
    ['--discovery-endpoints=http://a:1', 1, 'flag --discovery-endpoints asks for discovery'],
  ];
  test.each(lines)('%s', (line, exitCode, text) => {
    const result = parse(line);
    expect(result).toMatchObject({ kind: 'print', exitCode, text: expect.stringContaining(text) });
    expect(result.kind === 'print' && result.text.split('\n')).toHaveLength(1);
  });
});

describe('the environment', () => {
  test('says what flags say', () => {
    const config = served('--name m', {
      ETCD_HEARTBEAT_INTERVAL: '20',
      ETCD_PRE_VOTE: 'false',
      ETCD_EXPERIMENTAL_MAX_LEARNERS: '2',
      PATH: '/bin',
    });
    expect(config).toMatchObject({ heartbeatIntervalMs: 20, preVote: false, maxLearners: 2 });
  });

  test('is refused where a flag says the same, even if both agree', () => {
    expect(parse('--name x', { ETCD_NAME: 'x' })).toEqual({
      kind: 'print',
      exitCode: 1,
      text:
        'rollcall: conflicting environment variable ETCD_NAME is shadowed by corresponding command-line flag --name ' +
        '(either unset environment variable or disable flag)',
    });
  });

  test('is refused where a value makes no sense', () => {
    expect(parse('', { ETCD_HEARTBEAT_INTERVAL: 'abc' })).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('invalid value "abc" for ETCD_HEARTBEAT_INTERVAL: expected'),
    });
  });

  test('needs advertised URLs beside listening ones, as flags do', () => {
    const listen = { ETCD_LISTEN_CLIENT_URLS: 'http://127.0.0.1:1' };
    expect(parse('', listen)).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('--advertise-client-urls is required'),
    });
    expect(served('--advertise-client-urls http://a:1', listen).listenClientUrls).toEqual([
      'http://127.0.0.1:1',
    ]);
  });

  test('asks for TLS', () => {
    expect(parse('', { ETCD_PEER_CERT_FILE: '/c' })).toMatchObject({
      text: expect.stringContaining('give both --peer-cert-file and --peer-key-file'),
    });
    // Without a URL that asks for it, one file alone has no effect, as with etcd.
    expect(served('', { ETCD_CERT_FILE: '/c' })).toMatchObject({ certFile: '/c' });
    expect(served('', { ETCD_CERT_FILE: '/c', ETCD_KEY_FILE: '/k' })).toMatchObject({
      certFile: '/c',
      keyFile: '/k',
    });
    expect(parse('', { ETCD_AUTO_TLS: 'false', ETCD_KEY_FILE: '' })).toMatchObject({
      kind: 'serve',
    });
  });

  test('says nothing with an empty value', () => {
    expect(served('--name x', { ETCD_NAME: '', ETCD_INITIAL_CLUSTER: '' }).name).toBe('x');
  });

  test('is warned about by name only, because the value may be a password', () => {
    expect(notices('', { ETCD_ROOT_PASSWORD: 'secret', ETCD_VERSION: '3.5' })).toEqual([
      {
        level: 'warn',
        message: 'unrecognized environment variable',
        fields: { 'environment-variable': 'ETCD_ROOT_PASSWORD' },
      },
      {
        level: 'warn',
        message: 'unrecognized environment variable',
        fields: { 'environment-variable': 'ETCD_VERSION' },
      },
    ]);
  });
});

test('flags without a meaning here are accepted, checked, and named in one notice', () => {
  const line =
    '--wal-dir /w --enable-v2=true --enable-pprof --logger zap --max-wals 9 ' +
    '--experimental-memory-mlock --socket-reuse-port=false';
  const flags = ['--wal-dir', '--enable-v2', '--enable-pprof', '--max-wals', '--memory-mlock'];
  expect(notices(line)).toEqual([
    { level: 'info', message: `accepted without effect: ${flags.join(', ')}`, fields: { flags } },
  ]);
  expect(parse('--max-wals lots')).toMatchObject({ kind: 'print', exitCode: 2 });
});

test.each([
  ['', {}],
  ['--feature-gates CompactHashCheck=true', { compactHashCheck: true }],
  ['--feature-gates InitialCorruptCheck=true', { initialCorruptCheck: true }],
  [
    '--feature-gates AllAlpha=true,CompactHashCheck=false',
    { compactHashCheck: false, initialCorruptCheck: true },
  ],
  ['--feature-gates AllBeta=true,LeaseCheckpoint=true', {}],
  [
    '--experimental-compact-hash-check-enabled --experimental-initial-corrupt-check',
    { compactHashCheck: true, initialCorruptCheck: true },
  ],
  [
    '--experimental-corrupt-check-time 90s --experimental-compact-hash-check-time=5m',
    { corruptCheckMs: 90_000, compactHashCheckMs: 300_000 },
  ],
])('"%s" sets the corruption checks', (line, expected) => {
  expect(served(line)).toMatchObject({
    compactHashCheck: false,
    initialCorruptCheck: false,
    corruptCheckMs: 0,
    compactHashCheckMs: 60_000,
    ...expected,
  });
});

test('writes that may be lost are warned about', () => {
  expect(notices('--unsafe-no-fsync')).toMatchObject([{ level: 'warn' }]);
});

test('a member with data ignores an initial cluster that does not contain it', () => {
  const line = ['--name', 'm', '--initial-cluster', 'a=http://a:1'];
  expect(parseServeArguments(line, {}, noFiles).kind).toBe('print');
  const grown = { ...noFiles, isEmpty: (directory: string) => directory !== 'm.rollcall' };
  expect(parseServeArguments(line, {}, grown).kind).toBe('serve');
});

test('--version prints the lines of etcd first, with the release that is reported', () => {
  const result = parse('--version --report-etcd-version 3.5.9');
  expect(result).toMatchObject({ kind: 'print', exitCode: 0 });
  const lines = result.kind === 'print' ? result.text.split('\n') : [];
  expect(lines.map((line) => line.split(':')[0])).toEqual([
    'etcd Version',
    'Git SHA',
    'Go Version',
    'Go OS/Arch',
    'Rollcall Version',
  ]);
  expect(lines[0]).toBe('etcd Version: 3.5.9');
  expect(lines.at(-1)).toMatch(/^Rollcall Version: \d+\.\d+\.\d+$/);
  expect(parse('--version extra')).toMatchObject({ exitCode: 1 });
});

test.each(['--help', '-h', '-help', '--name x --help --nope'])('%s prints every flag', (line) => {
  const result = parse(line);
  expect(result).toMatchObject({ kind: 'print', exitCode: 0 });
  const text = result.kind === 'print' ? result.text : '';
  for (const flag of ['--data-dir PATH', '--pre-vote  (true)', '--wal-dir', '--cert-file']) {
    expect(text).toContain(`\n  ${flag}`);
  }
  expect(Math.max(...text.split('\n').map((row) => row.length))).toBeLessThanOrEqual(100);
});
