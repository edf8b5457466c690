import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { printReport } from './report.ts';
import { rollcallAt } from './program.ts';
import { runChaos } from './run.ts';

const root = join(import.meta.dirname, '../..');
const isThorough = process.env['CI'] === 'true';
const seconds = Number(process.env['CHAOS_SECONDS'] ?? (isThorough ? 60 : 30));
/** Time for starting members, healing and checking, on a busy machine. */
const slackSeconds = 120;
vi.setConfig({ testTimeout: (seconds + slackSeconds) * 1000 });

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
/** A short run has time for one cluster only: the seed decides which. */
const sizes = seconds >= 60 ? [3, 5] : [seed % 3 === 0 ? 5 : 3];

test('the history of clients under faults is linearizable', async () => {
  for (const members of sizes) {
    const report = await runChaos({
      seconds: seconds / sizes.length,
      seed,
      members,
      program: rollcallAt(join(root, 'dist/main.js')),
      keepIn: join(root, '.rollcall/chaos'),
      alwaysKeep: false,
      only: [],
      say: () => {},
    });
    console.log(printReport(report, { members, seed }));
    expect(report.problems).toEqual([]);
    expect(report.answered).toBeGreaterThan(0);
    expect(report.events).toBeGreaterThan(0);
  }
});
