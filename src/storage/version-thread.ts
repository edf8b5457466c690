import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { WorkerOptions } from 'node:worker_threads';
import type { PackedVersions, Room } from '../state/index.ts';
import type { VersionPiece, VersionSpan } from './version-scan.ts';

/** Pieces that the thread may have ready, each of about a quarter of a megabyte. */
const piecesAhead = 4;

/**
 * The same as `packTables` in a thread of its own, which reads, verifies and decodes ahead of its caller. Returns the key before
 * which all versions are given out. If the thread fails, that is an earlier one than `to`: its caller reads the rest by itself, and
 * comes to what was wrong.
 */
export async function* packInThread(
  span: VersionSpan,
  wantsValues: () => boolean,
): AsyncGenerator<PackedVersions, string> {
  let { from: next } = span;
  let thread: Worker | undefined;
  const allow = (memory: PackedVersions | undefined): void => {
    const room: Room = { memory, wantsValues: wantsValues() };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    thread?.postMessage(room);
  };
  try {
    thread = startThread(span);
    const messages: AsyncIterable<VersionPiece[]> = on(thread, 'message', { close: ['exit'] });
    for (let ahead = 0; ahead < piecesAhead; ahead++) allow(undefined);
    for await (const [piece] of messages) {
      if (piece === undefined) break;
      yield piece.versions;
      ({ next } = piece);
      if (next >= span.to) break;
      allow(piece.versions);
    }
  } catch {
    // The thread has failed, or the system has no memory for one.
  } finally {
    await thread?.terminate();
  }
  return next;
}

function startThread(span: VersionSpan): Worker {
  const [url, options] = program();
  const thread = new Worker(url, { ...options, workerData: span });
  // It may also fail while nothing waits for it.
  thread.on('error', () => {});
  return thread;
}

/** The build has the thread in a folder beside that of this code; the sources have it beside this file, in TypeScript. */
function program(): readonly [URL, WorkerOptions] {
  const own = import.meta.url;
  if (!own.endsWith('.ts')) return [new URL('../storage/version-worker.js', own), {}];
  const { href } = new URL('../../scripts/lib/typescript.mjs', own);
  return [new URL('./version-worker.ts', own), { execArgv: ['--import', href] }];
}
