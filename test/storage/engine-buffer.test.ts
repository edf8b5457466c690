import { expect, test } from 'vitest';
import { EngineBuffer } from '../../src/storage/engine-buffer.ts';

/** The bounds at which the state flushes and compaction waits. */
const flushBytes = 1 << 20;

function emptyBuffer(): EngineBuffer {
  return new EngineBuffer({
    get: () => undefined,
    peek: () => undefined,
    async *scan() {},
  });
}

/** How many changes wait when the bytes that wait are due to be written. */
function changesUntilFlush(change: (buffer: EngineBuffer, key: string) => void): number {
  const buffer = emptyBuffer();
  let count = 0;
  while (buffer.pendingBytes < flushBytes) {
    change(buffer, `k${String(count).padStart(16, '0')}`);
    count++;
  }
  return [...buffer.beginFlush()].length;
}

test('one write takes a few thousand deletions, however short their keys are', () => {
  const deletions = changesUntilFlush((buffer, key) => buffer.delete(key));
  expect(deletions).toBeGreaterThan(2000);
  expect(deletions).toBeLessThanOrEqual(4096);
});

test('one write takes a few thousand small rows', () => {
  const rows = changesUntilFlush((buffer, key) => buffer.put(key, Buffer.from([1])));
  expect(rows).toBeGreaterThan(2000);
  expect(rows).toBeLessThanOrEqual(4096);
});
