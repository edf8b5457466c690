/** Drives a cluster with etcd's own `benchmark` program (its `tools/benchmark`; any release). */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cpuSeconds } from './bench-cluster.ts';
import type { Cluster } from './bench-cluster.ts';

/** The report of one run of the program. */
export interface Round {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of all members, for each call. */
  readonly cpuUs: number;
}

const run = promisify(execFile);
const timeoutMs = 600_000;

/** Runs `program` with these words, which make `total` calls; throws if it prints no report. */
export async function drive(
  program: string,
  { endpoints, processes }: Cluster,
  total: number,
  words: string,
): Promise<Round> {
  const args = ['--endpoints', endpoints.join(','), ...words.split(' ')];
  const before = cpuSeconds(processes);
  const { stdout, stderr } = await run(program, args, { timeout: timeoutMs, maxBuffer: 64 << 20 });
  const cpu = cpuSeconds(processes) - before;
  const text = stdout + stderr;
  if (!/Requests\/sec/.test(text)) throw new Error(`"${words}": no report in ${text.slice(-500)}`);
  return {
    perSecond: lastNumber(text, /Requests\/sec:\s+([\d.]+)/g),
    p50Ms: lastNumber(text, /50% in ([\d.]+) secs/g) * 1000,
    p99Ms: lastNumber(text, /99% in ([\d.]+) secs/g) * 1000,
    cpuUs: (cpu * 1e6) / total,
  };
}

/** The last report that the program prints is that of what was asked for. */
function lastNumber(text: string, pattern: RegExp): number {
  return Number([...text.matchAll(pattern)].at(-1)?.[1] ?? NaN);
}
