import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { printReport } from './report.ts';
import { runChaos } from './run.ts';

const root = join(import.meta.dirname, '../..');
const isThorough = process.env['CI'] === 'true';
const seconds = Number(process.env['CHAOS_SECONDS'] ?? (isThorough ? 120 : 30));
/** Starting members, healing, and judging take a while beyond what was given, on a machine that is busy. */
const slackSeconds = 120;
vi.setConfig({ testTimeout: (seconds + slackSeconds) * 1000 });

/** Three members get more of the time: with five, every fault is felt less. */
const shares = [
  { members: 3, share: 0.6 },
  { members: 5, share: 0.4 },
];

test.each(shares)(
  'what clients of $members members see through faults has one explanation',
  async ({ members, share }) => {
    const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
    const report = await runChaos({
      seconds: seconds * share,
      seed,
      members,
      mainFile: join(root, 'dist/main.js'),
      keepIn: join(root, '.rollcall/chaos'),
      alwaysKeep: false,
      only: [],
      say: () => {},
    });
    console.log(printReport(report, { members, seed }));
    expect(report.problems).toEqual([]);
    expect(report.answered).toBeGreaterThan(0);
    expect(report.events).toBeGreaterThan(0);
  },
);
