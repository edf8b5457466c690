import type { Timeline } from './timeline.ts';
import type { WatchedEvent } from './watch-record.ts';

interface Promised {
  readonly key: string;
  /** The cluster has promised that the lease lives until then. */
  untilMs: number;
  /** The key may never have been written, if the answer was lost. */
  isThere: boolean;
  /** The latest time at which it was gone. */
  goneByMs: number | undefined;
}

/** Promises about leases, one key each, and what became of them. */
export class LeasePromises {
  lapsed = 0;
  readonly #timeline: Timeline;
  readonly #promised = new Map<string, Promised>();
  readonly #problems: string[] = [];

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** A grant or a keep-alive was answered; the TTL counts from when it was sent. */
  promise(key: string, sentMs: number, seconds: number): void {
    const untilMs = sentMs + seconds * 1000;
    const known = this.#promised.get(key);
    if (known !== undefined) known.untilMs = Math.max(known.untilMs, untilMs);
    else this.#promised.set(key, { key, untilMs, isThere: false, goneByMs: undefined });
  }

  /** Its holder revokes the lease. Whether that is heard or not, the promise ends. */
  isGivenUp(key: string, sentMs: number): void {
    const one = this.#promised.get(key);
    if (one !== undefined) one.untilMs = Math.min(one.untilMs, sentMs);
  }

  /** The key was written. */
  isThere(key: string): void {
    const one = this.#promised.get(key);
    if (one !== undefined) one.isThere = true;
  }

  /** A client was told at this time that there is no such lease: a finding while the promise holds. */
  wasDenied(key: string, what: string, heardMs: number): void {
    const { untilMs } = this.#promised.get(key) ?? { untilMs: 0 };
    if (heardMs >= untilMs) return;
    const early = Math.round(untilMs - heardMs);
    this.#problems.push(`${key}: ${what} heard of no lease ${early} ms before the promised time`);
  }

  /** An event of a watcher, which may have been away: others may have seen a later revision long before. */
  take({ key, found, revision, seenAtMs }: WatchedEvent): void {
    const one = this.#promised.get(key);
    if (one === undefined) return;
    one.isThere = true;
    if (found !== null) return;
    one.goneByMs = Math.min(seenAtMs, this.#timeline.cameAboutBy(revision));
    this.lapsed++;
  }

  get living(): number {
    return this.#living().length;
  }

  /** Leases that expired early, before their promise had run out. */
  tooEarly(): string[] {
    const early = [...this.#promised.values()].flatMap(({ key, goneByMs = Infinity, untilMs }) =>
      goneByMs < untilMs
        ? [`${key} lapsed ${Math.round(untilMs - goneByMs)} ms before the time that was promised`]
        : [],
    );
    return [...this.#problems, ...early];
  }

  /** Leases that still exist this long after the cluster recovered. */
  tooLate(boundMs: number): string[] {
    return this.#living().map(
      ({ key }) => `${key} has not lapsed ${boundMs} ms after the cluster was well again`,
    );
  }

  #living(): readonly Promised[] {
    return [...this.#promised.values()].filter(
      ({ isThere, goneByMs }) => isThere && goneByMs === undefined,
    );
  }
}
