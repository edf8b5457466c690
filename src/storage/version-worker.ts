/**
 * The thread that reads versions of keys ahead of a start, which puts them into its index. Each message to it is room for one
 * piece; each message from it is a piece, whose memory is handed over. If it fails, its caller reads the rest.
 */
import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { present } from '../base/assert.ts';
import type { Room } from '../state/index.ts';
import { packTables } from './version-scan.ts';
import type { VersionSpan } from './version-scan.ts';

const port = present(parentPort ?? undefined, 'the port of a thread');
const span: VersionSpan = workerData;
const messages: AsyncIterator<Room[]> = on(port, 'message');

async function roomOf(): Promise<Room> {
  const { value } = await messages.next();
  return present(value?.[0], 'room for a piece');
}

for await (const piece of packTables(span, roomOf)) {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  port.postMessage(piece);
}
port.close();
