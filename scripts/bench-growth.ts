/**
 * How the cost of a put grows: with members, keys, bytes of the value, and clients. Rollcall beside etcd, driven by
 * etcd's own `benchmark` program. For each number a new cluster of each, first a round to warm up, then the one that
 * counts; prints a table, and `--chart FILE` draws the curves.
 *
 *   npm run bench:growth -- --benchmark PROGRAM [--etcd PROGRAM] [--only members|keys|bytes|clients] [--chart FILE]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { rollcall, startCluster, stopCluster } from './lib/bench-cluster.ts';
import { drive } from './lib/etcd-benchmark.ts';
import type { Round } from './lib/etcd-benchmark.ts';
import { growthChart } from './lib/growth-chart.ts';
import type { Curve } from './lib/growth-chart.ts';

const { values: options } = parseArgs({
  options: {
    benchmark: { type: 'string', default: 'benchmark' },
    etcd: { type: 'string', default: 'etcd' },
    only: { type: 'string' },
    chart: { type: 'string' },
  },
});

interface Load {
  readonly members: number;
  readonly keys: number;
  readonly bytes: number;
  readonly clients: number;
}

const usual: Load = { members: 3, keys: 10_000, bytes: 256, clients: 100 };
interface Axis {
  readonly what: keyof Load;
  readonly title: string;
  readonly numbers: readonly number[];
}

const axes: readonly Axis[] = [
  { what: 'members', title: 'members', numbers: [1, 3, 5, 7] },
  { what: 'keys', title: 'keys', numbers: [1_000, 10_000, 100_000, 1_000_000] },
  { what: 'bytes', title: 'bytes of a value', numbers: [16, 256, 4_096, 65_536] },
  { what: 'clients', title: 'clients', numbers: [1, 10, 100, 1_000, 10_000] },
];
/** Clients that share a connection, as long as there are no more connections than that. */
const clientsOfConnection = 10;
const connectionsMax = 100;
/** Bytes of all values of a round, so that large values take as long as small ones. */
const roundBytes = 100 << 20;
const putsMax = 20_000;

const commands = { rollcall, etcd: [options.etcd, '--quota-backend-bytes', String(8 << 30)] };
type Name = keyof typeof commands;

function putsOf({ bytes, clients }: Load): number {
  const most = Math.min(putsMax, Math.floor(roundBytes / bytes));
  return clients === 1 ? Math.min(most, 3000) : most;
}

async function measure(name: Name, load: Load): Promise<Round> {
  const cluster = await startCluster(name, commands[name], load.members);
  try {
    const puts = (clients: number, total: number, more = ''): Promise<Round> => {
      const connections = Math.min(connectionsMax, Math.ceil(clients / clientsOfConnection));
      const words =
        `--clients ${clients} --conns ${connections} put --key-size 16 --key-space-size ${load.keys} ` +
        `--val-size ${load.bytes} --total ${total}${more}`;
      return drive(options.benchmark, cluster, total, words);
    };
    await puts(
      Math.max(100, load.clients),
      Math.max(load.keys, putsOf(load)),
      ' --sequential-keys',
    );
    return await puts(load.clients, putsOf(load));
  } finally {
    stopCluster(cluster);
  }
}

const table: string[] = [
  '| | | puts/s, Rollcall / etcd | ratio | processor µs of all members per put | etcd ÷ Rollcall | p99 ms |',
  '| --- | --- | --- | --- | --- | --- | --- |',
];
const curves: Curve[] = [];
for (const { what, title, numbers } of axes) {
  if (options.only !== undefined && options.only !== what) continue;
  const points: { at: number; ours: number; theirs: number }[] = [];
  for (const at of numbers) {
    const load = { ...usual, [what]: at };
    const ours = await measure('rollcall', load);
    const theirs = await measure('etcd', load);
    points.push({ at, ours: ours.cpuUs, theirs: theirs.cpuUs });
    table.push(
      `| ${title} | ${at.toLocaleString('en')} | ${ours.perSecond.toFixed(0)} / ${theirs.perSecond.toFixed(0)} ` +
        `| ${(ours.perSecond / theirs.perSecond).toFixed(2)} | ${ours.cpuUs.toFixed(0)} / ${theirs.cpuUs.toFixed(0)} ` +
        `| ${(theirs.cpuUs / ours.cpuUs).toFixed(2)} | ${ours.p99Ms.toFixed(1)} / ${theirs.p99Ms.toFixed(1)} |`,
    );
    console.log(table.at(-1));
  }
  curves.push({ title, points });
}
console.log(`\n${table.join('\n')}`);
if (options.chart !== undefined) {
  writeFileSync(options.chart, growthChart('Processor time of a put, µs of all members', curves));
}
