import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseServeArguments } from '../../src/server/config.ts';

/** The same command lines for a real etcd and for Rollcall: both refuse with the same exit code and text. */
const refusals: readonly [line: string, words: string, env?: Record<string, string>][] = [
  ['--nope', 'flag provided but not defined: '],
  ['--name', 'flag needs an argument: '],
  ['--heartbeat-interval=abc', 'invalid value "abc" for flag '],
  ['--initial-cluster-state=foo', 'invalid value "foo" for flag '],
  ['serve', 'is not a valid flag'],
  ['--pre-vote false', 'is not a valid flag'],
  ['--heartbeat-interval=0', '--heartbeat-interval must be >0 (set to 0ms)'],
  ['--election-timeout=0', '--election-timeout must be >0 (set to 0ms)'],
  [
    '--election-timeout=400',
    '--election-timeout[400ms] should be at least as 5 times as --heartbeat-interval[100ms]',
  ],
  [
    '--election-timeout=60000',
    '--election-timeout[60000ms] is too long, and should be set less than 50000ms',
  ],
  ['--listen-client-urls=foo', 'URL scheme must be http, https, unix, or unixs: foo'],
  [
    '--listen-client-urls=http://localhost',
    'URL address does not have the form "host:port": http://localhost',
  ],
  [
    '--listen-client-urls=http://127.0.0.1:1/x',
    'URL must not contain a path: http://127.0.0.1:1/x',
  ],
  ['--listen-peer-urls=http://a.example:1', 'expected IP in URL for binding (http://a.example:1)'],
  [
    '--initial-advertise-peer-urls=http://:1',
    '--initial-advertise-peer-urls "http://:1" must be "host:port" (unexpected empty host (http://:1))',
  ],
  ['--advertise-client-urls=http://:1', '(unexpected empty host (http://:1))'],
  [
    '--listen-client-urls=http://127.0.0.1:1',
    '--advertise-client-urls is required when --listen-client-urls is set explicitly',
  ],
  [
    '--name m --initial-cluster a=http://127.0.0.1:1',
    `couldn't find local name "m" in the initial cluster configuration`,
  ],
  ['--initial-cluster foo', 'URL scheme must be http, https, unix, or unixs: '],
  ['', 'conflicting environment variable ', { ETCD_NAME: 'm' }],
  ['', 'invalid value "abc" for ETCD_HEARTBEAT_INTERVAL: ', { ETCD_HEARTBEAT_INTERVAL: 'abc' }],
  ['--config-file=/nonexistent.yml', '/nonexistent.yml: no such file or directory'],
];

/** Known differences in the exit code: Rollcall finds some errors while parsing that etcd finds later. */
const earlier = new Set(['--initial-cluster foo']);

const etcd = process.env['ETCD'] ?? 'etcd';
const installed = spawnSync(etcd, ['--version']).status === 0;
const skipped = !installed && process.env['CI'] === undefined;
if (skipped) console.warn('not asking a real etcd about flags; install etcd-server to do so');

describe.skipIf(skipped)('like a real etcd we refuse', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'rollcall-flags-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test.each(refusals)('%s', (line, words, env = {}) => {
    const argv = line === '' ? [] : line.split(' ');
    if (words.startsWith('conflicting')) argv.push('--name=m');

    const real = spawnSync(etcd, argv, {
      cwd: directory,
      env: { ...env, ETCD_UNSUPPORTED_ARCH: process.arch },
      encoding: 'utf8',
      timeout: 10_000,
    });
    expect(`${real.stdout}${real.stderr}`.replaceAll('\\"', '"')).toContain(words);

    const files = {
      read: (path: string): string => {
        throw new Error(`${path}: no such file or directory`);
      },
      isEmpty: () => true,
    };
    expect(parseServeArguments(argv, env, files)).toMatchObject({
      kind: 'print',
      exitCode: earlier.has(line) ? 2 : real.status,
      text: expect.stringContaining(words),
    });
  });
});
