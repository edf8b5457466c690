import type { KeyRange } from '../../src/base/key.ts';
import { rangeHolds } from '../../src/base/key.ts';
import { deletionsLevel } from '../../src/state/index.ts';
import type {
  Applied,
  Command,
  KeyEvent,
  KeyValue,
  LeaseId,
  State,
} from '../../src/state/index.ts';
import { byName, DeletionModel } from './deletion-model.ts';
import { directoriesMax } from './hooks.ts';
import { Violation } from './trace.ts';

interface Version {
  readonly revision: number;
  /** Undefined: the key was deleted. */
  readonly kv: KeyValue | undefined;
}

const everything: KeyRange = { start: '', end: undefined };

/** Entries between two comparisons of whole states. */
const digestEvery = 8;

/**
 * The one history that all members must agree on: the effect of each entry when the first member applied it. All
 * others must get the same effect, and reads and watches must show it.
 */
export class KeyModel {
  readonly #signatures = new Map<number, number>();
  readonly #digests = new Map<number, string>();
  /** By the revisions that they cover. */
  readonly #compactionHashes = new Map<string, number>();
  readonly #events = new Map<number, readonly KeyEvent[]>();
  readonly #versions = new Map<string, Version[]>();
  /** The version that each unique value was written as. */
  readonly #written = new Map<string, KeyValue>();
  readonly #deletions = new DeletionModel(directoriesMax);
  readonly #floors = new Map<number, number>();
  #lastIndex = 0;
  #revision = 1;
  #compactedRevision = 0;
  readonly #onFirst: (index: number, command: Command, applied: Applied) => void;

  constructor(onFirst: (index: number, command: Command, applied: Applied) => void) {
    this.#onFirst = onFirst;
  }

  get revision(): number {
    return this.#revision;
  }

  get compactedRevision(): number {
    return this.#compactedRevision;
  }

  get lastIndex(): number {
    return this.#lastIndex;
  }

  eventsOf(revision: number): readonly KeyEvent[] {
    return this.#events.get(revision) ?? [];
  }

  /** The version that the put of this value made, if it took effect. */
  written(value: string): KeyValue | undefined {
    return this.#written.get(value);
  }

  /** The keys in a range at a revision, in order. */
  at(range: KeyRange, revision: number): KeyValue[] {
    const found: KeyValue[] = [];
    for (const [key, versions] of this.#versions) {
      if (!rangeHolds(range, key)) continue;
      const version = versions.findLast((one) => one.revision <= revision);
      if (version?.kv !== undefined) found.push(version.kv);
    }
    return found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Revisions in (`from`, `to`] that have an event in a range. */
  revisionsWith(range: KeyRange, from: number, to: number): number[] {
    const revisions: number[] = [];
    for (let revision = from + 1; revision <= to; revision++) {
      const events = this.eventsOf(revision);
      if (events.some(({ kv }) => rangeHolds(range, kv.key))) revisions.push(revision);
    }
    return revisions;
  }

  applied(who: string, state: State, index: number, command: Command, applied: Applied): void {
    const signature = signatureOf(applied);
    const known = this.#signatures.get(index);
    if (known === undefined) {
      this.#signatures.set(index, signature);
      this.#lastIndex = Math.max(this.#lastIndex, index);
      this.#record(index, command, applied);
      this.#compareDeletions(who, state, applied);
    } else if (known !== signature) {
      throw new Violation(`entry ${index} (${command.kind}) had another effect on ${who}`);
    }
    if (index % digestEvery === 0) this.compareDigest(who, state);
  }

  /** The floor of last deletions at a revision; undefined: not all members knew the table then. */
  floorAt(revision: number): number | undefined {
    return this.#floors.get(revision);
  }

  /** The table of last deletions, on the first member that applied a command; the others have the same digest. */
  #compareDeletions(who: string, state: State, { revision, events }: Applied): void {
    const model = this.#deletions;
    model.applied(revision, events);
    if (state.featureLevel >= deletionsLevel) model.floor ??= revision;
    if (model.floor !== undefined) this.#floors.set(revision, model.floor);
    const known = [model.floor ?? 0, ...model.list(everything)].join();
    const found = [
      state.deletions.floor,
      ...state.deletions.list(everything).toSorted(byName),
    ].join();
    if (found !== known) {
      throw new Violation(`${who} has the last deletions ${found}, which were ${known}`);
    }
  }

  /** States with equal applied index must be equal, and so must hashes of the same compaction. */
  compareDigest(who: string, state: State): void {
    for (const { compactRevision, hashRevision, hash } of state.compactionHashes) {
      const covered = `revisions ${compactRevision} to ${hashRevision}`;
      const former = this.#compactionHashes.get(covered);
      if (former === undefined) this.#compactionHashes.set(covered, hash);
      else if (former !== hash) {
        throw new Violation(`${who} took the hash ${hash} of ${covered}, others ${former}`);
      }
    }
    const index = state.appliedIndex;
    // A member that has just joined knows only the members that it was given.
    if (index === 0) return;
    const digest = state.digest();
    const known = this.#digests.get(index);
    if (known === undefined) this.#digests.set(index, digest);
    else if (known !== digest) {
      throw new Violation(`at index ${index} ${who} has the state "${digest}", others "${known}"`);
    }
  }

  #record(index: number, command: Command, applied: Applied): void {
    if (applied.events.length > 0) {
      if (applied.revision !== this.#revision + 1) {
        throw new Violation(`revision ${applied.revision} came after ${this.#revision}`);
      }
      this.#revision = applied.revision;
      this.#events.set(applied.revision, applied.events);
      for (const { kind, kv } of applied.events) this.#add(applied.revision, kind, kv);
    }
    if (command.kind === 'compact' && applied.result.kind !== 'error') {
      this.#compactedRevision = command.revision;
    }
    this.#onFirst(index, command, applied);
  }

  #add(revision: number, kind: KeyEvent['kind'], kv: KeyValue): void {
    const versions = this.#versions.get(kv.key);
    const version = { revision, kv: kind === 'put' ? kv : undefined };
    if (versions === undefined) this.#versions.set(kv.key, [version]);
    else versions.push(version);
    // The reasons of departures may be alike; the ledger of catalogs looks at them.
    if (kind === 'delete' || kv.key.startsWith('/consul/departures/')) return;
    const value = textOf(kv.value);
    if (value === '') return;
    const before = this.#written.get(value);
    if (before !== undefined && before.modRevision !== revision) {
      throw new Violation(
        `the write of "${value}" took effect twice: at ${before.modRevision} and ${revision}`,
      );
    }
    this.#written.set(value, kv);
  }
}

/** The unique prefix of a value; blanks may follow. */
export function textOf(value: Uint8Array): string {
  return Buffer.from(value.subarray(0, 40)).toString('latin1').trimEnd();
}

/** True if a client cannot tell two versions of a key apart. */
export function sameKeyValue(a: KeyValue | undefined, b: KeyValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.key === b.key &&
    a.modRevision === b.modRevision &&
    a.createRevision === b.createRevision &&
    a.version === b.version &&
    a.lease === b.lease &&
    Buffer.compare(a.value, b.value) === 0
  );
}

export function describeKeyValue(kv: KeyValue | undefined): string {
  if (kv === undefined) return 'nothing';
  return `${kv.key}="${textOf(kv.value)}" (mod ${kv.modRevision}, create ${kv.createRevision}, version ${kv.version}${leaseText(kv.lease)})`;
}

function leaseText(lease: LeaseId): string {
  return lease === 0n ? '' : `, lease ${lease.toString(16)}`;
}

/** A hash of an entry's effect; the result counts by kind and code. */
function signatureOf({ result, revision, events }: Applied): number {
  let hash = Math.imul(revision ^ 0x811c9dc5, 0x01000193);
  const mix = (number: number): void => {
    hash = Math.imul(hash ^ number, 0x01000193);
  };
  const mixText = (text: string): void => {
    for (let at = 0; at < text.length; at++) mix(text.charCodeAt(at));
  };
  mixText(result.kind === 'error' ? result.code : result.kind);
  if (result.kind === 'txn') mix(result.succeeded ? 1 : 2);
  if (result.kind === 'delete-range') mix(result.deleted);
  for (const { kind, kv } of events) {
    mixText(kind);
    mixText(kv.key);
    mix(kv.modRevision);
    mix(kv.createRevision);
    mix(kv.version);
    mixText(textOf(kv.value));
    mix(kv.value.length);
  }
  return hash;
}
