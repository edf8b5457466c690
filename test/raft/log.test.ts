import { expect, test } from 'vitest';
import { Log, sizeOf } from '../../src/raft/log.ts';
import type { Entry } from '../../src/raft/index.ts';
import { ReadRounds } from '../../src/raft/read-rounds.ts';
import { bytesOf, votersOnly } from './network.ts';

test('a log knows its size after appending, truncating and compacting', () => {
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
  expect(log.slice(2, 3, Infinity)).toEqual(entries.slice(1, 3));
  log.reset({ ...base, index: 9 });
  expect(log.bytes).toBe(0);
});

test('truncating entries keeps the configurations before them', () => {
  const [three, two] = [votersOnly(['1', '2', '3']), votersOnly(['1', '2'])];
  const log = new Log({ index: 0, term: 0, configuration: three }, [], 0);
  log.append([{ ...entryOf('', 0), kind: 'membership', configuration: two }, entryOf('a', 1)]);
  log.truncate(2);
  expect(log.configuration).toEqual(two);
  log.truncate(1);
  expect(log.configuration).toEqual(three);
});

test('reads requested before a round begins share its ticket', () => {
  const reads = new ReadRounds();
  const ticket = reads.request();
  expect(reads.request()).toBe(ticket);
  reads.begin(5);
  expect(reads.isRequested).toBe(false);
  expect(reads.request()).toBe(ticket + 1);
  expect(reads.takeConfirmed(ticket)).toEqual([{ ticket, index: 5 }]);
  expect(reads.isRequested).toBe(true);
});

test('a majority that answers a round confirms the earlier ones, each with its own index', () => {
  const reads = new ReadRounds();
  const tickets = [5, 6, 7].map((commitIndex) => {
    const ticket = reads.request();
    reads.begin(commitIndex);
    return ticket;
  });
  expect(reads.takeConfirmed(tickets[1]!)).toEqual([
    { ticket: tickets[0], index: 5 },
    { ticket: tickets[1], index: 6 },
  ]);
  expect(reads.takeConfirmed(tickets[1]!)).toEqual([]);
  expect(reads.takeConfirmed(tickets[2]!)).toEqual([{ ticket: tickets[2], index: 7 }]);
});

test('abandoned reads are never confirmed, and their tickets are not used again', () => {
  const reads = new ReadRounds();
  const underWay = reads.request();
  reads.begin(5);
  const requested = reads.request();
  expect(reads.abandon()).toEqual([underWay, requested]);
  expect(reads.isRequested).toBe(false);
  const next = reads.request();
  expect(next).toBeGreaterThan(requested);
  reads.begin(6);
  expect(reads.takeConfirmed(next)).toEqual([{ ticket: next, index: 6 }]);
});

function entryOf(text: string, at: number): Entry {
  return { index: at + 1, term: 1, kind: 'command', data: bytesOf(text) };
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((bytes, entry) => bytes + sizeOf(entry), 0);
}
