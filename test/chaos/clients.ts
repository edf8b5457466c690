import type { Call, Outcome, Step } from '../simulation/linearizability/index.ts';
import type { SeededRandom } from '../simulation/random.ts';
import { EtcdClient } from '../cluster/etcd-client.ts';
import type { ChaosCluster } from './cluster.ts';
import type { History } from './history.ts';
import { callEtcd } from './wire.ts';

const clientsCount = 8;
/** Few keys, so that clients conflict. The keys of a pair are read and written together. */
const singleKeys = ['a', 'b', 'c', 'd'];
const pairKeys = ['p', 'q', 'r'];
/** The pause between two calls: the history should be long, and the machine is shared. */
const breathMs = 12;

/** Clients that call random members, each one call after the other. */
export class Clients {
  readonly #history: History;
  readonly #prefix: string;
  readonly #running: Promise<unknown>;
  #stopping = false;
  /** Numbers values. */
  #nextValue = 1;
  #newestRevision = 0;

  constructor(cluster: ChaosCluster, history: History, prefix: string, random: SeededRandom) {
    this.#history = history;
    this.#prefix = prefix;
    this.#running = Promise.all(
      Array.from({ length: clientsCount }, (_, at) =>
        this.#run(`c${at + 1}`, cluster, random.fork(`client ${at}`)),
      ),
    );
  }

  /** Awaits the calls in flight. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  async #run(name: string, cluster: ChaosCluster, random: SeededRandom): Promise<void> {
    const connections = cluster.members.map(({ process }) => ({
      member: process.name,
      client: new EtcdClient(new URL(process.clientUrl).host),
    }));
    const seen = new Map<string, number>();
    let at = random.between(0, connections.length - 1);
    while (!this.#stopping) {
      const connection = connections[at % connections.length];
      if (connection === undefined) break;
      const who = { client: name, member: connection.member };
      const outcome = await this.#call(who, connection.client, random, seen);
      // Without an answer the client goes to the next member, as etcd's clients do; otherwise it changes its member
      // now and then.
      if (outcome === undefined || random.between(1, 10) === 1) at++;
      await new Promise((resolve) => setTimeout(resolve, random.between(0, 2 * breathMs)));
    }
    for (const { client } of connections) client.close();
  }

  async #call(
    who: { client: string; member: string },
    client: EtcdClient,
    random: SeededRandom,
    seen: Map<string, number>,
  ): Promise<Outcome | undefined> {
    const call = this.#choose(random, seen);
    const options = { serializable: false, revision: 0 };
    if (call.kind === 'get') {
      const dice = random.between(1, 10);
      if (dice <= 2) options.serializable = true;
      else if (dice === 3)
        options.revision = Math.max(0, this.#newestRevision - random.between(0, 100));
    }
    const mayBeOld = options.serializable || options.revision > 0;
    const ask = (): Promise<Outcome> => callEtcd(client, call, options);
    const outcome = await this.#history.record(who, call, ask, { mayBeOld });
    if (outcome === undefined) return undefined;
    if (!mayBeOld) this.#newestRevision = Math.max(this.#newestRevision, outcome.revision ?? 0);
    for (const [at, result] of outcome.results.entries()) {
      const steps =
        call.kind === 'txn' ? (outcome.succeeded === true ? call.success : call.failure) : [call];
      const key = steps[at]?.key;
      if (key !== undefined && result.kind === 'get') seen.set(key, result.found?.modRevision ?? 0);
    }
    return outcome;
  }

  #choose(random: SeededRandom, seen: ReadonlyMap<string, number>): Call {
    const single = `${this.#prefix}${pick(random, singleKeys)}`;
    const pair = this.#pair(random);
    const first = pair[0] ?? single;
    const put = (key: string) => ({ kind: 'put', key, value: this.#value(random) }) as const;
    const dice = random.between(1, 20);
    if (dice <= 4) return put(single);
    if (dice <= 8) return { kind: 'get', key: single };
    if (dice <= 10) return { kind: 'delete', key: single };
    if (dice <= 13) {
      // Compare-and-swap from what this client saw last.
      const against = seen.get(single) ?? 0;
      const compares = [{ key: single, target: 'mod', result: 'equal', against } as const];
      return { kind: 'txn', compares, success: [put(single)], failure: [get(single)] };
    }
    if (dice <= 15) return { kind: 'txn', compares: [], success: pair.map(put), failure: [] };
    if (dice <= 18) return { kind: 'txn', compares: [], success: pair.map(get), failure: [] };
    if (dice <= 19) {
      const compares = [{ key: first, target: 'version', result: 'greater', against: 0 } as const];
      const clear = pair.map((key): Step => ({ kind: 'delete', key }));
      return { kind: 'txn', compares, success: clear, failure: pair.map(put) };
    }
    return { kind: 'get', key: first };
  }

  /** Some are empty. Any other is written once. */
  #value(random: SeededRandom): string {
    return random.between(1, 12) === 1 ? '' : `${this.#nextValue++}`;
  }

  #pair(random: SeededRandom): string[] {
    const leftOut = pick(random, pairKeys);
    return pairKeys.filter((key) => key !== leftOut).map((key) => `${this.#prefix}${key}`);
  }
}

function pick<T>(random: SeededRandom, all: readonly T[]): T {
  const one = all[random.between(0, all.length - 1)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}

function get(key: string): Step {
  return { kind: 'get', key };
}
