/**
 * Drives a cluster of three Rollcall members and, where etcd is installed, three of etcd, with the same client, and
 * prints both and their ratio. The client is lean (HTTP/2 by hand, requests encoded once), because it shares the
 * machine with the members. Rounds alternate between the two, so that a noisy moment hits both.
 *
 *   npm run bench -- [--clients 1000] [--value-bytes 256] [--seconds 5] [--rounds 3] [--only rollcall|etcd] [--etcd PROGRAM]
 *   npm run bench -- --endpoints http://127.0.0.1:2379,…     drives a cluster that runs already
 */
import { spawnSync } from 'node:child_process';
import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { parseArgs } from 'node:util';
import {
  cpuSeconds,
  residentMb,
  rollcall,
  startCluster,
  stopCluster,
} from './lib/bench-cluster.ts';
import type { Cluster } from './lib/bench-cluster.ts';

const { values: options } = parseArgs({
  options: {
    clients: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '10' },
    'value-bytes': { type: 'string', default: '256' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    endpoints: { type: 'string' },
    etcd: { type: 'string', default: 'etcd' },
  },
});

const clients = Number(options.clients);
const connections = Number(options.connections);
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
const value = Buffer.alloc(Number(options['value-bytes']), 'v');

interface Round {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
  /** Processor time per put, in microseconds: of all members together, and of this client. */
  readonly membersCpu: number;
  readonly clientCpu: number;
}

/** One field of a protobuf message that holds bytes. */
function bytesField(number: number, bytes: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    if (rest < 0x80) {
      length.push(rest);
      break;
    }
    length.push((rest & 0x7f) | 0x80);
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}

/** A gRPC frame: not compressed, its length, the message. */
function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** One call; resolves to whether it succeeded. */
function put(session: ClientHttp2Session, body: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const stream = session.request(
      {
        ':method': 'POST',
        ':path': '/etcdserverpb.KV/Put',
        'content-type': 'application/grpc',
        te: 'trailers',
      },
      { endStream: false },
    );
    let ok = false;
    stream.on('trailers', (trailers) => {
      ok = trailers['grpc-status'] === '0';
    });
    stream.on('error', () => resolve(false));
    stream.on('close', () => resolve(ok));
    stream.resume();
    stream.end(body);
  });
}

async function drive({ endpoints, processes }: Cluster): Promise<Round> {
  const sessions = Array.from({ length: connections }, (_, at) =>
    connect(endpoints[at % endpoints.length] ?? ''),
  );
  const times: number[] = [];
  let failed = 0;
  const endsMs = performance.now() + seconds * 1000;
  const client = async (number: number): Promise<void> => {
    const session = sessions[number % connections];
    if (session === undefined) return;
    const body = frame(
      Buffer.concat([bytesField(1, Buffer.from(`/bench/${number}`)), bytesField(2, value)]),
    );
    while (performance.now() < endsMs) {
      const beganMs = performance.now();
      if (await put(session, body)) times.push(performance.now() - beganMs);
      else failed++;
    }
  };
  const membersBefore = cpuSeconds(processes);
  const clientBefore = process.cpuUsage();
  const beganMs = performance.now();
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  const tookMs = performance.now() - beganMs;
  const { user, system } = process.cpuUsage(clientBefore);
  const members = cpuSeconds(processes) - membersBefore;
  for (const session of sessions) session.close();
  const sorted = Float64Array.from(times).toSorted();
  return {
    perSecond: (times.length / tookMs) * 1000,
    p50Ms: sorted[Math.floor(sorted.length * 0.5)] ?? NaN,
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? NaN,
    failed,
    membersCpu: (members * 1e6) / times.length,
    clientCpu: (user + system) / times.length,
  };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

const commands: Record<string, readonly string[]> = {
  rollcall,
  etcd: [options.etcd],
};

const given = options.endpoints?.split(',');
if (given !== undefined) options.only = 'none';
if (spawnSync(options.etcd, ['--version']).error !== undefined && options.only === undefined) {
  console.log(`${options.etcd} is not installed (Debian: etcd-server); measuring Rollcall alone`);
  options.only = 'rollcall';
}

const clusters: Cluster[] =
  given === undefined ? [] : [{ name: 'given', endpoints: given, processes: [], directory: '' }];
try {
  for (const [name, command] of Object.entries(commands)) {
    if (options.only === undefined || options.only === name) {
      clusters.push(await startCluster(name, command));
    }
  }
  console.log(
    `puts of ${value.length} bytes, ${clients} clients on ${connections} connections, ${rounds} rounds of ${seconds} s`,
  );
  const rates = new Map<string, number[]>();
  for (let round = 1; round <= rounds; round++) {
    for (const cluster of clusters) {
      const { perSecond, p50Ms, p99Ms, failed, membersCpu, clientCpu } = await drive(cluster);
      rates.set(cluster.name, [...(rates.get(cluster.name) ?? []), perSecond]);
      console.log(
        `${cluster.name.padEnd(9)} round ${round}: ${perSecond.toFixed(0).padStart(7)} puts/s   ` +
          `p50 ${p50Ms.toFixed(1)} ms   p99 ${p99Ms.toFixed(1)} ms   failed ${failed}   ` +
          `cpu/put ${membersCpu.toFixed(0)} µs members, ${clientCpu.toFixed(0)} µs client   ` +
          `resident ${residentMb(cluster)} MB`,
      );
    }
  }
  const [ours, theirs] = [rates.get('rollcall'), rates.get('etcd')];
  if (ours !== undefined && theirs !== undefined) {
    const ratios = ours.map((rate, round) => rate / (theirs[round] ?? NaN));
    console.log(`ratio rollcall / etcd: ${median(ratios).toFixed(2)} (median of ${rounds} rounds)`);
  }
} finally {
  for (const cluster of clusters) stopCluster(cluster);
}
