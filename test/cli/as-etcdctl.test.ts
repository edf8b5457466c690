import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rollcall } from '../../src/client/index.ts';
import { startCluster, type TestCluster } from '../client/server.ts';
import { run } from './run.ts';

/** Debian's, and another one that may be named: formats of later releases are compared only with that. */
const programs = ['etcdctl', process.env['ROLLCALL_TEST_ETCDCTL'] ?? ''].filter(Boolean);

/** Lines that both are given, and the first release of etcdctl that prints as we do. */
const lines: readonly (readonly [line: string, since?: string])[] = [
  ['get /a'],
  ['get /a --hex', '3.7'],
  ['get --prefix /'],
  ['get --prefix / --keys-only'],
  ['get --prefix / --order=DESCEND --sort-by=MODIFY'],
  ['get --prefix / --sort-by VERSION --order ascend --limit 2'],
  ['get /bytes /c --from-key=false'],
  ['get "" --from-key'],
  ['get --prefix / --min-mod-rev 4', '3.7'],
  ['put /x 1'],
  ['put /x 2 --prev-kv'],
  ['put /html <b>&</b>'],
  ['put /leased y --lease LEASE'],
  ['del /none'],
  ['del /x --prev-kv'],
  ['lease timetolive LEASE'],
  ['lease timetolive LEASE --keys'],
  ['lease list'],
  ['lease keep-alive --once LEASE'],
  ['member list', '3.7'],
  ['alarm list'],
  ['endpoint status', '3.7'],
  ['endpoint hashkv', '3.7'],
  ['endpoint health', '3.7'],
  ['role get reader'],
  ['role list'],
  ['role grant-permission reader read /x'],
  ['user grant-role ann reader'],
];

/** Lines that etcdctl refuses with `-w fields`. */
const linesWithoutFields: readonly (readonly [line: string, since?: string])[] = [
  ['user get ann'],
  ['user list'],
  ['auth status', '3.7'],
];

const txns: readonly string[] = [
  'mod("/a") > "0"\n\nput /t 1\nget /a\ndel /none\n\nget /b\n\n',
  'mod("/a") = "0"\n\nput /t 1\n\nget /b\nget /bytes\n\n',
];

for (const program of programs) {
  const said = spawnSync(program, ['version'], { encoding: 'utf8', env: { ETCDCTL_API: '3' } });
  const version = /etcdctl version: (\d+\.\d+)/.exec(said.stdout ?? '')?.[1];
  if (version === undefined) console.log(`${program} is missing: apt-get install etcd-client`);

  describe.skipIf(version === undefined)(`output as of etcdctl ${version ?? ''}`, () => {
    let cluster: TestCluster;
    let lease = '';

    beforeAll(async () => {
      cluster = await startCluster();
      await using client = new Rollcall({ endpoints: cluster.endpoints });
      await client.put('/a', 'one\ttwo "three"');
      await client.put('/b', 'später 🙂\u00a0\u0001');
      await client.put('/bytes', Uint8Array.of(0xff, 0x41, 0xc3, 0x28, 0, 0xe2, 0x82, 0xac));
      await client.put('/a', 'again\nand again');
      const granted = await client.leases.grant(10_000);
      lease = granted.id.toString(16);
      await client.put('/by-lease', 'z', { lease: granted.id });
      await client.auth.addRole('reader');
      await client.auth.grantPermission('reader', 'read', { prefix: '/später/' });
      await client.auth.grantPermission('reader', 'readwrite', '/x');
      await client.auth.addUser('ann');
      await client.auth.grantRole('ann', 'reader');
      // Revisions of these keys shall not be taken for those of the calls that are compared.
      for (let index = 0; index < 20; index++) await client.put('/filler', '');
    });
    afterAll(() => cluster[Symbol.asyncDispose]());

    /** Runs a line with both, each time from the same state of `/x`. */
    async function both(line: string, stdin = ''): Promise<{ theirs: string; ours: string }> {
      const words = line
        .replace('LEASE', lease)
        .split(' ')
        .map((word) => (word === '""' ? '' : word));
      const env = { ETCDCTL_ENDPOINTS: cluster.endpoints[0] ?? '' };
      // Needed by 3.4, and later ones complain about it.
      const api = version === '3.4' ? { ETCDCTL_API: '3' } : {};
      const before = await reset();
      const theirs = spawnSync(program, words, {
        encoding: 'utf8',
        env: { ...env, ...api },
        input: stdin,
      });
      expect(theirs.stderr).toBe('');
      const between = await reset();
      const ours = await run(words, { env, stdin });
      return { theirs: normal(theirs.stdout, before), ours: normal(ours.stdout, between) };
    }

    async function reset(): Promise<number> {
      await using client = new Rollcall({ endpoints: cluster.endpoints });
      await client.delete({ prefix: '/x' });
      await client.delete('/t');
      return (await client.put('/x', 'before')).revision;
    }

    test('get /bytes --print-value-only', async () => {
      const { theirs, ours } = await both('get /bytes --print-value-only -w simple');
      expect(ours).toBe(theirs);
    });

    for (const format of ['simple', 'json', 'fields']) {
      test.each(
        [...lines, ...(format === 'fields' ? [] : linesWithoutFields)].filter(
          ([, since = '3.4']) => version === undefined || Number(version) >= Number(since),
        ),
      )(`%s -w ${format}`, async (line) => {
        const { theirs, ours } = await both(`${line ?? ''} -w ${format}`);
        expect(ours).toBe(theirs);
      });

      // Before 3.6, etcdctl wrote the names of Go's fields into the JSON of a transaction.
      const sinceTxn = format === 'json' ? 3.6 : 3.4;
      test.skipIf(Number(version) < sinceTxn).each(txns)(`txn -w ${format}: %j`, async (text) => {
        const { theirs, ours } = await both(`txn -w ${format}`, text);
        expect(ours).toBe(theirs);
      });
    }
  });
}

/** Without what differs from one call to the next: times, and how far the revision has gone on. */
function normal(text: string, revision: number): string {
  return text
    .replaceAll(/127\.0\.0\.1:\d+/g, 'ENDPOINT')
    .replace(/("dbSize(?:InUse)?":|"DBSize(?:InUse)?" : )\d+/g, '$1')
    .replace(/, [\d.]+ k?B, [\d.]+ k?B, \d+%/, ', sizes')
    .replace(/took = [\d.]+m?s/g, 'took')
    .replace(/"[tT]ook"(?: : |:)"?[\d.]+m?s"?/g, 'took')
    .replace(/("raft(?:Applied)?Index":)\d+/g, '$1')
    .replace(/("Raft(?:Applied)?Index" : )\d+/g, '$1')
    .replace(/, \d+, \d+, , , false$/gm, ', , , false')
    .replace(/remaining\(\d+s\)/g, 'remaining')
    .replace(/("ttl":|"TTL" : )\d+/g, '$1')
    .replace(/("(?:Hash" : |hash":)|^[^,]*, )\d+(?=, \d+$|[,\n])/gm, '$1')
    .replaceAll(/(?<![\da-f])\d+(?![\da-f])/g, (number) => {
      const past = Number(number) - revision;
      return Math.abs(past) <= 3 ? `+${past}` : number;
    });
}
