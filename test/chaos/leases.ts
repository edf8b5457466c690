import type { SeededRandom } from '../simulation/random.ts';
import { EtcdClient } from '../cluster/etcd-client.ts';
import type { Answer } from '../cluster/etcd-client.ts';
import type { ChaosCluster } from './cluster.ts';
import { LeasePromises } from './lease-promises.ts';
import type { Timeline } from './timeline.ts';

const keepersCount = 4;
const ttlSeconds = 2;
const patienceMs = 1000;
/** Counts from the recovery of the cluster: a new leader may restart the countdown, and takes a moment to revoke. */
export const lapseBoundMs: number = 2 * ttlSeconds * 1000 + 2000;
const notFoundCode = 5;

/** Clients that hold a lease for a while and then let it expire. */
export class LeaseKeepers {
  granted = 0;
  keptAlive = 0;
  readonly promises: LeasePromises;
  readonly #prefix: string;
  readonly #timeline: Timeline;
  readonly #running: Promise<unknown>;
  #nextNumber = 1;
  #stopping = false;

  constructor(
    cluster: ChaosCluster,
    {
      prefix,
      timeline,
      random,
    }: {
      readonly prefix: string;
      readonly timeline: Timeline;
      readonly random: SeededRandom;
    },
  ) {
    this.#prefix = prefix;
    this.#timeline = timeline;
    this.promises = new LeasePromises(timeline);
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
      await this.#hold(anyone, random).catch(() => undefined);
      await pause(200);
    }
    for (const client of clients) client.close();
  }

  async #hold(anyone: () => EtcdClient, random: SeededRandom): Promise<void> {
    const turns = random.between(0, 8);
    const client = anyone();
    const { promises } = this;
    const grantedMs = performance.now();
    const grant = await client.call('Lease', 'LeaseGrant', { TTL: ttlSeconds }, patienceMs);
    const lease = String(grant['ID']);
    this.granted++;
    const key = `${this.#prefix}${this.#nextNumber++}`;
    promises.promise(key, grantedMs, secondsOf(grant));
    try {
      const value = 'held'.repeat(random.between(0, 3) ** 6);
      const { header } = await anyone().put(key, value, { lease }, patienceMs);
      this.#timeline.note(Number(header.revision));
    } catch (error) {
      if (codeOf(error) === notFoundCode) promises.wasDenied(key, 'a put', performance.now());
      return;
    }
    promises.isThere(key);
    for (let turn = 0; turn < turns && !this.#stopping; turn++) {
      await pause((ttlSeconds * 1000) / 4);
      const sentMs = performance.now();
      const seconds = await keepAlive(anyone(), lease);
      if (seconds === undefined) continue;
      if (seconds <= 0) {
        promises.wasDenied(key, 'a keep-alive', performance.now());
        return;
      }
      promises.promise(key, sentMs, seconds);
      this.keptAlive++;
    }
    if (random.between(1, 4) > 1) return;
    promises.isGivenUp(key, performance.now());
    await anyone().call('Lease', 'LeaseRevoke', { ID: lease }, patienceMs);
  }
}

/** The TTL of the lease; 0 if there is no such lease, `undefined` without an answer. */
function keepAlive(client: EtcdClient, lease: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const stream = client.stream('Lease', 'LeaseKeepAlive');
    const end = (seconds: number | undefined): void => {
      clearTimeout(timer);
      stream.cancel();
      resolve(seconds);
    };
    const timer = setTimeout(() => end(undefined), patienceMs);
    stream.on('error', () => end(undefined));
    stream.on('end', () => end(undefined));
    stream.on('data', (answer: Answer) => end(secondsOf(answer)));
    stream.write({ ID: lease });
  });
}

function secondsOf(answer: Answer): number {
  return Number(answer['TTL']);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
