import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../src/server/index.ts';
import { clearSocketFiles } from '../../src/server/socket-files.ts';

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-socket-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'socket');
}

/** The socket file of a process that was killed while it listened. */
function leaveSocket(path: string): void {
  const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', program]);
  expect(lstatSync(path).isSocket()).toBe(true);
}

test('the socket of a process that was killed makes room', async () => {
  const path = place();
  leaveSocket(path);
  await clearSocketFiles(['http://127.0.0.1:1', `unix://${path}`]);
  expect(existsSync(path)).toBe(false);
  await clearSocketFiles([`unix://${path}`]);
});

test.each<readonly [what: string, make: (path: string) => void]>([
  ['a file', (path) => writeFileSync(path, 'precious')],
  ['a folder', (path) => mkdirSync(path)],
  ['a link', (path) => symlinkSync('/dev/null', path)],
])('%s at the path of a socket is left alone, and refused', async (_what, make) => {
  const path = place();
  make(path);
  const before = lstatSync(path).ino;
  for (const urls of [
    { listenClientUrls: [`unix://${path}`] },
    { listenPeerUrls: [`unix://${path}`] },
    { listenMetricsUrls: [`unix://${path}`] },
  ]) {
    await expect(startServer(urls)).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining(`cannot listen on unix://${path}: there is something else`),
    });
  }
  expect(lstatSync(path).ino).toBe(before);
});

test('a socket file with a listener is kept, and refused', async () => {
  const path = place();
  const server = createServer().listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  await expect(clearSocketFiles([`unix://${path}`])).rejects.toMatchObject({
    code: 'invalid-request',
    message: expect.stringContaining('another process listens there'),
  });
  expect(lstatSync(path).isSocket()).toBe(true);
});

test('a member replaces the socket files of one that was killed, for clients and for peers', async () => {
  const [clients, peers] = [place(), place()];
  for (const path of [clients, peers]) leaveSocket(path);
  const member = await startServer({
    listenClientUrls: [`unix://${clients}`],
    listenPeerUrls: [`unix://${peers}`],
  });
  await member.stop();
});
