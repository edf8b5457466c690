import { expect, test } from 'vitest';
import { Permission } from '../../../src/api/dns/permission.ts';
import { RegistryError } from '../../../src/base/errors.ts';
import type { CallOptions, Operations } from '../../../src/operations/index.ts';
import { systemClock } from '../../../src/platform/index.ts';
import { Asking, queryFor } from './asking.ts';

const header = { clusterId: '1', memberId: '2', revision: 3, raftTerm: 4 };

test('clients of DNS are one caller, of whom the gate is asked once in a second', async () => {
  let nowMs = 0;
  const asked: CallOptions[] = [];
  let outcome: RegistryError | undefined;
  const discover: Operations['discover'] = async (request, options) => {
    expect(request.consistency).toBe('stale');
    asked.push(options);
    if (outcome !== undefined) throw outcome;
    return { header, hasLeader: true, leaderContactMs: 0 };
  };
  const permission = new Permission({ discover }, { ...systemClock(), nowMs: () => nowMs });
  const isGiven = async (): Promise<boolean | undefined> => {
    const before = permission.isGiven;
    await new Promise((resolve) => setImmediate(resolve));
    expect(before === undefined || typeof before === 'boolean').toBe(true);
    return permission.isGiven;
  };
  expect(permission.isGiven).toBeUndefined();
  expect(await isGiven()).toBe(true);
  expect(await isGiven()).toBe(true);
  expect(asked).toEqual([{ caller: { api: 'dns', address: undefined, identity: undefined } }]);
  outcome = new RegistryError('permission-denied', 'planted');
  nowMs = 1000;
  expect(await isGiven()).toBe(false);
  // Another failure says nothing of permissions.
  outcome = new RegistryError('no-leader', 'planted');
  nowMs = 2000;
  expect(await isGiven()).toBe(false);
  outcome = undefined;
  nowMs = 3000;
  expect(await isGiven()).toBe(true);
  expect(asked).toHaveLength(4);
});

test.each([
  ['refused', 'REFUSED'],
  [undefined, 'SERVFAIL'],
] as const)('where answers are %s, each question ends with %s', async (state, rcode) => {
  const dns = new Asking({ answers: () => state });
  dns.put({ 'web/1': '10.0.0.1:80' });
  expect(await dns.ask('web.service.consul')).toMatchObject({ rcode, answers: [] });
  expect((await dns.bytes(queryFor('absent.consul', 'A'))).readUInt16BE(2) & 0xf).toBe(
    rcode === 'REFUSED' ? 5 : 2,
  );
});
