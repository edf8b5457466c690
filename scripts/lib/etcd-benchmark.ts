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
  const args = ['--precise', '--endpoints', endpoints.join(','), ...words.split(' ')];
  const before = cpuSeconds(processes);
  const { stdout, stderr } = await run(program, args, { timeout: timeoutMs, maxBuffer: 64 << 20 });
  const cpu = cpuSeconds(processes) - before;
  // The last report is that of what was asked for.
  const report = (stdout + stderr).split('Summary:').at(-1) ?? '';
  const perSecond = /Requests\/sec:\s+([\d.]+)/.exec(report)?.[1];
  if (perSecond === undefined) throw new Error(`"${words}": no report in ${stderr.slice(-500)}`);
  return {
    perSecond: Number(perSecond),
    p50Ms: percentileMs(report, 50),
    p99Ms: percentileMs(report, 99),
    cpuUs: (cpu * 1e6) / total,
  };
}

/** The program leaves out the lines of percentiles that are 0. */
function percentileMs(report: string, percent: number): number {
  const seconds = new RegExp(`${percent}% in ([\\d.e+-]+) secs`).exec(report)?.[1];
  return Number(seconds ?? 0) * 1000;
}
