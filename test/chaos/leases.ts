import type { SeededRandom } from '../simulation/random.ts';
import { EtcdClient } from '../cluster/etcd-client.ts';
import type { Answer } from '../cluster/etcd-client.ts';
import type { ChaosCluster } from './cluster.ts';
import type { WatchedEvent } from './watchers.ts';

const keepersCount = 4;
const ttlSeconds = 2;
const patienceMs = 1000;
/** From when the cluster is well again: a new leader may begin the countdown anew, and takes a moment to revoke. */
export const lapseBoundMs: number = 2 * ttlSeconds * 1000 + 2000;

interface Kept {
  readonly key: string;
  /** The cluster has promised that the lease lives until then. */
  promisedUntilMs: number;
  deletedMs: number | undefined;
}

/** Clients that hold a lease for a while and then let it lapse; and what the cluster promised them. */
export class LeaseKeepers {
  granted = 0;
  keptAlive = 0;
  lapsed = 0;
  readonly #prefix: string;
  readonly #kept = new Map<string, Kept>();
  readonly #running: Promise<unknown>;
  #nextNumber = 1;
  #stopping = false;

  constructor(cluster: ChaosCluster, prefix: string, random: SeededRandom) {
    this.#prefix = prefix;
    this.#running = Promise.all(
      Array.from({ length: keepersCount }, (_, at) =>
        this.#run(cluster, random.fork(`keeper ${at}`)),
      ),
    );
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  /** Events of the keys with leases, of one watcher. */
  take({ key, found, seenAtMs }: WatchedEvent): void {
    const kept = this.#kept.get(key);
    if (kept === undefined || found !== null) return;
    kept.deletedMs = seenAtMs;
    this.lapsed++;
  }

  get living(): number {
    return [...this.#kept.values()].filter(({ deletedMs }) => deletedMs === undefined).length;
  }

  /** Leases that lapsed before their time: seen as lapsed although the promise had not run out. */
  tooEarly(): string[] {
    return [...this.#kept.values()]
      .filter(({ deletedMs, promisedUntilMs }) => (deletedMs ?? Infinity) < promisedUntilMs)
      .map(({ key, deletedMs = 0, promisedUntilMs }) => {
        const early = Math.round(promisedUntilMs - deletedMs);
        return `${key} lapsed ${early} ms before the time that was promised`;
      });
  }

  /** Leases that are still there. */
  tooLate(): string[] {
    return [...this.#kept.values()]
      .filter(({ deletedMs }) => deletedMs === undefined)
      .map(
        ({ key }) => `${key} has not lapsed ${lapseBoundMs} ms after the cluster was well again`,
      );
  }

  async #run(cluster: ChaosCluster, random: SeededRandom): Promise<void> {
    const clients = cluster.members.map(
      ({ process }) => new EtcdClient(new URL(process.clientUrl).host),
    );
    const anyone = (): EtcdClient => {
      const client = clients[random.between(0, clients.length - 1)];
      if (client === undefined) throw new Error('there are no members');
      return client;
    };
    while (!this.#stopping) {
      await this.#hold(anyone, random.between(0, 8)).catch(() => undefined);
      await pause(200);
    }
    for (const client of clients) client.close();
  }

  async #hold(anyone: () => EtcdClient, turns: number): Promise<void> {
    const client = anyone();
    const grantedMs = performance.now();
    const grant = await client.call('Lease', 'LeaseGrant', { TTL: ttlSeconds }, patienceMs);
    const lease = String(grant['ID']);
    this.granted++;
    const key = `${this.#prefix}${this.#nextNumber++}`;
    const kept = {
      key,
      promisedUntilMs: grantedMs + secondsOf(grant) * 1000,
      deletedMs: undefined,
    };
    await anyone().put(key, 'held', { lease }, patienceMs);
    this.#kept.set(key, kept);
    for (let turn = 0; turn < turns && !this.#stopping; turn++) {
      await pause((ttlSeconds * 1000) / 4);
      const seconds = await keepAlive(anyone(), lease, (sentMs, left) => {
        kept.promisedUntilMs = Math.max(kept.promisedUntilMs, sentMs + left * 1000);
      });
      if (seconds === 0) return;
      if (seconds !== undefined) this.keptAlive++;
    }
  }
}

/** The time that the lease has got; 0 if there is no such lease, `undefined` without an answer. */
function keepAlive(
  client: EtcdClient,
  lease: string,
  onPromise: (sentMs: number, seconds: number) => void,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sentMs = performance.now();
    const stream = client.stream('Lease', 'LeaseKeepAlive');
    const end = (seconds: number | undefined): void => {
      clearTimeout(timer);
      stream.cancel();
      resolve(seconds);
    };
    const timer = setTimeout(() => end(undefined), patienceMs);
    stream.on('error', () => end(undefined));
    stream.on('end', () => end(undefined));
    stream.on('data', (answer: Answer) => {
      const seconds = secondsOf(answer);
      if (seconds > 0) onPromise(sentMs, seconds);
      end(seconds);
    });
    stream.write({ ID: lease });
  });
}

function secondsOf(answer: Answer): number {
  return Number(answer['TTL']);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
