import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { ProbeResult } from '../../src/registry/index.ts';
import { limits, look, soon } from './targets.ts';

function script(args: readonly string[], given = limits): Promise<ProbeResult> {
  return look({ kind: 'script', args, ...given });
}

const shell = (command: string, given = limits): Promise<ProbeResult> =>
  script(['/bin/sh', '-c', command], given);

test('the exit code decides, and both outputs are shown', async () => {
  expect(await shell('echo out; echo err >&2')).toEqual({
    status: 'passing',
    output: 'out\nerr\n',
  });
  expect(await shell('echo hm; exit 1')).toEqual({ status: 'warning', output: 'hm\n' });
  expect(await shell('exit 2')).toEqual({ status: 'critical', output: '' });
  expect(await shell('kill -9 $$')).toMatchObject({ status: 'critical' });
});

test('arguments are no shell words, and a program that is not there is critical', async () => {
  const words = ['$HOME', '; echo two', '"'];
  expect(await script(['/bin/echo', ...words])).toMatchObject({ output: `${words.join(' ')}\n` });
  expect(await script(['/no/such'])).toEqual({
    status: 'critical',
    output: 'fork/exec /no/such: no such file or directory',
  });
  expect(await script([])).toMatchObject({ status: 'critical' });
  expect(await script(['/bin/echo', 'a\0b'])).toMatchObject({ status: 'critical' });
});

test("a script sees nothing of the member's environment", async () => {
  vi.stubEnv('PROBE_SECRET', 'secret');
  const { output } = await script(['/usr/bin/env']);
  vi.unstubAllEnvs();
  expect(output.split('\n').map((line) => line.split('=')[0])).toEqual(['PATH', 'LANG', '']);
});

test('of a large output the end is kept', async () => {
  const { output } = await shell('seq 1 2000');
  expect(output).toMatch(/^Captured 4096 of 8893 bytes\n\.\.\.\n/);
  expect(output).toMatch(/\n1999\n2000\n$/);
  const { output: flood } = await shell('head -c 50000000 /dev/zero | tr "\\0" x; echo end');
  expect(flood).toMatch(/^Captured 4096 of 50000004 bytes\n\.\.\.\nx+end\n$/);
});

test('at the end of its time a script is killed with all that it has started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'probe-'));
  const pids = join(folder, 'pids');
  const result = await shell(
    `echo begin; sleep 1000 & echo $! > ${pids}; (sleep 1000; true) & echo $! >> ${pids}; wait`,
    soon,
  );
  expect(result).toEqual({
    status: 'critical',
    output: 'Timed out (0.2s) running check\n\nbegin\n',
  });
  const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
  expect(started).toHaveLength(2);
  await vi.waitUntil(() => !started.some(isRunning), { timeout: 5000 });
  rmSync(folder, { recursive: true });
});

test('a child that a script leaves behind is killed, and keeps nobody waiting', async () => {
  const { output } = await shell('sleep 1000 & echo $!');
  await vi.waitUntil(() => !isRunning(Number(output)), { timeout: 5000 });
});

test('a child that leaves the group and keeps the output open keeps nobody waiting', async () => {
  const { status, output } = await shell('setsid sleep 3 & echo left');
  expect({ status, output }).toEqual({ status: 'passing', output: 'left\n' });
});

test('scripts are refused unless they are switched on', async () => {
  const probe = { kind: 'script', args: ['/bin/true'], ...limits } as const;
  const { status, output } = await look(probe, { scripts: false });
  expect(status).toBe('critical');
  expect(output).toContain('--enable-script-checks');
});

/** A zombie, which its parent has not waited for yet, does not run. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
