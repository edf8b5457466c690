import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Rollcall } from '../../src/client/index.ts';
import { RegistryError, startServer } from '../../src/server/index.ts';
import type { RunningMember, StartOptions } from '../../src/server/index.ts';
import { freePorts } from '../ports.ts';

async function start(options: StartOptions = {}): Promise<RunningMember> {
  const member = await startServer(options);
  onTestFinished(() => member.stop());
  return member;
}

function clientOf(...members: RunningMember[]): Rollcall {
  const endpoints = members.flatMap(({ clientUrls }) => clientUrls);
  const client = new Rollcall({ endpoints });
  onTestFinished(() => client.close());
  return client;
}

/** Rejects if the port is in use. */
async function bind(url: string): Promise<void> {
  const server = createServer().listen(Number(new URL(url).port), '127.0.0.1');
  await once(server, 'listening');
  await once(server.close(), 'close');
}

test('a member inside a program is there at once, on ports of its own, with everything in memory', async () => {
  const [one, other] = await Promise.all([start(), start()]);
  await Promise.all([one.ready, other.ready]);
  expect(one.clientUrls).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/)]);
  expect(one.peerUrls).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/)]);

  await clientOf(one).put('key', 'of one');
  expect(await clientOf(one).get('key')).toMatchObject({ value: 'of one' });
  expect(await clientOf(other).get('key')).toBeUndefined();
});

test('two members in one program form a cluster, and a write to one is readable at the other', async () => {
  const [portA, portB] = await freePorts(2);
  const peers = [`http://127.0.0.1:${portA}`, `http://127.0.0.1:${portB}`];
  const initialCluster = peers.map((peerUrl, at) => ({ name: `m${at}`, peerUrl }));
  const members = await Promise.all(
    peers.map((peerUrl, at) =>
      start({
        name: `m${at}`,
        listenPeerUrls: [peerUrl],
        initialAdvertisePeerUrls: [peerUrl],
        initialCluster,
        heartbeatIntervalMs: 20,
        electionTimeoutMs: 200,
      }),
    ),
  );
  await Promise.all(members.map(({ ready }) => ready));
  const [one, other] = members;
  expect(one!.clusterId).toBe(other!.clusterId);
  await clientOf(one!).put('key', 'value');
  expect(await clientOf(other!).get('key')).toMatchObject({ value: 'value' });
});

test('a stopped member frees its ports and its directory, and continues with its data when restarted', async () => {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'rollcall-embed-')), 'data');
  onTestFinished(() => rmSync(join(dataDir, '..'), { recursive: true }));
  const first = await start({ dataDir });
  await first.ready;
  await clientOf(first).put('key', 'value');
  // A client that never disconnects.
  const watching = clientOf(first).watchPrefix('k');
  const next = watching[Symbol.asyncIterator]().next();
  next.catch(() => {});
  await first.stop();
  await first.stop();
  for (const url of [...first.clientUrls, ...first.peerUrls]) await bind(url);

  const second = await start({ dataDir });
  await second.ready;
  expect(second.memberId).toBe(first.memberId);
  expect(await clientOf(second).get('key')).toMatchObject({ value: 'value' });
});

test('a member that cannot start leaves nothing behind', async () => {
  const [client] = await freePorts(1);
  const taken = await start();
  const listenClientUrls = [`http://127.0.0.1:${client}`, taken.clientUrls[0]!];
  await expect(startServer({ listenClientUrls })).rejects.toMatchObject({
    code: 'invalid-request',
    message: expect.stringContaining('cannot listen for clients on'),
  });
  await bind(`http://127.0.0.1:${client}`);

  const dataDir = join(mkdtempSync(join(tmpdir(), 'rollcall-embed-')), 'data');
  onTestFinished(() => rmSync(join(dataDir, '..'), { recursive: true }));
  await expect(
    startServer({ dataDir, listenPeerUrls: [taken.peerUrls[0]!] }),
  ).rejects.toMatchObject({ message: expect.stringContaining('cannot listen for peers on') });
  const member = await start({ dataDir });
  await member.ready;
});

// oxlint-disable-next-line typescript/no-explicit-any
const nonsense: readonly (readonly [any, string])[] = [
  [{ listenClientUrls: ['banana'] }, 'listenClientUrls'],
  [{ listenClientUrls: [] }, 'listenClientUrls'],
  [{ listenClientUrls: 'http://127.0.0.1:0' }, 'listenClientUrls'],
  [{ listenClientUrls: ['https://127.0.0.1:0'] }, 'TLS key/cert'],
  [{ listenPeerUrls: ['http://example.com:0'] }, 'expected IP'],
  [{ listenPeerUrls: 5 }, 'listenPeerUrls'],
  [{ advertiseClientUrls: [7] }, 'advertiseClientUrls'],
  [{ initialAdvertisePeerUrls: 5 }, 'initialAdvertisePeerUrls'],
  [{ name: 5 }, 'name'],
  [{ name: '' }, 'name'],
  [{ dataDir: 5 }, 'dataDir'],
  [{ electionTimeoutMs: '200' }, 'electionTimeoutMs'],
  [{ electionTimeoutMs: NaN }, 'electionTimeoutMs'],
  [{ electionTimeoutMs: 10 }, 'election-timeout'],
  [{ heartbeatIntervalMs: -1 }, 'heartbeatIntervalMs'],
  [{ quotaBackendBytes: 1.5 }, 'quotaBackendBytes'],
  [{ preVote: 'yes' }, 'preVote'],
  [{ logLevel: 'loud' }, 'logLevel'],
  [{ autoCompactionMode: 'weekly' }, 'autoCompactionMode'],
  [{ initialClusterState: 'old' }, 'initialClusterState'],
  [{ initialCluster: [{ name: 'a' }] }, 'initialCluster'],
  [{ initialCluster: [{ name: 'a', peerUrl: 'banana' }] }, 'initialCluster'],
  [{ lissenClientUrls: ['http://127.0.0.1:0'] }, 'lissenClientUrls'],
];
test.each(nonsense)('what the command line would refuse is refused: %j', async (options, told) => {
  const error: unknown = await startServer(options).then(
    (member) => member.stop(),
    (thrown: unknown) => thrown,
  );

  expect(error).toBeInstanceOf(RegistryError);
  expect(error).toMatchObject({ code: 'invalid-request' });
  expect(String(error)).toContain(told);
});

test('a member stops at the end of its block', async () => {
  let url = '';
  {
    await using member = await startServer();
    await member.ready;
    url = member.clientUrls[0] ?? '';
  }
  await bind(url);
});
