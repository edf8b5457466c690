import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EngineBuffer, listOfChanges } from '../../src/storage/engine-buffer.ts';

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
  return listOfChanges(buffer.beginFlush()).length;
}

function appendedKey(at: number): string {
  return `k${String(at).padStart(5, '0')}`;
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

test('records of a part do not wait any more', () => {
  const source = { get: () => undefined, peek: () => undefined, async *scan() {} };
  const buffer = new EngineBuffer(source, { recordsMax: 4, bytesMax: 1000 });
  for (const at of [1, 2, 3, 4, 5]) buffer.append(`k${at}`, Buffer.alloc(8));
  expect([buffer.isPartDue, buffer.pendingBytes]).toEqual([true, 50]);
  const { records, span } = buffer.beginPart();
  expect(listOfChanges(records).map(([key]) => key)).toEqual(['k1', 'k2', 'k3', 'k4']);
  expect(span).toEqual({ from: 'k1', to: 'l' });
  expect([buffer.isPartDue, buffer.pendingBytes]).toEqual([false, 10]);
});

const anyStep = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), bytes: fc.nat(30) }) },
  fc.record({ kind: fc.constantFrom('put', 'delete', 'deleteAppended'), at: fc.nat(9) }),
  fc.record({ kind: fc.constantFrom('beginPart', 'beginFlush', 'endFlush') }),
);

test('reads find what was written last, and each record is written once, in order', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      const disk = new Map<string, Uint8Array>();
      const expected = new Map<string, Uint8Array | undefined>();
      const bounds = { recordsMax: 4, bytesMax: 50 };
      const get = (key: string): Uint8Array | undefined => disk.get(key);
      const buffer = new EngineBuffer({ get, peek: get, async *scan() {} }, bounds);
      let underWay: ReturnType<typeof listOfChanges> | undefined;
      let appended = 0;
      const end = (): void => {
        for (const [key, value] of underWay ?? []) {
          if (value === undefined) disk.delete(key);
          else disk.set(key, value);
        }
        if (underWay !== undefined) buffer.endFlush();
        underWay = undefined;
      };
      const begin = (isPart: boolean): void => {
        end();
        underWay = listOfChanges(isPart ? buffer.beginPart().records : buffer.beginFlush());
      };
      for (const step of steps) {
        if (step.kind === 'append' && 'bytes' in step) {
          const key = appendedKey(appended++);
          const value = Buffer.alloc(step.bytes, appended);
          buffer.append(key, value);
          expected.set(key, value);
        } else if ('at' in step) {
          // Only records that were appended are removed.
          if (step.kind === 'deleteAppended' && step.at >= appended) continue;
          const key = step.kind === 'deleteAppended' ? appendedKey(step.at) : `m${step.at}`;
          const value = step.kind === 'put' ? Buffer.of(appended) : undefined;
          if (value === undefined) buffer.delete(key);
          else buffer.put(key, value);
          expected.set(key, value);
        } else if (step.kind === 'endFlush') end();
        else begin(step.kind === 'beginPart' && buffer.isPartDue);
        for (const [key, value] of expected) {
          expect(buffer.get(key)).toBe(value);
          expect(buffer.peek(key)).toBe(value);
        }
      }
      begin(false);
      end();
      expect([...disk.keys()].filter((key) => expected.get(key) === undefined)).toEqual([]);
      for (const [key, value] of expected) expect(disk.get(key)).toBe(value);
    }),
  );
});
