import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fileShares } from '../../src/server/open-files.ts';
import { eventually, MemberProcess, rollcall } from '../cluster/processes.ts';
import { freePorts } from '../ports.ts';

test('descriptors are left for the member itself, however few there are', () => {
  expect(fileShares(Infinity)).toEqual({ connectionsMax: Infinity, tablesMax: 1024 });
  expect(fileShares(1_048_576)).toEqual({ connectionsMax: 1_047_402, tablesMax: 1024 });
  expect(fileShares(1024)).toEqual({ connectionsMax: 618, tablesMax: 256 });
  for (const filesMax of [128, 256, 1024, 5000]) {
    const { connectionsMax, tablesMax } = fileShares(filesMax);
    expect(filesMax - connectionsMax - tablesMax).toBeGreaterThanOrEqual(
      Math.min(150, filesMax / 4),
    );
  }
});

/** A member that may open so many files. */
async function memberWith(filesMax: number): Promise<MemberProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'rollcall-files-'));
  const [clientPort = 0, peerPort = 0] = await freePorts(2);
  const limited = `ulimit -n ${filesMax}; exec "$@"`;
  const member = new MemberProcess({
    name: 'm1',
    directory,
    clientPort,
    peerPort,
    flags: [`--initial-cluster=m1=http://127.0.0.1:${peerPort}`],
    program: { command: 'bash', args: ['-c', limited, 'bash', rollcall.command, ...rollcall.args] },
  });
  onTestFinished(async () => {
    member.client.close();
    await member.kill();
    rmSync(directory, { recursive: true, force: true });
  });
  member.start();
  await eventually('a first write', () => member.client.put('key', 'value', {}, 1000));
  return member;
}

async function dial(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  // Whoever never calls is closed after a while; this one begins to.
  socket.write('GET /health HTTP/1.1\r\n');
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

test('clients that take all connections do not end the member, which goes on with its log and its tables', async () => {
  const member = await memberWith(192);
  const sockets = await Promise.all(Array.from({ length: 400 }, () => dial(member.clientUrl)));
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));

  // The log goes into a second file, and LevelDB writes tables.
  for (let nth = 0; nth < 40; nth++) await member.client.put(`k${nth}`, 'x'.repeat(1_000_000));

  expect(member.running).toBe(true);
  expect(await member.client.get('k0')).toHaveLength(1_000_000);
  for (const socket of sockets) socket.destroy();
  await eventually('a further client', async () => {
    const { ok } = await fetch(`${member.clientUrl}/health`, { signal: AbortSignal.timeout(500) });
    return ok ? true : undefined;
  });
}, 60_000);
