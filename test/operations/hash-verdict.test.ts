import { expect, test } from 'vitest';
import { judgeHashes } from '../../src/operations/hash-verdict.ts';
import type { MemberHash } from '../../src/replica/index.ts';

const here = { hashRevision: 20, compactRevision: 10, revision: 25 };
const elsewhere: Readonly<Record<string, MemberHash | undefined>> = {
  silent: undefined,
  'compacted later': { ...here, compactRevision: 12, hash: 9 },
  'compacted never': { ...here, compactRevision: -1, hash: 9 },
  'another revision': { ...here, hashRevision: 19, hash: 9 },
};

/** A number is a hash of the same revisions, a word one of those above. The first one is of the member that judges. */
type Case = readonly [
  hashes: readonly (number | string)[],
  compared: number,
  groups: number,
  outvoted: readonly string[],
];

const cases: readonly Case[] = [
  [[1], 0, 1, []],
  [[1, 1, 1], 2, 1, []],
  [[1, 1, 2], 2, 2, ['m3']],
  [[1, 2, 2], 2, 2, ['m1']],
  [[1, 2, 3], 2, 3, []],
  [[1, 2], 1, 2, []],
  [[1, 2, 'silent'], 1, 2, []],
  [[1, 'silent', 'silent'], 0, 1, []],
  [[1, 1, 'compacted later'], 1, 1, []],
  [[1, 1, 'compacted never'], 1, 1, []],
  [[1, 'another revision', 'another revision'], 0, 1, []],
  [[1, 1, 2, 2], 3, 2, []],
  [[1, 1, 1, 2], 3, 2, ['m4']],
  [[1, 1, 2, 2, 2], 4, 2, ['m1', 'm2']],
  [[1, 1, 1, 2, 3], 4, 3, ['m4', 'm5']],
  [[1, 1, 'silent', 'silent', 2], 2, 2, []],
  [[1, 2, 2, 2, 'silent'], 3, 2, ['m1']],
];

test.each(cases)('of members with %j, %i can be compared', (hashes, compared, groups, outvoted) => {
  const reported = hashes.map((hash) =>
    typeof hash === 'number' ? { ...here, hash } : elsewhere[hash],
  );
  const others = reported.slice(1).map((one, at) => ({ memberId: `m${at + 2}`, reported: one }));
  const verdict = judgeHashes({ memberId: 'm1', reported: reported[0]! }, others);
  expect(verdict.comparedCount).toBe(compared);
  expect(verdict.groups).toHaveLength(groups);
  expect(verdict.outvoted.toSorted()).toEqual(outvoted);
});
