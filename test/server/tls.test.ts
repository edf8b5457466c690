import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import type { SecureClientSessionOptions } from 'node:http2';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { Client, credentials } from '@grpc/grpc-js';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../src/server/index.ts';
import type { EmbeddedMember, StartOptions } from '../../src/server/index.ts';
import { freePorts } from '../ports.ts';
import { createAuthority, writePair } from '../tls/certificates.ts';
import type { Authority, Issued } from '../tls/certificates.ts';

let authority: Authority;
let own: Issued;
let client: Issued;

beforeAll(async () => {
  authority = await createAuthority();
  own = await authority.issue({ commonName: 'member', names: ['localhost', '127.0.0.1'] });
  client = await authority.issue({ commonName: 'alice', usages: ['client'] });
});

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-server-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(options: StartOptions): Promise<EmbeddedMember> {
  const member = await startServer(options);
  onTestFinished(() => member.stop());
  await member.ready;
  return member;
}

async function overHttp1(url: string, ca: string): Promise<string> {
  const [response] = await once(get(`${url}/health`, { ca, agent: false }), 'response');
  let text = '';
  for await (const piece of response) text += piece;
  return text;
}

async function overHttp2(
  url: string,
  path: string,
  options: SecureClientSessionOptions = {},
): Promise<string> {
  const session = connect(url, options);
  onTestFinished(() => session.destroy());
  await once(session, 'connect');
  const stream = session.request({ ':path': path });
  stream.setEncoding('utf8');
  let text = '';
  for await (const piece of stream) text += piece;
  return text;
}

/** The status of a call over gRPC. */
async function overGrpc(url: string, with_: Issued | undefined): Promise<number> {
  const given = with_ === undefined ? [] : [Buffer.from(with_.key), Buffer.from(with_.cert)];
  const caller = new Client(
    new URL(url).host,
    url.startsWith('https')
      ? credentials.createSsl(Buffer.from(authority.cert), ...given)
      : credentials.createInsecure(),
  );
  onTestFinished(() => caller.close());
  return new Promise((resolve) => {
    caller.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      Buffer.alloc(0),
      { deadline: Date.now() + 5000 },
      (error) => resolve(error?.code ?? 0),
    );
  });
}

test('a member serves gRPC, HTTP/1.1 and HTTP/2 over TLS, on all its ports, and plain ones beside them', async () => {
  const [port] = await freePorts(1);
  const shared = [`http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`];
  const { clientUrls, metricsUrls, consulUrls } = await start({
    ...writePair(tempFolder(), 'own', own),
    listenClientUrls: [...shared, 'https://127.0.0.1:0'],
    advertiseClientUrls: shared,
    listenMetricsUrls: ['https://127.0.0.1:0'],
    consulListen: ['https://127.0.0.1:0'],
  });
  const healthy = '{"health":"true","reason":""}';
  const { cert: ca } = authority;
  expect(clientUrls.slice(0, 2)).toEqual(shared);
  for (const url of clientUrls.slice(1)) {
    expect(await overHttp1(url, ca)).toBe(healthy);
    expect(await overHttp2(url, '/health', { ca })).toBe(healthy);
    expect(await overGrpc(url, undefined)).toBe(0);
  }
  expect(await (await fetch(`${shared[0]}/health`)).text()).toBe(healthy);
  expect(await overGrpc(shared[0]!, undefined)).toBe(0);
  expect(await overHttp2(shared[0]!, '/health')).toBe(healthy);
  expect(await overHttp1(metricsUrls[0]!, ca)).toBe(healthy);
  expect(await overHttp2(metricsUrls[0]!, '/metrics', { ca })).toMatch(
    /^rollcall_tls_handshakes_total\{result="done",side="client"\} [1-9]/m,
  );
  expect(await overHttp2(consulUrls[0]!, '/v1/status/leader', { ca })).toMatch(/^"/);
  await expect(overHttp2(clientUrls[2]!, '/health', { ca: client.cert })).rejects.toThrow();
});

test('with --client-cert-auth only clients with certificates get through', async () => {
  const folder = tempFolder();
  const trustedCaFile = join(folder, 'ca.crt');
  writeFileSync(trustedCaFile, authority.cert);
  const { clientUrls } = await start({
    ...writePair(folder, 'own', own),
    trustedCaFile,
    clientCertAuth: true,
    listenClientUrls: ['https://127.0.0.1:0'],
  });
  expect(await overGrpc(clientUrls[0]!, client)).toBe(0);
  expect(await overGrpc(clientUrls[0]!, undefined)).not.toBe(0);
});

test('certificates that do not fit keep a member from starting, and nothing stays open', async () => {
  const { certFile } = writePair(tempFolder(), 'own', own);
  const { keyFile } = writePair(tempFolder(), 'other', client);
  const [port] = await freePorts(1);
  const listenClientUrls = [`https://127.0.0.1:${port}`];
  await expect(startServer({ certFile, keyFile, listenClientUrls })).rejects.toMatchObject({
    code: 'invalid-request',
    message: expect.stringContaining('private key does not match public key'),
  });
  await start({ ...writePair(tempFolder(), 'own', own), listenClientUrls });
});

test('--auto-tls makes a certificate below the data directory, and keeps it until it expires', async () => {
  const dataDir = join(tempFolder(), 'data');
  const options = {
    dataDir,
    autoTls: true,
    selfSignedCertValidity: 2,
    listenClientUrls: ['https://127.0.0.1:0', 'https://localhost:0'],
  };
  const certFile = join(dataDir, 'fixtures/client/cert.pem');
  const keyFile = join(dataDir, 'fixtures/client/key.pem');

  const first = await start(options);
  const made = readFileSync(certFile, 'utf8');
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  const certificate = new X509Certificate(made);
  expect(certificate.subjectAltName).toBe('IP Address:127.0.0.1, DNS:localhost');
  const years = (Date.parse(certificate.validTo) - Date.now()) / (365 * 86_400_000);
  expect(years).toBeCloseTo(2, 2);
  for (const url of first.clientUrls) {
    expect(await overHttp2(url, '/health', { ca: made })).toContain('true');
  }
  await first.stop();

  await (await start(options)).stop();
  expect(readFileSync(certFile, 'utf8')).toBe(made);

  const old = await authority.issue({ validDays: [-2, -1] });
  writeFileSync(certFile, old.cert);
  writeFileSync(keyFile, old.key);
  const third = await start(options);
  const again = readFileSync(certFile, 'utf8');
  expect(again).not.toBe(old.cert);
  expect(await overHttp2(third.clientUrls[0]!, '/health', { ca: again })).toContain('true');
});

test('a certificate that is made automatically needs a place', async () => {
  await expect(
    startServer({ autoTls: true, listenClientUrls: ['https://127.0.0.1:0'] }),
  ).rejects.toThrow('needs a data directory');
});

test('members with --peer-auto-tls form a cluster', async () => {
  const peers = (await freePorts(2)).map((port) => `https://127.0.0.1:${port}`);
  const initialCluster = peers.map((peerUrl, at) => ({ name: `m${at}`, peerUrl }));
  const starting = peers.map((url, at) =>
    start({
      name: `m${at}`,
      dataDir: join(tempFolder(), 'data'),
      peerAutoTls: true,
      listenPeerUrls: [url],
      initialAdvertisePeerUrls: [url],
      initialCluster,
    }),
  );
  // A member is ready when a majority, here both, has agreed on a write.
  for (const { peerUrls } of await Promise.all(starting)) {
    expect(peers).toContain(peerUrls[0]);
  }
});
