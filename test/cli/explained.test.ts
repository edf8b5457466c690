import { expect, test } from 'vitest';
import { merged } from '../../src/cli/commands/explained.ts';
import type { Change, Finding, Said } from '../../src/cli/commands/explained.ts';

const finding = (fields: Partial<Finding>): Finding => ({
  Reason: 'lease',
  Effect: 'out',
  Kind: 'lease-ended',
  Text: 'its lease ended',
  Time: '2026-01-02T00:00:00Z',
  Actor: null,
  ...fields,
});

const said = (Member: string, fields: Partial<Said>): Said => ({
  Member,
  Members: 3,
  Since: '2026-01-01T00:00:00Z',
  Revision: 5,
  Instance: 'p1',
  InAnswer: false,
  First: finding({}),
  ...fields,
});

const never = finding({ Reason: 'never-registered', Time: null, Text: 'no instance' });
const Actor = { API: 'etcd', Address: '10.0.0.9', Member: 'm2' };
const revoked = finding({ Kind: 'revoked', Text: 'its lease was revoked', Actor });

test('of a departure the member that took the write knows most, also one that is behind', () => {
  const all = [
    said('m1', {}),
    said('m2', { First: revoked, Revision: 4 }),
    said('m3', { First: never, Revision: 6 }),
  ];
  expect(merged(all).First).toEqual(revoked);
});

test('a lease that ended has lapsed if all members saw it end, and none was asked to revoke it', () => {
  const all = ['m1', 'm2', 'm3'].map((member) => said(member, {}));
  expect(merged(all).First?.Kind).toBe('lapsed');
  expect(merged(all.slice(1)).First?.Kind).toBe('lease-ended');
  const late = said('m1', { Since: '2026-01-03T00:00:00Z' });
  expect(merged([late, ...all.slice(1)]).First?.Kind).toBe('lease-ended');
});

test('of an instance that is there the newest answer counts, with the caller that another member knows', () => {
  const held = finding({ Reason: 'hold', Text: 'held', Time: null });
  const known = { ...held, Actor, Time: '2026-01-02T00:00:01Z' };
  const all = [
    said('m1', { First: held, Revision: 7, Looked: [held] }),
    said('m2', { First: known, Revision: 6 }),
    said('m3', { First: never, Revision: 3 }),
  ];
  expect(merged(all)).toMatchObject({ Revision: 7, First: known, Looked: [known] });
});

const change = (Revision: number, actor: Change['Actor']): Change => ({
  Time: '2026-01-02T00:00:00Z',
  Revision,
  Kind: 'check',
  From: 'passing',
  To: 'critical',
  Text: '',
  Actor: actor,
});

test('changes are those of all members, each once, with its caller', () => {
  const all = [
    said('m1', { Changes: [change(3, null), change(4, null)] }),
    said('m2', { Changes: [change(4, Actor), change(5, null)] }),
  ];
  expect(merged(all).Changes?.map((one) => [one.Revision, one.Actor?.Member])).toEqual([
    [3, undefined],
    [4, 'm2'],
    [5, undefined],
  ]);
});
