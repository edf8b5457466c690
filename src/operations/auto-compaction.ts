import type { Cancel } from '../base/clock.ts';
import type { Core } from './core.ts';
import { repeat } from './repeat.ts';

export interface AutoCompaction {
  readonly mode: 'periodic' | 'revision';
  /** The history that stays readable: milliseconds, or revisions. 0: never compact. */
  readonly retention: number;
}

/** Between looks at the number of revisions. */
const revisionLookMs = 5 * 60_000;
/** Looks per period. The history that is kept is one period, and up to one tenth more. */
const looksPerPeriod = 10;

/** Compacts again and again while this member leads. Returns how to stop. */
export function startAutoCompaction(core: Core, { mode, retention }: AutoCompaction): Cancel {
  if (retention <= 0) return () => {};
  return mode === 'periodic' ? everyPeriod(core, retention) : byRevision(core, retention);
}

/** Keeps about one period of history: remembers the revision of each look, and compacts to that of one period ago. */
function everyPeriod(core: Core, periodMs: number): Cancel {
  const seen: number[] = [];
  return repeat(core.clock, periodMs / looksPerPeriod, () => {
    seen.push(core.state.revision);
    if (seen.length <= looksPerPeriod) return;
    compact(core, seen.shift() ?? 0);
  });
}

function byRevision(core: Core, revisions: number): Cancel {
  return repeat(core.clock, revisionLookMs, () => compact(core, core.state.revision - revisions));
}

function compact(core: Core, revision: number): void {
  if (!core.replica.isLeader || revision <= core.state.compactedRevision || revision <= 0) return;
  core.propose({ kind: 'compact', revision }).catch((error: unknown) => {
    core.options.logger.warn('failed to compact', { revision, error: String(error) });
  });
}
