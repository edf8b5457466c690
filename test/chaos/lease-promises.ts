import type { Timeline } from './timeline.ts';
import type { WatchedEvent } from './watch-record.ts';

interface Promised {
  readonly key: string;
  /** The cluster has promised that the lease lives until then. */
  untilMs: number;
  /** It may never have been written, if the answer was lost. */
  isThere: boolean;
  /** When it was gone at the latest. */
  goneByMs: number | undefined;
}

/** What the cluster promised of leases, one key each, and what became of them. */
export class LeasePromises {
  lapsed = 0;
  readonly #timeline: Timeline;
  readonly #promised = new Map<string, Promised>();
  readonly #problems: string[] = [];

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** A grant or a keep-alive was answered; the time counts from when it was sent. */
  promise(key: string, sentMs: number, seconds: number): void {
    const untilMs = sentMs + seconds * 1000;
    const known = this.#promised.get(key);
    if (known !== undefined) known.untilMs = Math.max(known.untilMs, untilMs);
    else this.#promised.set(key, { key, untilMs, isThere: false, goneByMs: undefined });
  }

  /** The key was written. */
  isThere(key: string): void {
    const one = this.#promised.get(key);
    if (one !== undefined) one.isThere = true;
  }

  /** Somebody was told at this time that there is no such lease: a finding while the promise holds. */
  wasDenied(key: string, what: string, heardMs: number): void {
    const { untilMs } = this.#promised.get(key) ?? { untilMs: 0 };
    if (heardMs >= untilMs) return;
    const early = Math.round(untilMs - heardMs);
    this.#problems.push(`${key}: ${what} heard of no lease ${early} ms before the promised time`);
  }

  /** An event of a watcher. It may have been away; others may have been told of a later revision long before. */
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

  /** Leases that lapsed before their time: gone although the promise had not run out. */
  tooEarly(): string[] {
    const early = [...this.#promised.values()].flatMap(({ key, goneByMs = Infinity, untilMs }) =>
      goneByMs < untilMs
        ? [`${key} lapsed ${Math.round(untilMs - goneByMs)} ms before the time that was promised`]
        : [],
    );
    return [...this.#problems, ...early];
  }

  /** Leases that are still there, so long after the cluster was well again. */
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
