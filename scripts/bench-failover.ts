/**
 * How long writes fail after `kill -9` of the leader of three members: puts begin every 10 ms at the other two, and the
 * first one of them that is acknowledged ends it. A new cluster for each round, rounds of Rollcall and etcd in turn.
 *
 *   npm run bench:failover -- [--etcd PROGRAM] [--rounds 10]
 */
import type { ClientHttp2Session } from 'node:http2';
import { parseArgs } from 'node:util';
import { etcdserverpb as pb } from '../src/gen/etcd.js';
import { call, openSession } from './lib/bench-client.ts';
import { rollcall, startCluster, stopCluster } from './lib/bench-cluster.ts';
import { pause } from './lib/under-load.ts';

const { values: options } = parseArgs({
  options: { etcd: { type: 'string' }, rounds: { type: 'string', default: '10' } },
});
/** Time for a cluster to settle, and for V8 to compile, before its leader is killed. */
const settleMs = 3000;
const patienceMs = 30_000;
const request = pb.PutRequest.encode({ key: Buffer.from('/failover'), value: Buffer.alloc(256) });
const put = request.finish();

async function isLeader(session: ClientHttp2Session): Promise<boolean> {
  const status = pb.StatusRequest.encode({}).finish();
  const { message } = await call(session, '/etcdserverpb.Maintenance/Status', status, {
    keep: true,
  });
  const { leader, header } = pb.StatusResponse.decode(message);
  return String(leader) === String(header?.member_id);
}

/** Puts one after the other, so that the members are under a light load when the leader ends. */
async function settle(session: ClientHttp2Session): Promise<void> {
  const endMs = performance.now() + settleMs;
  while (performance.now() < endMs) await call(session, '/etcdserverpb.KV/Put', put);
}

/** Milliseconds from the kill until a put that began after it is acknowledged. */
async function failover(name: string, command: readonly string[]): Promise<number> {
  const cluster = await startCluster(name, command);
  const sessions = cluster.endpoints.map(openSession);
  try {
    const leads = await Promise.all(sessions.map(isLeader));
    const leader = leads.indexOf(true);
    const others = sessions.filter((_, at) => at !== leader);
    await Promise.all(others.map(settle));
    const beganMs = performance.now();
    cluster.processes[leader]?.kill('SIGKILL');
    const acknowledged: number[] = [];
    const attempt = async (session: ClientHttp2Session): Promise<void> => {
      const { status } = await call(session, '/etcdserverpb.KV/Put', put);
      if (status === 0) acknowledged.push(performance.now());
    };
    while (acknowledged[0] === undefined) {
      if (performance.now() > beganMs + patienceMs) throw new Error(`${name}: nobody leads`);
      for (const session of others) void attempt(session);
      await pause(10);
    }
    return acknowledged[0] - beganMs;
  } finally {
    for (const session of sessions) session.destroy();
    stopCluster(cluster);
  }
}

const commands: [name: string, command: readonly string[]][] = [['rollcall', rollcall]];
if (options.etcd !== undefined) commands.push(['etcd', [options.etcd]]);
const all = new Map(commands.map(([name]) => [name, [] as number[]]));
for (let round = 1; round <= Number(options.rounds); round++) {
  for (const [name, command] of commands) {
    const tookMs = await failover(name, command);
    all.get(name)?.push(tookMs);
    console.log(`${name.padEnd(9)} ${tookMs.toFixed(0).padStart(6)} ms`);
  }
}
for (const [name, times] of all) {
  const sorted = times.toSorted((a, b) => a - b).map((ms) => ms.toFixed(0));
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(`${name.padEnd(9)} least ${sorted[0]}, median ${median}, most ${sorted.at(-1)} ms`);
}
