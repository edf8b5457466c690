import { z } from 'zod';
import type { Compactions } from './compactions.ts';
import { foundOf, wireKeyValue } from './wire.ts';
import type { WireKeyValue } from './wire.ts';

export interface WatchedEvent {
  readonly revision: number;
  readonly key: string;
  /** The new value of the key; `null` if it was deleted. */
  readonly found: ReturnType<typeof foundOf>;
  /** What was there before, of a watcher that asks for it. */
  readonly previous: ReturnType<typeof foundOf>;
  readonly seenAtMs: number;
}

/** Revisions that a watcher has missed because they were compacted while it was away; both ends included. */
export interface Hole {
  readonly from: number;
  readonly to: number;
}

/** A response as gRPC's library gives it; 64-bit numbers are decimal strings. */
export interface WatchAnswer {
  readonly header: { readonly revision: string };
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compact_revision: string;
  readonly cancel_reason: string;
  /** The next response continues this one. */
  readonly fragment: boolean;
  readonly events: readonly {
    readonly type: 'PUT' | 'DELETE';
    readonly kv: WireKeyValue;
    readonly prev_kv: WireKeyValue | null;
  }[];
}

const watchAnswer = z.object({
  header: z.object({ revision: z.string() }),
  created: z.boolean(),
  canceled: z.boolean(),
  compact_revision: z.string(),
  cancel_reason: z.string(),
  fragment: z.boolean(),
  events: z.array(
    z.object({
      type: z.enum(['PUT', 'DELETE']),
      kv: wireKeyValue,
      prev_kv: wireKeyValue.nullable(),
    }),
  ),
});

export function watchAnswerOf(answer: unknown): WatchAnswer {
  return watchAnswer.parse(answer);
}

/** Reasons with which a member may cancel a watch, other than a compaction. */
const mayGiveUp = /no leader|server stopped|stopping/i;

/** The messages of a watcher of a prefix, through all its streams, and what was wrong with them. */
export class WatchRecord {
  readonly events: WatchedEvent[] = [];
  readonly problems: string[] = [];
  readonly holes: Hole[] = [];
  readonly #compactions: Compactions;
  readonly #mustSeeAll: boolean;
  readonly #onEvent: (event: WatchedEvent) => void;
  #nextRevision: number;
  /** Events of a response of which a part is still to come. */
  #parts: WatchAnswer['events'] = [];

  constructor(options: {
    readonly revision: number;
    readonly compactions: Compactions;
    /** Nothing is compacted before this watcher has seen it. */
    readonly mustSeeAll: boolean;
    readonly onEvent?: (event: WatchedEvent) => void;
  }) {
    this.#nextRevision = options.revision;
    this.#compactions = options.compactions;
    this.#mustSeeAll = options.mustSeeAll;
    this.#onEvent = options.onEvent ?? (() => {});
  }

  get lastRevision(): number {
    return this.events.at(-1)?.revision ?? 0;
  }

  /**
   * The revision at which the watch continues: all events before it were received, or progress says that there are
   * none.
   */
  get nextRevision(): number {
    return this.#nextRevision;
  }

  /** The watch begins anew, on another stream. */
  begin(): void {
    this.#parts = [];
  }

  /** False if the watch ended with this message. */
  take({
    header,
    created,
    canceled,
    compact_revision: compacted,
    cancel_reason,
    fragment,
    events: newEvents,
  }: WatchAnswer): boolean {
    if (canceled) {
      if (compacted !== '0') this.#takeHole(Number(compacted));
      else if (!mayGiveUp.test(cancel_reason))
        this.problems.push(`a watch was canceled for no reason that counts: "${cancel_reason}"`);
      return false;
    }
    const events = [...this.#parts, ...newEvents];
    this.#parts = fragment ? events : [];
    if (fragment) return true;
    const before = this.#nextRevision;
    for (const { type, kv, prev_kv } of events) {
      const revision = Number(kv.mod_revision);
      const key = kv.key.toString();
      if (revision < before || revision < this.lastRevision) {
        this.problems.push(`${key} at revision ${revision} came after ${before - 1}`);
      }
      const found = type === 'DELETE' ? null : foundOf(kv);
      const previous = foundOf(prev_kv);
      const event = { revision, key, found, previous, seenAtMs: performance.now() };
      this.events.push(event);
      this.#onEvent(event);
      this.#nextRevision = Math.max(this.#nextRevision, revision + 1);
    }
    // Progress: no event up to this revision will follow. Clients rely on it when they continue elsewhere.
    if (!created && events.length === 0)
      this.#nextRevision = Math.max(this.#nextRevision, Number(header.revision) + 1);
    return true;
  }

  /**
   * Continues at the compacted revision, as a client does after it has read everything anew. That revision can still
   * be watched, with every event in it: each is the newest of its key at that revision.
   */
  #takeHole(compacted: number): void {
    const next = this.#nextRevision;
    const asked = `revision ${next} was asked for, and ${compacted} was compacted`;
    if (compacted <= next) this.problems.push(`${asked}, which does not concern it`);
    if (compacted > this.#compactions.newest)
      this.problems.push(`${asked}, which nobody asked for`);
    if (this.#mustSeeAll) this.problems.push(`${asked}, although it had not been seen`);
    this.holes.push({ from: next, to: compacted - 1 });
    this.#nextRevision = Math.max(next, compacted);
  }
}
