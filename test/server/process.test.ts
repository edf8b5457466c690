import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { EtcdClient } from '../cluster/etcd-client.ts';
import { portOf, Program, serve } from './program.ts';

test('with no environment and any port it serves, and says where in lines of JSON as etcd does', async () => {
  const program = serve(['--unsafe-no-fsync=true', '--log-level=info', '--enable-v2=true']);
  const port = await portOf(program);
  expect(port).toBeGreaterThan(0);
  for (const line of program.lines) {
    expect(line).toMatchObject({
      level: expect.stringMatching(/^(debug|info|warn|error)$/),
      ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      caller: expect.stringMatching(/./),
      msg: expect.stringMatching(/./),
    });
  }
  const messages = program.lines.map(({ msg }) => String(msg));
  expect(messages).toContain('published local member to cluster through raft');
  expect(await program.says('starting')).toMatchObject({
    'unsafe-no-fsync': true,
    'heartbeat-interval': '100ms',
    'initial-cluster': 'default=http://localhost:2380',
    'listen-client-urls': ['http://127.0.0.1:0'],
  });
  const { 'cluster-version': version } = await program.says('enabled capabilities for version');
  expect(version).toBe('3.7');
  const plain = 'serving client traffic insecurely; this is strongly discouraged!';
  const serving = { traffic: 'grpc+http', address: `127.0.0.1:${port}` };
  expect(await program.says(plain)).toMatchObject(serving);
  expect(program.stdout).toBe('');
  const client = new EtcdClient(`127.0.0.1:${port}`);
  await client.put('key', 'value');
  const { members } = await client.call('Cluster', 'MemberList', {});
  expect(members).toMatchObject([{ clientURLs: [`http://127.0.0.1:${port}`] }]);
  client.close();
});

test("compactions and snapshots are told in etcd's words", async () => {
  const program = serve(['--snapshot-count=5', '--snapshot-catchup-entries=5']);
  const client = new EtcdClient(`127.0.0.1:${await portOf(program)}`);
  onTestFinished(() => client.close());
  for (let at = 0; at < 30; at++) await client.put('key', `${at}`);
  await client.call('KV', 'Compact', { revision: '10', physical: true });
  await program.says('finished scheduled compaction');
  await program.says('saved snapshot');
});

test('a member logs its version again when it restarts with data', async () => {
  const first = serve();
  await first.says('enabled capabilities for version');
  first.child.kill('SIGTERM');
  await first.ended;
  const dataDir = first.child.spawnargs.find((argument) => argument.startsWith('--data-dir'));
  const again = serve([dataDir!]);
  await portOf(again);
  const lines = again.lines.filter(({ msg }) => msg === 'enabled capabilities for version');
  expect(lines).toHaveLength(1);
});

test('a slow call is logged with its request, without values', async () => {
  const program = serve(['--warning-unary-request-duration=0s']);
  const client = new EtcdClient(`127.0.0.1:${await portOf(program)}`);
  onTestFinished(() => client.close());
  await client.put('the key', 'the secret');
  const line = await program.says('request stats');
  expect(line).toMatchObject({
    level: 'warn',
    'response type': '/etcdserverpb.KV/Put',
    'request content': 'key:"the key"',
    'time spent': expect.stringMatching(/^\d+\.\d{3}ms$/),
  });
  for (let at = 0; at < 100; at++) await client.put(`${at}`, 'value');
  expect(JSON.stringify(program.lines)).not.toContain('secret');
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s stops it in order, with nothing lost',
  async (signal) => {
    const program = serve();
    const client = new EtcdClient(`127.0.0.1:${await portOf(program)}`);
    onTestFinished(() => client.close());
    await client.put('key', 'value');
    program.child.kill(signal);
    expect(await program.ended).toEqual([0, null]);
    expect(program.lines).toContainEqual(
      expect.objectContaining({ msg: 'received signal; shutting down', signal }),
    );

    const dataDir = program.child.spawnargs.find((argument) => argument.startsWith('--data-dir'));
    const again = serve([dataDir!]);
    const after = new EtcdClient(`127.0.0.1:${await portOf(again)}`);
    onTestFinished(() => after.close());
    expect(await after.get('key')).toBe('value');
  },
);

test('a second signal ends it at once', async () => {
  const program = serve();
  const port = await portOf(program);
  const client = new EtcdClient(`127.0.0.1:${port}`);
  onTestFinished(() => client.close());
  const stream = client.stream('Watch', 'Watch');
  stream.on('error', () => {});
  stream.write({ create_request: { key: Buffer.from('k') } });
  await once(stream, 'data');
  const silent = connect(port, '127.0.0.1');
  silent.on('error', () => {});
  await once(silent, 'connect');

  program.child.kill('SIGTERM');
  await program.says('received signal; shutting down');
  program.child.kill('SIGTERM');
  const [code] = await program.ended;
  // It may have been quick enough to end in order.
  expect([0, 1]).toContain(code);
});

/** Runs it to its end, with exit code 0; returns its output. */
async function told(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const program = new Program(args, { env });
  expect(await program.ended).toEqual([0, null]);
  expect(program.lines).toEqual([]);
  return program.stdout.split('\n');
}

test('the version is that of etcd first, and of Rollcall', async () => {
  expect((await told(['--version']))[0]).toBe('etcd Version: 3.7.1');
  expect(await told(['--version'])).toContainEqual(
    expect.stringMatching(/^Rollcall.*\d+\.\d+\.\d+/),
  );
  const older = await told(['--version', '--report-etcd-version=3.4.23']);
  expect(older[0]).toBe('etcd Version: 3.4.23');
});

test('the reported version is the same everywhere', async () => {
  const program = serve(['--report-etcd-version=3.5.9']);
  const port = await portOf(program);
  const version = await (await fetch(`http://127.0.0.1:${port}/version`)).json();
  expect(version).toMatchObject({ etcdserver: '3.5.9' });
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(metrics).toContain('etcd_server_version{server_version="3.5.9"} 1');
  const client = new EtcdClient(`127.0.0.1:${port}`);
  onTestFinished(() => client.close());
  expect(await client.status()).toMatchObject({ version: '3.5.9' });
});

test('it makes the certificates of --auto-tls and --peer-auto-tls', async () => {
  const urls = ['--listen-client-urls', '--advertise-client-urls', '--listen-peer-urls'];
  const https = urls.map((flag) => `${flag}=https://127.0.0.1:0`);
  const program = serve([...https, '--auto-tls', '--peer-auto-tls']);
  await program.says('serving client traffic securely');
});
