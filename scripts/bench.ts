/**
 * Drives a cluster of three Rollcall members and, where etcd is installed, three of etcd, with the same client, and
 * prints both and their ratio. The client is lean (HTTP/2 by hand, requests encoded once), because it shares the
 * machine with the members. Rounds alternate between the two, so that a noisy moment hits both.
 *
 *   npm run bench -- [--clients 1000] [--value-bytes 256] [--seconds 5] [--rounds 3] [--only rollcall|etcd] [--etcd PROGRAM]
 *   npm run bench -- --rows all|WORDS                        other rows than puts: all, or those whose names have these words
 *   npm run bench -- --tls                                   each with and without TLS for clients, and what is left with it
 *   npm run bench -- --endpoints http://127.0.0.1:2379,…     drives a cluster that runs already
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
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
import { WatchReader, watchFrame } from './lib/bench-messages.ts';
import { benchRows, puts, watchedKey } from './lib/bench-rows.ts';
import type { BenchRow } from './lib/bench-rows.ts';

const { values: options } = parseArgs({
  options: {
    clients: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '10' },
    'value-bytes': { type: 'string', default: '256' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    rows: { type: 'string' },
    only: { type: 'string' },
    tls: { type: 'boolean', default: false },
    endpoints: { type: 'string' },
    etcd: { type: 'string', default: 'etcd' },
  },
});

const seconds = Number(options.seconds);
const rounds = Number(options.rounds);

interface Round {
  /** Calls, or events where watchers are counted. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
  /** Processor time per call, in microseconds: of all members together, and of this client. */
  readonly membersCpu: number;
  readonly clientCpu: number;
}

function open(session: ClientHttp2Session, path: string) {
  return session.request(
    { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
    { endStream: false },
  );
}

/** One call; resolves to whether it succeeded. */
function call(session: ClientHttp2Session, path: string, body: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const stream = open(session, path);
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

const watchStreams = 10;

/** Opens watchers on ten streams, and waits until all are there. */
async function watch(
  sessions: readonly ClientHttp2Session[],
  watchers: number,
): Promise<readonly WatchReader[]> {
  const frames = Array.from({ length: watchers / watchStreams }, () => watchFrame(watchedKey));
  return Promise.all(
    Array.from({ length: watchStreams }, async (_, at) => {
      const reader = new WatchReader();
      const session = sessions[at % sessions.length];
      if (session === undefined) return reader;
      const stream = open(session, '/etcdserverpb.Watch/Watch');
      stream.on('error', () => {});
      stream.on('data', (bytes: Buffer) => reader.add(bytes));
      stream.write(Buffer.concat(frames));
      while (reader.created < frames.length) await once(stream, 'data');
      return reader;
    }),
  );
}

/** Waits until all events have come; gives up when none comes any more. */
async function received(readers: readonly WatchReader[], wanted: number): Promise<number> {
  const sum = (): number => readers.reduce((events, reader) => events + reader.events, 0);
  for (let before = -1; sum() < wanted && sum() > before;) {
    before = sum();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return sum();
}

async function drive({ endpoints, processes, ca }: Cluster, row: BenchRow): Promise<Round> {
  const sessions = Array.from({ length: row.connections }, (_, at) =>
    connect(endpoints[at % endpoints.length] ?? '', ca === undefined ? {} : { ca }),
  );
  const readers = row.watchers === undefined ? [] : await watch(sessions, row.watchers);
  const times: number[] = [];
  let failed = 0;
  const endsMs = performance.now() + seconds * 1000;
  const client = async (number: number): Promise<void> => {
    const session = sessions[number % sessions.length];
    if (session === undefined) return;
    const body = row.body(number);
    while (performance.now() < endsMs) {
      const beganMs = performance.now();
      if (await call(session, row.path, body)) times.push(performance.now() - beganMs);
      else failed++;
    }
  };
  const membersBefore = cpuSeconds(processes);
  const clientBefore = process.cpuUsage();
  const beganMs = performance.now();
  await Promise.all(Array.from({ length: row.clients }, (_, number) => client(number)));
  const wanted = times.length * (row.watchers ?? 0);
  const events = await received(readers, wanted);
  if (events < wanted) failed += wanted - events;
  const tookMs = performance.now() - beganMs;
  const { user, system } = process.cpuUsage(clientBefore);
  const members = cpuSeconds(processes) - membersBefore;
  for (const session of sessions) session.destroy();
  const sorted = Float64Array.from(times).toSorted();
  return {
    perSecond: ((row.watchers === undefined ? times.length : events) / tookMs) * 1000,
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

/** Rounds of one row, of the clusters in turn; the medians of each as a row of a table. */
async function measure(row: BenchRow): Promise<string> {
  const all = new Map<string, Round[]>();
  for (let round = 1; round <= rounds; round++) {
    for (const cluster of clusters) {
      const result = await drive(cluster, row);
      all.set(cluster.name, [...(all.get(cluster.name) ?? []), result]);
      console.log(
        `${cluster.name.padEnd(9)} round ${round}: ${result.perSecond.toFixed(0).padStart(7)}/s   ` +
          `p50 ${result.p50Ms.toFixed(1)} ms   p99 ${result.p99Ms.toFixed(1)} ms   failed ${result.failed}   ` +
          `cpu per call ${result.membersCpu.toFixed(0)} µs members, ${result.clientCpu.toFixed(0)} µs client   ` +
          `resident ${residentMb(cluster)} MB`,
      );
    }
  }
  const of = (name: string, pick: (round: Round) => number): number =>
    median((all.get(name) ?? []).map(pick));
  if (options.tls) return keptWithTls(row, all);
  const [ours = '', theirs] = all.keys();
  const rate = (name: string): number => of(name, ({ perSecond }) => perSecond);
  const cpu = (name: string): number => of(name, ({ membersCpu }) => membersCpu);
  const p99 = (name: string): number => of(name, ({ p99Ms }) => p99Ms);
  if (theirs === undefined) {
    return `| ${row.name} | ${rate(ours).toFixed(0)} | ${cpu(ours).toFixed(0)} | ${p99(ours).toFixed(1)} |`;
  }
  const ratios = (all.get(ours) ?? []).map(
    ({ perSecond }, round) => perSecond / (all.get(theirs)?.[round]?.perSecond ?? NaN),
  );
  return (
    `| ${row.name} | ${rate(ours).toFixed(0)} / ${rate(theirs).toFixed(0)} | ${median(ratios).toFixed(2)} ` +
    `| ${cpu(ours).toFixed(0)} / ${cpu(theirs).toFixed(0)} | ${(cpu(theirs) / cpu(ours)).toFixed(2)} ` +
    `| ${p99(ours).toFixed(1)} / ${p99(theirs).toFixed(1)} |`
  );
}

/** Per program: rates without and with TLS, and the median of their ratios, round by round. */
function keptWithTls(row: BenchRow, all: ReadonlyMap<string, readonly Round[]>): string {
  const columns = [...all.keys()]
    .filter((name) => !name.endsWith(tlsName))
    .map((name) => {
      const plain = (all.get(name) ?? []).map(({ perSecond }) => perSecond);
      const encrypted = (all.get(name + tlsName) ?? []).map(({ perSecond }) => perSecond);
      const kept = median(encrypted.map((rate, round) => rate / (plain[round] ?? NaN)));
      return `${median(plain).toFixed(0)} | ${median(encrypted).toFixed(0)} | ${kept.toFixed(2)}`;
    });
  return `| ${row.name} | ${columns.join(' | ')} |`;
}

const tlsName = ' TLS';

const commands: Record<string, readonly string[]> = {
  rollcall,
  etcd: [options.etcd],
};
const { rows: words } = options;
const rows =
  words === undefined
    ? [puts(Number(options.clients), Number(options.connections), Number(options['value-bytes']))]
    : benchRows.filter(({ name }) => words === 'all' || name.includes(words));

const given = options.endpoints?.split(',');
if (given !== undefined) options.only = 'none';
if (spawnSync(options.etcd, ['--version']).error !== undefined && options.only === undefined) {
  console.log(`${options.etcd} is not installed (Debian: etcd-server); measuring Rollcall alone`);
  options.only = 'rollcall';
}

const clusters: Cluster[] =
  given === undefined
    ? []
    : [{ name: 'given', endpoints: given, processes: [], directory: '', initialCluster: '' }];
try {
  for (const [name, command] of Object.entries(commands)) {
    if (options.only === undefined || options.only === name) {
      clusters.push(await startCluster(name, command));
      if (options.tls) clusters.push(await startCluster(name + tlsName, command, 3, { tls: true }));
    }
  }
  const table: string[] = [];
  for (const row of rows) {
    console.log(`${row.name}, ${rounds} rounds of ${seconds} s`);
    table.push(await measure(row));
  }
  console.log(`\nmedians of ${rounds} rounds, ${clusters.map(({ name }) => name).join(' / ')}:\n`);
  const programs = clusters.length / 2;
  console.log(
    options.tls
      ? `| row |${' plain | TLS | kept |'.repeat(programs)}\n| --- |${' --- | --- | --- |'.repeat(programs)}`
      : clusters.length === 2
        ? '| row | per second | ratio | processor µs per call | ratio | p99 ms |\n| --- | --- | --- | --- | --- | --- |'
        : '| row | per second | processor µs per call | p99 ms |\n| --- | --- | --- | --- |',
  );
  console.log(table.join('\n'));
} finally {
  for (const cluster of clusters) stopCluster(cluster);
}
