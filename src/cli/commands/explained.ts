/** The answers of members to `explain`, in the fields of their API, and one out of all of them. */

export interface Actor {
  readonly API: string;
  readonly Address: string;
  readonly Member: string;
}

export interface Finding {
  readonly Reason: string;
  readonly Effect: 'out' | 'note' | 'no';
  readonly Kind?: string;
  readonly Text: string;
  readonly Time: string | null;
  readonly Actor: Actor | null;
}

export interface Change {
  readonly Time: string;
  readonly Revision: number;
  readonly Kind: string;
  readonly From: string;
  readonly To: string;
  readonly Text: string;
  readonly Actor: Actor | null;
}

export interface CheckRow {
  readonly CheckID: string;
  readonly Status: string;
  readonly Output: string;
  readonly Owner: string;
  readonly LastRun: string | null;
  readonly NextRun: string | null;
}

/** The answer of one member about one instance. */
export interface Said {
  readonly Member: string;
  /** How many members there are. */
  readonly Members: number;
  /** Since when it misses no change. */
  readonly Since: string | null;
  readonly Revision: number;
  readonly Instance: string;
  readonly InAnswer: boolean;
  readonly First: Finding | null;
  readonly Looked?: readonly Finding[];
  readonly Changes?: readonly Change[];
  readonly Checks?: readonly CheckRow[];
}

/** Changes that are shown. */
const changesMax = 16;
const leaseEnded = 'lease-ended';

/** One answer out of those of several members, at least one: the newest counts, and of a departure the one that knows most. */
export function merged(all: readonly Said[]): Said {
  const newest = all.reduce((best, one) => (one.Revision > best.Revision ? one : best));
  const best = isGone(newest) ? mostSpecific(all.filter(isGone)) : newest;
  const { First: first } = best;
  const known = first && { ...first, ...knownElsewhere(first, all), ...lapse(first, all) };
  const looked = best.Looked?.map((one) => (one.Reason === known?.Reason ? known : one));
  return {
    ...best,
    First: known,
    ...(looked && { Looked: looked }),
    Changes: changesOf(all),
    Checks: checksOf(all, newest),
  };
}

function isGone({ InAnswer, First: first }: Said): boolean {
  const reasons = ['never-registered', 'lease', 'deregistered'];
  return !InAnswer && first !== null && reasons.includes(first.Reason);
}

function mostSpecific(all: readonly Said[]): Said {
  return all.reduce((best, one) => (knowledgeOf(one) > knowledgeOf(best) ? one : best));
}

function knowledgeOf({ First: first }: Said): number {
  if (first === null || first.Reason === 'never-registered') return 0;
  if (first.Actor !== null) return 3;
  return first.Kind === leaseEnded ? 1 : 2;
}

/** Time and caller of the same reason, as another member knows them. */
function knownElsewhere(first: Finding, all: readonly Said[]): Partial<Finding> {
  if (first.Actor !== null) return {};
  for (const { First: other } of all) {
    const isSame = other?.Reason === first.Reason && other.Text === first.Text;
    if (isSame && other.Actor !== null) return { Actor: other.Actor, Time: other.Time };
  }
  return {};
}

/** A lease that ended, and that no member was asked to revoke, has lapsed. */
function lapse(first: Finding, all: readonly Said[]): Partial<Finding> {
  const { Kind: kind, Time: time } = first;
  if (kind !== leaseEnded || time === null) return {};
  const members = new Set(all.map(({ Member }) => Member));
  const sawIt = all.every(({ Since }) => Since !== null && Since < time);
  if (!sawIt || all.some(({ Members }) => members.size < Members)) return {};
  return { Kind: 'lapsed', Text: 'its lease lapsed, as nobody renewed it in time' };
}

function changesOf(all: readonly Said[]): readonly Change[] {
  const byRevision = new Map<number, Change>();
  for (const change of all.flatMap(({ Changes = [] }) => Changes)) {
    const known = byRevision.get(change.Revision);
    if (known === undefined || known.Actor === null) byRevision.set(change.Revision, change);
  }
  return [...byRevision.values()].toSorted((a, b) => a.Revision - b.Revision).slice(-changesMax);
}

/** Only the member that runs a check knows when it does. */
function checksOf(all: readonly Said[], { Checks = [] }: Said): readonly CheckRow[] {
  const others = all.flatMap((one) => one.Checks ?? []);
  return Checks.map((check) => {
    const run = others.find(
      ({ CheckID, LastRun }) => CheckID === check.CheckID && LastRun !== null,
    );
    return run === undefined ? check : { ...check, LastRun: run.LastRun, NextRun: run.NextRun };
  });
}
