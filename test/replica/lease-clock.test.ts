import { expect, test } from 'vitest';
import { LeaseClock } from '../../src/replica/lease-clock.ts';

const daySeconds = 86_400;
const checkpointMs = 300_000;

test('revoked leases are not kept until their former deadline', () => {
  const clock = new LeaseClock();
  let most = 0;
  for (let id = 1n; id <= 10_000n; id++) {
    clock.granted(id, daySeconds, 0);
    clock.revoked(id);
    most = Math.max(most, clock.dueCount);
  }
  expect(most).toBeLessThan(200);
});

test('living leases expire on time, however many were granted and revoked meanwhile', () => {
  const clock = new LeaseClock();
  for (let id = 1n; id <= 100n; id++) clock.granted(id, 1000 + Number(id), 0);
  for (let id = 1000n; id < 6000n; id++) {
    clock.granted(id, daySeconds, 0);
    if (id % 10n !== 0n) clock.revoked(id);
  }
  // Granted again under the same id: only the new one counts.
  clock.revoked(50n);
  clock.granted(50n, 5, 0);
  expect(clock.expired(5000, 100)).toEqual([50n]);
  clock.renew(1n, 500_000);
  const due = clock.expired(1_100_000, 1000);
  expect(due).toHaveLength(98);
  expect(due.slice(0, 2)).toEqual([2n, 3n]);
  expect(due.at(-1)).toBe(100n);
  expect(clock.dueCheckpoints(checkpointMs, checkpointMs, 1000)).toHaveLength(500);
});
