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
import {
  joinCluster,
  residentMb,
  rollcall,
  startCluster,
  stopCluster,
} from './lib/bench-cluster.ts';
import type { Cluster } from './lib/bench-cluster.ts';
import { freePorts } from './lib/free-ports.ts';
import { pause, runUnderLoad } from './lib/under-load.ts';
import type { Step } from './lib/under-load.ts';

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

function first(sessions: readonly ClientHttp2Session[]): ClientHttp2Session {
  const [session] = sessions;
  if (session === undefined) throw new Error('there is no member');
  return session;
}

/** A fourth member joins as a learner, and takes all data in. */
async function join(
  cluster: Cluster,
  command: readonly string[],
  session: ClientHttp2Session,
): Promise<readonly Answer[]> {
  const [port = 0] = await freePorts(1);
  const peerUrl = `http://127.0.0.1:${port}`;
  const request = pb.MemberAddRequest.encode({ peerURLs: [peerUrl], isLearner: true }).finish();
  const added = await call(session, '/etcdserverpb.Cluster/MemberAdd', request, { keep: true });
  if (added.status !== 0) return [added];
  const { member } = pb.MemberAddResponse.decode(added.message);
  const goal = Number((await statusOf(session))?.raftIndex ?? 0);
  const { endpoint, process } = await joinCluster(cluster, command, 'joining', peerUrl);
  try {
    for (let attempt = 0; attempt < 6000; attempt++) {
      const own = openSession(endpoint);
      const status = await statusOf(own);
      own.destroy();
      if (Number(status?.raftAppliedIndex ?? 0) >= goal) break;
      await pause(50);
    }
    const id = pb.MemberRemoveRequest.encode({ ID: member?.ID ?? 0 }).finish();
    return [added, await call(session, '/etcdserverpb.Cluster/MemberRemove', id)];
  } finally {
    process.kill('SIGKILL');
  }
}

async function statusOf(session: ClientHttp2Session): Promise<pb.StatusResponse | undefined> {
  const request = pb.StatusRequest.encode({}).finish();
  const { status, message } = await call(session, `${maintenance}Status`, request, { keep: true });
  return status === 0 ? pb.StatusResponse.decode(message) : undefined;
}

/** The operations on the data, in this order. */
function steps({ count }: Fill, cluster: Cluster, command: readonly string[]): readonly Step[] {
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
      name: 'a new member takes all in',
      run: (sessions) => join(cluster, command, first(sessions)),
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
    await runUnderLoad(cluster, sessions, steps(what, cluster, command));
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
