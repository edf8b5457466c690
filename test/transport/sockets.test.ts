import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startMember } from './peers.ts';

test('a member listens on a socket in the file system', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-socket-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'peer.sock');
  const { transport } = await startMember('a', { listenUrls: [`unix://${path}`] });
  expect(transport.boundUrls).toEqual([`unix://${path}`]);
});
