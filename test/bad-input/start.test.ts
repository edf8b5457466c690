import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Level } from 'level';
import { pack } from 'msgpackr';
import { afterEach, describe, expect, test } from 'vitest';
import { ClusterOfProcesses, rollcall } from '../cluster/processes.ts';
import { freePorts } from '../ports.ts';
import { seal } from '../../src/storage/checksum.ts';
import { Victim } from './member.ts';

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-start-'));
  folders.push(folder);
  return folder;
}

/** Runs a member that is expected to end by itself; returns its exit code and its output. */
async function run(flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(rollcall.command, [...rollcall.args, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, lines: stderr.trimEnd().split('\n'), code };
}

describe('a flag that is wrong ends the program with code 2 and one line, as it ends etcd:', () => {
  test.each<[flags: string, line: RegExp]>([
    ['--no-such-flag', /no-such-flag/],
    ['--heartbeat-interval=soon', /soon.*heartbeat-interval/],
    ['--snapshot-count=-1', /-1.*snapshot-count/],
    ['--listen-peer-urls=ftp://127.0.0.1:1', /ftp/],
    ['--listen-peer-urls=http://127.0.0.1:99999', /99999/],
    ['--initial-cluster=nonsense', /initial-cluster/],
    ['--initial-cluster-state=maybe', /maybe/],
    ['--auto-compaction-mode=lunar', /lunar/],
    ['--report-etcd-version=new', /new/],
  ])('%s', async (flags, line) => {
    await expectLine(flags, 2, line);
  });
});

describe('flags that do not go together end it with code 1 and one line:', () => {
  test.each<[flags: string, line: RegExp]>([
    ['--heartbeat-interval=1000 --election-timeout=1000', /election-timeout/],
    ['--listen-client-urls=http://127.0.0.1:2379', /advertise-client-urls/],
    ['--auto-compaction-retention=1lightyear', /1lightyear/],
    ['--config-file=/nowhere/at/all.yml', /\/nowhere\/at\/all\.yml/],
    ['something', /something/],
  ])('%s', async (flags, line) => {
    await expectLine(flags, 1, line);
  });

  test('a flag, and the environment', async () => {
    await expectLine('--name=a', 1, /ETCD_NAME/, { ETCD_NAME: 'b' });
  });
});

async function expectLine(
  flags: string,
  exitCode: number,
  line: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { stdout, lines, code } = await run(flags.split(' '), env);
  expect({ code, stdout, lines }).toEqual({
    code: exitCode,
    stdout: '',
    lines: [expect.stringMatching(/^rollcall: /)],
  });
  expect(lines[0]).toMatch(line);
}

/** Starts on a directory on which no member can start; returns the reason in its log. */
async function refusal(dataDir: string, more: readonly string[] = []): Promise<string> {
  const [client, peer] = await freePorts(2);
  const { lines, code } = await run([
    `--data-dir=${dataDir}`,
    `--listen-client-urls=http://127.0.0.1:${client}`,
    `--advertise-client-urls=http://127.0.0.1:${client}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-cluster=default=http://127.0.0.1:${peer}`,
    ...more,
  ]);
  expect(code).toBe(1);
  const errors: Record<string, unknown>[] = lines.map((line) => JSON.parse(line));
  const told = errors.filter(({ level }) => level === 'error');
  expect(told).toEqual([
    expect.objectContaining({ msg: 'this member cannot run', error: expect.any(String) }),
  ]);
  expect(told[0]).not.toHaveProperty('stack');
  return String(told[0]?.['error']);
}

describe('a data directory on which no member can start is refused in one line, and left alone:', () => {
  test('one that another process uses, which goes on', async () => {
    await using victim = await Victim.start();
    expect(await refusal(victim.member.dataDir)).toContain('is used by another process');
    await victim.goesOn();
  });

  test('one that belongs to another member', async () => {
    const cluster = await ClusterOfProcesses.start(2);
    try {
      const [one, other] = cluster.members;
      await one!.client.put('key', 'value');
      await one!.stop();
      const copy = join(await temporaryFolder(), 'copy');
      await cp(one!.dataDir, copy, { recursive: true });
      expect(
        await refusal(copy, [
          `--listen-peer-urls=${one!.peerUrl}`,
          `--initial-advertise-peer-urls=${other!.peerUrl}`,
        ]),
      ).toMatch(/the data in .* belongs to member [0-9a-f]+, but .* is member [0-9a-f]+/);
      one!.start();
      await cluster.ready();
      expect(await one!.client.get('key')).toBe('value');
    } finally {
      await cluster.end();
    }
  });

  test('one of etcd', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'member', 'snap'), { recursive: true });
    expect(await refusal(folder)).toContain('is a data directory of etcd');
  });

  test('one of a newer format', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'member'));
    const level = new Level<Buffer, Buffer>(join(folder, 'member'), {
      keyEncoding: 'buffer',
      valueEncoding: 'buffer',
    });
    const key = Buffer.from('i');
    const identity = { clusterId: 'c', memberId: 'm' };
    await level.put(key, seal(key, pack({ format: 99, identity, epoch: 1 })));
    await level.close();
    expect(await refusal(folder)).toContain('start a newer release');
  });

  test('one that holds something else', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'letters.txt'), 'Dear reader');
    expect(await refusal(folder)).toContain('holds files of another program ("letters.txt")');
  });

  test('one that is a file', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    expect(await refusal(file)).toContain('cannot be used');
  });
});

describe('a port in use is refused in one line:', () => {
  test.each([
    ['listen-client-urls', 'cannot listen for clients on'],
    ['listen-peer-urls', 'cannot listen for peers on'],
    ['listen-metrics-urls', 'cannot listen for metrics on'],
  ])('--%s', async (flag, line) => {
    await using victim = await Victim.start();
    const folder = join(await temporaryFolder(), 'data');
    expect(await refusal(folder, [`--${flag}=${victim.member.clientUrl}`])).toContain(line);
    await victim.goesOn();
  });
});
