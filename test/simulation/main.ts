import { parseArgs } from 'node:util';
import { branchCoverage } from './branch-coverage.ts';
import { runPlanted } from './planted.ts';
import { failureReport, Totals, worldsToSeeAll } from './report.ts';
import { runWorld } from './run.ts';
import type { Settings } from './settings.ts';
import { settingsOf } from './settings.ts';
import { shrink } from './shrink.ts';

const usage = `npm run sim -- [what]

  --seconds=N        explore for N seconds (30)
  --worlds=N         or until N worlds were lived through
  --from=N           beginning with this seed (chosen by the clock)
  --seed=N           live through one world
  --with=JSON        settings of that world that differ from what the seed gives
  --users            only worlds with users that log in
  --trace            tell the story of that world
  --coverage         tell which branches of raft were not reached
  --planted          plant known bugs, one at a time, and find them
  --only=NAME        only this one of them
`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    worlds: { type: 'string' },
    from: { type: 'string' },
    seed: { type: 'string' },
    with: { type: 'string' },
    users: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

// The reader may close the pipe, as `head` does.
process.stdout.on('error', () => process.exit());

if (values.help) process.stdout.write(usage);
else if (values.planted) process.exitCode = await runPlanted(values.only);
else if (values.seed !== undefined) await replay(Number(values.seed));
else await explore();

async function replay(seed: number): Promise<void> {
  const changed: Partial<Settings> = JSON.parse(values.with ?? '{}');
  const print = values.trace
    ? (line: string): void => void process.stdout.write(`${line}\n`)
    : undefined;
  const result = await runWorld(
    { ...settingsOf(seed, values.users), ...changed },
    { keep: true, ...(print === undefined ? {} : { print }) },
  );
  process.stdout.write(
    result.failure === undefined
      ? `seed ${seed}: nothing is wrong, hash ${result.hash}, ${result.events} events, ${(result.simulatedMs / 1000).toFixed(1)} s simulated\n`
      : `${failureReport(result)}\n`,
  );
  if (result.failure !== undefined) process.exitCode = 1;
}

async function explore(): Promise<void> {
  const first = values.from === undefined ? Date.now() % 1_000_000_000 : Number(values.from);
  const worldsMax = values.worlds === undefined ? Infinity : Number(values.worlds);
  const seconds = Number(values.seconds ?? (values.worlds === undefined ? 30 : Infinity));
  const endMs = performance.now() + seconds * 1000;
  const coverage = values.coverage ? await branchCoverage(/\/src\/raft\/[a-z-]+\.ts$/) : undefined;
  const totals = new Totals();
  let toldMs = performance.now();
  for (let seed = first; totals.worlds < worldsMax && performance.now() < endMs; seed++) {
    const result = await runWorld(settingsOf(seed, values.users));
    totals.add(result);
    if (result.failure !== undefined) {
      process.exitCode = 1;
      if (values.quick) {
        process.stdout.write(`seed ${seed}: ${result.failure}\n`);
        return;
      }
      process.stdout.write(`\n${failureReport(await shrink(result))}\n\n`);
    }
    if (performance.now() - toldMs > 2000) {
      toldMs = performance.now();
      process.stdout.write(`${totals.progressLine()}\n`);
    }
  }
  process.stdout.write(`${totals.progressLine()}\nseeds from ${first} on\n${totals.table()}\n`);
  if (coverage !== undefined) process.stdout.write(`${await coverage.report()}\n`);
  if (totals.worlds >= worldsToSeeAll && totals.neverHappened.length > 0) {
    process.stdout.write(`never happened: ${totals.neverHappened.join(', ')}\n`);
    process.exitCode = 1;
  }
}
