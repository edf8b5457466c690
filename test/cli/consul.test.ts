import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startCluster, type TestCluster } from '../client/server.ts';
import { run, start, type Outcome, type RunOptions } from './run.ts';

// Texts and exit codes below are those of a Consul 1.12, which was asked the same.

const done = (stdout: string): Outcome => ({ exitCode: 0, stdout, stderr: '' });
const failed = (stderr: string, exitCode = 1): Outcome => ({ exitCode, stdout: '', stderr });

describe("Consul's command line against a member", () => {
  let cluster: TestCluster;
  let dir: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    cluster = await startCluster();
    env = { CONSUL_HTTP_ADDR: cluster.endpoints[0] ?? '' };
    dir = await mkdtemp(join(tmpdir(), 'rollcall-consul-cli-'));
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  const consul = (line: string, options: RunOptions = {}): Promise<Outcome> =>
    run(['consul', ...line.split(' ')], { env, ...options });

  test('kv put, get and delete', async () => {
    expect(await consul('kv put c/1 v')).toEqual(done('Success! Data written to: c/1\n'));
    expect(await consul('kv put /c/2 -', { stdin: 'data' })).toMatchObject({ exitCode: 0 });
    await writeFile(join(dir, 'f'), 'of a file');
    await consul(`kv put c/3 @${join(dir, 'f')}`);
    await consul('kv put -base64 c/d/4 aGk=');

    expect(await consul('kv get c/1')).toEqual(done('v\n'));
    expect(await consul('kv get -base64 c/1')).toEqual(done('dg==\n'));
    expect(await consul('kv get -recurse c')).toEqual(
      done('c/1:v\nc/2:data\nc/3:of a file\nc/d/4:hi\n'),
    );
    expect(await consul('kv get -keys c/')).toEqual(done('c/1\nc/2\nc/3\nc/d/\n'));
    expect(await consul('kv get -keys -separator= c/d')).toEqual(done('c/d/4\n'));
    expect(await consul('kv get -recurse none')).toEqual(done(''));
    expect(await consul('kv get none')).toEqual(failed('Error! No key exists at: none\n'));
    expect(await consul('kv get')).toEqual(failed('Error! Missing KEY argument\n'));
    expect(await consul('kv get a b')).toEqual(failed('Too many arguments (expected 1, got 2)\n'));
    expect(await consul('kv delete c/1')).toEqual(done('Success! Deleted key: c/1\n'));
    expect(await consul('kv delete -recurse c/')).toEqual(
      done('Success! Deleted keys with prefix: c/\n'),
    );
  });

  test('flags of 64 bits are exact, in details and in what is exported and imported', async () => {
    await consul('kv put -flags=18446744073709551615 e/1 x');
    const { stdout } = await consul('kv get -detailed e/1');
    expect(stdout).toMatch(
      /^CreateIndex {6}\d+\nFlags {12}18446744073709551615\nKey {14}e\/1\nLockIndex {8}0\nModifyIndex {6}\d+\nSession {10}-\nValue {12}x\n$/,
    );
    const exported =
      '[\n\t{\n\t\t"key": "e/1",\n\t\t"flags": 18446744073709551615,\n\t\t"value": "eA=="\n\t}\n]\n';
    expect(await consul('kv export e/')).toEqual(done(exported));
    await consul('kv delete e/1');
    expect(await consul('kv import -', { stdin: exported })).toEqual(done('Imported: e/1\n'));
    expect(await consul('kv export e/')).toEqual(done(exported));
    const watched = await consul('watch -type=key -key=e/1');
    expect(watched.stdout).toContain('    "Flags": 18446744073709551615,\n');
    expect(await consul('kv import -', { stdin: '[{}]' })).toMatchObject({ exitCode: 1 });
  });

  test('lock runs a program with a shell while it holds the entry, and leaves nothing behind', async () => {
    const file = join(dir, 'locked');
    const program = ['lock', '-verbose', 'l/1', `echo $CONSUL_LOCK_HELD > ${file}`];
    expect(await run(['consul', ...program], { env })).toEqual(
      done(
        'Setting up lock at path: l/1/.lock\nAttempting lock acquisition\nStarting handler\n' +
          'Child terminated, releasing lock\nCleanup succeeded\n',
      ),
    );
    expect(await readFile(file, 'utf8')).toBe('true\n');
    expect(await consul('kv get -recurse l/')).toEqual(done(''));
    const failing = 'Error running handler: exit status 3\n';
    expect(await run(['consul', 'lock', 'l/1', 'exit 3'], { env })).toEqual(failed(failing, 0));
    const withCode = ['consul', 'lock', '-child-exit-code', 'l/1', 'exit 3'];
    expect(await run(withCode, { env })).toEqual(failed(failing, 2));
    expect(await consul('lock l/1')).toEqual(
      failed('Key prefix and child command must be specified\n'),
    );
    expect(await consul('lock -n 2 l/1 true')).toMatchObject({ exitCode: 1 });
  });

  test('lock waits for the holder, and no longer than it is told', async () => {
    const first = start(['consul', 'lock', '-verbose', 'l/2', 'exec sleep 60'], { env });
    await first.printed('Starting handler');
    expect(await consul('kv get -detailed l/2/.lock')).toMatchObject({
      stdout: expect.stringContaining('Flags            3304740253564472344\n'),
    });
    expect(await consul('lock -try 1s l/2 true')).toEqual(
      failed('Shutdown triggered or timeout during lock acquisition\n'),
    );
    const second = start(['consul', 'lock', '-verbose', 'l/2', 'true'], { env });
    await second.printed('Attempting lock acquisition');
    first.interrupt();
    await first.outcome;
    expect(await second.outcome).toMatchObject({ exitCode: 0 });
    expect(await consul('kv get -recurse l/')).toEqual(done(''));
  });

  test('event and rtt', async () => {
    const uuid = /^Event ID: [0-9a-f-]{36}\n$/;
    expect(await consul('event -name deploy -service web payload')).toEqual(
      done(expect.stringMatching(uuid)),
    );
    expect(await consul('event')).toEqual(failed('Event name must be specified\n'));
    expect(await consul('rtt m0')).toEqual(
      done(
        expect.stringMatching(
          /^Estimated m0 <-> m0 rtt: \d\.\d{3} ms \(using LAN coordinates\)\n$/,
        ),
      ),
    );
    expect(await consul('rtt m0 none')).toEqual(
      failed('Could not find a coordinate for node "none"\n'),
    );
  });

  test('snapshot save and restore', async () => {
    const file = join(dir, 'snapshot');
    await consul('kv put s/1 kept');
    expect(await consul(`snapshot save ${file}`)).toEqual(
      done(expect.stringMatching(/^Saved and verified snapshot to index \d+\n$/)),
    );
    await consul('kv put s/1 other');
    expect(await consul(`snapshot restore ${file}`)).toEqual(done('Restored snapshot\n'));
    expect(await consul('kv get s/1')).toEqual(done('kept\n'));
    await consul('kv delete s/1');
    const none = join(dir, 'none');
    expect(await consul(`snapshot restore ${none}`)).toEqual(
      failed(`Error opening snapshot file: open ${none}: no such file or directory\n`),
    );
    expect(await consul('snapshot save')).toEqual(failed('Missing FILE argument\n'));
  });

  test('a write with -cas says why it was not done', async () => {
    expect(await consul('kv put -cas -modify-index=0 cas v')).toMatchObject({ exitCode: 0 });
    expect(await consul('kv put -cas -modify-index=0 cas v')).toEqual(
      failed('Error! Did not write to cas: CAS performed with index=0 and key already exists.\n'),
    );
    expect(await consul('kv delete -cas -modify-index=1 cas')).toEqual(
      failed('Error! Did not delete key cas: CAS failed\n'),
    );
  });

  test('services from flags and files, and the catalog', async () => {
    await writeFile(
      join(dir, 's.hcl'),
      'services {\n name = "db"\n port = 5 }\nservices { name = "db2" id = "d" }',
    );
    await writeFile(
      join(dir, 's.json'),
      JSON.stringify({ service: { name: 'web', tags: ['b', 'a'] } }),
    );
    expect(
      await consul(
        'services register -name=api -id=api-1 -port=9 -tag=v1 -meta=a=b -address=1.2.3.4',
      ),
    ).toEqual(done('Registered service: api\n'));
    expect(await consul(`services register ${join(dir, 's.hcl')} ${join(dir, 's.json')}`)).toEqual(
      done('Registered service: db\nRegistered service: db2\nRegistered service: web\n'),
    );

    expect(await consul('catalog services')).toEqual(done('api\nconsul\ndb\ndb2\nweb\n'));
    expect((await consul('catalog services -tags')).stdout).toContain('web         a,b\n');
    expect(await consul('catalog services -node=m0')).toMatchObject({
      stdout: expect.stringContaining('db\n'),
    });
    expect(await consul('catalog datacenters')).toEqual(done('dc1\n'));
    expect((await consul('catalog nodes -service=web')).stdout).toMatch(
      /^Node {2}ID {8}Address {4}DC\nm0 {4}[\da-f]{8} {2}127\.0\.0\.1 {2}dc1\n$/,
    );
    expect(await consul('catalog nodes -service=none')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'No nodes match the given query - try expanding your search.\n',
    });

    expect(await consul(`services deregister ${join(dir, 's.hcl')}`)).toEqual(
      done('Deregistered service: db\nDeregistered service: d\n'),
    );
    expect(await consul('services deregister -id=none')).toEqual(
      failed(
        'Error deregistering service "none": Unexpected response code: 404 (Unknown service ID "none". ' +
          'Ensure that the service ID is passed, not the service name.)\n',
      ),
    );
    expect((await consul('services register')).exitCode).toBe(1);
  });

  test('members, info, maintenance, and what only an agent does', async () => {
    expect((await consul('members')).stdout).toMatch(
      /^Node {2}Address {10}Status {2}Type {4}Build {3}Protocol {2}DC {3}Partition {2}Segment\nm0 +127\.0\.0\.1:\d+ +alive +server +1\.16\.1 +2 +dc1 +default +<all>\n$/,
    );
    expect(await consul('members -status=failed')).toEqual(failed('', 2));
    expect((await consul('info')).stdout).toContain('consul:\n\tacl = disabled\n');
    expect((await consul('operator raft list-peers')).stdout).toContain(' leader  true ');
    expect(await consul('maint -enable -reason=test')).toEqual(
      done('Node maintenance is now enabled\n'),
    );
    expect((await consul('maint')).stdout).toBe('Node:\n  Name:   m0\n  Reason: test\n\n');
    expect(await consul('maint -disable')).toEqual(done('Node maintenance is now disabled\n'));
    expect(await consul('reload')).toEqual(done('Configuration reload triggered\n'));
    expect((await consul('leave')).stderr).toContain('a member does not leave by itself');
  });

  test('a watch runs a program for each change, and not for changes of others', async () => {
    await consul('kv put w/1 one');
    const watching = start(
      [
        'consul',
        'watch',
        '-type=key',
        '-key=w/1',
        `cat >> ${join(dir, 'seen')}; echo >> ${join(dir, 'seen')}`,
      ],
      { env },
    );
    const seen = async (count: number): Promise<readonly string[]> => {
      for (;;) {
        const text = await readFile(join(dir, 'seen'), 'utf8').catch(() => '');
        const lines = text.split('\n').filter((line) => line !== '');
        if (lines.length >= count) return lines.map((line) => JSON.parse(line).Value);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await seen(1);
    await consul('kv put w/2 other');
    await consul('kv put w/1 two');
    expect(await seen(2)).toEqual(['b25l', 'dHdv']);
    await consul('kv delete w/1');
    watching.interrupt();
    await watching.outcome;
  });

  test('an address that does not answer is named, as Go says it', async () => {
    expect(await consul('kv get -http-addr=127.0.0.1:1 a')).toEqual(
      failed(
        'Error querying Consul agent: Get "http://127.0.0.1:1/v1/kv/a": dial tcp 127.0.0.1:1: connect: connection refused\n',
      ),
    );
  });
});

test('a query that ends without a change does not run the program again', async () => {
  const indexes = [5, 5, 6];
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    const index = indexes.shift();
    // The last one waits.
    if (index === undefined) return;
    response
      .writeHead(200, { 'X-Consul-Index': index })
      .end(`[{"Key":"k","ModifyIndex":${index}}]`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const dir = await mkdtemp(join(tmpdir(), 'rollcall-consul-watch-'));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(dir, { recursive: true });
  });
  const watching = start([
    'consul',
    'watch',
    '-type=key',
    '-key=k',
    `-http-addr=127.0.0.1:${port}`,
    `cat >> ${dir}/seen`,
  ]);
  while (asked.length < 4) await once(server, 'request');
  watching.interrupt();
  await watching.outcome;
  expect(asked).toEqual(['/v1/kv/k', '/v1/kv/k?index=5', '/v1/kv/k?index=5', '/v1/kv/k?index=6']);
  const seen = (await readFile(join(dir, 'seen'), 'utf8')).trim().split('\n');
  expect(seen.map((line) => JSON.parse(line).ModifyIndex)).toEqual([5, 6]);
});

test('the release, for people and programs', async () => {
  expect((await run(['consul', 'version'])).stdout).toMatch(/^Consul v1\.16\.1\nRollcall 1\.2\.3 /);
  expect((await run(['consul', '--version'])).stdout).toMatch(/^Consul v1\.16\.1\n/);
  const { stdout } = await run(['consul', 'version', '-format=json']);
  expect(JSON.parse(stdout)).toMatchObject({
    Version: '1.16.1',
    Prerelease: '',
    Rollcall: '1.2.3',
  });
});

test.each([
  [['bogus'], 127, 'Available commands are:'],
  [[], 127, 'Available commands are:'],
  [['kv'], 1, 'kv get'],
  [['kv', 'bogus'], 1, 'kv get'],
  [['kv', 'get', '-bogus'], 1, 'flag provided but not defined: -bogus'],
  [['watch'], 1, 'Watch type must be specified'],
  [['watch', '-type=bogus'], 1, 'Unsupported watch type: bogus'],
  [['acl', 'bootstrap'], 127, 'no access lists'],
  [['kv', 'get', '-http-addr=http://[', 'a'], 1, 'is no address'],
])('consul %j ends with %i', async (words, exitCode, text) => {
  const outcome = await run(['consul', ...words]);
  expect(outcome).toMatchObject({ exitCode, stdout: '' });
  expect(outcome.stderr).toContain(text);
});

test('help is on standard output', async () => {
  expect((await run(['consul', '--help'])).stdout).toContain('kv get');
  expect((await run(['consul', 'kv', 'get', '-h'])).stdout).toContain('-recurse');
  expect((await run(['--help'])).stdout).toContain("take Consul's command line");
});
