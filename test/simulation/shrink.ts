import { runWorld } from './run.ts';
import type { Result } from './run.ts';
import type { Settings } from './settings.ts';

/** Maximum number of worlds to try. */
const triesMax = 120;
/** A world has at least one of these. */
const isNeeded: ReadonlySet<string> = new Set(['members', 'keys', 'userAdministrators']);

/** Reduces a failing world as far as is quickly possible: fewer members, faults, clients, and less time. */
export async function shrink(failing: Result): Promise<Result> {
  let smallest = failing;
  if (failing.failure === undefined) return failing;
  let tries = 0;
  const attempt = async (change: Partial<Settings>): Promise<boolean> => {
    if (tries >= triesMax) return false;
    tries++;
    const result = await runWorld({ ...smallest.settings, ...change }, { keep: true });
    if (result.failure === undefined || !isAlike(result.failure, failing.failure)) return false;
    smallest = result;
    return true;
  };
  // By halves: the world must fail before its clients stop.
  let low = 1000;
  while (smallest.settings.safetyMs - low > 500) {
    const middle = Math.round((low + smallest.settings.safetyMs) / 2);
    if (!(await attempt({ safetyMs: middle }))) low = middle;
  }
  for (const kind of failing.settings.faults) {
    await attempt({ faults: smallest.settings.faults.filter((one) => one !== kind) });
  }
  for (const part of ['loss', 'duplication', 'reordering', 'reset', 'learners'] as const) {
    if (smallest.settings[part] > 0) await attempt({ [part]: 0 });
  }
  for (const part of [
    'bulks',
    'readers',
    'watchers',
    'leaseHolders',
    'clients',
    'members',
    'keys',
    'users',
    'userAdministrators',
  ] as const) {
    const least = isNeeded.has(part) ? 1 : 0;
    while (smallest.settings[part] > least) {
      if (!(await attempt({ [part]: smallest.settings[part] - 1 }))) break;
    }
  }
  return smallest;
}

/** The same kind of violation, regardless of numbers in it. */
function isAlike(a: string, b: string | undefined): boolean {
  return b !== undefined && kindOf(a) === kindOf(b);
}

function kindOf(failure: string): string {
  return failure.replaceAll(/[0-9a-f]*[0-9][0-9a-f]*/g, '#').slice(0, 40);
}

/** The settings that differ from those of the seed alone. */
export function differences(settings: Settings, usual: Settings): Partial<Settings> {
  const usualValues = new Map<string, unknown>(Object.entries(usual));
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(usualValues.get(name)),
    ),
  );
}
