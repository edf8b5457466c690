/**
 * Reads, deletes, compacts and backs up a lot of data at once, while a light load of puts goes on at every member, and
 * tells for each what it cost the puts: whether the leader changed, how long puts took, and how long a member could do
 * nothing else. Three members, each set of data in a cluster of its own.
 *
 *   npm run bench:large -- [--etcd PROGRAM] [--only small|large] [--keys 1000000] [--objects 20000]
 *
 * `--etcd` measures etcd (or anything that takes its flags and its API) instead of Rollcall.
 */
import type { ClientHttp2Session } from 'node:http2';
import { parseArgs } from 'node:util';
import { etcdserverpb as pb } from '../src/gen/etcd.js';
import { call, openSession } from './lib/bench-client.ts';
import type { Answer } from './lib/bench-client.ts';
import { residentMb, rollcall, startCluster, stopCluster } from './lib/bench-cluster.ts';
import type { Cluster } from './lib/bench-cluster.ts';

const { values: options } = parseArgs({
  options: {
    etcd: { type: 'string' },
    only: { type: 'string' },
    keys: { type: 'string', default: '1000000' },
    objects: { type: 'string', default: '20000' },
  },
});

interface Fill {
  readonly name: string;
  readonly count: number;
  readonly valueBytes: number;
  /** Puts of one transaction while filling. */
  readonly together: number;
}

const fills: Readonly<Record<string, Fill>> = {
  small: {
    name: `${options.keys} keys of 256 B`,
    count: Number(options.keys),
    valueBytes: 256,
    together: 100,
  },
  large: {
    name: `${options.objects} keys of 15 kB`,
    count: Number(options.objects),
    valueBytes: 15_000,
    together: 10,
  },
};

const { SortOrder, SortTarget } = pb.RangeRequest;
const kv = '/etcdserverpb.KV/';
const maintenance = '/etcdserverpb.Maintenance/';
/** Transactions under way while filling. */
const fillersMax = 24;
/** A pause of the light load between two puts at one member. */
const pauseMs = 20;

function keyOf(number: number): Buffer {
  return Buffer.from(`/large/${String(number).padStart(9, '0')}`);
}

function everything(more: pb.RangeRequest.$Properties = {}): Uint8Array {
  const ends = { key: Buffer.from('/large/'), range_end: Buffer.from('/large0') };
  return pb.RangeRequest.encode({ ...ends, ...more }).finish();
}

async function fill(sessions: readonly ClientHttp2Session[], what: Fill): Promise<void> {
  const value = Buffer.alloc(what.valueBytes, 'v');
  let next = 0;
  const filler = async (session: ClientHttp2Session): Promise<void> => {
    while (next < what.count) {
      const from = next;
      next = Math.min(next + what.together, what.count);
      const success = Array.from({ length: next - from }, (_, at) => ({
        request_put: { key: keyOf(from + at), value },
      }));
      const request = pb.TxnRequest.encode({ success }).finish();
      for (let attempt = 1; ; attempt++) {
        const answer = await call(session, `${kv}Txn`, request);
        if (answer.status === 0) break;
        if (attempt === 20) throw new Error(`filling failed: ${answer.status} ${answer.text}`);
        await pause(100);
      }
    }
  };
  const fillers = Array.from({ length: Math.ceil(fillersMax / sessions.length) }, () =>
    sessions.map(filler),
  );
  await Promise.all(fillers.flat());
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
      const { status } = await call(session, `${kv}Put`, request);
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The terms of all members; another term afterwards means another leader, or an election at least. */
async function terms(sessions: readonly ClientHttp2Session[]): Promise<string> {
  const all = await Promise.all(
    sessions.map(async (session) => {
      const request = pb.StatusRequest.encode({}).finish();
      const { message } = await call(session, `${maintenance}Status`, request, { keep: true });
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

interface Step {
  readonly name: string;
  run(sessions: readonly ClientHttp2Session[]): Promise<readonly Answer[]>;
}

function first(sessions: readonly ClientHttp2Session[]): ClientHttp2Session {
  const [session] = sessions;
  if (session === undefined) throw new Error('there is no member');
  return session;
}

/** The operations on the data, in this order. */
function steps({ count }: Fill): readonly Step[] {
  const half = pb.DeleteRangeRequest.encode({
    key: keyOf(0),
    range_end: keyOf(Math.floor(count / 2)),
  }).finish();
  return [
    { name: 'nothing else', run: () => pause(5000).then(() => []) },
    {
      name: 'get of everything',
      run: async (sessions) => [await call(first(sessions), `${kv}Range`, everything())],
    },
    {
      name: 'four at once',
      run: (sessions) =>
        Promise.all([0, 1, 2, 3].map(() => call(first(sessions), `${kv}Range`, everything()))),
    },
    {
      name: 'keys only, by mod revision',
      run: async (sessions) => [
        await call(
          first(sessions),
          `${kv}Range`,
          everything({
            keys_only: true,
            sort_order: SortOrder.DESCEND,
            sort_target: SortTarget.MOD,
          }),
        ),
      ],
    },
    {
      name: 'hashkv',
      run: async (sessions) => [
        await call(first(sessions), `${maintenance}HashKV`, pb.HashKVRequest.encode({}).finish()),
      ],
    },
    {
      name: 'backup',
      run: async (sessions) => [
        await call(
          first(sessions),
          `${maintenance}Snapshot`,
          pb.SnapshotRequest.encode({}).finish(),
        ),
      ],
    },
    {
      name: 'delete of half',
      run: async (sessions) => [await call(first(sessions), `${kv}DeleteRange`, half)],
    },
    { name: 'compaction', run: async (sessions) => [await compact(first(sessions))] },
  ];
}

async function compact(session: ClientHttp2Session): Promise<Answer> {
  const none = pb.RangeRequest.encode({ key: Buffer.from('/light/0') }).finish();
  const { message } = await call(session, `${kv}Range`, none, { keep: true });
  const revision = pb.RangeResponse.decode(message).header?.revision ?? 0;
  const request = pb.CompactionRequest.encode({ revision, physical: true }).finish();
  return call(session, `${kv}Compact`, request);
}

async function measure(name: string, command: readonly string[], what: Fill): Promise<void> {
  const cluster = await startCluster(name, command);
  const sessions = cluster.endpoints.map(openSession);
  try {
    const beganMs = performance.now();
    await fill(sessions, what);
    const tookS = (performance.now() - beganMs) / 1000;
    console.log(
      `\n${name}, ${what.name}: filled in ${tookS.toFixed(1)} s, resident ${residentMb(cluster)} MB`,
    );
    console.log(
      [
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
      ].join(' | '),
    );
    const load = new LightLoad(cluster);
    await pause(2000);
    for (const step of steps(what)) {
      await Promise.all([longestTurnMs(cluster), pause(1000)]);
      load.take();
      const before = await terms(sessions);
      const stepBeganMs = performance.now();
      const answers = await step.run(sessions);
      const seconds = (performance.now() - stepBeganMs) / 1000;
      // Work that an operation leaves behind may hold up puts as well.
      await pause(1000);
      const { times, failed } = load.take();
      const at = (share: number): string =>
        (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN).toFixed(1);
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
          answers
            .filter(({ status }) => status !== 0)
            .map(({ status, text }) => `${status} ${text}`)
            .join(', '),
        ].join(' | '),
      );
    }
    await load.stop();
  } finally {
    for (const session of sessions) session.destroy();
    stopCluster(cluster);
  }
}

const [name, command] =
  options.etcd === undefined
    ? (['rollcall', rollcall] as const)
    : (['etcd', [options.etcd, '--quota-backend-bytes', String(8 << 30)]] as const);
for (const [key, what] of Object.entries(fills)) {
  if (options.only === undefined || options.only === key) await measure(name, command, what);
}
