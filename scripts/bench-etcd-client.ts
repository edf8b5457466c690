/**
 * Rollcall beside etcd, driven by etcd's own `benchmark` program (its `tools/benchmark`; any release). Three members of
 * each run all the time; rounds alternate between the two. The first round of a row warms up and does not count. Prints
 * medians as a table; `--chart FILE` draws the ratios.
 *
 *   npm run bench:etcd-client -- --benchmark PROGRAM [--etcd PROGRAM] [--rows WORDS] [--rounds 3] [--scale 1] [--chart FILE]
 *
 * `--cold` starts both clusters anew for each round, and counts all: each measures the first seconds after a start.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  residentMb,
  residentMbAtRest,
  rollcall,
  startCluster,
  stopCluster,
} from './lib/bench-cluster.ts';
import type { Cluster } from './lib/bench-cluster.ts';
import { drive } from './lib/etcd-benchmark.ts';
import type { Round } from './lib/etcd-benchmark.ts';
import { ratioChart } from './lib/ratio-chart.ts';

const { values: options } = parseArgs({
  options: {
    benchmark: { type: 'string', default: 'benchmark' },
    etcd: { type: 'string', default: 'etcd' },
    rows: { type: 'string', default: '' },
    rounds: { type: 'string', default: '3' },
    scale: { type: 'string', default: '1' },
    cold: { type: 'boolean', default: false },
    chart: { type: 'string' },
  },
});

interface Row {
  readonly name: string;
  /** Calls of a round at scale 1: a few seconds. */
  readonly total: number;
  readonly args: (total: number) => string;
}

const many = '--clients 1000 --conns 100';
const some = '--clients 100 --conns 10';

function put(name: string, clients: string, total: number, valueBytes = 256): Row {
  const keys = '--key-size 16 --key-space-size 100000';
  return {
    name: `put, ${name}`,
    total,
    args: (calls) => `${clients} put ${keys} --val-size ${valueBytes} --total ${calls}`,
  };
}

function range(clients: string, consistency: 'l' | 's', name: string): Row {
  return {
    name,
    total: 120_000,
    args: (calls) => `${clients} range foo --consistency ${consistency} --total ${calls}`,
  };
}

const rows: readonly Row[] = [
  put('1 client', '--clients 1 --conns 1', 3000),
  put('16 clients', '--clients 16 --conns 16', 12_000),
  put('100 clients', some, 40_000),
  put('1,000 clients', many, 60_000),
  put('1,000 clients, 4 KiB', many, 20_000, 4096),
  {
    name: 'transaction of 8 puts, 50 clients',
    total: 8000,
    args: (calls) =>
      `--clients 50 --conns 10 txn-put --txn-ops 8 --key-space-size 100000 --key-size 16 --val-size 256 --total ${calls}`,
  },
  range(some, 'l', 'linearizable range, 100 clients'),
  range(many, 'l', 'linearizable range, 1,000 clients'),
  range(some, 's', 'serializable range, 100 clients'),
  range(many, 's', 'serializable range, 1,000 clients'),
  {
    name: 'ranges of 10 keys and puts, 100 clients',
    total: 2000,
    args: (calls) =>
      `${some} txn-mixed --limit 10 --key-space-size 10000 --key-size 16 --val-size 256 --total ${calls}`,
  },
  {
    name: 'lease keep-alive, 100 clients',
    total: 80_000,
    args: (calls) => `${some} lease-keepalive --total ${calls}`,
  },
  {
    name: 'watch, 500 watchers of each key',
    total: 3000,
    args: (calls) =>
      `--clients 16 --conns 10 watch --streams 10 --watch-per-stream 50 --watched-key-total 1 --put-rate 100000 --put-total ${calls}`,
  },
  {
    name: 'watch latency',
    total: 1000,
    args: (calls) => `--clients 10 --conns 10 watch-latency --put-total ${calls} --put-rate 100`,
  },
  {
    name: 'STM, serializable, 100 clients',
    total: 8000,
    args: (calls) =>
      `${some} stm --isolation s --keys 1000 --keys-per-txn 2 --val-size 256 --total ${calls}`,
  },
];

const commands = { rollcall, etcd: [options.etcd] };
type Name = keyof typeof commands;
const names: readonly Name[] = ['rollcall', 'etcd'];

const running = new Map<Name, Cluster>();

async function clusterOf(name: Name): Promise<Cluster> {
  const known = running.get(name);
  if (known !== undefined) return known;
  const started = await startCluster(name, commands[name]);
  running.set(name, started);
  return started;
}

function stop(name: Name): void {
  const cluster = running.get(name);
  if (cluster !== undefined) stopCluster(cluster);
  running.delete(name);
}

async function measure(row: Row): Promise<Record<Name, readonly Round[]>> {
  const all: Record<Name, Round[]> = { rollcall: [], etcd: [] };
  const first = options.cold ? 1 : 0;
  for (let number = first; number <= Number(options.rounds); number++) {
    for (const name of names) {
      const cluster = await clusterOf(name);
      const total = Math.max(1, Math.round(row.total * Number(options.scale)));
      const round = await drive(options.benchmark, cluster, total, row.args(total));
      if (number > 0) all[name].push(round);
      console.log(
        `${row.name.padEnd(40)} ${name.padEnd(9)} ${round.perSecond.toFixed(0).padStart(8)}/s  p50 ${round.p50Ms.toFixed(2)} ms  ` +
          `p99 ${round.p99Ms.toFixed(1)} ms  ${round.cpuUs.toFixed(0)} µs  resident ${residentMb(cluster)} MB`,
      );
      if (options.cold) stop(name);
    }
  }
  return all;
}

function median(rounds: readonly Round[], pick: (round: Round) => number): number {
  const sorted = rounds.map(pick).toSorted((a, b) => a - b);
  const [lower = NaN, upper = lower] = sorted.slice(Math.floor((sorted.length - 1) / 2));
  return sorted.length % 2 === 1 ? lower : (lower + upper) / 2;
}

const chosen = rows.filter(({ name }) => name.includes(options.rows));
const table: string[] = [
  '| row | per second, Rollcall / etcd | ratio | processor µs of all members per call | etcd ÷ Rollcall | p50 ms | p99 ms |',
  '| --- | --- | --- | --- | --- | --- | --- |',
];
const chart: { name: string; rate: number; processor: number }[] = [];
try {
  for (const row of chosen) {
    const { rollcall: ours, etcd: theirs } = await measure(row);
    const both = (pick: (round: Round) => number, digits: number): string =>
      `${median(ours, pick).toFixed(digits)} / ${median(theirs, pick).toFixed(digits)}`;
    const rate = median(ours, (one) => one.perSecond) / median(theirs, (one) => one.perSecond);
    const processor = median(theirs, (one) => one.cpuUs) / median(ours, (one) => one.cpuUs);
    table.push(
      `| ${row.name} | ${both((one) => one.perSecond, 0)} | ${rate.toFixed(2)} | ${both((one) => one.cpuUs, 0)} ` +
        `| ${processor.toFixed(2)} | ${both((one) => one.p50Ms, 2)} | ${both((one) => one.p99Ms, 1)} |`,
    );
    chart.push({ name: row.name, rate, processor });
  }
  for (const [name, cluster] of running) {
    const now = residentMb(cluster);
    console.log(`resident ${name}: ${now} MB, at rest ${await residentMbAtRest(cluster)} MB`);
  }
} finally {
  for (const name of names) stop(name);
}
console.log(`\n${table.join('\n')}`);
if (options.chart !== undefined) {
  const title = `Rollcall beside etcd, etcd's own client${options.cold ? ', first seconds after a start' : ''}`;
  writeFileSync(options.chart, ratioChart(title, chart));
}
