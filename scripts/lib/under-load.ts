/** Runs operations on a cluster while a light load of puts goes on at every member, and tells what they cost the puts. */
import type { ClientHttp2Session } from 'node:http2';
import { etcdserverpb as pb } from '../../src/gen/etcd.js';
import { call, openSession } from './bench-client.ts';
import type { Answer } from './bench-client.ts';
import { residentMb } from './bench-cluster.ts';
import type { Cluster } from './bench-cluster.ts';

/** A pause of the light load between two puts at one member. */
const pauseMs = 20;

export interface Step {
  readonly name: string;
  run(sessions: readonly ClientHttp2Session[]): Promise<readonly Answer[]>;
}

/** Puts at every member, one at a time each, until it is stopped. */
class LightLoad {
  readonly #sessions: readonly ClientHttp2Session[];
  #times: number[] = [];
  #failed = 0;
  #isOver = false;
  readonly #running: Promise<unknown>;

  constructor(cluster: Cluster) {
    this.#sessions = cluster.endpoints.map(openSession);
    this.#running = Promise.all(this.#sessions.map((session, at) => this.#put(session, at)));
  }

  async #put(session: ClientHttp2Session, at: number): Promise<void> {
    const key = Buffer.from(`/light/${at}`);
    const request = pb.PutRequest.encode({ key, value: Buffer.alloc(100, 'l') }).finish();
    while (!this.#isOver) {
      const beganMs = performance.now();
      const { status } = await call(session, '/etcdserverpb.KV/Put', request);
      if (status === 0) this.#times.push(performance.now() - beganMs);
      else this.#failed++;
      await pause(pauseMs);
    }
  }

  /** The measurements since the last call. */
  take(): { readonly times: Float64Array; readonly failed: number } {
    const taken = { times: Float64Array.from(this.#times).toSorted(), failed: this.#failed };
    this.#times = [];
    this.#failed = 0;
    return taken;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    for (const session of this.#sessions) session.close();
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The terms of all members; another term afterwards means another leader, or an election at least. */
async function terms(sessions: readonly ClientHttp2Session[]): Promise<string> {
  const all = await Promise.all(
    sessions.map(async (session) => {
      const request = pb.StatusRequest.encode({}).finish();
      const { message } = await call(session, '/etcdserverpb.Maintenance/Status', request, {
        keep: true,
      });
      const { leader, raftTerm } = pb.StatusResponse.decode(message);
      return `${String(leader)}@${String(raftTerm)}`;
    }),
  );
  return all.join(' ');
}

/** The longest time during which a member could do nothing else since the last look, in ms; Rollcall only. */
async function longestTurnMs({ endpoints }: Cluster): Promise<number> {
  const all = await Promise.all(
    endpoints.map(async (endpoint) => {
      const text = await (await fetch(`${endpoint}/metrics`)).text();
      return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(text)?.[1] ?? NaN) * 1000;
    }),
  );
  return Math.max(...all);
}

const columns = [
  '',
  'seconds',
  'MB',
  'leader changed',
  'puts',
  'failed',
  'p50 ms',
  'p99 ms',
  'max ms',
  'longest turn ms',
  'resident MB',
  'refused',
];

/** Runs these operations one after the other and prints a row for each. */
export async function runUnderLoad(
  cluster: Cluster,
  sessions: readonly ClientHttp2Session[],
  steps: readonly Step[],
): Promise<void> {
  console.log(columns.join(' | '));
  const load = new LightLoad(cluster);
  await pause(2000);
  for (const step of steps) {
    await Promise.all([longestTurnMs(cluster), pause(1000)]);
    load.take();
    const before = await terms(sessions);
    const beganMs = performance.now();
    const answers = await step.run(sessions);
    const seconds = (performance.now() - beganMs) / 1000;
    // Work that an operation leaves behind may hold up puts as well.
    await pause(1000);
    const { times, failed } = load.take();
    const at = (share: number): string =>
      (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN).toFixed(1);
    const refused = answers.filter(({ status }) => status !== 0);
    console.log(
      [
        step.name,
        seconds.toFixed(1),
        (answers.reduce((bytes, answer) => bytes + answer.bytes, 0) / 1e6).toFixed(0),
        (await terms(sessions)) === before ? 'no' : 'YES',
        times.length,
        failed,
        at(0.5),
        at(0.99),
        at(1),
        (await longestTurnMs(cluster)).toFixed(0),
        residentMb(cluster),
        refused
          .map(({ status, text }) => `${status} ${text}`)
          .slice(0, 3)
          .join(', '),
      ].join(' | '),
    );
  }
  await load.stop();
}
