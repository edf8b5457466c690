import { expect, test } from 'vitest';
import { Log, sizeOf } from '../../src/raft/log.ts';
import type { Entry } from '../../src/raft/index.ts';
import { ReadRounds } from '../../src/raft/read-rounds.ts';
import { bytesOf, votersOnly } from './network.ts';

test('a log knows how large it is, whatever is added, taken back and dropped', () => {
  const base = { index: 0, term: 0, configuration: votersOnly(['1']) };
  const entries = ['a', 'bb', 'ccc', 'dddd'].map(entryOf);
  const log = new Log(base, entries, 0);
  expect(log.bytes).toBe(sum(entries));
  log.truncate(4);
  expect(log.bytes).toBe(sum(entries.slice(0, 3)));
  log.commitTo(3);
  log.takeCommitted();
  log.compact(1);
  expect(log.bytes).toBe(sum(entries.slice(1, 3)));
  log.reset({ ...base, index: 9 });
  expect(log.bytes).toBe(0);
});

test('taking back entries leaves the configurations that stand before them', () => {
  const [three, two] = [votersOnly(['1', '2', '3']), votersOnly(['1', '2'])];
  const log = new Log({ index: 0, term: 0, configuration: three }, [], 0);
  log.append([{ ...entryOf('', 0), kind: 'membership', configuration: two }, entryOf('a', 1)]);
  log.truncate(2);
  expect(log.configuration).toEqual(two);
  log.truncate(1);
  expect(log.configuration).toEqual(three);
});

test('a read that was asked early is let in once', () => {
  const reads = new ReadRounds();
  const ticket = reads.ask(false);
  expect(reads.waiting).toBe(false);
  reads.admitEarly();
  reads.begin(5);
  reads.admitEarly();
  expect(reads.waiting).toBe(false);
  expect(reads.confirmed(1)).toEqual([{ ticket, index: 5 }]);
});

test('reads that were given up are not confirmed later', () => {
  const reads = new ReadRounds();
  const underWay = reads.ask(true);
  reads.begin(5);
  const [gathering, early] = [reads.ask(true), reads.ask(false)];
  expect(reads.abandon()).toEqual([underWay, gathering, early]);
  reads.admitEarly();
  expect(reads.waiting).toBe(false);
  expect(reads.confirmed(1)).toEqual([]);
});

function entryOf(text: string, at: number): Entry {
  return { index: at + 1, term: 1, kind: 'command', data: bytesOf(text) };
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((bytes, entry) => bytes + sizeOf(entry), 0);
}
