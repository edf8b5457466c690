import { expect, test, vi } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { TableThread } from '../../src/storage/table-thread.ts';
import { temporaryFolder } from './member.ts';

function noRoom(): never {
  throw Object.assign(new Error('EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' });
}

vi.mock('node:worker_threads', () => ({ Worker: noRoom }));

test('where the system has no room for a thread all versions are left to the caller', async () => {
  const folder = await temporaryFolder();
  const pieces = new TableThread(silentLogger).pack({ folder, from: 'a', to: 'b' }, () => true);
  expect(await pieces.next()).toEqual({ done: true, value: 'a' });
});
