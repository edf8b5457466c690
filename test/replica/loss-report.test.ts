import { expect, test } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import type { PeerProgress } from '../../src/raft/index.ts';
import { LossReport } from '../../src/replica/loss-report.ts';

const peer = (id: string, hasLostData: boolean): PeerProgress => ({
  id,
  state: 'probe',
  match: 9,
  next: 10,
  recentlyActive: true,
  isLearner: false,
  hasLostData,
});
const member = (id: string, name: string) => ({
  id,
  name,
  peerUrls: [],
  clientUrls: [],
  isLearner: false,
});

test('a member that lost data is logged by name, with what to do, at most once a minute', () => {
  let nowMs = 0;
  const told: unknown[] = [];
  const report = new LossReport({
    clock: { nowMs: () => nowMs },
    logger: { ...silentLogger, error: (text, fields) => told.push({ text, ...fields, nowMs }) },
  });
  const members = [member('a1', 'm1'), member('b2', 'm2'), member('c3', 'm3')];
  for (; nowMs <= 150_000; nowMs += 500) {
    const progress = [peer('b2', false), peer('c3', nowMs >= 20_000)];
    report.check(progress, members);
  }
  const line = { text: expect.stringMatching(/lost data.*member remove.*member add.*existing/) };
  expect(told).toEqual([
    { ...line, member: 'c3', name: 'm3', nowMs: 20_000 },
    { ...line, member: 'c3', name: 'm3', nowMs: 80_000 },
    { ...line, member: 'c3', name: 'm3', nowMs: 140_000 },
  ]);
});
