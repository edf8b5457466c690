import * as fc from 'fast-check';
import { pack, unpack } from 'msgpackr';
import { expect, test } from 'vitest';
import { hardStateOf, positionOf } from '../../src/raft/index.ts';
import type { Entry } from '../../src/raft/index.ts';
import { packEntries, unpackEntries } from '../../src/storage/entry-records.ts';
import { headerOf } from '../../src/storage/header.ts';
import { decodeLogRecord, encodeLogRecord } from '../../src/storage/log-records.ts';
import type { LogRecord } from '../../src/storage/log-records.ts';
import { anyUnsound } from '../lib/unsound.ts';
import type { Mutation } from '../lib/unsound.ts';

const configuration = { voters: ['1', '2'], outgoing: ['2'], learners: ['3'] };
const entries: readonly Entry[] = [
  { index: 5, term: 2, kind: 'command', data: Buffer.from('a command') },
  { index: 6, term: 3, kind: 'empty', data: Buffer.alloc(0) },
  { index: 7, term: 3, kind: 'membership', data: Buffer.from('added'), configuration },
];

test('entries survive the disk', () => {
  expect(unpackEntries(packEntries(entries))).toEqual(entries);
});

test('entries on the disk with one invalid part are refused', () => {
  fc.assert(
    fc.property(anyUnsound(unpack(packEntries(entries))), (unsound) => {
      expect(() => unpackEntries(pack(unsound))).toThrow();
    }),
    { numRuns: 500 },
  );
});

const hardState = { term: 2 ** 40, vote: '1', commit: 4 };

function contentOf(record: LogRecord): Buffer {
  const { bytes, end } = encodeLogRecord(record, 16);
  return bytes.subarray(16, end);
}

test.each([
  { hardState, entries },
  { hardState: { ...hardState, vote: undefined }, entries: [] },
])('a record of the log survives the disk', (record) => {
  expect(decodeLogRecord(contentOf(record))).toEqual(record);
});

test('a record of the log that is cut off or goes on is refused', () => {
  const content = contentOf({ hardState, entries });
  for (let length = 0; length < content.length; length++) {
    expect(() => decodeLogRecord(content.subarray(0, length)), String(length)).toThrow(TypeError);
  }
  expect(() => decodeLogRecord(Buffer.concat([content, Buffer.alloc(1)]))).toThrow(TypeError);
});

test.each([
  [0, 9, 'the log holds a record of layout 9, which this release does not know'],
  [13, 7, 'the log holds an entry of kind 7, which this release does not know'],
])('what a newer release wrote is refused with what to do: byte %i', (at, byte, message) => {
  const content = contentOf({ hardState, entries });
  content[at] = byte;
  expect(() => decodeLogRecord(content)).toThrow(message);
});

test.each([
  ['hard state', { term: 3, vote: '1', commit: 9 }, hardStateOf],
  ['base of the log', { index: 4, term: 2, configuration }, positionOf],
  ['identity', { format: 1, identity: { clusterId: 'c', memberId: 'm' }, epoch: 1 }, headerOf],
])('a record of which one part is not what it has to be is refused: %s', (_what, value, decode) => {
  expect(decode(unpack(pack(value)))).toEqual(value);
  fc.assert(
    fc.property(anyUnsound(value, isNoVote), (unsound) => {
      expect(() => decode(unpack(pack(unsound)))).toThrow(TypeError);
    }),
  );
});

/** A member that has voted for nobody writes none. */
function isNoVote({ path, stranger }: Mutation): boolean {
  return path.join() === 'vote' && (stranger === undefined || stranger === null);
}
