import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { freePorts } from '../ports.ts';
import { portOf, serve } from './program.ts';

async function health(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/health`);
  await answer.arrayBuffer();
  return answer.status;
}

test('SIGTERM ends a member that still waits for others at its start', async () => {
  const [nobody] = await freePorts(1);
  const program = serve([
    '--name=a',
    '--initial-cluster-state=existing',
    '--initial-advertise-peer-urls=http://127.0.0.1:1',
    `--initial-cluster=a=http://127.0.0.1:1,b=http://127.0.0.1:${nobody}`,
  ]);
  await program.says('starting');
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual([0, null]);
  expect(program.lines.map(({ msg }) => msg)).not.toContain('member started');
});

test('a directory that cannot be created is refused, also where a file system denies that a folder exists', async () => {
  const program = serve(['--data-dir=/proc/nope/data']);
  expect(await program.ended).toEqual([1, null]);
  expect(program.lines.at(-1)).toMatchObject({
    level: 'error',
    msg: 'this member cannot run',
    error: expect.stringContaining('/proc/nope/data'),
  });
});

test('SIGUSR1 and SIGHUP change nothing, and open no debugger', async () => {
  const [debugPort] = await freePorts(1);
  const program = serve([], { env: { NODE_OPTIONS: `--inspect-port=127.0.0.1:${debugPort}` } });
  const port = await portOf(program);
  for (const signal of ['SIGUSR1', 'SIGHUP', 'SIGUSR1'] as const) {
    program.child.kill(signal);
    // Once it responds, it has handled the signal.
    expect(await health(port)).toBe(200);
  }
  const socket = connect(debugPort!, '127.0.0.1');
  await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  // Any other output would be no JSON line, and fail there.
  expect(program.lines.map(({ level }) => level)).not.toContain('error');
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual([0, null]);
});
