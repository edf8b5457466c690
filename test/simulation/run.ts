import { runFinalPhase } from './final-phase.ts';
import type { Settings } from './settings.ts';
import type { Counts } from './trace.ts';
import { World } from './world.ts';

/** The result of one world. */
export interface Result {
  readonly settings: Settings;
  /** The violation, if there was one. */
  readonly failure: string | undefined;
  /** Equal for equal runs. */
  readonly hash: string;
  readonly counts: Counts;
  readonly situations: ReadonlySet<string>;
  readonly lastLines: readonly string[];
  readonly events: number;
  readonly simulatedMs: number;
}

/** Runs one world. */
export async function runWorld(
  settings: Settings,
  options: { readonly print?: (line: string) => void; readonly keep?: boolean } = {},
): Promise<Result> {
  const world = new World(settings, options.print, options.keep ?? false);
  await world.run(runFinalPhase);
  const { trace, scheduler, ledger, leases, history, watchers } = world;
  trace.count('elections', ledger.leaderCount);
  trace.count('commits', ledger.committedIndex);
  trace.count('calls judged', history.length);
  trace.count('leases lapsed', leases.lapsedCount);
  for (const watcher of watchers) trace.count('events watched', watcher.eventCount);
  return {
    settings,
    failure: textOf(world.failure),
    hash: trace.hash,
    counts: trace.counts,
    situations: trace.situations,
    lastLines: trace.lastLines,
    events: scheduler.eventCount,
    simulatedMs: scheduler.nowMs,
  };
}

function textOf(failure: unknown): string | undefined {
  if (failure === undefined) return undefined;
  if (!(failure instanceof Error)) return JSON.stringify(failure);
  return failure.name === 'Violation' ? failure.message : (failure.stack ?? failure.message);
}
