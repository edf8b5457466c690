/**
 * Random start-ups: flags, environment and files with good, odd and broken values, given to a real etcd and to the
 * parser of `rollcall serve`. Both must accept or refuse alike, with the same settings.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import type { Clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { parseServeArguments } from '../../src/server/config.ts';
import type { ServerConfig } from '../../src/server/config.ts';
import { parseDurationMs } from '../../src/server/config/duration.ts';
import { variableOf } from '../../src/server/config/flag.ts';
import type { Flag } from '../../src/server/config/flag.ts';
import { flagGroups } from '../../src/server/config/flags.ts';
import { settleOwnUrls, systemLookup } from '../../src/server/own-urls.ts';
import { SeededRandom } from '../simulation/random.ts';

/** One start-up: what is given, besides a directory and ports. */
export interface Startup {
  readonly way: 'flags' | 'environment' | 'file';
  readonly given: readonly (readonly [flag: string, value: string])[];
}

/** The result; settings only of programs that print them. */
export interface Outcome {
  readonly accepted: boolean;
  readonly why: string;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface Difference {
  readonly startup: Startup;
  readonly etcd: Outcome;
  readonly rollcall: Outcome;
  readonly about: string;
}

/** About the command line itself, encryption, discovery: other tests; the log: etcd's is read here. */
const leftOut =
  /^(config-file|version|help|data-dir|wal-dir|listen-peer-urls|log-.*|logger|debug|discovery.*|force-new-cluster|memory-mlock|enable-pprof|proxy.*)$/;

const odd = ['', ' ', '-1', 'bad value', '"', '0x10', '١'];
const byPlaceholder: readonly (readonly [pattern: RegExp, values: readonly string[]])[] = [
  [
    /^DURATION$/,
    ['0', '1s', '500ms', '1m30s', '.5h', '1.5s', '5', '-1s', '1d', '1h1', '1H', '+2s'],
  ],
  [
    /^(N|BYTES)$/,
    [
      '0',
      '1',
      '5',
      '128',
      '100000',
      '1.5',
      '1e3',
      '+5',
      ' 5',
      '99999999999999999999',
      '4294967296',
      '1_000',
    ],
  ],
  [
    /^URLS$/,
    [
      'http://127.0.0.1:0',
      'http://localhost:0',
      'http://127.0.0.1',
      'ftp://127.0.0.1:1',
      'http://127.0.0.1:0/',
      'http://a.example:1',
      'http://[::1]:0',
      'http://127.0.0.1:70000',
      'http://127.0.0.1:0,http://127.0.0.1:0',
      '127.0.0.1:0',
      'http://:1',
      'HTTP://127.0.0.1:0',
      'http://127.0.0.1:0?x',
      'http://u@127.0.0.1:0',
      ' http://127.0.0.1:0',
    ],
  ],
  [
    /^NAME=URL/,
    [
      'default=http://localhost:2380',
      'default=http://localhost:2380,b=http://127.0.0.1:9',
      'b=http://127.0.0.1:9',
      'default=http://10.0.0.1:1',
      'x',
      'default=',
      '=http://127.0.0.1:1',
      'default=http://localhost:2380,default=http://localhost:2381',
    ],
  ],
  [/^LIST$/, ['*', 'a,b', 'http://a:1', ',', 'a,a', 'a, b']],
  [/^DURATION\|N$/, ['0', '1', '5m', '1.5h', '-1', '-5m', '1000']],
  [/^X\.Y\.Z$/, ['3.7.1']],
];

function valuesOf({ type, default: byDefault, name }: Flag): readonly string[] {
  const { placeholder } = type;
  if (name === 'feature-gates')
    return ['LeaseCheckpoint=true', 'Nope=true', 'LeaseCheckpoint', ',', 'LeaseCheckpoint=x'];
  if (placeholder === undefined) return ['true', 'false', '1', 'T', 'yes', 'TRUE', '', 'tRue'];
  const known = byPlaceholder.find(([pattern]) => pattern.test(placeholder))?.[1];
  const words = placeholder.includes('|')
    ? [...placeholder.split('|'), placeholder.split('|')[0]!.toUpperCase()]
    : [];
  return [...(known ?? []), ...words, byDefault, ...odd];
}

/** The flags that this etcd and Rollcall both know. */
export function commonFlags(etcd: string): readonly Flag[] {
  const help = spawnSync(etcd, ['--help'], { encoding: 'utf8' });
  const known = new Set(
    [...`${help.stdout}${help.stderr}`.matchAll(/^\s+--([a-z0-9-]+)/gm)].map(([, name]) => name),
  );
  return flagGroups
    .flatMap(({ flags }) => flags)
    .filter((flag) => !('effect' in flag && ['discovery', 'command'].includes(flag.effect)))
    .filter(({ name }) => known.has(name) && !leftOut.test(name));
}

/** Start-ups that follow from a seed; mostly one flag, so that a difference says which. */
export function* startups(flags: readonly Flag[], seed: number): Generator<Startup, never> {
  const random = new SeededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[random.between(0, from.length - 1)]!;
  for (;;) {
    const count = random.between(0, 3) === 0 ? 3 : 1;
    const given = new Map<string, string>();
    while (given.size < count) {
      const flag = pick(flags);
      given.set(flag.name, pick(valuesOf(flag)));
    }
    const way = pick(['flags', 'flags', 'environment', 'file'] as const);
    yield { way, given: [...given] };
  }
}

interface Input {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

function asFlags(entries: Iterable<readonly [string, string]>): string[] {
  return [...entries].map(([name, value]) => `--${name}=${value}`);
}

function inputOf({ way, given }: Startup, directory: string): Input {
  const base = new Map([
    ['data-dir', join(directory, 'data')],
    ['listen-client-urls', 'http://127.0.0.1:0'],
    ['advertise-client-urls', 'http://127.0.0.1:0'],
    ['listen-peer-urls', 'http://127.0.0.1:0'],
  ]);
  if (way === 'flags') return { argv: asFlags(new Map([...base, ...given])), env: {} };
  if (way === 'environment') {
    for (const [name, value] of given) if (value !== '') base.delete(name);
    const env = Object.fromEntries(given.map(([name, value]) => [variableOf({ name }), value]));
    return { argv: asFlags(base), env };
  }
  const file = join(directory, 'etcd.yml');
  writeFileSync(
    file,
    stringify(
      Object.fromEntries(
        new Map([...base, ...given].map(([name, value]) => [name, scalarOf(value)])),
      ),
    ),
  );
  return { argv: [`--config-file=${file}`], env: {} };
}

/** As people write it in YAML: numbers and truths without quotes. */
function scalarOf(value: string): unknown {
  if (value === 'true' || value === 'false') return value === 'true';
  return /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

/** How long an etcd may take until it serves or ends. */
const startMaxMs = 20_000;

/** Starts it, and ends it once it serves; undefined if it does not come to an end by itself. */
async function startEtcd(etcd: string, { argv, env }: Input): Promise<Outcome | undefined> {
  const child = spawn(etcd, argv, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), startMaxMs);
  let accepted = false;
  let settings: Record<string, unknown> | undefined;
  let last = '';
  let panicked = false;
  const read = (line: string): void => {
    if (line.includes('"msg":"starting an etcd server"')) settings = JSON.parse(line);
    if (line.startsWith('panic: ')) panicked = true;
    if (/now serving peer|ready to serve client requests/.test(line)) {
      accepted = true;
      child.kill('SIGKILL');
    }
    if (/"level":"(fatal|warn|error)"|invalid value|\[?[CE]\]? \|/.test(line) && !accepted)
      last = line;
  };
  createInterface({ input: child.stdout }).on('line', read);
  createInterface({ input: child.stderr }).on('line', read);
  const [code] = await new Promise<[number | null]>((resolve) => {
    child.once('close', (exitCode) => resolve([exitCode]));
  });
  clearTimeout(limit);
  // It waits for other members, finds none, or crashes: that says nothing about its input.
  const isAlone = last.includes('cannot fetch cluster info from peer urls');
  if (!accepted && (code === null || panicked || isAlone)) return undefined;
  return {
    accepted,
    why: accepted ? '' : `exit code ${code}: ${last.slice(0, 300)}`,
    ...(settings && { settings }),
  };
}

/** Names are looked up once: where they do not resolve, no time brings them here. */
const impatient: Clock = {
  nowMs: () => performance.timeOrigin + performance.now() * 1e6,
  after: (_delayMs, callback) => {
    queueMicrotask(callback);
    return () => {};
  },
  endOfTurn: queueMicrotask,
};

async function asRollcall({ argv, env }: Input): Promise<Outcome> {
  const parsed = parseServeArguments(argv, env);
  if (parsed.kind === 'print') return { accepted: false, why: parsed.text };
  try {
    const outside = { lookup: systemLookup, clock: impatient, logger: silentLogger };
    await settleOwnUrls(parsed.config, outside);
  } catch (error) {
    return { accepted: false, why: String(error) };
  }
  return { accepted: true, why: '', settings: comparable(parsed.config) };
}

/** The settings of ours that etcd tells when it starts, under its names. */
function comparable(config: ServerConfig): Readonly<Record<string, unknown>> {
  return {
    name: config.name,
    'heartbeat-interval': config.heartbeatIntervalMs,
    'election-timeout': config.electionTimeoutMs,
    'initial-election-tick-advance': config.initialElectionTickAdvance,
    'snapshot-count': config.snapshotCount,
    'snapshot-catchup-entries': config.snapshotCatchupEntries,
    'initial-advertise-peer-urls': config.initialAdvertisePeerUrls,
    'advertise-client-urls': config.advertiseClientUrls,
    cors: config.corsOrigins,
    'host-whitelist': config.hostWhitelist,
    'initial-cluster-state': config.initialClusterState,
    'initial-cluster-token': config.initialClusterToken,
    'max-request-bytes': config.maxRequestBytes,
    'max-concurrent-streams': config.maxConcurrentStreams,
    'pre-vote': config.preVote,
    'auto-compaction-mode': config.autoCompactionMode,
    'auto-compaction-retention': config.autoCompactionRetention,
    'max-learners': config.maxLearners,
  };
}

/** As etcd writes it, and as we do, in one form. */
function plain(name: string, value: unknown): string {
  if (Array.isArray(value)) {
    return [...new Set(value.map((one) => String(one).trim()))].toSorted().join();
  }
  if (/^(heartbeat-interval|election-timeout|auto-compaction-retention)$/.test(name)) {
    return String(typeof value === 'string' ? parseDurationMs(value) : value);
  }
  return String(value);
}

/** Starts both; undefined if they agree, or etcd's result says nothing. */
export async function compare(etcd: string, startup: Startup): Promise<Difference | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'rollcall-startup-'));
  try {
    const input = inputOf(startup, directory);
    const rollcall = await asRollcall(input);
    const real = await startEtcd(etcd, input);
    if (real === undefined) return undefined;
    if (real.accepted !== rollcall.accepted) {
      return { startup, etcd: real, rollcall, about: real.accepted ? 'refused' : 'accepted' };
    }
    const different = Object.entries(rollcall.settings ?? {}).find(
      ([name, value]) =>
        real.settings !== undefined &&
        name in real.settings &&
        plain(name, real.settings[name]) !== plain(name, value),
    );
    if (!real.accepted || different === undefined) return undefined;
    const [name, value] = different;
    return {
      startup,
      etcd: real,
      rollcall,
      about: `${name}: etcd ${plain(name, real.settings?.[name])}, rollcall ${plain(name, value)}`,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
