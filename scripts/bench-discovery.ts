/**
 * A registry at work: many instances that are kept alive by leases, blocking queries of Consul's API and watches of etcd's on
 * three members. Tells whether anything lapsed by mistake, how long a member kept everything else waiting, how soon
 * observers see a change, how fast health answers are, and the memory per instance.
 *
 *   npm run bench:discovery -- [--instances 10000] [--services 500] [--seconds 60] [--queries 1000] [--watches 1000]
 */
import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { present } from '../src/base/assert.ts';
import { Rollcall } from '../src/client/index.ts';
import type { Lease } from '../src/client/index.ts';
import {
  cpuSeconds,
  residentMb,
  rollcall,
  startCluster,
  stopCluster,
} from './lib/bench-cluster.ts';
import type { Cluster } from './lib/bench-cluster.ts';
import { monotonicMs, Observers } from './lib/observers.ts';

const { values: options } = parseArgs({
  options: {
    instances: { type: 'string', default: '10000' },
    services: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '60' },
    queries: { type: 'string', default: '1000' },
    watches: { type: 'string', default: '1000' },
  },
});
const instances = Number(options.instances);
const services = Number(options.services);
const seconds = Number(options.seconds);
const queries = Number(options.queries);
const watches = Number(options.watches);

const ttlSeconds = 30;
/** The service whose changes all observers see. */
const hot = 's0';
const hotChanges = 20;
const changePauseMs = 1000;
/** Watches that share a connection and a stream. */
const watchesPerConnection = 20;
/** Registrations under way at once. */
const registering = 64;
const askers = 32;

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

/** Why leases were lost: `lease-not-found`, the cluster let it lapse; `lease-lost`, this client did not get through in time. */
const lost = new Map<string, number>();
/** This process renews all leases, so a wrong lapse is one while it was not late itself. */
const ownDelay = monitorEventLoopDelay({ resolution: 20 });
ownDelay.enable();

const cluster = await startCluster('discovery', rollcall);
const clients = cluster.endpoints.map((endpoint) => new Rollcall({ endpoints: [endpoint] }));
const clientAt = (number: number): Rollcall =>
  present(clients[number % clients.length], 'a member');
let observers: Observers | undefined;
try {
  const emptyMb = residentMb(cluster);
  const leases = await registerAll();
  console.log(
    `${instances} instances in ${services} services; resident ${emptyMb} MB before, ${residentMb(cluster)} MB after`,
  );
  observers = await Observers.start({
    endpoints: cluster.endpoints,
    service: hot,
    queries,
    watches,
    watchesPerConnection,
  });

  const before = await turnsOf(cluster);
  const cpuBefore = cpuSeconds(cluster.processes);
  await pause(seconds * 1000);
  const lapsed = instances - (await countOf(clientAt(0)));
  const cores = (cpuSeconds(cluster.processes) - cpuBefore) / seconds;
  console.log(
    `${seconds} s: ${lapsed} lapsed, ${cores.toFixed(2)} cores, ${quantiles(await turnsOf(cluster), before)}`,
  );
  console.log(`  ${lostLeases()}; leader changes ${await leaderChanges()}`);
  console.log(`resident ${residentMb(cluster)} MB with ${queries} queries and ${watches} watches`);

  console.log(await seenChanges(observers, cores));
  console.log(await healthAnswers());
  console.log(`${leases.length} leases were held to the end`);
} finally {
  observers?.stop();
  stopCluster(cluster);
}
process.exit();

function lostLeases(): string {
  const codes = [...lost].map(([code, count]) => `${code} ${count}`).join(', ') || 'none';
  return `leases lost: ${codes}; this client was late by ${(ownDelay.max / 1e6).toFixed(0)} ms at most`;
}

async function leaderChanges(): Promise<string> {
  const changes = cluster.endpoints.map(async (endpoint) => {
    const text = await (await fetch(`${endpoint}/metrics`)).text();
    return /^etcd_server_leader_changes_seen_total (\d+)/m.exec(text)?.[1] ?? '?';
  });
  return (await Promise.all(changes)).join(' ');
}

async function registerAll(): Promise<readonly Lease[]> {
  const leases: Lease[] = [];
  let next = 0;
  const register = async (): Promise<void> => {
    while (next < instances) {
      const number = next++;
      const client = clientAt(number);
      const lease = await client.lease(ttlSeconds);
      lease.on('lost', ({ code }) => lost.set(code, (lost.get(code) ?? 0) + 1));
      const value = JSON.stringify({ address: addressOf(number), port: 8080, tags: ['bench'] });
      await client.put(`/services/s${number % services}/i${number}`, value, { lease: lease.id });
      leases.push(lease);
    }
  };
  await Promise.all(Array.from({ length: registering }, register));
  return leases;
}

function addressOf(number: number): string {
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}

/** How soon the observers see changes of one service, and what a change costs beside what goes on without one. */
async function seenChanges(all: Observers, idleCores: number): Promise<string> {
  await all.seen();
  const queriesMs: number[] = [];
  const watchesMs: number[] = [];
  let bytes = 0;
  const cpuBefore = { members: cpuSeconds(cluster.processes), own: cpuSeconds([all.process]) };
  const startMs = monotonicMs();
  for (let number = 1; number <= hotChanges; number++) {
    const value = JSON.stringify({ address: '10.9.9.9', port: 1, tags: [`change-${number}`] });
    const changedMs = monotonicMs();
    await clientAt(number).put(`/services/${hot}/hot`, value);
    await pause(changePauseMs);
    const seen = await all.seen();
    for (const ms of seen.queriesMs) queriesMs.push(ms - changedMs);
    for (const ms of seen.watchesMs) watchesMs.push(ms - changedMs);
    bytes += seen.bytes;
  }
  const perChange = (cpu: number): string => ((cpu / hotChanges) * 1000).toFixed(0);
  const idle = (idleCores * (monotonicMs() - startMs)) / 1000;
  const members = perChange(cpuSeconds(cluster.processes) - cpuBefore.members - idle);
  const own = perChange(cpuSeconds([all.process]) - cpuBefore.own);
  const missing = hotChanges * (queries + watches) - queriesMs.length - watchesMs.length;
  return [
    `${queries + watches} observers of ${hotChanges} changes: ${medianAndP99([...queriesMs, ...watchesMs])}, ${missing} not seen in time`,
    `  queries ${medianAndP99(queriesMs)}; watches ${medianAndP99(watchesMs)}`,
    `  processor time of a change: members ${members} ms, observers ${own} ms; ${(bytes / hotChanges / 1e6).toFixed(1)} MB`,
  ].join('\n');
}

function medianAndP99(all: readonly number[]): string {
  const sorted = Float64Array.from(all).toSorted();
  return `median ${at(sorted, 0.5)} ms, p99 ${at(sorted, 0.99)} ms`;
}

async function countOf(client: Rollcall): Promise<number> {
  const { count } = await client.getPrefix('/services/', { countOnly: true });
  return count;
}

/** How many health answers of a service of 20 instances one member gives, and what they cost it. */
async function healthAnswers(): Promise<string> {
  const [endpoint = ''] = cluster.endpoints;
  const member = cluster.processes.slice(0, 1);
  const measureMs = 5000;
  const endsMs = performance.now() + measureMs;
  const cpuBefore = cpuSeconds(member);
  let count = 0;
  const ask = async (): Promise<void> => {
    while (performance.now() < endsMs) {
      await asked(`${endpoint}/v1/health/service/s1?passing`);
      count++;
    }
  };
  await Promise.all(Array.from({ length: askers }, ask));
  const micros = ((cpuSeconds(member) - cpuBefore) / count) * 1e6;
  const perSecond = Math.round(count / (measureMs / 1000));
  return `health answers of ${instances / services} instances: ${perSecond}/s by one client, ${micros.toFixed(0)} µs of processor time each`;
}

function asked(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume();
      response.once('end', () => resolve(response));
      response.once('error', reject);
    }).once('error', reject);
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Buckets of the time that turns and slices of all members took, by their upper bound in seconds. */
async function turnsOf({ endpoints }: Cluster): Promise<ReadonlyMap<number, number>> {
  const buckets = new Map<number, number>();
  for (const endpoint of endpoints) {
    const text = await (await fetch(`${endpoint}/metrics`)).text();
    for (const [, le = '', count = ''] of text.matchAll(
      /^rollcall_turn_duration_seconds_bucket\{[^}]*le="([^"]+)"[^}]*\} (\d+)/gm,
    )) {
      const bound = le === '+Inf' ? Infinity : Number(le);
      buckets.set(bound, (buckets.get(bound) ?? 0) + Number(count));
    }
  }
  return buckets;
}

function quantiles(now: ReadonlyMap<number, number>, before: ReadonlyMap<number, number>): string {
  const counts = [...now].map(
    ([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const,
  );
  const total = Math.max(...counts.map(([, count]) => count));
  const below = (share: number): number =>
    counts.toSorted(([a], [b]) => a - b).find(([, count]) => count >= share * total)?.[0] ?? NaN;
  return `turns p99 below ${below(0.99) * 1000} ms, the longest below ${below(1) * 1000} ms`;
}

function at(sorted: Float64Array, share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(0);
}
