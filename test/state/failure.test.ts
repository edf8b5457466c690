import { expect, test } from 'vitest';
import { State } from '../../src/state/index.ts';
import { MemoryEngine } from './memory-engine.ts';
import { everything, put, rangeRequest } from './requests.ts';

/** An engine whose reads fail on request. */
class FailingEngine extends MemoryEngine {
  fails = false;

  override get(key: string): Uint8Array | undefined {
    if (this.fails) throw new Error('a read failed');
    return super.get(key);
  }
}

test('a command that failed in the middle does not count as applied, and its state is not to be used', () => {
  const engine = new FailingEngine();
  const bounds = { cacheBytesMax: 1, recentRevisionsMax: 1 };
  const state = State.create(engine, { members: [] }, bounds);
  state.apply(1, put('old', 'value'));
  state.apply(2, put('newer', 'value'));
  engine.fails = true;

  const { request: first } = put('a', 'first half');
  const { request: second } = put('old', '', { ignoreValue: true });
  const success = [first, second].map((request) => ({ kind: 'put', request }) as const);
  const txn = { kind: 'txn', request: { compares: [], success, failure: [] } } as const;
  expect(() => state.apply(3, txn)).toThrow('a read failed');

  engine.fails = false;
  expect(state.appliedIndex).toBe(2);
  expect(() => state.range(rangeRequest(everything))).toThrow(
    expect.objectContaining({ code: 'stopped' }),
  );
  expect(() => state.apply(3, txn)).toThrow('after a command that failed');
  expect(() => state.applySkip(3)).toThrow('after a command that failed');
});
