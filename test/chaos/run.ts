import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from '../simulation/random.ts';
import {
  checkLinearizable,
  describeOperation,
  withoutWhatNeverHappened,
} from '../simulation/linearizability/index.ts';
import { eventually } from '../cluster/processes.ts';
import { within } from './bounded.ts';
import { Clients } from './clients.ts';
import { ChaosCluster } from './cluster.ts';
import { Compactions } from './compactions.ts';
import { faults } from './faults.ts';
import type { Fault, Scene } from './fault.ts';
import { History } from './history.ts';
import type { Gap, Recorded } from './history.ts';
import { lapseBoundMs, LeaseKeepers } from './leases.ts';
import { Operator } from './operator.ts';
import type { ChaosProgram } from './program.ts';
import { compareMembers } from './members.ts';
import type { Timeline } from './timeline.ts';
import type { WatchedEvent } from './watch-record.ts';
import { ChaosWatcher, compareWatchers, everyEvent } from './watchers.ts';
import type { WatchKind } from './watchers.ts';

/** A long run is checked in rounds, each with keys of its own, so that its memory is bounded. */
const roundMsMax = 30_000;
/** The fraction of the given time that healing, the last events and the expiry of leases may take. */
const finaleMs = 5000;
/** The first one is what the others are compared with. */
const watcherKinds: readonly WatchKind[] = [
  everyEvent,
  everyEvent,
  { onlyDeletes: false, withPrevious: true },
  { onlyDeletes: true, withPrevious: true },
];
/** Time limit of the recovery after the faults; long, because the machine may be busy with other tests. */
const patienceMs = 60_000;
/** Clients give up a call after 1.5 s, and lease holders wait for three of them. */
const clientsStopMsMax = 30_000;
/** A few clients have got answers then. */
const writesBetweenFaults = 20;
const recoveryLooksMax = 160;
/** The longest is a rolling restart of members that stop slowly. */
const faultMsMax = 240_000;

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly members: number;
  readonly program: ChaosProgram;
  /** The directory of histories when something is found. */
  readonly keepIn: string;
  readonly alwaysKeep: boolean;
  /** Only these; all when empty. */
  readonly only: readonly string[];
  readonly say: (line: string) => void;
}

export interface ChaosReport {
  readonly problems: readonly string[];
  /** The directory of the histories, if there are problems. */
  readonly directory: string | undefined;
  readonly faults: ReadonlyMap<string, number>;
  readonly answered: number;
  readonly unknown: number;
  readonly events: number;
  readonly resumedWatches: number;
  /** How often a watcher's next revision was compacted. */
  readonly missedWatches: number;
  readonly leases: {
    readonly granted: number;
    readonly keptAlive: number;
    readonly lapsed: number;
  };
  /** Members that ended by themselves, and the reasons that allowed it. */
  readonly excusedExits: ReadonlyMap<string, number>;
  readonly rounds: number;
  readonly longestGap: Gap;
  readonly errors: ReadonlyMap<string, number>;
}

/** Runs a cluster under random faults for about this time, and checks what its clients saw. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const run = new ChaosRun(options);
  return run.run();
}

/**
 * True if a watcher has seen a write. An unanswered write that no watcher has seen did not happen; if a client has
 * seen its effect all the same, the check finds no explanation, and rightly so.
 */
function wasWatched(history: readonly Recorded[]): (key: string, value: string) => boolean {
  const seen = new Set<string>();
  for (const { call, outcome, client } of history) {
    if (client !== 'watcher' || outcome === 'unknown' || call.kind !== 'get') continue;
    const [result] = outcome.results;
    if (result?.kind === 'get' && result.found !== null)
      seen.add(`${call.key} ${result.found.value}`);
  }
  return (key, value) => seen.has(`${key} ${value}`);
}

class ChaosRun {
  readonly #options: ChaosOptions;
  readonly #random: SeededRandom;
  readonly #endsMs: number;
  readonly #problems: string[] = [];
  readonly #compactions = new Compactions();
  readonly #faults = new Map<string, number>();
  readonly #leases = { granted: 0, keptAlive: 0, lapsed: 0 };
  #events = 0;
  #resumedWatches = 0;
  #missedWatches = 0;
  #rounds = 0;

  constructor(options: ChaosOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed, `chaos ${options.members}`);
    this.#endsMs = performance.now() + options.seconds * 1000;
  }

  async run(): Promise<ChaosReport> {
    const { members, program } = this.#options;
    const cluster = await ChaosCluster.start(members, program, this.#random.fork('relays'));
    const operator = new Operator(cluster, this.#random.fork('operator'));
    const history = new History(join(cluster.directory, 'history.jsonl'));
    try {
      do await this.#round(cluster, operator, history);
      while (this.#problems.length === 0 && performance.now() < this.#endsMs - finaleMs);
    } catch (error) {
      this.#problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    } finally {
      cluster.heal();
      await within('the end of the history', patienceMs, history.end());
      await cluster.stop();
      this.#problems.push(...cluster.exits.takeProblems());
    }
    const isKept = this.#problems.length > 0 || this.#options.alwaysKeep;
    const directory = isKept ? this.#keep(cluster) : undefined;
    cluster.remove();
    const { answered, unknown, longestGap, errors } = history;
    return {
      problems: this.#problems,
      directory,
      faults: this.#faults,
      answered,
      unknown,
      events: this.#events,
      resumedWatches: this.#resumedWatches,
      missedWatches: this.#missedWatches,
      leases: this.#leases,
      excusedExits: cluster.exits.excused,
      rounds: this.#rounds,
      longestGap,
      errors,
    };
  }

  async #round(cluster: ChaosCluster, operator: Operator, history: History): Promise<void> {
    const number = ++this.#rounds;
    const random = this.#random.fork(`round ${number}`);
    const prefix = `chaos/${number}/`;
    const leasePrefix = `leases/${number}/`;
    const revision = await this.#revision(cluster);
    const compactions = this.#compactions;
    history.nextRound();
    const clients = new Clients(cluster, history, prefix, random.fork('clients'));
    const { timeline } = history;
    const keepers = new LeaseKeepers(cluster, {
      prefix: leasePrefix,
      timeline,
      random: random.fork('keepers'),
    });
    const onEvent = (event: WatchedEvent): void => timeline.note(event.revision, event.seenAtMs);
    const watchers = watcherKinds.map((kind, first) => {
      const mustSeeAll = first === 0;
      return new ChaosWatcher(cluster, {
        first,
        prefix,
        revision,
        compactions,
        mustSeeAll,
        kind,
        onEvent,
      });
    });
    const { promises } = keepers;
    const leaseWatcher = new ChaosWatcher(cluster, {
      first: 1,
      prefix: leasePrefix,
      revision,
      compactions,
      mustSeeAll: true,
      kind: everyEvent,
      onEvent: (event) => promises.take(event),
    });
    const seeingAll = [...watchers.slice(0, 1), leaseWatcher];
    compactions.seenByAll = () =>
      Math.min(...seeingAll.map(({ record }) => record.nextRevision - 1));
    const stop = (): Promise<unknown> => {
      const both = Promise.all([clients.stop(), keepers.stop()]);
      return within('the last calls of clients', clientsStopMsMax, both);
    };
    try {
      await this.#harm({ cluster, operator, compactions }, history, random.fork('faults'));
      cluster.heal();
      await stop();
      history.endRound();
      await operator.finish(patienceMs);
      await cluster.healthy();
      await this.#finish(cluster, prefix, watchers);
      await this.#waitForLeases(cluster, keepers, timeline);
    } catch (error) {
      // Findings of watchers may explain why the round did not end well.
      for (const { record } of [...watchers, leaseWatcher]) this.#problems.push(...record.problems);
      throw error;
    } finally {
      await stop();
      for (const watcher of [...watchers, leaseWatcher]) watcher.close();
    }
    await this.#judge(cluster, history, watchers, keepers, prefix);
    this.#problems.push(...leaseWatcher.record.problems, ...cluster.exits.takeProblems());
  }

  async #harm(
    place: Pick<Scene, 'cluster' | 'operator' | 'compactions'>,
    history: History,
    random: SeededRandom,
  ): Promise<void> {
    const { say } = this.#options;
    const { cluster } = place;
    const endsMs = Math.min(performance.now() + roundMsMax, this.#endsMs - finaleMs);
    const pause = async (ms: number): Promise<void> => {
      const left = Math.min(ms, endsMs - performance.now());
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    };
    const chosen = this.#chosenFaults();
    let deck: Fault[] = [];
    while (performance.now() < endsMs) {
      await pause(random.between(200, 1200));
      // Faults wait until clients are served, though some also come while it has not recovered.
      if (random.between(1, 4) > 1) await this.#recovery(history, pause);
      if (performance.now() >= endsMs) break;
      // Every fault is used before one is repeated.
      if (deck.length === 0) deck = chosen.toSorted(() => random.unit() - 0.5);
      const count = random.between(1, 5) === 1 ? 2 : 1;
      const together = deck.splice(0, count);
      await Promise.all(
        together.map(async (fault) => {
          this.#faults.set(fault.name, (this.#faults.get(fault.name) ?? 0) + 1);
          history.faultBegins(fault.name);
          const scene = { ...place, random: random.fork(fault.name), pause, endsMs };
          const what = await within(`fault ${fault.name}`, faultMsMax, fault.run(scene));
          history.faultEnds(fault.name, what);
          say(`${fault.name}: ${what}`);
        }),
      );
      // Starts a member that stopped by itself, as it must when its disk fails, like a service manager.
      for (const member of cluster.members) if (!member.process.running) cluster.start(member);
    }
  }

  /** Waits until clients get answers again; bounded, because they may get none before the faults are over. */
  async #recovery(history: History, pause: (ms: number) => Promise<void>): Promise<void> {
    const enough = history.written + writesBetweenFaults;
    for (let look = 0; look < recoveryLooksMax && history.written < enough; look++) await pause(50);
  }

  #chosenFaults(): readonly Fault[] {
    const { only, program } = this.#options;
    return faults.filter(({ name, onlyRollcall }) => {
      if (only.length > 0) return only.includes(name);
      return program.isRollcall || onlyRollcall !== true;
    });
  }

  /** Writes until it succeeds, and waits until every watcher has seen it. */
  async #finish(
    cluster: ChaosCluster,
    prefix: string,
    watchers: readonly ChaosWatcher[],
  ): Promise<void> {
    const client = cluster.members[0]?.process.client;
    if (client === undefined) return;
    const { header } = await eventually(
      'a write after the faults',
      () => client.put(`${prefix}~end`, 'end', {}, 2000),
      patienceMs,
    );
    const last = Number(header.revision);
    for (const [at, watcher] of watchers.entries()) {
      await eventually(
        `watcher ${at + 1} seeing revision ${last}`,
        () => Promise.resolve(watcher.record.nextRevision > last ? true : undefined),
        patienceMs,
      );
    }
  }

  /** Continues reading, since clients have ended: the watcher may be away when a lease expires. */
  async #waitForLeases(
    cluster: ChaosCluster,
    { promises }: LeaseKeepers,
    timeline: Timeline,
  ): Promise<void> {
    const endsMs = performance.now() + lapseBoundMs;
    const client = cluster.members[0]?.process.client;
    while (promises.living > 0 && performance.now() < endsMs) {
      const answer = await client
        ?.call('KV', 'Range', { key: Buffer.from('chaos') }, 1000)
        .catch(() => undefined);
      timeline.note(Number(answer?.header.revision ?? 0));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #judge(
    cluster: ChaosCluster,
    history: History,
    watchers: readonly ChaosWatcher[],
    keepers: LeaseKeepers,
    prefix: string,
  ): Promise<void> {
    const { say } = this.#options;
    const { promises } = keepers;
    const compacted = this.#compactions.newest;
    const { operations: calls } = history;
    this.#problems.push(...compareWatchers(watchers, calls, { prefix, compacted }));
    for (const { revision, key, found } of watchers[0]?.record.events ?? []) {
      if (!key.endsWith('~end')) history.recordEvent('?', key, revision, found);
    }
    const beganMs = performance.now();
    const verdict = checkLinearizable(withoutWhatNeverHappened(calls, wasWatched(calls)));
    const tookMs = Math.round(performance.now() - beganMs);
    if (verdict.ok !== true) {
      const operations = verdict.operations.slice(0, 20).map(describeOperation);
      this.#problems.push([`history: ${verdict.reason}`, ...operations].join('\n'));
    }
    this.#problems.push(...promises.tooEarly(), ...promises.tooLate(lapseBoundMs));
    const revision = await this.#revision(cluster);
    this.#problems.push(...(await compareMembers(cluster, revision, patienceMs)));
    const { granted, keptAlive } = keepers;
    this.#leases.granted += granted;
    this.#leases.keptAlive += keptAlive;
    this.#leases.lapsed += promises.lapsed;
    for (const watcher of watchers) {
      this.#events += watcher.record.events.length;
      this.#resumedWatches += watcher.resumed;
      this.#missedWatches += watcher.record.holes.length;
    }
    const counts = `${history.operations.length} calls and events`;
    say(
      `round ${this.#rounds}: ${counts} judged in ${tookMs} ms, ${this.#problems.length} problems`,
    );
  }

  async #revision(cluster: ChaosCluster): Promise<number> {
    const client = cluster.members[0]?.process.client;
    if (client === undefined) return 1;
    const { header } = await eventually('a read', () =>
      client.call('KV', 'Range', { key: Buffer.from('chaos') }, 2000),
    );
    return Number(header.revision);
  }

  /** Copies histories and logs to a directory that stays. */
  #keep(cluster: ChaosCluster): string {
    const { keepIn, seed, members } = this.#options;
    const directory = join(keepIn, `seed-${seed}-members-${members}`);
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(cluster.directory)) {
      if (name.endsWith('.jsonl') || name.endsWith('.log'))
        cpSync(join(cluster.directory, name), join(directory, name));
    }
    return directory;
  }
}
