import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RestoreOptions } from '../../src/cli/index.ts';
import { freePorts } from '../ports.ts';
import { run } from './run.ts';

test('without a server, one line names the endpoints and another says what to do', async () => {
  const [port] = await freePorts(1);

  expect(await run(['get', 'x', '--endpoints', `127.0.0.1:${port}`])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr:
      `rollcall: no server could be reached: 127.0.0.1:${port} (connect ECONNREFUSED 127.0.0.1:${port})\n` +
      '  Start a cluster with "npm start" or a member with "rollcall serve", or name others with --endpoints.\n',
  });
});

test.each([
  [['get']],
  [['nonsense']],
  [['get', 'a', '--limit', '-1']],
  [['get', 'a', '--sort-by', 'color']],
  [['get', 'a', 'b', '--prefix']],
  [['put', 'a', 'b', '--lease', 'xyz']],
  [['get', 'a', '--timeout', 'soon']],
  [['get', 'a', '--endpoints', 'localhost']],
  [['get', 'a', '--endpoints', '']],
  [['get', 'a', '--cacert', '/no/such/file']],
  [['lease', 'revoke', 'zz']],
  [['member', 'add', 'm4']],
  [['completion', 'tcsh']],
  [['snapshot', 'restore', 'x', '--initial-cluster', 'm1=nonsense']],
  [['snapshot', 'restore', 'x', '--bump-revision', '7']],
  [['snapshot', 'restore', 'x', '--mark-compacted']],
  [['snapshot', 'restore', 'x', '--bump-revision', '-7', '--mark-compacted']],
  [['snapshot', 'restore', 'x', '--initial-cluster', 'm1=http://a:1', '--name', 'm2']],
])('a command line that makes no sense has exit code 2: %j', async (argv) => {
  const { exitCode, stdout, stderr } = await run(argv);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).not.toBe('');
  expect(stderr).not.toContain('    at ');
});

test('help, version and serve', async () => {
  const help = await run(['--help']);
  expect(help.exitCode).toBe(0);
  expect(help.stdout).toContain('Exit codes:');
  expect((await run(['--version'])).stdout).toBe('rollcall 1.2.3\n');
  expect((await run(['version'])).stdout).toBe('rollcall 1.2.3\n');
  expect((await run(['version', '--json'])).stdout).toBe('{"version":"1.2.3"}\n');
  const served: (readonly string[])[] = [];
  const serve = (args: readonly string[]): Promise<number> => {
    served.push(args);
    return Promise.resolve(5);
  };
  expect((await run(['serve', '--name', 'm1', '--help'], { parts: { serve } })).exitCode).toBe(5);
  expect(served).toEqual([['--name', 'm1', '--help']]);
});

test('the help of every command has an example', async () => {
  const seen: string[] = [];
  const visit = async (path: readonly string[]): Promise<void> => {
    const { stdout, exitCode } = await run([...path, '--help']);
    expect(exitCode).toBe(0);
    const commands = [
      ...(/\nCommands:\n(.*?)\n\n/s.exec(`${stdout}\n\n`)?.[1] ?? '').matchAll(/^ {2}([a-z-]+)/gm),
    ];
    const children = commands
      .map((match) => match[1] ?? '')
      .filter((name) => !['help', 'serve'].includes(name));
    if (children.length === 0) expect(stdout, path.join(' ')).toMatch(/\nExamples?( \(.*\))?:\n/);
    seen.push(path.join(' '));
    for (const child of children) await visit([...path, child]);
  };

  await visit([]);

  expect(seen).toContain('lease keep-alive');
  expect(seen.length).toBeGreaterThan(30);
});

test('completion knows commands, sub-commands and options', async () => {
  const { stdout } = await run(['completion', 'bash']);
  const complete = (...words: string[]): string[] =>
    execFileSync(
      'bash',
      [
        '-c',
        `${stdout}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rollcall; printf '%s\\n' "\${COMPREPLY[@]}"`,
        'bash',
        'rollcall',
        ...words,
      ],
      { encoding: 'utf8' },
    )
      .trim()
      .split('\n');

  expect(complete('le')).toEqual(['lease']);
  expect(complete('lease', 'keep')).toEqual(['keep-alive']);
  expect(complete('get', '--json', '--print')).toEqual(['--print-value-only']);
  expect(complete('--json', 'snapshot', 's')).toEqual(['save', 'status']);
  expect(complete('completion', 'f')).toEqual(['fish']);
  expect((await run(['completion', 'zsh'])).stdout).toMatch(/^#compdef rollcall\n/);
  expect((await run(['completion', 'fish'])).stdout).toContain(
    "complete -c rollcall -n '__fish_seen_subcommand_from lease; and __fish_seen_subcommand_from grant' -l json",
  );
});

test('restore hands a checked snapshot and the plan of the cluster to the server', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'rollcall-cli-test-'));
  try {
    const path = join(dir, 'backup.db');
    const data = randomBytes(512 * 3);
    await writeFile(path, Buffer.concat([data, createHash('sha256').update(data).digest()]));
    const asked: RestoreOptions[] = [];
    const restoreSnapshot = (options: RestoreOptions): Promise<void> => {
      asked.push(options);
      return Promise.resolve();
    };
    const restore = (...more: string[]): Promise<unknown> =>
      run(['snapshot', 'restore', path, ...more], { parts: { restoreSnapshot } });

    const peers = 'm1=http://a:1,m2=http://b:1';
    const done = await restore(
      '--name',
      'm1',
      '--initial-cluster',
      peers,
      '--initial-advertise-peer-urls',
      'http://a:1',
      '--initial-cluster-token',
      'new',
    );
    const refused = await restore('--name', 'm1', '--initial-cluster', peers);
    await writeFile(path, data);
    const cut = await restore();

    expect(done).toEqual({ exitCode: 0, stdout: 'Restored into m1.rollcall\n', stderr: '' });
    expect(asked).toMatchObject([
      {
        snapshotPath: path,
        dataDir: 'm1.rollcall',
        name: 'm1',
        initialCluster: [
          { name: 'm1', peerUrl: 'http://a:1' },
          { name: 'm2', peerUrl: 'http://b:1' },
        ],
        initialClusterToken: 'new',
        initialAdvertisePeerUrls: ['http://a:1'],
      },
    ]);
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(cut).toMatchObject({ exitCode: 1, stdout: '' });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test.each([
  [['get', '--json'], 2, 'usage'],
  [['--json', 'nonsense'], 2, 'usage'],
  [['lease', '--json'], 2, 'usage'],
  [['get', 'a', '--limit', '-1', '--json'], 2, 'usage'],
  [['get', 'a', 'b', '--prefix', '-w', 'json'], 2, 'usage'],
  [['put', 'a', '--json'], 2, 'usage'],
  [['get', 'a', '--endpoints', 'localhost', '--write-out=JSON'], 2, 'invalid-request'],
  [['get', 'a', '--endpoints', '127.0.0.1:1', '-wjson'], 1, 'unavailable'],
])(
  'under --json an error is one line of JSON on standard error: %j',
  async (argv, exitCode, code) => {
    const { stdout, stderr, ...outcome } = await run(argv);

    expect({ stdout, ...outcome }).toEqual({ stdout: '', exitCode });
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(JSON.parse(stderr)).toMatchObject({ error: { code, exitCode } });
    expect(stderr).not.toContain('"message":""');
  },
);

test.each([
  [['--discovery-srv', 'example.com', 'get', 'a'], '--endpoints'],
  [['get', 'a', '-w', 'protobuf'], 'simple, table, json or fields'],
  [['get', 'a', '-w', 'yaml'], 'simple, table, json, fields'],
  [['get', 'a', '--command-timeout', 'soon'], '1m30s'],
  [['get', 'a', '--dial-timeout', 'soon'], '1m30s'],
])('what is not there is refused with what to do instead: %j', async (argv, told) => {
  const { exitCode, stderr } = await run(argv);

  expect(exitCode).toBe(2);
  expect(stderr).toContain(told);
});
