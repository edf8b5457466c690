/**
 * The thread that reads LevelDB's tables for a start. It verifies those that it takes, and says what it found. Then comes the
 * span of versions that it packs. Each further message to it is room for one piece, and each from it is a piece in that room.
 * If it fails, its caller does the rest.
 */
import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { present } from '../base/assert.ts';
import { checkTables, takeShared } from './table-check.ts';
import type { SharedTables } from './table-check.ts';
import type { CheckResult } from './table-thread.ts';
import { packTables } from './version-scan.ts';
import type { VersionPiece } from './version-scan.ts';

const port = present(parentPort ?? undefined, 'the port of a thread');
const tables: SharedTables | undefined = workerData ?? undefined;
const messages = on(port, 'message');

async function received<T>(): Promise<T> {
  const { value }: IteratorResult<T[]> = await messages.next();
  return present(value[0], 'a message');
}

function send(message: CheckResult | VersionPiece): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  port.postMessage(message);
}

if (tables !== undefined) send({ found: await checkTables(tables, () => takeShared(tables)) });
for await (const piece of packTables(await received(), () => received())) send(piece);
port.close();
