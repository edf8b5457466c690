import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commonFlags, compare, startups } from './startups.ts';
import { allowed, reasonFor } from './startups-allowed.ts';

/** Enough to notice a change; `npx tsx test/differential/startups-main.ts` looks at more. */
const count = 40;
const seed = 20_261_129;

const etcd = process.env['ROLLCALL_TEST_ETCD'] ?? process.env['ETCD'] ?? 'etcd';
const isMissing = spawnSync(etcd, ['--version']).status !== 0 && process.env['CI'] === undefined;

test.skipIf(isMissing)(
  'flags, variables and files that chance makes are taken or refused as by etcd, and mean the same',
  async () => {
    const flags = commonFlags(etcd);
    expect(flags.length).toBeGreaterThan(20);
    const problems: string[] = [];
    let looked = 0;
    for (const startup of startups(flags, seed)) {
      if (looked++ >= count) break;
      const difference = await compare(etcd, startup);
      if (difference === undefined || reasonFor(difference) !== undefined) continue;
      problems.push(JSON.stringify(difference));
    }
    expect(problems).toEqual([]);
  },
  120_000,
);

test('every difference that is on purpose stands in the page about compatibility', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/compatibility.md'), 'utf8');
  for (const { reason } of allowed) expect(page).toMatch(new RegExp(`^\\| ${reason} +\\|`, 'm'));
});
