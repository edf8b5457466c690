import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { Client, credentials } from '@grpc/grpc-js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Rollcall } from '../../src/client/index.ts';
import { startServer } from '../../src/server/index.ts';
import type { RunningMember } from '../../src/server/index.ts';
import { freePorts } from '../ports.ts';
import { portOf, serve } from '../server/program.ts';
import { EtcdClient } from './etcd-client.ts';
import { ClusterOfProcesses, eventually } from './processes.ts';

vi.setConfig({ testTimeout: 120_000 });

/**
 * An election after a leader's silence takes longer than any write may here, so leadership must be handed over. The
 * first election comes sooner, because a starting member does not wait for the first of its two timeouts.
 */
const electionTimeoutMs = 10_000;
const writeMaxMs = 5000;

/** Writes one key after the other until it is stopped, and records failures. */
class Writers {
  readonly failures: unknown[] = [];
  written = 0;
  #stopping = false;
  readonly #running: Promise<void>[] = [];

  start(put: (key: string) => Promise<unknown>): void {
    const writer = this.#running.length;
    this.#running.push(this.#write(put, writer));
  }

  async #write(put: (key: string) => Promise<unknown>, writer: number): Promise<void> {
    for (let at = 0; !this.#stopping; at++) {
      try {
        await put(`${writer}/${at}`);
        this.written++;
      } catch (error) {
        this.failures.push(error);
        // Enough to see what is wrong.
        if (this.failures.length > 10) return;
      }
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  }

  /** Waits for so many more writes. */
  async more(count: number): Promise<void> {
    const target = this.written + count;
    await eventually(
      `${count} more writes`,
      () => Promise.resolve(this.written >= target || this.failures.length > 10 || undefined),
      60_000,
    );
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#running);
  }
}

async function start(): Promise<ClusterOfProcesses> {
  const cluster = await ClusterOfProcesses.start(3, [`--election-timeout=${electionTimeoutMs}`]);
  onTestFinished(() => cluster.end());
  return cluster;
}

const asBytes = (bytes: Buffer): Buffer => bytes;

/** A plain gRPC client that uses all members in turn, with nothing of Rollcall's. */
function plainClient(cluster: ClusterOfProcesses): (key: string) => Promise<unknown> {
  const addresses = cluster.members.map(({ clientUrl }) => new URL(clientUrl).host);
  const client = new Client(`ipv4:${addresses.join()}`, credentials.createInsecure(), {
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    // By default a second or more: a member is back sooner, and so the next ones are gone before the client has looked again.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 200,
  });
  onTestFinished(() => client.close());
  return (key) =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.from(key);
      const request = Buffer.concat([Buffer.of(0x0a, bytes.length), bytes]);
      const path = '/etcdserverpb.KV/Put';
      const deadline = { deadline: Date.now() + writeMaxMs };
      client.makeUnaryRequest(path, asBytes, asBytes, request, deadline, (error, answer) => {
        if (error === null) resolve(answer);
        else reject(error);
      });
    });
}

const hasEtcdctl = spawnSync('etcdctl', ['version'], { env: { ...process.env, ETCDCTL_API: '3' } });

function etcdctl(cluster: ClusterOfProcesses): (key: string) => Promise<unknown> {
  const endpoints = cluster.members.map(({ clientUrl }) => clientUrl).join();
  return (key) =>
    promisify(execFile)('etcdctl', [`--endpoints=${endpoints}`, 'put', `ctl/${key}`, 'value'], {
      env: { ...process.env, ETCDCTL_API: '3' },
    });
}

test('members that are restarted one after the other under load fail no write', async () => {
  const cluster = await start();
  const writers = new Writers();
  const endpoints = cluster.members.map(({ clientUrl }) => clientUrl);
  const client = new Rollcall({ endpoints, timeoutMs: writeMaxMs });
  onTestFinished(() => client.close());
  for (let at = 0; at < 3; at++) writers.start((key) => client.put(`sdk/${key}`, 'value'));
  for (let at = 0; at < 3; at++) writers.start(plainClient(cluster));
  if (hasEtcdctl.status === 0) writers.start(etcdctl(cluster));
  await writers.more(100);
  for (const member of cluster.members) {
    await member.stop();
    expect(member.exitCode ?? 0).toBe(0);
    await writers.more(50);
    member.start();
    await cluster.ready([member]);
    await writers.more(50);
  }
  await writers.stop();
  expect(writers.failures).toEqual([]);
});

test('a client of a follower notices nothing when leaders are stopped, three times', async () => {
  const cluster = await start();
  for (let time = 0; time < 3; time++) {
    const leader = await cluster.leader();
    const [follower] = cluster.others(leader);
    const { raftTerm } = await follower!.client.status();
    const writers = new Writers();
    for (let at = 0; at < 4; at++) {
      writers.start((key) => follower!.client.put(`${time}/${key}`, 'value', {}, writeMaxMs));
    }
    await writers.more(50);
    await leader.stop();
    await writers.more(50);
    await writers.stop();
    expect(writers.failures).toEqual([]);
    // One term per leader: only the intended member campaigned.
    const after = await follower!.client.status();
    expect(Number(after['raftTerm'])).toBe(Number(raftTerm) + 1);
    const [, last] = readFileSync(leader.logFile, 'utf8').split('received signal; shutting down');
    expect(last).toContain('found a leader');
    leader.start();
    await cluster.ready([leader]);
  }
});

test('a sole member answers calls under way before it ends', async () => {
  const program = serve();
  const client = new EtcdClient(`127.0.0.1:${await portOf(program)}`);
  onTestFinished(() => client.close());
  await client.put('first', 'value');
  const asked = Array.from({ length: 200 }, (_, at) => client.put(`key/${at}`, 'value'));
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual([0, null]);
  const failures = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected');
  expect(failures).toEqual([]);
});

test('a member inside a program hands leadership over when it is stopped', async () => {
  const ports = await freePorts(3);
  const initialCluster = ports.map((port, at) => ({
    name: `m${at}`,
    peerUrl: `http://127.0.0.1:${port}`,
  }));
  const members: RunningMember[] = await Promise.all(
    initialCluster.map(({ name, peerUrl }) =>
      startServer({
        name,
        listenPeerUrls: [peerUrl],
        initialAdvertisePeerUrls: [peerUrl],
        initialCluster,
        electionTimeoutMs,
      }),
    ),
  );
  onTestFinished(async () => void (await Promise.all(members.map((member) => member.stop()))));
  await Promise.all(members.map(({ ready }) => ready));
  const clients = members.map(({ clientUrls }) => new EtcdClient(new URL(clientUrls[0]!).host));
  onTestFinished(() => clients.forEach((client) => client.close()));
  const { leader } = await clients[0]!.status();
  const ids = await Promise.all(
    clients.map(async (client) => (await client.status()).header.member_id),
  );
  const at = ids.indexOf(leader);
  await members[at]!.stop();
  await clients[(at + 1) % 3]!.put('key', 'value', {}, writeMaxMs);
});
