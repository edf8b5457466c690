import * as fc from 'fast-check';
import { pack, unpack } from 'msgpackr';
import { expect, test } from 'vitest';
import { hardStateOf, positionOf } from '../../src/raft/index.ts';
import type { Entry } from '../../src/raft/index.ts';
import { packEntries, unpackEntries } from '../../src/storage/entry-records.ts';
import { headerOf } from '../../src/storage/header.ts';
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
