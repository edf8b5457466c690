import type { Caller, OnWritten } from '../operations/index.ts';
import type { CheckStatus, HealthStatus } from './check.ts';
import { outputThenMax } from './departure.ts';
import type { Actor, CheckThen, DepartureReason, DepartureRecord } from './departure.ts';
import { folded, part, placeOf, serviceIdOf } from './keys.ts';
import type { InstanceName, ServiceName, Subject } from './keys.ts';

/** How an instance or a node is, by its own checks. `absent`: it is in no answer, since its registration is gone. */
export type SubjectState = HealthStatus | 'absent';

/**
 * What happened to an instance or a node.
 *
 * - `unreadable`: its registration was replaced by one that cannot be read.
 * - `lapsed`, `revoked`: its lease ended, as nobody renewed it, or as a client ended it. `lease-ended`: one of these; another
 *   member knows which.
 * - `deleted`: a client deleted its key.
 */
export type ChangeKind =
  | 'registered'
  | 'registered-again'
  | 'check'
  | 'unreadable'
  | 'lapsed'
  | 'revoked'
  | 'lease-ended'
  | 'deleted'
  | DepartureReason;

/** One change, as this member remembers it. */
export interface Change {
  readonly kind: ChangeKind;
  readonly revision: number;
  /** Milliseconds since 1970, when this member applied it. */
  readonly timeMs: number;
  readonly from: SubjectState;
  readonly to: SubjectState;
  /** The check that changed; of a departure, the one that was worst. */
  readonly check: ChangedCheck | undefined;
  /** Undefined: another member took the write, or the cluster did it by itself. */
  readonly actor: Actor | undefined;
  /** How often it happened in a row, without any other change in between. */
  readonly times: number;
}

export interface ChangedCheck {
  readonly id: string;
  readonly status: CheckStatus | 'removed';
  readonly output: string;
  /** Of a check that an operator has added, the reason. */
  readonly notes: string;
  /** It is critical because its heartbeat was not renewed in time. */
  readonly isLate: boolean;
}

/** Tells what one key has done to an instance or a node. */
export interface Journal {
  changed(subject: Subject, step: JournalStep): void;
  /** A check has a new output. */
  output(subject: Subject, revision: number, check: string, output: string): void;
}

export interface JournalStep {
  readonly revision: number;
  readonly from: SubjectState;
  readonly to: SubjectState;
  readonly cause:
    | { readonly kind: 'registered' | 'registered-again' | 'unreadable' }
    | { readonly kind: 'gone'; readonly lease: bigint; readonly worst: CheckThen | undefined }
    | { readonly kind: 'check'; readonly check: ChangedCheck }
    | { readonly kind: 'departure'; readonly record: DepartureRecord };
}

export interface HistoryOptions {
  /** Milliseconds since 1970. */
  readonly wallTimeMs: () => number;
  readonly memberName: string;
  readonly hasLease: (lease: bigint) => boolean;
  /** This member is the whole cluster, so that no other one can have taken a write. */
  readonly isAlone: () => boolean;
  /** Of all changes, roughly. */
  readonly bytesMax?: number;
}

/** Of one instance or node. */
const changesMax = 16;
const bytesMaxByDefault = 32 << 20;
/** Revisions whose writer is remembered until their change comes, and whose change until its writer is known. */
const revisionsMax = 1024;
/** What a change and an entry take besides their texts. */
const changeBytes = 250;
const entryBytes = 300;
/** A departed instance is remembered for so long. */
export const departedMs: number = 24 * 3600_000;

interface Entry {
  readonly subject: Subject;
  changes: Change[];
  bytes: number;
}

/** A write that this member took. */
interface Write {
  readonly isRevoke: boolean;
  readonly actor: Actor;
}

/**
 * The last changes of each instance and node, in the memory of this member only: it begins with the process, and each member
 * has its own. A change costs the same whatever is remembered. Bounded in all; those that did not change for longest go first.
 */
export class History implements Journal {
  readonly #options: HistoryOptions;
  readonly #bytesMax: number;
  /** In two halves: when the younger one is full, the elder is dropped. Deleting one by one would leave holes to skip. */
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();
  #youngBytes = 0;
  #oldBytes = 0;
  /** By service, the ids of instances that are gone. */
  readonly #departed = new Map<string, Set<string>>();
  readonly #recent = new Recent<Entry[]>();
  readonly #writes = new Recent<Write>();
  #sinceMs: number | undefined;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#bytesMax = options.bytesMax ?? bytesMaxByDefault;
  }

  /** Since when it misses no change; undefined: it has not begun. */
  get sinceMs(): number | undefined {
    return this.#sinceMs;
  }

  /** An estimate of the memory that it takes. */
  get bytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  /** Everything was read anew: changes up to now may be missing. */
  begin(): void {
    this.#sinceMs = this.#options.wallTimeMs();
  }

  /** The changes of an instance, or of a node, the newest last. */
  of(subject: Subject): readonly Change[] {
    return this.#find(idOf(subject))?.changes ?? [];
  }

  /** The instances of a service that left within the last day, in the order in which they did. */
  departedOf(service: ServiceName): readonly InstanceName[] {
    const oldestMs = this.#options.wallTimeMs() - departedMs;
    const found: InstanceName[] = [];
    for (const id of this.#departed.get(serviceIdOf(service)) ?? []) {
      const { subject, changes } = this.#find(id) ?? {};
      if (subject?.kind !== 'instance' || (changes?.at(-1)?.timeMs ?? 0) < oldestMs) continue;
      found.push(subject.name);
    }
    return found;
  }

  changed(subject: Subject, step: JournalStep): void {
    const id = idOf(subject);
    const entry = this.#take(id) ?? {
      subject,
      changes: [],
      bytes: entryBytes + 2 * id.length,
    };
    const last = entry.changes.at(-1);
    const change = this.#changeOf(last, step);
    const isSame = last !== undefined && (last.revision === step.revision || change.times > 1);
    const gone = isSame ? entry.changes.pop() : undefined;
    entry.changes.push(change);
    const oldest = entry.changes.length > changesMax ? entry.changes.shift() : undefined;
    entry.bytes += sizeOf(change) - sizeOf(gone) - sizeOf(oldest);
    this.#put(id, entry);
    this.#nameDeparted(id, entry);
    const noted = this.#recent.get(step.revision);
    if (noted === undefined) this.#recent.set(step.revision, [entry]);
    else if (noted.at(-1) !== entry) noted.push(entry);
    if (this.#youngBytes > this.#bytesMax / 2) this.#dropOld();
  }

  output(subject: Subject, revision: number, check: string, output: string): void {
    const entry = this.#find(idOf(subject));
    const last = entry?.changes.at(-1);
    if (entry === undefined || last?.revision !== revision || last.check?.id !== check) return;
    const changed = { ...last, check: { ...last.check, output: output.slice(0, outputThenMax) } };
    const more = sizeOf(changed) - sizeOf(last);
    entry.bytes += more;
    // It changed in this revision, so it is in the younger half.
    this.#youngBytes += more;
    replaceLast(entry, changed);
  }

  /** This member took a write. It may be told before the change, or after it. */
  readonly wrote: OnWritten = ({ revision, events }, command, caller) => {
    // Most writes are of keys that are nothing to the catalog.
    const first = events[0]?.kv.key;
    if (first !== undefined && events.length === 1 && placeOf(first) === undefined) return;
    this.#wrote(revision, command === 'lease-revoke', caller);
  };

  #wrote(revision: number, isRevoke: boolean, caller: Caller): void {
    const actor: Actor = {
      api: caller.api,
      address: caller.address ?? '',
      member: this.#options.memberName,
    };
    const write: Write = { isRevoke, actor };
    const entries = this.#recent.get(revision);
    if (entries === undefined) {
      this.#writes.set(revision, write);
      return;
    }
    for (const entry of entries) {
      const at = entry.changes.findLastIndex((change) => change.revision === revision);
      const change = entry.changes[at];
      if (change !== undefined) entry.changes[at] = by(change, write);
    }
  }

  /** The change with this step in it: those of one revision are one. */
  #changeOf(last: Change | undefined, step: JournalStep): Change {
    const { revision, from, to } = step;
    const timeMs = this.#options.wallTimeMs();
    const { isAlone, hasLease } = this.#options;
    const { kind, check, actor } = changeOf(step, hasLease, isAlone);
    // Not spread: that takes V8 microseconds, and checks may flap by the thousand.
    const made: Change = {
      kind,
      check,
      actor,
      revision,
      timeMs,
      from,
      to,
      times: 1,
    };
    if (last?.revision === revision) return merged(last, made);
    const write = this.#writes.get(revision);
    const known = write === undefined ? made : by(made, write);
    const isRepeated =
      known.kind === 'registered-again' && last?.kind === known.kind && from === to;
    return isRepeated ? { ...known, times: last.times + 1 } : known;
  }

  #find(id: string): Entry | undefined {
    return this.#young.get(id) ?? this.#old.get(id);
  }

  /** Takes an entry out of its half, to be put into the younger one with its new size. */
  #take(id: string): Entry | undefined {
    const young = this.#young.get(id);
    if (young !== undefined) {
      this.#youngBytes -= young.bytes;
      return young;
    }
    const old = this.#old.get(id);
    if (old === undefined) return undefined;
    this.#old.delete(id);
    this.#oldBytes -= old.bytes;
    return old;
  }

  #put(id: string, entry: Entry): void {
    this.#youngBytes += entry.bytes;
    this.#young.set(id, entry);
  }

  #nameDeparted(id: string, { subject, changes }: Entry): void {
    if (subject.kind !== 'instance') return;
    const service = serviceIdOf(subject.name);
    const ids = this.#departed.get(service);
    ids?.delete(id);
    if (changes.at(-1)?.to === 'absent') {
      if (ids === undefined) this.#departed.set(service, new Set([id]));
      else ids.add(id);
    } else if (ids?.size === 0) this.#departed.delete(service);
  }

  #dropOld(): void {
    for (const [id, entry] of this.#old) this.#nameDeparted(id, { ...entry, changes: [] });
    this.#old = this.#young;
    this.#oldBytes = this.#youngBytes;
    this.#young = new Map();
    this.#youngBytes = 0;
  }
}

/** By revision; the last ones, in two halves. */
class Recent<T> {
  #young = new Map<number, T>();
  #old = new Map<number, T>();

  get(revision: number): T | undefined {
    return this.#young.get(revision) ?? this.#old.get(revision);
  }

  set(revision: number, one: T): void {
    this.#young.set(revision, one);
    if (this.#young.size < revisionsMax) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}

function changeOf(
  { cause }: JournalStep,
  hasLease: HistoryOptions['hasLease'],
  isAlone: HistoryOptions['isAlone'],
): Pick<Change, 'kind' | 'check' | 'actor'> {
  if (cause.kind === 'check') return { kind: 'check', check: cause.check, actor: undefined };
  if (cause.kind === 'departure') {
    const { reason, actor, check } = cause.record;
    return { kind: reason, actor, check: check && { ...check, ...noWord } };
  }
  if (cause.kind !== 'gone') return { kind: cause.kind, check: undefined, actor: undefined };
  const { lease, worst } = cause;
  const check = worst && { ...worst, ...noWord };
  const isByLease = lease !== 0n && !hasLease(lease);
  const kind = !isByLease ? 'deleted' : isAlone() ? 'lapsed' : 'lease-ended';
  return { kind, check, actor: undefined };
}

const noWord = { notes: '', isLate: false } as const;

/** The change with its writer, which also knows why an instance is gone. */
function by(change: Change, { isRevoke, actor }: Write): Change {
  const { kind } = change;
  const isGone =
    kind === 'lease-ended' || kind === 'lapsed' || kind === 'deleted' || kind === 'revoked';
  if (!isGone) return { ...change, actor: change.actor ?? actor };
  return { ...change, actor, kind: isRevoke ? 'revoked' : 'deleted' };
}

/** One change of two in one revision: the heavier one; of two checks the one that made the difference. */
function merged(last: Change, made: Change): Change {
  const difference = weights[made.kind] - weights[last.kind];
  const isMade = difference > 0 || (difference === 0 && made.to !== last.to);
  const [main, other] = isMade ? [made, last] : [last, made];
  return {
    ...main,
    check: main.check ?? other.check,
    actor: main.actor ?? other.actor,
    from: last.from,
    to: made.to,
    times: last.times,
  };
}

/** Of several changes in one revision the heaviest gives it its name. */
const weights: Readonly<Record<ChangeKind, number>> = {
  check: 0,
  'registered-again': 1,
  registered: 2,
  unreadable: 2,
  lapsed: 3,
  revoked: 3,
  'lease-ended': 3,
  deleted: 3,
  deregistered: 4,
  drained: 4,
  moved: 4,
  'node-deregistered': 4,
  reaped: 4,
};

function sizeOf(change: Change | undefined): number {
  if (change === undefined) return 0;
  const { check } = change;
  return changeBytes + 2 * ((check?.output.length ?? 0) + (check?.notes.length ?? 0));
}

function replaceLast(entry: Entry, change: Change): void {
  entry.changes[entry.changes.length - 1] = change;
}

function idOf(subject: Subject): string {
  if (subject.kind === 'node') return `node/${folded(subject.node)}`;
  return `${serviceIdOf(subject.name)}/${part(subject.name.instance)}`;
}
