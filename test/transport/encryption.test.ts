import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/platform/index.ts';
import { createSecureServer, openTls } from '../../src/tls/index.ts';
import type { TlsSide } from '../../src/tls/index.ts';
import { describeCluster } from '../../src/transport/index.ts';
import type { PeerEncryption } from '../../src/transport/index.ts';
import { createAuthority, writePair } from '../tls/certificates.ts';
import type { Authority, LeafOptions } from '../tls/certificates.ts';
import { noSide, outside } from '../tls/handshakes.ts';
import type { Around } from '../tls/handshakes.ts';
import { largeOf, questionOf, startMember } from './peers.ts';
import type { Member } from './peers.ts';

const patience = { timeout: 10_000, interval: 5 };

let ours: Authority;
let foreign: Authority;
beforeAll(async () => {
  ours = await createAuthority('ours');
  foreign = await createAuthority('foreign');
});

/** Encryption of one member, with its files and its log. */
interface Side extends PeerEncryption {
  readonly around: Around;
  readonly folder: string;
}

/** A pair for 127.0.0.1, unless options say otherwise, and an authority that is trusted; it requires certificates. */
async function sideOf(
  options: LeafOptions & { readonly issuer?: Authority; readonly side?: Partial<TlsSide> } = {},
): Promise<Side> {
  const { issuer = ours, side, ...leaf } = options;
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-peer-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const pair = writePair(folder, 'peer', await issuer.issue({ names: ['127.0.0.1'], ...leaf }));
  const trustedCaFile = join(folder, 'ca.crt');
  writeFileSync(trustedCaFile, issuer.cert);
  const around = outside();
  const material = openTls(
    {
      ...noSide,
      name: 'peer',
      ...pair,
      trustedCaFile,
      clientCertAuth: true,
      checksAddresses: true,
      ...side,
    },
    around,
  );
  const handshakes = createSecureServer(material, {
    protocols: ['h2'],
    resolver: { reverse: () => Promise.resolve([]), lookup: () => Promise.resolve([]) },
  });
  onTestFinished(() => {
    handshakes.close();
    material.close();
  });
  return { material, handshakes, around, folder };
}

const listenUrls = ['https://127.0.0.1:0'];

async function connected(from: Member, to: string): Promise<void> {
  await vi.waitFor(() => expect(from.transport.connectedSinceMs(to)).toBeDefined(), patience);
}

/** The reason why a member has no connection to a peer. */
async function problemOf(member: Member): Promise<string> {
  const found = (): string | undefined =>
    member.log.find(({ message }) => message === 'no connection to peer')?.why;
  await vi.waitFor(() => expect(found()).toBeDefined(), patience);
  return found() ?? '';
}

test('members with certificates talk over TLS, take snapshots and describe their cluster', async () => {
  const encryption = await sideOf();
  let pieces = 0;
  const two = await startMember('m2', {
    listenUrls,
    encryption,
    takeSnapshot: async (_header, chunks) => {
      for await (const chunk of chunks) pieces += Math.sign(chunk.length);
    },
  });
  expect(two.url).toMatch(/^https:\/\/127\.0\.0\.1:[1-9]\d+$/);
  const one = await startMember('m1', { encryption: await sideOf() });
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  await connected(one, 'm2');
  one.transport.send('m2', [questionOf(1), largeOf(1, 3_000_000), questionOf(2)]);
  await vi.waitFor(() => expect(two.received).toHaveLength(3), patience);
  const configuration = { voters: ['m1'], outgoing: [], learners: [] };
  await one.transport.sendSnapshot(
    'm2',
    { term: 1, position: { index: 1, term: 1, configuration } },
    {
      appliedIndex: 1,
      chunks: async function* () {
        for (let at = 0; at < 50; at++) yield Buffer.alloc(128 << 10);
      },
      chunkLengths: async function* () {},
      close: async () => {},
    },
  );
  expect(pieces).toBe(50);
  const options = { timeoutMs: 5000, clock: systemClock(), encryption };
  expect(await describeCluster(two.url, options)).toEqual({ id: 'm2' });
});

test('a member whose certificate is of a foreign authority is refused, and both logs say so', async () => {
  const encryption = await sideOf();
  const two = await startMember('m2', { listenUrls, encryption });
  const stranger = await sideOf({ issuer: foreign });
  writeFileSync(join(stranger.folder, 'ca.crt'), ours.cert);
  await stranger.material.reload();
  const one = await startMember('m1', { encryption: stranger });
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  expect(await problemOf(one)).toContain('remote error: tls: ');
  await encryption.around.logged('rejected connection on peer endpoint', 'failed to verify');
  expect(two.received).toEqual([]);
});

test('a member whose name is not allowed is refused, as a caller and as the one that is called', async () => {
  const allowed = { side: { allowedCommonNames: ['member'] }, commonName: 'member' };
  const encryption = await sideOf(allowed);
  const two = await startMember('m2', { listenUrls, encryption });
  const other = await sideOf({ commonName: 'somebody' });
  const one = await startMember('m1', { listenUrls, encryption: other });
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  await encryption.around.logged('client certificate authentication failed');
  expect(await problemOf(one)).toContain('remote error: tls: bad certificate');
  two.transport.setPeers([{ id: 'm1', urls: [one.url] }]);
  expect(await problemOf(two)).toBe('client certificate authentication failed');
});

test('a certificate for another host is refused, before anything is sent to it', async () => {
  const { material } = await sideOf({ names: ['elsewhere.example'] });
  let bytes = 0;
  const server = createServer({ ...material.serverContext, ALPNProtocols: ['h2'] }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => (bytes += data.length));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const one = await startMember('m1', { encryption: await sideOf() });
  one.transport.setPeers([{ id: 'm2', urls: [`https://127.0.0.1:${port}`] }]);
  expect(await problemOf(one)).toMatch(/127\.0\.0\.1.*cert/);
  expect(bytes).toBe(0);
});

test('a member without TLS that calls one with TLS: both logs say so', async () => {
  const encryption = await sideOf();
  const two = await startMember('m2', { listenUrls, encryption });
  const one = await startMember('m1');
  one.transport.setPeers([{ id: 'm2', urls: [two.url.replace('https', 'http')] }]);
  expect(await problemOf(one)).toContain('if it expects TLS, use https:// in its peer URLs');
  await encryption.around.logged('first record does not look like a TLS handshake');
});

test('a member with TLS that calls one without: both logs say so', async () => {
  const two = await startMember('m2');
  const one = await startMember('m1', { encryption: await sideOf() });
  one.transport.setPeers([{ id: 'm2', urls: [two.url.replace('http', 'https')] }]);
  expect(await problemOf(one)).toContain(
    'first record does not look like a TLS handshake; the other member speaks plain text',
  );
  await vi.waitFor(
    () => expect(two.log.map(({ why }) => why).join()).toContain('127.0.0.1 speaks TLS'),
    patience,
  );
});

test('another authority is taken over without dropping a connection', async () => {
  const sides = [await sideOf(), await sideOf()] as const;
  const two = await startMember('m2', { listenUrls, encryption: sides[1] });
  const one = await startMember('m1', { listenUrls, encryption: sides[0] });
  one.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  await connected(one, 'm2');
  const since = one.transport.connectedSinceMs('m2');
  // First everyone trusts both, then has a certificate of the new one, then trusts the new one alone.
  for (const step of ['both', 'issued', 'alone'] as const) {
    for (const { folder, material } of sides) {
      if (step === 'issued') {
        writePair(folder, 'peer', await foreign.issue({ names: ['127.0.0.1'] }));
      } else {
        const trusted = step === 'both' ? ours.cert + foreign.cert : foreign.cert;
        writeFileSync(join(folder, 'ca.crt'), trusted);
      }
      await material.reload();
      // In the middle of each step, new connections work in both directions.
      const probe = await startMember('m3', { encryption: sides[0] });
      probe.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
      await connected(probe, 'm2');
      await probe.transport.stop();
    }
  }
  const former = await startMember('m4', { encryption: await sideOf() });
  former.transport.setPeers([{ id: 'm2', urls: [two.url] }]);
  await problemOf(former);
  one.transport.send('m2', [questionOf(9)]);
  await vi.waitFor(() => expect(two.received.at(-1)?.message).toEqual(questionOf(9)), patience);
  expect(one.transport.connectedSinceMs('m2')).toBe(since);
  expect(one.disconnected).toEqual([]);
});
