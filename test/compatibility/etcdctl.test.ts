import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventually } from '../cluster/processes.ts';
import { run, Running } from './programs.ts';
import type { Finished } from './programs.ts';
import { firstLine, onEachTarget } from './targets.ts';

const isThere = firstLine('etcdctl', ['version'])?.startsWith('etcdctl version') === true;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface JsonAnswer {
  readonly header: { readonly revision: number; readonly member_id: number };
  readonly kvs?: readonly { readonly key: string; readonly value: string }[];
  readonly count?: number;
  readonly members: readonly { readonly name: string; readonly ID: number }[];
}

onEachTarget(
  'etcdctl',
  (subject) => {
    const env = (): Record<string, string> => ({
      ETCDCTL_API: '3',
      ETCDCTL_ENDPOINTS: subject.endpoints,
    });
    const ctl = (args: readonly string[], input = ''): Promise<Finished> =>
      run('etcdctl', args, { input, env: env() });
    /** Its output, if it exits with 0. */
    const out = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await ctl(args);
      expect([code, stderr]).toEqual([0, '']);
      return stdout;
    };
    const json = async (...args: string[]): Promise<JsonAnswer> =>
      JSON.parse(await out(...args, '-w', 'json'));
    const going = (...args: string[]): Running => new Running('etcdctl', args, env());
    /** The id of a new lease, as it is printed. */
    const granted = async (ttlSeconds: number): Promise<string> => {
      const said = await out('lease', 'grant', String(ttlSeconds));
      const match = /^lease ([0-9a-f]{16}) granted with TTL\((\d+)s\)\n$/.exec(said);
      expect(match?.[2]).toBe(String(ttlSeconds));
      return match![1]!;
    };

    describe('keys', () => {
      test('are put and got, in every format', async () => {
        const key = subject.freshKey();
        expect(await out('put', key, 'a value')).toBe('OK\n');
        expect(await out('get', key)).toBe(`${key}\na value\n`);
        expect(await out('get', key, '--print-value-only')).toBe('a value\n');
        expect(await out('get', `${key}x`)).toBe('');
        const answer = await json('get', key);
        expect(answer).toMatchObject({
          count: 1,
          kvs: [{ key: base64(key), value: base64('a value'), version: 1 }],
        });
        expect(answer.header.revision).toBeGreaterThan(1);
        expect(await out('get', key, '-w', 'fields')).toContain('"Value" : "a value"');
        expect(await out('put', key, 'other', '--prev-kv')).toBe(`OK\n${key}\na value\n`);
        expect((await ctl(['put', key], 'from the input')).stdout).toBe('OK\n');
        expect(await out('get', key, '--print-value-only')).toBe('from the input\n');
        expect(await out('put', key, '--ignore-value')).toBe('OK\n');
      });

      test('are got by prefix, range, order, limit and revision', async () => {
        const key = subject.freshKey();
        for (const name of ['b', 'a', 'c']) await out('put', `${key}${name}`, name);
        const keys = async (...args: string[]): Promise<string[]> =>
          (await out('get', ...args, '--print-value-only')).split('\n').filter(Boolean);
        expect(await keys(key, '--prefix')).toEqual(['a', 'b', 'c']);
        expect(await keys(`${key}a`, `${key}c`)).toEqual(['a', 'b']);
        expect((await keys(`${key}b`, '--from-key')).slice(0, 2)).toEqual(['b', 'c']);
        expect(await keys(key, '--prefix', '--limit', '1')).toEqual(['a']);
        expect(await keys(key, '--prefix', '--order', 'DESCEND')).toEqual(['c', 'b', 'a']);
        expect(await keys(key, '--prefix', '--sort-by', 'CREATE')).toEqual(['b', 'a', 'c']);
        expect(await keys(key, '--prefix', '--consistency', 's')).toHaveLength(3);
        expect(await out('get', key, '--prefix', '--keys-only')).toBe(
          ['a', 'b', 'c'].map((name) => `${key}${name}\n\n`).join(''),
        );
        const { revision } = (await json('get', key)).header;
        await out('put', `${key}a`, 'later');
        expect(await keys(`${key}a`, '--rev', String(revision))).toEqual(['a']);
      });

      test('are deleted, and counted', async () => {
        const key = subject.freshKey();
        for (const name of ['a', 'b', 'c']) await out('put', `${key}${name}`, name);
        expect(await out('del', `${key}a`)).toBe('1\n');
        expect(await out('del', `${key}a`)).toBe('0\n');
        expect(await out('del', `${key}b`, '--prev-kv')).toBe(`1\n${key}b\nb\n`);
        expect(await out('del', key, '--prefix')).toBe('1\n');
      });

      const refused: readonly [args: string[], text: string][] = [
        [['put', 'a', 'b', '--lease=1234'], 'Error: etcdserver: requested lease not found'],
        [['put', 'a', 'b', '--ignore-lease', '--lease=0'], ''],
        [
          ['get', 'a', '--rev', '1000000'],
          'Error: etcdserver: mvcc: required revision is a future revision',
        ],
        [['compaction', '1000000'], 'required revision is a future revision'],
        [['lease', 'revoke', '1234'], 'requested lease not found'],
        [['member', 'remove', '1234'], 'etcdserver: member not found'],
      ];
      test.each(refused.filter(([, text]) => text !== ''))('%j fails', async (args, text) => {
        const { code, stderr } = await ctl(args);
        expect(code).not.toBe(0);
        expect(stderr).toContain(text);
      });

      test('are mirrored into others', async () => {
        const key = subject.freshKey();
        await out('put', `${key}from/a`, '1');
        const [destination] = subject.members;
        const mirror = going(
          'make-mirror',
          '--prefix',
          `${key}from/`,
          '--dest-prefix',
          `${key}to/`,
          new URL(destination!.clientUrl).host,
        );
        const mirrored = (name: string): Promise<unknown> =>
          eventually('the copy', async () => {
            const value = await out('get', `${key}to/${name}`, '--print-value-only');
            return value === '' ? undefined : value;
          });
        await mirrored('a');
        await out('put', `${key}from/b`, '2');
        await mirrored('b');
        await mirror.stop();
      });
    });

    describe('watch', () => {
      test('prints events', async () => {
        const key = subject.freshKey();
        const { revision } = (await json('put', key, '1')).header;
        const watch = going('watch', key, '--rev', String(revision), '--prev-kv');
        expect(await watch.lines(3)).toEqual(['PUT', key, '1']);
        await out('put', key, '2');
        expect(await watch.lines(5)).toEqual(['PUT', key, '1', key, '2']);
        await out('del', key);
        expect(await watch.lines(5)).toEqual(['DELETE', key, '2', key, '']);
        await watch.stop();
      });

      test('watches several keys that are told one by one', async () => {
        const key = subject.freshKey();
        const { revision } = (await json('put', `${key}a`, '1')).header;
        await out('put', `${key}b`, '2');
        const watch = going('watch', '-i');
        watch.write(`watch ${key}a --rev=${revision}\n`);
        expect(await watch.lines(3)).toEqual(['PUT', `${key}a`, '1']);
        watch.write(`watch ${key}b --rev=${revision}\n`);
        expect(await watch.lines(3)).toEqual(['PUT', `${key}b`, '2']);
        await watch.stop();
      });

      test('runs a program for each event', async () => {
        const key = subject.freshKey();
        const { revision } = (await json('put', `${key}a`, '1')).header;
        const script = 'echo "$ETCD_WATCH_EVENT_TYPE $ETCD_WATCH_VALUE"';
        const watch = going(
          'watch',
          key,
          '--prefix',
          '--rev',
          String(revision),
          '--',
          'sh',
          '-c',
          script,
        );
        expect(await watch.lines(4)).toEqual(['PUT', `${key}a`, '1', '"PUT" "1"']);
        await watch.stop();
      });

      test('ends with an error when it starts before a compaction', async () => {
        const key = subject.freshKey();
        const { revision } = (await json('put', key, '1')).header;
        await out('put', key, '2');
        expect(await out('compaction', '--physical', String(revision + 1))).toBe(
          `compacted revision ${revision + 1}\n`,
        );
        const { code, stderr } = await ctl(['watch', key, '--rev', String(revision)]);
        expect(code).not.toBe(0);
        expect(stderr).toContain('required revision has been compacted');
      });
    });

    describe('txn', () => {
      test('does one thing or the other', async () => {
        const key = subject.freshKey();
        await out('put', key, 'old');
        const request = `value("${key}") = "old"\n\nput ${key} new\nget ${key}\n\ndel ${key}\n\n`;
        const first = await ctl(['txn'], request);
        expect(first.stdout).toBe(`SUCCESS\n\nOK\n\n${key}\nnew\n`);
        const second = await ctl(['txn'], request);
        expect(second.stdout).toBe('FAILURE\n\n1\n');
        const compares = `mod("${key}") = "0"\nver("${key}") < "1"\nc("${key}") = "0"\n\n\n\n`;
        expect((await ctl(['txn'], compares)).stdout).toBe('SUCCESS\n');
      });

      test('asks for its parts when it is interactive', async () => {
        const key = subject.freshKey();
        const request = `version("${key}") = "0"\n\nput ${key} made\n\n\n`;
        const { stdout } = await ctl(['txn', '-i'], request);
        expect(stdout).toContain('compares:');
        expect(stdout).toContain('SUCCESS\n\nOK\n');
        expect(await out('get', key, '--print-value-only')).toBe('made\n');
      });
    });

    describe('leases', () => {
      test('are granted, kept alive, looked at, listed and revoked', async () => {
        const key = subject.freshKey();
        const id = await granted(100);
        await out('put', key, '1', `--lease=${id}`);
        expect(await out('lease', 'timetolive', id, '--keys')).toMatch(
          new RegExp(
            `^lease ${id} granted with TTL\\(100s\\), remaining\\((9\\d|100)s\\), attached keys\\(\\[${key}\\]\\)\n$`,
          ),
        );
        expect(await out('lease', 'keep-alive', '--once', id)).toBe(
          `lease ${id} keepalived with TTL(100)\n`,
        );
        expect((await out('lease', 'list')).split('\n')).toContain(id);
        expect(await out('lease', 'revoke', id)).toBe(`lease ${id} revoked\n`);
        expect(await out('get', key)).toBe('');
        expect(await out('lease', 'timetolive', id)).toBe(`lease ${id} already expired\n`);
        const { code, stderr } = await ctl(['lease', 'keep-alive', '--once', id]);
        expect([code, stderr]).toEqual([2, 'Error: etcdserver: requested lease not found\n']);
      });

      test('are kept while they are renewed', async () => {
        const key = subject.freshKey();
        const id = await granted(2);
        await out('put', key, '1', `--lease=${id}`);
        const keeper = going('lease', 'keep-alive', id);
        // One more than it would have lived for without.
        expect(await keeper.lines(4)).toEqual(
          Array.from({ length: 4 }, () => `lease ${id} keepalived with TTL(2)`),
        );
        expect(await out('get', key, '--print-value-only')).toBe('1\n');
        await keeper.stop();
        await eventually('the end of the lease', async () =>
          (await out('get', key)) === '' ? true : undefined,
        );
      });
    });

    describe('lock and elect', () => {
      test('a lock runs programs one after the other', async () => {
        const name = subject.freshKey();
        const holder = going('lock', name);
        const [held] = await holder.lines(1);
        expect(held).toMatch(new RegExp(`^${name}/[0-9a-f]+$`));
        const waiting = run('etcdctl', ['lock', name, 'echo', 'locked'], { env: env() });
        await eventually('two of them in the queue', async () =>
          (await out('get', name, '--prefix', '--keys-only')).match(/\/[0-9a-f]+\n/g)?.length === 2
            ? true
            : undefined,
        );
        await holder.stop();
        const { code, stdout } = await waiting;
        expect([code, stdout]).toEqual([0, 'locked\n']);
        expect(await out('get', name, '--prefix')).toBe('');
      });

      test('an election is observed, through a change of its leader', async () => {
        const name = subject.freshKey();
        const first = going('elect', name, 'one');
        const [key, value] = await first.lines(2);
        expect(key).toMatch(new RegExp(`^${name}/[0-9a-f]+$`));
        expect(value).toBe('one');
        const observer = going('elect', '-l', name);
        expect(await observer.lines(2)).toEqual([key, 'one']);
        const second = going('elect', name, 'two');
        await first.stop();
        const [next, said] = await second.lines(2);
        expect(said).toBe('two');
        expect(await observer.lines(2)).toEqual([next, 'two']);
        await observer.stop();
        await second.stop();
      });
    });

    describe('the cluster', () => {
      test('lists its members', async () => {
        const { members } = await json('member', 'list');
        expect(members.map(({ name }) => name).toSorted()).toEqual(['m1', 'm2', 'm3']);
        const lines = (await out('member', 'list')).trim().split('\n');
        expect(lines.map((line) => line.replace(/^[0-9a-f]+, /, '')).toSorted()).toEqual(
          subject.members.map(
            ({ name, peerUrl, clientUrl }) => `started, ${name}, ${peerUrl}, ${clientUrl}, false`,
          ),
        );
        expect(await out('member', 'list', '-w', 'table')).toContain(' CLIENT ADDRS ');
      });

      test('tells the status and health of each, and the same hash by all', async () => {
        const status: readonly { Status: { version: string; leader: number } }[] = JSON.parse(
          await out('endpoint', 'status', '--cluster', '-w', 'json'),
        );
        expect(status).toHaveLength(3);
        expect(new Set(status.map(({ Status }) => Status.leader)).size).toBe(1);
        expect(status[0]?.Status.version).toMatch(/^3\.\d+\.\d+$/);
        expect(await out('endpoint', 'status', '-w', 'table')).toContain('RAFT APPLIED INDEX');
        expect((await out('endpoint', 'status')).trim().split('\n')).toHaveLength(3);
        const { stdout, stderr, code } = await ctl(['endpoint', 'health', '--cluster']);
        expect(code).toBe(0);
        expect(
          `${stdout}${stderr}`.match(/is healthy: successfully committed proposal/g),
        ).toHaveLength(3);
        const { revision } = (await json('get', 'a')).header;
        const hashes = await out('endpoint', 'hashkv', '--cluster', '--rev', String(revision));
        const numbers = hashes
          .trim()
          .split('\n')
          .map((line) => line.split(', ')[1]);
        expect(numbers).toHaveLength(3);
        expect(new Set(numbers).size).toBe(1);
      });

      test('moves its leadership', async () => {
        const leader = await subject.cluster.leader();
        const [target] = subject.cluster.others(leader);
        const { members } = await json('member', 'list');
        const line = (await out('member', 'list'))
          .split('\n')
          .find((text) => text.includes(`, ${target!.name}, `));
        const id = line!.split(',')[0]!;
        expect(members).toHaveLength(3);
        expect(await out('move-leader', id)).toContain('Leadership transferred from');
        await eventually('the new leader', async () =>
          (await subject.cluster.leader()) === target ? true : undefined,
        );
      });

      test('gives a snapshot', async () => {
        const file = join(subject.cluster.directory, 'backup.db');
        const [member] = subject.members;
        const { code, stdout } = await run('etcdctl', ['snapshot', 'save', file], {
          env: { ...env(), ETCDCTL_ENDPOINTS: member!.clientUrl },
        });
        expect([code, stdout]).toEqual([
          0,
          expect.stringContaining('Snapshot saved at') as unknown,
        ]);
        expect(readFileSync(file).length % 512).toBe(32);
      });

      test('has no alarms, is defragmented, and knows no users', async () => {
        expect(await out('alarm', 'list')).toBe('');
        expect(await out('alarm', 'disarm')).toBe('');
        expect(await out('defrag')).toContain('Finished defragmenting etcd member');
        expect(await out('user', 'list')).toBe('');
        expect(await out('role', 'list')).toBe('');
      });

      test('takes in a learner, and lets it go', async () => {
        const url = 'http://127.0.0.1:2';
        const added = await eventually('a healthy cluster', async () => {
          const finished = await ctl(['member', 'add', 'm4', '--learner', `--peer-urls=${url}`]);
          if (finished.stderr.includes('unhealthy cluster')) return undefined;
          return finished;
        });
        const id = /^Member\s+([0-9a-f]+) added to cluster\s+[0-9a-f]+/.exec(added.stdout)?.[1];
        expect(id).toBeDefined();
        expect(added.stdout).toContain('ETCD_INITIAL_CLUSTER_STATE="existing"');
        expect(await out('member', 'list')).toContain(`${id}, unstarted, , ${url}, , true`);
        const promoted = await ctl(['member', 'promote', id!]);
        expect(promoted.stderr).toContain(
          'can only promote a learner member which is in sync with leader',
        );
        const changed = await out('member', 'update', id!, '--peer-urls=http://127.0.0.1:3');
        expect(changed).toMatch(new RegExp(`^Member +${id} updated in cluster`));
        expect(await out('member', 'remove', id!)).toContain('removed from cluster');
      });
    });
  },
  { needs: [{ program: 'etcdctl', isThere, install: 'apt-get install etcd-client' }] },
);
