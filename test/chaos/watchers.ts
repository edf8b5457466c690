import type { ClientDuplexStream } from '@grpc/grpc-js';
import { EtcdClient } from '../cluster/etcd-client.ts';
import type { Answer } from '../cluster/etcd-client.ts';
import type { ChaosCluster } from './cluster.ts';
import type { Compactions } from './compactions.ts';
import type { HistoryOperation } from '../simulation/linearizability/index.ts';
import { branchOf, changedSomething } from '../simulation/linearizability/history.ts';
import { WatchRecord, watchAnswerOf } from './watch-record.ts';
import type { Hole, WatchedEvent } from './watch-record.ts';

/** What a watcher asks for. */
export interface WatchKind {
  readonly onlyDeletes: boolean;
  readonly withPrevious: boolean;
}

export const everyEvent: WatchKind = { onlyDeletes: false, withPrevious: false };

/** A stream without a message for this long is abandoned: its member may be paused. */
const silenceMaxMs = 3000;
/**
 * How long a watcher stays away, in turn, so that it must catch up. Watchers that must see everything are not away
 * for long: what they have not seen is not compacted, and then no other watcher could miss it either.
 */
const awayMs = [50, 400, 1500];
const shortAwayMs = [50, 400];
/** It changes its member by itself after this many checks. */
const looksPerMember = 4;

/** Watches a prefix through all faults; after each break it continues at the next member, after what it has seen. */
export class ChaosWatcher {
  readonly record: WatchRecord;
  readonly kind: WatchKind;
  resumed = 0;
  readonly #clients: readonly EtcdClient[];
  readonly #prefix: string;
  readonly #awayMs: readonly number[];
  #turn: number;
  #stream: ClientDuplexStream<object, Answer> | undefined;
  #heardMs = 0;
  /** They do not change their member all at once. */
  #looks: number;
  #closed = false;
  readonly #timer: NodeJS.Timeout;

  constructor(
    cluster: ChaosCluster,
    options: {
      readonly first: number;
      readonly prefix: string;
      readonly revision: number;
      readonly compactions: Compactions;
      /** Nothing is compacted before this watcher has seen it. */
      readonly mustSeeAll: boolean;
      readonly kind: WatchKind;
      readonly onEvent?: (event: WatchedEvent) => void;
    },
  ) {
    this.#clients = cluster.members.map(
      ({ process }) => new EtcdClient(new URL(process.clientUrl).host),
    );
    this.#turn = options.first;
    this.#looks = options.first;
    this.#awayMs = options.mustSeeAll ? shortAwayMs : awayMs;
    this.#prefix = options.prefix;
    this.kind = options.kind;
    this.record = new WatchRecord(options);
    this.#open();
    this.#timer = setInterval(() => this.#askForProgress(), silenceMaxMs / 3);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#stream?.cancel();
    for (const client of this.#clients) client.close();
  }

  #open(): void {
    if (this.#closed) return;
    const client = this.#clients[this.#turn++ % this.#clients.length];
    if (client === undefined) return;
    const stream = client.stream('Watch', 'Watch');
    this.record.begin();
    this.#stream = stream;
    this.#heardMs = performance.now();
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      if (this.#stream !== stream || this.#closed) return;
      this.resumed++;
      setTimeout(() => this.#open(), this.#awayMs[this.resumed % this.#awayMs.length]);
    };
    stream.on('error', end);
    stream.on('end', end);
    stream.on('data', (answer: Answer) => {
      if (this.#stream === stream) this.#take(answer, stream);
    });
    const rangeEnd = Buffer.from(this.#prefix);
    rangeEnd[rangeEnd.length - 1] = (rangeEnd.at(-1) ?? 0) + 1;
    const key = Buffer.from(this.#prefix);
    stream.write({
      create_request: {
        key,
        range_end: rangeEnd,
        start_revision: this.record.nextRevision,
        prev_kv: this.kind.withPrevious,
        fragment: this.kind.withPrevious,
        filters: this.kind.onlyDeletes ? ['NOPUT'] : [],
      },
    });
  }

  #askForProgress(): void {
    this.#looks++;
    const stream = this.#stream;
    if (stream === undefined) return;
    const isSilent = performance.now() - this.#heardMs > silenceMaxMs;
    if (isSilent || this.#looks % looksPerMember === 0) stream.cancel();
    else stream.write({ progress_request: {} });
  }

  #take(answer: Answer, stream: ClientDuplexStream<object, Answer>): void {
    this.#heardMs = performance.now();
    if (!this.record.take(watchAnswerOf(answer))) stream.cancel();
  }
}

/**
 * Checks that watchers of one prefix saw the same, except for what was compacted while one was away and what one did not ask
 * for, and that the first one, which asks for everything, saw all answered writes. Returns what is wrong.
 */
export function compareWatchers(
  watchers: readonly {
    readonly record: Pick<WatchRecord, 'events' | 'holes' | 'problems'>;
    readonly kind: WatchKind;
  }[],
  history: readonly HistoryOperation[],
  { prefix, compacted }: { readonly prefix: string; readonly compacted: number },
): string[] {
  const problems = watchers.flatMap(({ record }) => record.problems);
  const [reference, ...others] = watchers.map(({ record }) => record);
  if (reference === undefined) return problems;
  const before = previousOf(reference.events);
  for (const [at, other] of others.entries()) {
    const { onlyDeletes, withPrevious } = watchers[at + 1]?.kind ?? everyEvent;
    const expected = linesOf(
      reference.events.filter(
        ({ revision, found }) => !isIn(other.holes, revision) && (found === null || !onlyDeletes),
      ),
    );
    const actual = linesOf(other.events);
    if (withPrevious) problems.push(...wrongPrevious(other.events, before, compacted));
    const difference = expected.findIndex((event, place) => event !== actual[place]);
    if (difference === -1 && expected.length === actual.length) continue;
    const place = difference === -1 ? expected.length : difference;
    problems.push(
      `watcher 1 and ${at + 2} differ at event ${place}: ${expected[place] ?? 'nothing'} and ${actual[place] ?? 'nothing'}`,
    );
  }
  const seen = new Set(reference.events.map(({ revision, key }) => `${revision} ${key}`));
  for (const { id, call, outcome } of history) {
    if (outcome === 'unknown' || !changedSomething(outcome)) continue;
    const steps = branchOf(call, outcome.succeeded ?? true);
    for (const [at, result] of outcome.results.entries()) {
      const key = steps[at]?.key ?? '';
      const changed = result.kind === 'put' || (result.kind === 'delete' && result.deleted > 0);
      if (!changed || !key.startsWith(prefix) || seen.has(`${outcome.revision} ${key}`)) continue;
      problems.push(`#${id} changed ${key} at revision ${outcome.revision}, and no watcher saw it`);
    }
  }
  return problems;
}

/** The version before each event, by revision and key. */
function previousOf(events: readonly WatchedEvent[]): Map<string, WatchedEvent['found']> {
  const newest = new Map<string, WatchedEvent['found']>();
  const before = new Map<string, WatchedEvent['found']>();
  for (const { revision, key, found } of events) {
    before.set(`${revision} ${key}`, newest.get(key) ?? null);
    newest.set(key, found);
  }
  return before;
}

/** A version before an event may be missing once the revision of the event is compacted. */
function wrongPrevious(
  events: readonly WatchedEvent[],
  before: ReadonlyMap<string, WatchedEvent['found']>,
  compacted: number,
): string[] {
  return events.flatMap(({ revision, key, previous }) => {
    const expected = JSON.stringify(before.get(`${revision} ${key}`) ?? null);
    const actual = JSON.stringify(previous);
    if (actual === expected || (previous === null && revision <= compacted)) return [];
    return [`${key} at revision ${revision} came with ${actual}, and ${expected} was before it`];
  });
}

function linesOf(events: readonly WatchedEvent[]): string[] {
  return events.map(({ revision, key, found }) => `${revision} ${key} ${JSON.stringify(found)}`);
}

function isIn(holes: readonly Hole[], revision: number): boolean {
  return holes.some(({ from, to }) => from <= revision && revision <= to);
}
