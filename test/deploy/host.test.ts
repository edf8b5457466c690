import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseServeArguments } from '../../src/server/config.ts';
import { startServer } from '../../src/server/index.ts';
import { freePorts } from '../ports.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('the Dockerfile', () => {
  /** Its instructions, without comments; a backslash joins lines. */
  const instructions = read('deploy/Dockerfile')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line !== '');
  const lastStage = instructions.slice(
    instructions.findLastIndex((line) => line.startsWith('FROM ')),
  );
  const listOf = (instruction: string): string[] => {
    const line = lastStage.findLast((one) => one.startsWith(`${instruction} `)) ?? '';
    return JSON.parse(/\[.*\]$/.exec(line)?.[0] ?? '[]');
  };

  test('runs as a user without rights, and copies only what there is', () => {
    const users = lastStage.filter((line) => line.startsWith('USER '));
    expect(users).toEqual(['USER 10001:10001']);
    const copied = instructions
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    const ignored = read('deploy/Dockerfile.dockerignore').split('\n');
    expect(
      ['src', 'proto', 'scripts', 'docs', 'LICENSE'].filter((one) => ignored.includes(one)),
    ).toEqual([]);
  });

  test('starts a member with its data in the volume, and Node.js as new as is needed', () => {
    expect(listOf('ENTRYPOINT')).toEqual(['rollcall', 'serve']);
    const found = parseServeArguments(listOf('CMD'), {});
    expect(found).toMatchObject({
      kind: 'serve',
      config: { dataDir: '/var/lib/rollcall/data', listenClientUrls: ['http://0.0.0.0:2379'] },
    });
    expect(lastStage).toContain('VOLUME /var/lib/rollcall');
    const [, release] = /^ARG NODE=(\d+)-/m.exec(read('deploy/Dockerfile')) ?? [];
    expect(Number(release)).toBeGreaterThanOrEqual(24);
  });

  test('has a health check that succeeds for a member and fails without one', async () => {
    const [, ...argv] = listOf('HEALTHCHECK');
    const [free] = await freePorts(1);
    await using member = await startServer();
    await member.ready;
    const exitCode = async (port: string): Promise<unknown> => {
      const child = spawn(
        process.execPath,
        argv.map((word) => word.replace('127.0.0.1:2379', `127.0.0.1:${port}`)),
      );
      return (await once(child, 'exit'))[0];
    };

    expect(await exitCode(new URL(member.clientUrls[0] ?? '').port)).toBe(0);
    expect(await exitCode(String(free))).toBe(1);
  });
});

describe('the unit for systemd', () => {
  const unit = read('deploy/rollcall.service');
  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  if (!hasSystemd) console.log('the unit is checked only where systemd is installed');

  test.skipIf(!hasSystemd)('is one that systemd accepts', () => {
    expect(complaints(unit)).toBe('exit code 0');
    expect(complaints(unit.replace('WatchdogSec', 'WatchdogSecs'))).toContain('Unknown key');
  });

  test('starts a member with settings that it accepts, whose data is where the unit lets it write', () => {
    const [, command = ''] = /^ExecStart=\S+ serve (.*)$/m.exec(unit) ?? [];
    const argv = command.replace('/etc/rollcall.yml', join(root, 'deploy/rollcall.yml')).split(' ');
    const [, state] = /^StateDirectory=(.*)$/m.exec(unit) ?? [];

    const found = parseServeArguments(argv, {});

    expect(found).toMatchObject({
      kind: 'serve',
      config: { dataDir: `/var/lib/${state}/data`, autoCompactionRetention: expect.anything() },
    });
  });

  test('has settings of which each is a flag', () => {
    const names = [...read('deploy/rollcall.yml').matchAll(/^([a-z-]+):/gm)].map(
      ([, name]) => name,
    );
    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => !read('docs/flags.md').includes(`| \`--${name}\` |`))).toEqual(
      [],
    );
  });

  test('gives a member more time to stop than it takes', () => {
    const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit) ?? [];
    expect(Number(seconds)).toBeGreaterThanOrEqual(15);
    expect(unit).toContain('\nType=notify\n');
    expect(unit).toContain('\nRestartPreventExitStatus=2\n');
  });
});

/** The complaints of systemd about a unit, and its exit code. */
function complaints(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-unit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'rollcall.service');
  // Verified with a program that is there.
  writeFileSync(file, text.replace('/usr/bin/rollcall', process.execPath));
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', file], {
    encoding: 'utf8',
  });
  const own = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('rollcall'));
  return `${own.join('\n')}exit code ${status}`;
}
