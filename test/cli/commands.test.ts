import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rollcall, type Member } from '../../src/client/index.ts';
import { startCluster, type TestCluster } from '../client/server.ts';
import { run, start, type Outcome, type RunOptions } from './run.ts';

describe('commands against a server', () => {
  let cluster: TestCluster;
  let client: Rollcall;
  let dir: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    cluster = await startCluster();
    client = new Rollcall({ endpoints: cluster.endpoints });
    env = { ROLLCALL_ENDPOINTS: cluster.endpoints.join(',') };
    dir = await mkdtemp(join(tmpdir(), 'rollcall-cli-test-'));
  });
  afterAll(async () => {
    client.close();
    await cluster[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  const rollcall = (line: string, options: RunOptions = {}): Promise<Outcome> =>
    run(line.split(' '), { env, ...options });

  test('put, get and del speak as etcdctl does', async () => {
    expect(await rollcall('put /a/1 one')).toEqual({ exitCode: 0, stdout: 'OK\n', stderr: '' });
    await rollcall('put /a/2 -', { stdin: 'two\nlines' });
    await rollcall('put /a/3', { stdin: 'three' });

    expect((await rollcall('get /a/1')).stdout).toBe('/a/1\none\n');
    expect((await rollcall('get --prefix /a/ --limit 2')).stdout).toBe(
      '/a/1\none\n/a/2\ntwo\nlines\n',
    );
    expect((await rollcall('get /a/1 --print-value-only')).stdout).toBe('one\n');
    expect((await rollcall('get /a/1 /a/3 --keys-only')).stdout).toBe('/a/1\n/a/2\n');
    expect((await rollcall('get --prefix /a/ --count-only')).stdout).toBe('3\n');
    expect(
      (await rollcall('get --prefix /a/ --keys-only --sort-by modify --order descend')).stdout,
    ).toBe('/a/3\n/a/2\n/a/1\n');
    expect((await rollcall('put /a/1 uno --prev-kv')).stdout).toBe('OK\n/a/1\none\n');
    expect((await rollcall('get /a/1 --consistency s')).stdout).toBe('/a/1\nuno\n');
    expect((await rollcall('del --prefix /a/')).stdout).toBe('3\n');
    expect((await rollcall('del --prefix /a/')).stdout).toBe('0\n');
  });

  test('an earlier revision can be read', async () => {
    const { revision } = await client.put('/rev', 'old');
    await client.put('/rev', 'new');

    expect((await rollcall(`get /rev --rev ${revision}`)).stdout).toBe('/rev\nold\n');
  });

  test('a missing key has its own exit code', async () => {
    expect(await rollcall('get /none')).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: 'rollcall: there is no key "/none"\n',
    });
    expect((await rollcall('get --prefix /none')).exitCode).toBe(0);
  });

  test('--json prints one document, with ids in hexadecimal and binary values in base64', async () => {
    const { revision } = await client.put('/json', Uint8Array.of(0xff, 0x41));

    const { stdout } = await rollcall('get /json --json');

    expect(JSON.parse(stdout)).toEqual({
      kvs: [
        {
          key: '/json',
          value: '\ufffdA',
          valueBase64: '/0E=',
          createRevision: revision,
          modRevision: revision,
          version: 1,
        },
      ],
      count: 1,
      more: false,
      revision,
    });
    expect(stdout.trimEnd()).not.toContain('\n');
  });

  test('colours are used on terminals, unless NO_COLOR is set', async () => {
    await client.put('/color', 'x');
    const terminal = { isTerminal: true };

    expect((await rollcall('get /color', terminal)).stdout).toContain('\u001b[36m/color');
    expect((await rollcall('get /color')).stdout).toBe('/color\nx\n');
    env['NO_COLOR'] = '1';
    expect((await rollcall('get /color', terminal)).stdout).toBe('/color\nx\n');
    delete env['NO_COLOR'];
  });

  test('a transaction is read from standard input', async () => {
    const text = 'create("/t") = "0"\n\nput /t "first one"\nget /t\n\nget /t\ndel /t\n\n';

    expect((await rollcall('txn', { stdin: text })).stdout).toBe(
      'SUCCESS\n\nOK\n\n/t\nfirst one\n',
    );
    expect((await rollcall('txn', { stdin: text })).stdout).toBe('FAILURE\n\n/t\nfirst one\n\n1\n');
    const json = await rollcall('txn --json', { stdin: text });
    expect(JSON.parse(json.stdout)).toMatchObject({
      succeeded: true,
      results: [{ kind: 'put' }, {}],
    });
    const keys = async (step: string): Promise<unknown> => {
      const { exitCode } = await rollcall('txn', { stdin: `\n${step}\n\n\n` });
      const { kvs } = await client.getPrefix('/w/');
      await client.deletePrefix('/w/');
      return exitCode === 0 ? kvs.map(({ key, value }) => `${key}=${value}`) : exitCode;
    };
    expect(await keys(String.raw`put "/w/\x41\u00e9\U0001f600\101\t" "\\\""`)).toEqual([
      '/w/Aé😀A\t=\\"',
    ]);
    expect(await keys("put '/w/a b' 'c\\t'")).toEqual(['/w/a b=c\\t']);
    expect(await keys('put -- /w/-- "--lease"')).toEqual(['/w/--=--lease']);
    expect(await keys('put --lease 0 /w/a b')).toEqual(['/w/a=b']);
    // What is no escape, or no text, would be another key.
    for (const bad of ['\\q', '\\xff', '\\x4', '\\ud800', '\\U00110000', '\\400']) {
      expect(await keys(`put "/w/${bad}" 1`)).toBe(2);
    }
    expect(await rollcall('txn', { stdin: 'create("/t") ~ "0"\n' })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'rollcall: line 1: "create("/t") ~ "0"" is no comparison; write it as mod("key") > "41"\n',
    });
  });

  test('watch prints each change, and ends with 0 on Ctrl-C', async () => {
    const { revision } = await client.put('/watched', 'before');
    const watching = start(['watch', '/watched', '--rev', String(revision), '--prev-kv'], { env });
    await watching.printed('before');
    await client.put('/watched', 'after');
    await client.delete('/watched');
    await watching.printed('DELETE');

    watching.interrupt();

    expect(await watching.outcome).toEqual({
      exitCode: 0,
      stdout:
        'PUT\n/watched\nbefore\n' +
        'PUT\n/watched\nbefore\n/watched\nafter\n' +
        'DELETE\n/watched\nafter\n/watched\n\n',
      stderr: '',
    });
  });

  test('watch --json prints one document a line', async () => {
    const { revision } = await client.put('/wj/a', '1');
    const watching = start(['watch', '--prefix', '/wj/', '--rev', String(revision), '--json'], {
      env,
    });
    await client.delete('/wj/a');
    await watching.printed('delete');
    watching.interrupt();

    const lines = (await watching.outcome).stdout.trim().split('\n').map(parse);
    expect(lines).toMatchObject([
      { type: 'put', revision, kv: { key: '/wj/a', value: '1' } },
      { type: 'delete', revision: revision + 1, kv: { key: '/wj/a' } },
    ]);
  });

  test('a watch of a compacted revision says what to do', async () => {
    const { revision } = await client.put('/wc', '1');
    await client.put('/wc', '2');
    expect((await rollcall(`compact ${revision + 1}`)).stdout).toBe(
      `compacted revision ${revision + 1}\n`,
    );

    const { exitCode, stderr } = await rollcall(`watch /wc --rev ${revision}`);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('Leave out --rev');
  });

  test('advice fits the command', async () => {
    const { revision } = await client.put('/advice', '1');
    await rollcall(`compact ${revision}`);

    const advice = async (line: string, options: RunOptions = {}): Promise<string> =>
      (await rollcall(line, options)).stderr.split('\n')[1] ?? '';

    expect(await advice(`compact ${revision}`)).toContain('nothing to do');
    expect(await advice(`get /advice --rev ${revision - 1}`)).toContain('Leave out --rev');
    expect(await advice(`endpoint hashkv --rev ${revision - 1}`)).not.toContain('compact 5');
    expect(await advice('txn', { stdin: `\nget /advice --rev=${revision - 1}\n\n` })).toContain(
      'in the line',
    );
    expect(await advice('compact 999999999')).toContain('newest revision');
    expect(await advice('get /advice --rev 999999999')).toContain('newest revision');
    expect(await advice('put /advice x --lease 1234')).toContain('lease grant');
    expect(await advice('lease revoke 1234')).toBe('');
    expect(await advice('endpoint status --endpoints 127.0.0.1:1')).not.toContain(
      'endpoint status',
    );
  });

  test('with --json a problem is JSON on standard error', async () => {
    const missing = await rollcall('get /none --json');
    expect(missing.exitCode).toBe(3);
    expect(JSON.parse(missing.stdout)).toMatchObject({ count: 0, kvs: [] });
    expect(JSON.parse(missing.stderr)).toMatchObject({ error: { code: 'key-not-found' } });
    const gone = await rollcall('lease revoke 1234 --json');
    expect({ exitCode: gone.exitCode, ...JSON.parse(gone.stderr) }).toMatchObject({
      exitCode: 3,
      error: { code: 'lease-not-found', exitCode: 3 },
    });
  });

  test('leases can be granted, attached, listed, renewed and revoked', async () => {
    const granted = await rollcall('lease grant 100');
    const id = /^lease ([0-9a-f]+) granted with TTL\(100s\)\n$/.exec(granted.stdout)?.[1] ?? '';
    await rollcall(`put /leased x --lease ${id}`);

    expect((await rollcall(`lease timetolive ${id} --keys`)).stdout).toMatch(
      /granted with TTL\(100s\), remaining\(\d+s\), attached keys\(\[\/leased\]\)\n$/,
    );
    expect((await rollcall('lease list')).stdout).toContain(`\n${id}\n`);
    expect((await rollcall(`lease keep-alive --once ${id}`)).stdout).toBe(
      `lease ${id} keepalived with TTL(100)\n`,
    );
    expect((await rollcall(`lease revoke ${id}`)).stdout).toBe(`lease ${id} revoked\n`);
    expect((await rollcall('get /leased')).exitCode).toBe(3);
    expect(await rollcall(`lease keep-alive ${id}`)).toMatchObject({ exitCode: 3, stdout: '' });
    expect(await rollcall(`lease timetolive ${id}`)).toMatchObject({ exitCode: 3, stdout: '' });
    expect(await rollcall(`lease revoke ${id}`)).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: 'rollcall: requested lease not found\n',
    });
    expect(await rollcall(`put /leased x --lease ${id}`)).toMatchObject({ exitCode: 3 });
  });

  test('keep-alive goes on until Ctrl-C', async () => {
    const { id } = await client.leases.grant(2);
    const running = start(['lease', 'keep-alive', id.toString(16)], { env });
    await running.printed('TTL(2)\nlease');
    running.interrupt();

    expect((await running.outcome).exitCode).toBe(0);
  });

  test('keep-alive of a lease of many years waits before it renews again', async () => {
    const [long, short] = await Promise.all([
      client.leases.grant(1_000_000_000),
      client.leases.grant(2),
    ]);
    const running = start(['lease', 'keep-alive', long.id.toString(16)], { env });
    await running.printed('TTL(1000000000)\n');
    const other = start(['lease', 'keep-alive', short.id.toString(16)], { env });
    await other.printed('TTL(2)\nlease');
    for (const one of [running, other]) one.interrupt();

    expect((await running.outcome).stdout.match(/TTL/g)).toHaveLength(1);
  });

  test('a program runs while a lock is held, and lock ends with its exit code', async () => {
    const holding = start(['lock', '/lock'], { env });
    await holding.printed('/lock/');
    const program =
      'test "$ETCD_LOCK_REV" -gt 1 && test "$ROLLCALL_LOCK_REV" = "$ETCD_LOCK_REV" && exit 7';
    const waiting = start(['lock', '/lock', '--', 'sh', '-c', program], { env });

    holding.interrupt();

    expect((await holding.outcome).exitCode).toBe(0);
    expect((await waiting.outcome).exitCode).toBe(7);
    expect((await client.getPrefix('/lock/')).count).toBe(0);
    expect(await rollcall('lock /lock -- /no/such/program')).toMatchObject({ exitCode: 1 });
  });

  test('elect leads, and elect --listen observes', async () => {
    const leading = start(['elect', '/election', 'me'], { env });
    await leading.printed('me');
    const listening = start(['elect', '--listen', '/election'], { env });
    await listening.printed('me');
    listening.interrupt();
    leading.interrupt();

    expect((await leading.outcome).exitCode).toBe(0);
    expect((await listening.outcome).stdout).toMatch(/^\/election\/[0-9a-f]+\nme\n$/);
    expect((await rollcall('elect /election')).exitCode).toBe(2);
  });

  test('members and endpoints are shown as tables', async () => {
    const [server] = cluster.servers;
    const [member] = await client.members.list();

    const members = await rollcall('member list', { isTerminal: true });
    expect(members.stdout).toContain('│ \u001b[1mID\u001b[22m ');
    expect(members.stdout).toContain(
      `│ ${member?.id.toString(16)} │ started │ ${server.name}   │ ${server.peerUrl} │ http://${server.endpoint} │ false   │`,
    );
    const status = await rollcall('endpoint status --cluster');
    expect(status.stdout).toContain(`http://${server.endpoint}`);
    const json = await rollcall('endpoint status --json');
    expect(JSON.parse(json.stdout)).toMatchObject([{ endpoint: server.endpoint, isLeader: true }]);
    expect((await rollcall('endpoint health')).stdout).toMatch(/ is healthy: took [\d.]+ms\n$/);
    const hash = await rollcall('endpoint hashkv --json');
    expect(JSON.parse(hash.stdout)).toMatchObject([{ endpoint: server.endpoint }]);
    expect((await rollcall('alarm list')).stdout).toBe('no alarms\n');
    expect((await rollcall('alarm disarm')).exitCode).toBe(0);
    expect(await rollcall('member remove 1234')).toEqual({
      exitCode: 3,
      stdout: '',
      stderr:
        'rollcall: member not found\n  "rollcall member list" shows the members and their ids.\n',
    });
    expect((await rollcall('move-leader 1234')).exitCode).toBe(1);
  });

  test('a learner can be added, moved and removed', async () => {
    const added = await rollcall('member add m9 --peer-urls http://127.0.0.1:1 --learner');
    const id = /^Member ([0-9a-f]+) added\. Start it with:\n/.exec(added.stdout)?.[1] ?? '';

    expect(added.stdout).toContain('rollcall serve --name m9');
    expect(added.stdout).toContain('m9=http://127.0.0.1:1');
    // Ids are up to sixteen digits long, and the column fits the longest.
    expect((await rollcall('member list -w table')).stdout).toMatch(
      RegExp(`│ ${id} +│ unstarted │`),
    );
    const voter = await startedMember(client);
    const own = voter?.id.toString(16) ?? '';
    const refused = await rollcall(`member update ${own} --peer-urls http://127.0.0.1:1`);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('--force');
    expect((await startedMember(client))?.peerUrls).toEqual(voter?.peerUrls);
    expect(
      (await rollcall(`member update ${own} --peer-urls ${voter?.peerUrls.join(',') ?? ''}`))
        .stdout,
    ).toBe(`Member ${own} updated\n`);
    expect((await rollcall(`member update ${id} --peer-urls http://127.0.0.1:2`)).stdout).toBe(
      `Member ${id} updated\n`,
    );
    expect((await rollcall(`member promote ${id}`)).stderr).toBe(
      'rollcall: can only promote a learner member which is in sync with leader\n',
    );
    expect((await rollcall(`member remove ${id}`)).stdout).toBe(`Member ${id} removed\n`);
  });

  test('leadership can be transferred, with any order of endpoints', async () => {
    await using three = await startCluster(3);
    const all = { env: { ROLLCALL_ENDPOINTS: three.endpoints.join(',') } };
    const before = leaderIn(await rollcall('endpoint status --json', all));
    const members = parse((await rollcall('member list --json', all)).stdout);
    const target = idsIn(members).find((id) => id !== before) ?? '';

    const moved = await rollcall(`move-leader ${target}`, all);

    expect(moved.stdout).toBe(`Leadership transferred from ${before} to ${target}\n`);
    const [endpoint = ''] = three.endpoints;
    const one = { env: { ROLLCALL_ENDPOINTS: endpoint } };
    expect((await rollcall('endpoint hashkv --cluster', one)).exitCode).toBe(0);
  });

  test('a member that does not answer makes health and status fail, and is named', async () => {
    const two = { env: { ROLLCALL_ENDPOINTS: `${cluster.endpoints[0]},127.0.0.1:1` } };

    const health = await rollcall('endpoint health', two);
    const status = await rollcall('endpoint status', two);

    expect(health.exitCode).toBe(1);
    expect(health.stdout).toContain('127.0.0.1:1 is unhealthy');
    expect(status.exitCode).toBe(1);
    expect(status.stderr).toContain('rollcall: 127.0.0.1:1: no server could be reached');
    expect(status.stdout).toMatch(/^127\.0\.0\.1:1 +-.* no answer$/m);
    expect((await rollcall('endpoint hashkv', two)).stdout).toMatch(
      /^127\.0\.0\.1:1 .*no answer$/m,
    );
    const json = await rollcall('endpoint status --json', two);
    expect(JSON.parse(json.stdout)).toMatchObject([
      { isLeader: true },
      { endpoint: '127.0.0.1:1' },
    ]);
  });

  test('an unknown certificate is refused unless verification is off', async () => {
    const pair = join(dir, 'tls');
    await mkdir(pair);
    const made = spawnSync(
      'openssl',
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=x -keyout key.pem -out cert.pem'.split(
        ' ',
      ),
      { cwd: pair },
    );
    expect(made.status).toBe(0);
    const [host = '', port = ''] = (cluster.endpoints[0] ?? '').split(':');
    const front = createTlsServer(
      {
        key: await readFile(join(pair, 'key.pem')),
        cert: await readFile(join(pair, 'cert.pem')),
        ALPNProtocols: ['h2'],
      },
      (socket) => {
        const behind = connect(Number(port), host);
        for (const end of [socket, behind]) end.on('error', () => {});
        socket.pipe(behind).pipe(socket);
      },
    ).listen(0, '127.0.0.1');
    await once(front, 'listening');
    const address = front.address();
    const at = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    await client.put('/tls', 'x');

    const strict = await rollcall(`get /tls --endpoints ${at}`);
    expect({ exitCode: strict.exitCode, stdout: strict.stdout }).toEqual({
      exitCode: 1,
      stdout: '',
    });
    expect(strict.stderr).toContain('--cacert');
    const lax = await rollcall(`get /tls --endpoints ${at} --insecure-skip-tls-verify`);
    expect(lax).toEqual({ exitCode: 0, stdout: '/tls\nx\n', stderr: '' });
    expect((await rollcall('get /tls --insecure-skip-tls-verify')).stdout).toBe('/tls\nx\n');

    const asking = createTlsServer({
      key: await readFile(join(pair, 'key.pem')),
      cert: await readFile(join(pair, 'cert.pem')),
      requestCert: true,
      ALPNProtocols: ['h2'],
    }).listen(0, '127.0.0.1');
    await once(asking, 'listening');
    const asked = asking.address();
    const there = `https://127.0.0.1:${typeof asked === 'object' ? asked?.port : ''}`;
    const without = await rollcall(`get /tls --endpoints ${there} --insecure-skip-tls-verify`);
    expect(without.exitCode).toBe(1);
    expect(without.stderr).toContain('give it with --cert and --key');
    asking.close();
    front.close();
  });

  test('a wrong address: the message says what is probably wrong', async () => {
    const [server] = cluster.servers;
    const at = async (endpoint: string): Promise<Outcome> => {
      const got = await rollcall('get /a', { env: { ROLLCALL_ENDPOINTS: endpoint } });
      expect({ exitCode: got.exitCode, stdout: got.stdout }).toEqual({ exitCode: 1, stdout: '' });
      return got;
    };
    expect((await at(server.peerUrl)).stderr).toContain('port for other members');
    const tls = await at(`https://${server.endpoint}`);
    expect(tls.stderr).toContain('does not speak TLS');
    expect(tls.stderr).not.toContain('openssl');
    expect((await at('nohost.invalid:2379')).stderr).toContain('no such host');
    await using web = await stranger();
    expect((await at(web.address)).stderr).toContain('Something else than a member');
    const status = await rollcall('endpoint status', { env: { ROLLCALL_ENDPOINTS: web.address } });
    expect(status.stderr).toContain('Something else than a member');
  });

  test('a snapshot is saved whole and checked, and its status can be shown', async () => {
    await client.put('/snapshot', 'x'.repeat(100_000));
    const folder = join(dir, 'backups');
    await mkdir(folder);
    const path = join(folder, 'backup.db');

    const saved = await rollcall(`snapshot save ${path}`);

    expect(saved.stdout).toMatch(/^Snapshot saved at .*backup\.db \([\d.]+ k?M?B\)\n$/);
    const bytes = await readFile(path);
    expect(bytes.length % 512).toBe(32);
    expect(bytes.subarray(-32)).toEqual(
      createHash('sha256').update(bytes.subarray(0, -32)).digest(),
    );
    expect(await readdir(folder)).toEqual(['backup.db']);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const status = await rollcall(`snapshot status ${path}`);
    expect(status.stdout).toBe(
      'HASH  REVISION  TOTAL-KEYS  TOTAL-SIZE  VERSION\n' +
        'cafe  7         3           20.5kB      3.7.1\n',
    );

    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await writeFile(path, bytes);
    expect(await rollcall(`snapshot status ${path}`)).toMatchObject({
      exitCode: 1,
      stderr: `rollcall: ${path} is damaged: its content does not fit the hash at its end\n`,
    });
    expect((await rollcall(`snapshot save ${dir}/no/where`)).exitCode).toBe(1);
  });
});

/** A web server, which knows nothing of gRPC. */
async function stranger(): Promise<AsyncDisposable & { readonly address: string }> {
  const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    address: `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

function parse(line: string): unknown {
  return JSON.parse(line);
}

/** A member that has started; one that was only added has no name yet. */
async function startedMember(client: Rollcall): Promise<Member | undefined> {
  return (await client.members.list()).find(({ name }) => name !== '');
}

function leaderIn(status: Outcome): string {
  return /"leader":"([0-9a-f]+)"/.exec(status.stdout)?.[1] ?? '';
}

function idsIn(members: unknown): string[] {
  return [...JSON.stringify(members).matchAll(/"id":"([0-9a-f]+)"/g)].map(
    (match) => match[1] ?? '',
  );
}
