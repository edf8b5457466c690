import { execSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  checkPorts,
  claimDirectory,
  planCluster,
  readClusterOptions,
  readPid,
  rememberedPlan,
  writePid,
} from '../../scripts/lib/cluster-plan.ts';
import type { ClusterPlan } from '../../scripts/lib/cluster-plan.ts';
import { localCertificates } from '../../scripts/lib/local-certificates.ts';
import { formatLogLine } from '../../scripts/lib/log-line.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rollcall-scripts-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function planFor(...argv: string[]): ClusterPlan {
  const options = readClusterOptions(['--data-dir', join(directory, 'c'), ...argv]);
  if (options === undefined) throw new Error('help');
  return planCluster(options);
}

test('certificates for this machine are made once, with keys that only their owner reads', async () => {
  const folder = join(directory, 'tls');
  const paths = await localCertificates(folder);
  const { ca, memberCert, memberKey, clientCert, clientKey } = paths;
  const [authority, member, client] = [ca, memberCert, clientCert].map(
    (path) => new X509Certificate(readFileSync(path)),
  );
  for (const certificate of [member, client]) {
    expect(certificate?.verify(authority!.publicKey)).toBe(true);
  }
  expect(member?.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(client?.subject).toBe('CN=root');
  for (const path of [memberKey, clientKey]) expect(statSync(path).mode & 0o077).toBe(0);
  // The authority's own key is nowhere: whoever reads the folder cannot make more of them.
  expect(readdirSync(folder)).toHaveLength(5);

  const before = readFileSync(ca);
  expect(await localCertificates(folder)).toEqual(paths);
  expect(readFileSync(ca)).toEqual(before);
});

describe('the ports of a cluster', () => {
  const plans: readonly [argv: string[], clientPorts: number[]][] = [
    [[], [2379, 22_379, 32_379]],
    [['--size', '1'], [2379]],
    [['--size=5'], [2379, 22_379, 32_379, 42_379, 52_379]],
    [
      ['--base-port', '7000'],
      [7000, 7010, 7020],
    ],
    [
      ['--base-port=7000', '--size=9'],
      [7000, 7010, 7020, 7030, 7040, 7050, 7060, 7070, 7080],
    ],
  ];
  test.each(plans)('%j', (argv, clientPorts) => {
    const { members } = planFor(...argv);
    expect(members.map(({ clientPort }) => clientPort)).toEqual(clientPorts);
    expect(members.map(({ peerPort }) => peerPort)).toEqual(clientPorts.map((port) => port + 1));
  });
});

describe('refused with one line', () => {
  const lines: readonly [argv: string[], line: string][] = [
    [['--size', 'three'], '--size is "three", but has to be a whole number from 1 to 9'],
    [['--size', '0'], '--size is "0", but has to be a whole number from 1 to 9'],
    [['--size', '7'], '--size 7 needs a --base-port, because the usual ports end with 5 members'],
    [
      ['--base-port', '65530'],
      '--base-port is "65530", but has to be a whole number from 1 to 65514',
    ],
    [['--sise', '3'], "Unknown option '--sise'"],
  ];
  test.each(lines)('%j', (argv, line) => {
    expect(() => readClusterOptions(argv)).toThrow(line);
  });

  test('a port that is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const plan = planFor('--size=1', `--base-port=${port}`);
    await expect(checkPorts(plan)).rejects.toThrow(
      `port ${port} is in use by another program; end it, or choose other ports with --base-port`,
    );
    claimDirectory(plan, { fresh: false });
    writePid(plan, 'm1', process.pid);
    await expect(checkPorts(plan)).rejects.toThrow(
      `port ${port} is in use by m1 of an earlier start, process ${process.pid}`,
    );
    server.close();
  });

  test('a directory that holds another cluster, unless --fresh is given', () => {
    claimDirectory(planFor(), { fresh: false });
    expect(() => claimDirectory(planFor('--size=5'), { fresh: false })).toThrow(
      `${join(directory, 'c')} holds a cluster of 3 with client ports 2379, 22379, 32379; start it with the same`,
    );
    claimDirectory(planFor('--size=5'), { fresh: true });
    expect(rememberedPlan(join(directory, 'c'))).toEqual(planFor('--size=5'));
    claimDirectory(planFor('--size=5'), { fresh: false });
  });

  test('a directory that holds a cluster without TLS, when it is asked for', () => {
    claimDirectory(planFor(), { fresh: false });
    expect(() => claimDirectory(planFor('--tls'), { fresh: false })).toThrow(
      `${join(directory, 'c')} holds a cluster without TLS; start it without --tls`,
    );
    claimDirectory(planFor('--tls'), { fresh: true });
    expect(rememberedPlan(join(directory, 'c'))).toEqual(planFor('--tls'));
  });

  test('a directory that holds something else, also with --fresh', () => {
    const plan = planFor();
    mkdirSync(plan.directory);
    writeFileSync(join(plan.directory, 'thesis.txt'), '');
    expect(() => claimDirectory(plan, { fresh: true })).toThrow(
      `${plan.directory} holds something else than a cluster`,
    );
    expect(() => rememberedPlan(plan.directory)).toThrow('holds no cluster');
  });
});

test('the pid of an earlier start is ignored once that process is gone', () => {
  const plan = planFor();
  claimDirectory(plan, { fresh: false });
  expect(readPid(plan, 'm1')).toBeUndefined();
  writePid(plan, 'm1', process.pid);
  expect(readPid(plan, 'm1')).toBe(process.pid);
  writePid(plan, 'm1', 2 ** 22 + 1);
  expect(readPid(plan, 'm1')).toBeUndefined();
});

test('log lines show level, message and fields, and other lines stay unchanged', () => {
  const line =
    '{"level":"warn","ts":"x","caller":"y","msg":"lost a peer","peer":"ab","after":{"ms":5}}';
  expect(stripVTControlCharacters(formatLogLine(line))).toBe(
    'warn  lost a peer peer=ab after={"ms":5}',
  );
  expect(formatLogLine('[1, 2]')).toBe('[1, 2]');
  expect(formatLogLine('plain')).toBe('plain');
});

async function freeBasePort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 5000); ; port += 100) {
    const free = await checkPorts(planFor('--base-port', String(port))).then(
      () => true,
      () => false,
    );
    if (free) return port;
  }
}

/** Runs `cluster.ts` on stand-ins for members; returns its output. */
async function startCluster(...argv: string[]) {
  const root = join(import.meta.dirname, '../..');
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      join(root, 'scripts/cluster.ts'),
      '--data-dir',
      join(directory, 'c'),
      ...argv,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ROLLCALL_PROGRAM: join(import.meta.dirname, 'fake-member.mjs'),
        ETCD_NAME: 'elsewhere',
      },
    },
  );
  let printed = '';
  const waiting: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      printed += stripVTControlCharacters(bytes.toString());
      for (const look of waiting.splice(0)) look();
    });
  }
  const ended = once(child, 'close');
  const printedAll = async (...texts: string[]): Promise<void> => {
    while (!texts.every((text) => printed.includes(text))) {
      await Promise.race([new Promise<void>((resolve) => waiting.push(resolve)), ended]);
      if (child.exitCode !== null) break;
    }
    for (const text of texts) expect(printed).toContain(text);
  };
  return { child, ended, printedAll, printed: () => printed };
}

test('a cluster starts, prints how to use it, reports and restarts a member that dies, and ends on Ctrl-C', async () => {
  const port = await freeBasePort();
  const cluster = await startCluster('--base-port', String(port));
  await cluster.printedAll(
    'm1 info  ready to serve client requests state=new\n',
    'm3 info  ready',
    'Ready: 3 members',
    `etcdctl --endpoints 127.0.0.1:${port} put`,
    'Ctrl-C stops all of them.',
  );
  const plan = rememberedPlan(join(directory, 'c'));
  const pids = plan.members.map(({ name }) => readPid(plan, name) ?? 0);
  expect(new Set(pids).size).toBe(3);

  process.kill(pids[1] ?? 0, 'SIGKILL');
  await cluster.printedAll('m2 ended by itself (SIGKILL); 2 of 3 go on', 'starts it again');
  expect(readPid(plan, 'm2')).toBeUndefined();

  // The others have data by now, so that a member without any was wiped and joins again.
  mkdirSync(plan.members[0]?.dataDir ?? '');
  // The line that was printed is a command, and it works.
  const command = /(npx tsx \S+ restart m2.*) starts it again/.exec(cluster.printed())?.[1] ?? '';
  expect(execSync(command, { encoding: 'utf8' })).toBe('m2 starts\n');
  await cluster.printedAll('m2 info  ready to serve client requests state=existing');

  const second = await startCluster('--base-port', String(port));
  await second.ended;
  expect(second.printed()).toMatch(/^rollcall: process \d+ runs the cluster in \S+ already\n$/);
  expect(second.child.exitCode).toBe(1);

  cluster.child.kill('SIGINT');
  await cluster.ended;
  expect(cluster.child.exitCode).toBe(0);
  await cluster.printedAll('m1 a line that is no JSON');
  expect(cluster.printed()).not.toContain('m1 ended');
  for (const { name } of plan.members) expect(readPid(plan, name)).toBeUndefined();
  await expect(checkPorts(plan)).resolves.toBeUndefined();
});

test('a cluster without a running member ends', async () => {
  const cluster = await startCluster('--size=1', '--base-port', String(await freeBasePort()));
  await cluster.printedAll('Ready: 1 member,');
  process.kill(readPid(rememberedPlan(join(directory, 'c')), 'm1') ?? 0, 'SIGKILL');
  await cluster.ended;
  expect(cluster.printed()).toContain('m1 ended by itself (SIGKILL); nobody is left');
  expect(cluster.printed()).toMatch(/m1 npm start -- --data-dir \S+ starts them again/);
  expect(cluster.child.exitCode).toBe(1);
});
