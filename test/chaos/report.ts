import type { ChaosReport } from './run.ts';

/** The report of a run. */
export function printReport(
  report: ChaosReport,
  { members, seed }: { readonly members: number; readonly seed: number },
): string {
  const {
    answered,
    unknown,
    events,
    resumedWatches,
    missedWatches,
    leases,
    excusedExits,
    rounds,
    problems,
    directory,
  } = report;
  const { fromMs, toMs, faults: inGap } = report.longestGap;
  const gapMs = Math.round(toMs - fromMs);
  const during = inGap.length === 0 ? '' : `, with ${inGap.join(', ')}`;
  const faults = [...report.faults].toSorted(([a], [b]) => a.localeCompare(b));
  const exits = [...excusedExits].map(([excuse, count]) => `${excuse} ${count}`);
  const errors = [...report.errors].toSorted(([, a], [, b]) => b - a).slice(0, 12);
  const lines = [
    `${members} members, seed ${seed}, ${rounds} rounds`,
    `calls: ${answered} answered, ${unknown} of unknown outcome`,
    `longest time without an answered write: ${gapMs} ms, from second ${Math.round(fromMs / 1000)} on${during}`,
    `watches: ${events} events, resumed ${resumedWatches} times, ${missedWatches} times behind a compaction`,
    `leases: ${leases.granted} granted, ${leases.keptAlive} times kept alive, ${leases.lapsed} lapsed`,
    `members that ended by themselves, with an excuse: ${exits.length === 0 ? 'none' : exits.join(', ')}`,
    `faults: ${faults.map(([name, count]) => `${name} ${count}`).join(', ')}`,
    `errors: ${errors.map(([text, count]) => `${count} x "${text}"`).join(', ')}`,
    `problems: ${problems.length}`,
    ...problems.slice(0, 10).map((problem) => `  ${problem}`),
  ];
  if (directory !== undefined) {
    lines.push(`  histories and logs are in ${directory}`);
    lines.push(
      `  again, with the same choices: npm run chaos -- --seed=${seed} --members=${members}`,
    );
  }
  return lines.join('\n');
}
