import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from '../simulation/random.ts';
import {
  checkLinearizable,
  describeOperation,
  withoutWhatNeverHappened,
} from '../simulation/linearizability/index.ts';
import { eventually } from '../cluster/processes.ts';
import { Clients } from './clients.ts';
import { ChaosCluster } from './cluster.ts';
import { faults } from './faults.ts';
import type { Fault } from './faults.ts';
import { History } from './history.ts';
import type { Recorded } from './history.ts';
import { lapseBoundMs, LeaseKeepers } from './leases.ts';
import { ChaosWatcher, compareWatchers } from './watchers.ts';

/** A long run is judged in pieces, on keys of their own, so that its memory is bounded. */
const roundMsMax = 30_000;
/** What healing, the last events and the lapse of leases may take at most of the time that was given. */
const finaleMs = 5000;
const watchersCount = 3;
/** For what must come about once the faults are over; long, because the machine may be busy with other tests. */
const patienceMs = 60_000;

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly members: number;
  readonly mainFile: string;
  /** Where histories go when something is found. */
  readonly keepIn: string;
  readonly alwaysKeep: boolean;
  /** Only these; all when empty. */
  readonly only: readonly string[];
  readonly say: (line: string) => void;
}

export interface ChaosReport {
  readonly problems: readonly string[];
  /** Where the histories are, if there are problems. */
  readonly directory: string | undefined;
  readonly faults: ReadonlyMap<string, number>;
  readonly answered: number;
  readonly unknown: number;
  readonly events: number;
  readonly resumedWatches: number;
  readonly leases: {
    readonly granted: number;
    readonly keptAlive: number;
    readonly lapsed: number;
  };
  readonly rounds: number;
  readonly longestGapMs: number;
  readonly errors: ReadonlyMap<string, number>;
}

/** Runs a cluster through faults by chance for about so long, and judges what its clients saw. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const run = new ChaosRun(options);
  return run.run();
}

/**
 * Whether a watcher has seen a write. What nobody was told about and no watcher has seen did not happen; whatever a client
 * has seen of it all the same is then without an explanation, which is right.
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
  readonly #faults = new Map<string, number>();
  readonly #leases = { granted: 0, keptAlive: 0, lapsed: 0 };
  #events = 0;
  #resumedWatches = 0;
  #rounds = 0;

  constructor(options: ChaosOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed, `chaos ${options.members}`);
    this.#endsMs = performance.now() + options.seconds * 1000;
  }

  async run(): Promise<ChaosReport> {
    const { members, mainFile } = this.#options;
    const cluster = await ChaosCluster.start(members, mainFile, this.#random.fork('relays'));
    const history = new History(join(cluster.directory, 'history.jsonl'));
    try {
      do await this.#round(cluster, history);
      while (this.#problems.length === 0 && performance.now() < this.#endsMs - finaleMs);
    } catch (error) {
      this.#problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    } finally {
      cluster.heal();
      await history.end();
      await cluster.stop();
    }
    const isKept = this.#problems.length > 0 || this.#options.alwaysKeep;
    const directory = isKept ? this.#keep(cluster) : undefined;
    cluster.remove();
    const { answered, unknown, longestGapMs, errors } = history;
    return {
      problems: this.#problems,
      directory,
      faults: this.#faults,
      answered,
      unknown,
      events: this.#events,
      resumedWatches: this.#resumedWatches,
      leases: this.#leases,
      rounds: this.#rounds,
      longestGapMs,
      errors,
    };
  }

  async #round(cluster: ChaosCluster, history: History): Promise<void> {
    const number = ++this.#rounds;
    const random = this.#random.fork(`round ${number}`);
    const prefix = `chaos/${number}/`;
    const leasePrefix = `leases/${number}/`;
    history.nextRound();
    const revision = await this.#revision(cluster);
    const clients = new Clients(cluster, history, prefix, random.fork('clients'));
    const keepers = new LeaseKeepers(cluster, leasePrefix, random.fork('keepers'));
    const watchers = Array.from({ length: watchersCount }, (_, first) => {
      return new ChaosWatcher(cluster, { first, prefix, revision });
    });
    const onEvent = keepers.take.bind(keepers);
    const leaseWatcher = new ChaosWatcher(cluster, {
      first: 1,
      prefix: leasePrefix,
      revision,
      onEvent,
    });
    try {
      await this.#harm(cluster, history, random.fork('faults'));
      cluster.heal();
      await Promise.all([clients.stop(), keepers.stop()]);
      await cluster.healthy();
      await this.#finish(cluster, prefix, watchers);
      await this.#waitForLeases(keepers);
    } finally {
      await Promise.all([clients.stop(), keepers.stop()]);
      for (const watcher of [...watchers, leaseWatcher]) watcher.close();
    }
    await this.#judge(cluster, history, watchers, keepers, prefix);
    this.#problems.push(...leaseWatcher.problems);
  }

  async #harm(cluster: ChaosCluster, history: History, random: SeededRandom): Promise<void> {
    const { say, only } = this.#options;
    const endsMs = Math.min(performance.now() + roundMsMax, this.#endsMs - finaleMs);
    const pause = async (ms: number): Promise<void> => {
      const left = Math.min(ms, endsMs - performance.now());
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    };
    const chosen = faults.filter(({ name }) => only.length === 0 || only.includes(name));
    let deck: Fault[] = [];
    while (performance.now() < endsMs) {
      await pause(random.between(200, 1200));
      if (performance.now() >= endsMs) break;
      // Every fault has its turn before one comes again.
      if (deck.length === 0) deck = chosen.toSorted(() => random.unit() - 0.5);
      const count = random.between(1, 5) === 1 ? 2 : 1;
      const together = deck.splice(0, count);
      await Promise.all(
        together.map(async (fault) => {
          this.#faults.set(fault.name, (this.#faults.get(fault.name) ?? 0) + 1);
          history.note({ fault: fault.name, begins: true });
          const what = await fault.run({ cluster, random: random.fork(fault.name), pause });
          history.note({ fault: fault.name, what });
          say(`${fault.name}: ${what}`);
        }),
      );
      // A member that stopped by itself, as it should when its disk fails, is started by whoever runs it.
      for (const { process } of cluster.members) if (!process.running) process.start();
    }
  }

  /** Writes until the cluster takes it, and waits until every watcher has seen that. */
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
        () => Promise.resolve(watcher.lastRevision >= last ? true : undefined),
        patienceMs,
      );
    }
  }

  async #waitForLeases(keepers: LeaseKeepers): Promise<void> {
    const endsMs = performance.now() + lapseBoundMs;
    while (keepers.living > 0 && performance.now() < endsMs) {
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
    this.#problems.push(...compareWatchers(watchers, history.operations, prefix));
    for (const { revision, key, found } of watchers[0]?.events ?? []) {
      if (!key.endsWith('~end')) history.recordEvent('?', key, revision, found);
    }
    const beganMs = performance.now();
    const { operations: calls } = history;
    const verdict = checkLinearizable(withoutWhatNeverHappened(calls, wasWatched(calls)));
    const tookMs = Math.round(performance.now() - beganMs);
    if (verdict.ok !== true) {
      const operations = verdict.operations.slice(0, 20).map(describeOperation);
      this.#problems.push([`history: ${verdict.reason}`, ...operations].join('\n'));
    }
    this.#problems.push(...keepers.tooEarly(), ...keepers.tooLate());
    this.#problems.push(...(await this.#compareMembers(cluster)));
    const { granted, keptAlive, lapsed } = keepers;
    this.#leases.granted += granted;
    this.#leases.keptAlive += keptAlive;
    this.#leases.lapsed += lapsed;
    for (const watcher of watchers) {
      this.#events += watcher.events.length;
      this.#resumedWatches += watcher.resumed;
    }
    const counts = `${history.operations.length} calls and events`;
    say(
      `round ${this.#rounds}: ${counts} judged in ${tookMs} ms, ${this.#problems.length} problems`,
    );
  }

  /** All members have the same data at one revision. */
  async #compareMembers(cluster: ChaosCluster): Promise<string[]> {
    const revision = await this.#revision(cluster);
    const hashes = new Map<string, string>();
    for (const { process } of cluster.members) {
      const answer = await eventually(`${process.name} having revision ${revision}`, () =>
        process.client.call('Maintenance', 'HashKV', { revision }, 2000),
      );
      hashes.set(process.name, String(answer['hash']));
    }
    if (new Set(hashes.values()).size === 1) return [];
    const list = [...hashes].map(([name, hash]) => `${name} ${hash}`).join(', ');
    return [`members differ at revision ${revision}: ${list}`];
  }

  async #revision(cluster: ChaosCluster): Promise<number> {
    const client = cluster.members[0]?.process.client;
    if (client === undefined) return 1;
    const { header } = await eventually('a read', () =>
      client.call('KV', 'Range', { key: Buffer.from('chaos') }, 2000),
    );
    return Number(header.revision);
  }

  /** Copies histories and logs to where they stay. */
  #keep(cluster: ChaosCluster): string {
    const { keepIn, seed, members } = this.#options;
    const directory = join(keepIn, `seed-${seed}-members-${members}`);
    mkdirSync(directory, { recursive: true });
    for (const name of [
      'history.jsonl',
      ...cluster.members.map((one) => `${one.process.name}.log`),
    ]) {
      const file = join(cluster.directory, name);
      if (existsSync(file)) cpSync(file, join(directory, name));
    }
    return directory;
  }
}
