import type { Result } from './run.ts';
import { faultKinds, settingsOf } from './settings.ts';
import { differences } from './shrink.ts';
import type { Counts } from './trace.ts';

/** Events that must happen at least once in a long run; one that never happens is a hole in the simulation. */
const expected = [
  ...faultKinds
    .filter((kind) => kind !== 'crash at a write boundary')
    .map((kind) => `fault ${kind}`),
  'fault crash when a write was issued',
  'fault crash when a write was durable',
  'fault unsynced write lost',
  'fault unsynced write survived',
  'fault message loss',
  'fault message duplication',
  'fault message reordering',
  'fault connection reset',
  'fault snapshot cut short',
  'fault joint change',
  'fault crash while joint',
  'leases lapsed',
  'leases renewed',
  'watches compacted',
  'watches canceled',
  'watch progress told',
  'members stopped by their disk',
  'commands that failed in the middle',
  'serializable reads',
  'reads of many keys in the past',
  'logins ok',
  'calls with a token ok',
  'calls with a token permission-denied',
  'calls with a token invalid-auth-token',
  'watches of users refused',
  'members that lag behind a login',
  'tokens that lapsed',
];

/** Worlds after which all of it must have happened. */
export const worldsToSeeAll = 300;

/** Sums over many worlds. */
export class Totals {
  readonly counts: Counts = new Map();
  readonly #situations = new Set<string>();
  readonly #began = process.cpuUsage();
  worlds = 0;
  failures = 0;

  add(result: Result): void {
    this.worlds++;
    if (result.failure !== undefined) this.failures++;
    for (const [what, count] of result.counts) {
      this.counts.set(what, (this.counts.get(what) ?? 0) + count);
    }
    for (const situation of result.situations) this.#situations.add(situation);
  }

  get neverHappened(): readonly string[] {
    return expected.filter((what) => (this.counts.get(what) ?? 0) === 0);
  }

  progressLine(): string {
    const { user, system } = process.cpuUsage(this.#began);
    const seconds = (user + system) / 1e6;
    const faults = [...this.counts].filter(([what]) => what.startsWith('fault '));
    const faultCount = faults.reduce((sum, [, count]) => sum + count, 0);
    return [
      `${this.worlds} worlds`,
      `${(this.worlds / seconds).toFixed(1)}/s of processor time`,
      `${this.#count('commits')} commits`,
      `${this.#count('elections')} elections`,
      `${this.#count('calls judged')} calls`,
      `${faultCount} faults of ${faults.length} kinds`,
      `${this.#situations.size} situations`,
      `${this.failures} findings`,
    ].join(', ');
  }

  /** Every kind of fault and event, with its count. */
  table(): string {
    const rows = [...this.counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const width = Math.max(...rows.map(([what]) => what.length));
    return rows.map(([what, count]) => `  ${what.padEnd(width)} ${count}`).join('\n');
  }

  #count(what: string): number {
    return this.counts.get(what) ?? 0;
  }
}

/** All that is needed to understand and replay a failure. */
export function failureReport(result: Result): string {
  const { settings, failure, lastLines } = result;
  const changed = differences(settings, settingsOf(settings.seed));
  const withText = Object.keys(changed).length === 0 ? '' : ` --with='${JSON.stringify(changed)}'`;
  return [
    `seed ${settings.seed}: ${failure ?? 'nothing is wrong'}`,
    `settings: ${JSON.stringify(settings)}`,
    'the last events:',
    ...lastLines,
    `replay: npm run sim -- --seed=${settings.seed}${withText} --trace`,
  ].join('\n');
}
