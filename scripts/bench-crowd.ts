/**
 * Very many leases, and very many watch streams on one member, while a light load of puts goes on at every member: what
 * each costs the puts, how long a member could do nothing else, and the memory of the members. Three members.
 *
 *   npm run bench:crowd -- [--etcd PROGRAM] [--leases 100000] [--streams 10000]
 */
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { parseArgs } from 'node:util';
import { etcdserverpb as pb } from '../src/gen/etcd.js';
import { call, openSession, openStream } from './lib/bench-client.ts';
import type { Answer } from './lib/bench-client.ts';
import { rollcall, startCluster, stopCluster } from './lib/bench-cluster.ts';
import { pause, runUnderLoad } from './lib/under-load.ts';
import type { Step } from './lib/under-load.ts';

const { values: options } = parseArgs({
  options: {
    etcd: { type: 'string' },
    leases: { type: 'string', default: '100000' },
    streams: { type: 'string', default: '10000' },
  },
});
const leases = Number(options.leases);
const streams = Number(options.streams);
const ttlSeconds = 600;
/** Calls under way. */
const callsMax = 300;
const streamsOfConnection = 100;
const patienceMs = 120_000;

/** One call for each number from 1 on. Returns the calls that were refused. */
async function forEach(
  count: number,
  one: (number: number) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const refused: Answer[] = [];
  let next = 1;
  const caller = async (): Promise<void> => {
    while (next <= count) {
      const answer = await one(next++);
      if (answer.status !== 0) refused.push(answer);
    }
  };
  await Promise.all(Array.from({ length: callsMax }, caller));
  return refused;
}

async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error('what was expected did not come in time');
    await pause(20);
  }
}

function keyOf(number: number): Buffer {
  return Buffer.from(`/crowd/${String(number).padStart(7, '0')}`);
}

/** Leases with a key each: granted, renewed, revoked. */
function leaseSteps(sessions: readonly ClientHttp2Session[]): readonly Step[] {
  const at = (number: number, path: string, request: Uint8Array): Promise<Answer> => {
    const session = sessions[number % sessions.length];
    if (session === undefined) throw new Error('there is no member');
    return call(session, `/etcdserverpb.${path}`, request);
  };
  const grant = (id: number): Promise<Answer> =>
    at(id, 'Lease/LeaseGrant', pb.LeaseGrantRequest.encode({ ID: id, TTL: ttlSeconds }).finish());
  const put = (lease: number): Promise<Answer> =>
    at(lease, 'KV/Put', pb.PutRequest.encode({ key: keyOf(lease), lease }).finish());
  const revoke = (id: number): Promise<Answer> =>
    at(id, 'Lease/LeaseRevoke', pb.LeaseRevokeRequest.encode({ ID: id }).finish());
  const renew = async (): Promise<readonly Answer[]> => {
    let renewed = 0;
    const open = sessions.map((session) =>
      openStream(session, '/etcdserverpb.Lease/LeaseKeepAlive', () => renewed++),
    );
    for (let id = 1; id <= leases; id++) {
      const request = pb.LeaseKeepAliveRequest.encode({ ID: id }).finish();
      open[id % open.length]?.send(request);
      if (id % 1000 === 0) await pause(0);
    }
    await until(() => renewed === leases);
    for (const { stream } of open) stream.close();
    return [];
  };
  return [
    { name: `grant of ${leases} leases`, run: () => forEach(leases, grant) },
    { name: 'a key for each', run: () => forEach(leases, put) },
    { name: 'renewal of all', run: renew },
    { name: 'revocation of all', run: () => forEach(leases, revoke) },
  ];
}

/** Watch streams on one member: opened, told of one put, closed. */
function watchSteps(endpoint: string, other: ClientHttp2Session): readonly Step[] {
  const connections: ClientHttp2Session[] = [];
  const open: ClientHttp2Stream[] = [];
  let messages = 0;
  const create = pb.WatchRequest.encode({ create_request: { key: keyOf(0) } }).finish();
  return [
    {
      name: `opening of ${streams} watch streams`,
      run: async () => {
        while (open.length < streams) {
          const session = openSession(endpoint);
          connections.push(session);
          for (let count = 0; count < streamsOfConnection && open.length < streams; count++) {
            const { stream, send } = openStream(session, '/etcdserverpb.Watch/Watch', () => {
              messages++;
            });
            send(create);
            open.push(stream);
          }
          await until(() => messages === open.length);
        }
        return [];
      },
    },
    {
      name: 'a put that all hear of',
      run: async () => {
        const request = pb.PutRequest.encode({ key: keyOf(0), value: Buffer.alloc(256) }).finish();
        const answer = await call(other, '/etcdserverpb.KV/Put', request);
        await until(() => messages === 2 * streams);
        return [answer];
      },
    },
    {
      name: 'closing of all',
      run: async () => {
        for (const stream of open) stream.close();
        await pause(1000);
        for (const session of connections) session.destroy();
        return [];
      },
    },
  ];
}

const [name, command] =
  options.etcd === undefined
    ? (['rollcall', rollcall] as const)
    : (['etcd', [options.etcd]] as const);
const cluster = await startCluster(name, command);
const sessions = cluster.endpoints.map(openSession);
try {
  const [endpoint = ''] = cluster.endpoints;
  const other = sessions[1];
  if (other === undefined) throw new Error('there is no second member');
  const idle: Step = { name: 'nothing else', run: () => pause(5000).then(() => []) };
  const steps = [idle, ...leaseSteps(sessions), idle, ...watchSteps(endpoint, other)];
  console.log(`\n${name}`);
  await runUnderLoad(cluster, sessions, steps);
} finally {
  for (const session of sessions) session.destroy();
  stopCluster(cluster);
}
