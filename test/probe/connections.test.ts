import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createSecureServer, createServer as createHttp2Server } from 'node:http2';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/platform/index.ts';
import { addressPolicy } from '../../src/probe/address-policy.ts';
import { Dialer } from '../../src/probe/dial.ts';
import {
  anyCertificate,
  deadPort,
  limits,
  listening,
  look,
  noTls,
  ownCertificate,
  soon,
} from './targets.ts';

const tcp = (target: string, given?: typeof noTls) =>
  look({ kind: 'tcp', target, tls: given, ...limits });

test('TCP: a connection is passing, with TLS a handshake', async () => {
  const own = ownCertificate();
  await using plain = await listening(createServer());
  await using tls = await listening(createTlsServer(own));
  expect(await tcp(plain.at)).toEqual({
    status: 'passing',
    output: `TCP connect ${plain.at}: Success`,
  });
  const encrypted = `localhost:${tls.port}`;
  expect(await tcp(encrypted, anyCertificate)).toMatchObject({ status: 'passing' });
  expect((await tcp(encrypted, noTls)).output).toContain('signed by unknown authority');
  const dead = await deadPort(createServer());
  expect(await tcp(`127.0.0.1:${dead}`)).toEqual({
    status: 'critical',
    output: `dial tcp 127.0.0.1:${dead}: connect: connection refused`,
  });
  expect((await tcp('127.0.0.1')).output).toBe(
    'dial tcp: address 127.0.0.1: missing port in address',
  );
  expect((await tcp('127.0.0.1:99999')).output).toBe('dial tcp: address 99999: invalid port');
});

test('TCP: a handshake that hangs ends with the time', async () => {
  await using silent = await listening(createServer());
  const result = await look({ kind: 'tcp', target: silent.at, tls: noTls, ...soon });
  expect(result).toEqual({ status: 'critical', output: 'i/o timeout' });
});

test('the next address of a name is tried when one refuses or is silent', async () => {
  await using server = await listening(createServer());
  const dead = ['127.0.0.9'];
  const dialer = new Dialer(addressPolicy([], []), systemClock(), () =>
    Promise.resolve([...dead, '127.0.0.1']),
  );
  const socket = await dialer.connect(
    { host: 'name.test', port: server.port },
    new AbortController().signal,
  );
  expect(socket.remoteAddress).toBe('127.0.0.1');
  socket.destroy();
});

test('a name is resolved once, and only addresses that the policy has seen are connected to', async () => {
  await using server = await listening(createServer());
  let lookups = 0;
  // The second answer of a name server that plays tricks would be the forbidden one.
  const dialer = new Dialer(addressPolicy([], ['127.0.0.2']), systemClock(), () =>
    Promise.resolve(lookups++ === 0 ? ['127.0.0.1'] : ['127.0.0.2']),
  );
  const target = { host: 'name.test', port: server.port };
  const { signal } = new AbortController();
  const socket = await dialer.connect(target, signal);
  expect(lookups).toBe(1);
  socket.destroy();
  await expect(dialer.connect(target, signal)).rejects.toThrow('--probe-deny');
});

test('a name of which one address is forbidden is not called at all', async () => {
  const dialer = new Dialer(addressPolicy([], ['10.0.0.0/8']), systemClock(), () =>
    Promise.resolve(['127.0.0.1', '10.1.2.3']),
  );
  const { signal } = new AbortController();
  await expect(dialer.connect({ host: 'name.test', port: 1 }, signal)).rejects.toThrow(
    'dial 10.1.2.3:1: checks must not connect to it (--probe-deny)',
  );
});

test('a lookup that hangs ends with the time, and is asked for once', async () => {
  let lookups = 0;
  const dialer = new Dialer(addressPolicy([], []), systemClock(), () => {
    lookups++;
    return new Promise(() => {});
  });
  const end = new AbortController();
  const target = { host: 'name.test', port: 1 };
  const dialed = [dialer.connect(target, end.signal), dialer.connect(target, end.signal)];
  end.abort(new Error('over'));
  const settled = await Promise.allSettled(dialed);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(lookups).toBe(1);
});

const refusals: readonly [address: string, allow: string[], deny: string[], isRefused: boolean][] =
  [
    ['10.0.0.1', [], [], false],
    ['10.0.0.1', ['10.0.0.0/8'], [], false],
    ['11.0.0.1', ['10.0.0.0/8'], [], true],
    ['10.0.0.1', ['10.0.0.0/8'], ['10.0.0.1'], true],
    ['169.254.169.254', [], ['169.254.0.0/16'], true],
    ['::ffff:169.254.169.254', [], ['169.254.0.0/16'], true],
    ['::ffff:a9fe:a9fe', [], ['169.254.0.0/16'], true],
    ['0:0:0:0:0:ffff:a9fe:a9fe', [], ['169.254.0.0/16'], true],
    ['fe80::1%eth0', [], ['fe80::/10'], true],
    ['fd00:ec2::254', [], ['fd00:ec2::254/128'], true],
    ['10.0.0.1', [], ['::/0'], false],
    ['::1', ['0.0.0.0/0'], [], true],
    ['::1', ['::/0'], [], false],
  ];

test.each(refusals)('%s with allow %j and deny %j: refused is %j', (address, allow, deny, is) => {
  const policy = addressPolicy(allow, deny);
  if (is) expect(() => policy.check(address, 1)).toThrow('--probe-');
  else policy.check(address, 1);
});

const udp = (target: string, given: typeof soon) => look({ kind: 'udp', target, ...given });

test('UDP: an answer and silence are passing, a refusal is critical', async () => {
  const [answering, silent, gone] = [0, 0, 0].map(() => createSocket('udp4'));
  for (const socket of [answering, silent, gone]) {
    socket!.bind(0, '127.0.0.1');
    await once(socket!, 'listening');
  }
  answering!.on('message', (_, { port, address }) => answering!.send('pong', port, address));
  const at = (socket = gone): string => `127.0.0.1:${socket!.address().port}`;
  const dead = at(gone);
  gone!.close();
  expect(await udp(at(answering), limits)).toEqual({
    status: 'passing',
    output: `UDP connect ${at(answering)}: Success`,
  });
  expect((await udp(at(silent), soon)).status).toBe('passing');
  expect(await udp(dead, limits)).toEqual({
    status: 'critical',
    output: `UDP connect ${dead}: connect: connection refused`,
  });
  answering!.close();
  silent!.close();
});

const ping = (target: string, given?: typeof noTls, time = limits) =>
  look({ kind: 'h2ping', target, tls: given, ...time });

test('H2PING: a ping that is answered is passing, with TLS or without', async () => {
  await using plain = await listening(createHttp2Server());
  await using tls = await listening(createSecureServer(ownCertificate()));
  await using other = await listening(createHttpServer());
  await using silent = await listening(createServer());
  const dead = await deadPort(createServer());
  const good = { status: 'passing', output: 'HTTP2 ping was successful' };
  expect(await ping(plain.at)).toEqual(good);
  expect(await ping(tls.at, anyCertificate)).toEqual(good);
  expect((await ping(tls.at, noTls)).output).toContain(`Failed to dial to ${tls.at}: tls: failed`);
  expect((await ping(plain.at, anyCertificate)).output).toBe(
    `Failed to dial to ${plain.at}: tls: first record does not look like a TLS handshake`,
  );
  expect((await ping(other.at)).output).toMatch(/^HTTP2 ping failed: /);
  expect(await ping(silent.at, undefined, soon)).toEqual({
    status: 'critical',
    output: 'HTTP2 ping failed: context deadline exceeded',
  });
  expect((await ping(`127.0.0.1:${dead}`)).output).toBe(
    `Failed to dial to 127.0.0.1:${dead}: dial tcp 127.0.0.1:${dead}: connect: connection refused`,
  );
});

const bytes = (message: Buffer): Buffer => message;

/** A health service whose answers are by service name, as encoded messages. */
async function healthService(): Promise<AsyncDisposable & { readonly at: string }> {
  const server = new GrpcServer();
  const definition = {
    check: {
      path: '/grpc.health.v1.Health/Check',
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    },
  };
  const answers: Record<string, number[]> = { '': [8, 1], down: [8, 2], unknown: [], odd: [8, 3] };
  server.addService(definition, {
    check: (
      call: { request: Buffer },
      answer: (error: object | null, message?: Buffer) => void,
    ) => {
      const service = call.request.subarray(2).toString();
      if (service === 'hang') return;
      if (service === 'large') return answer(null, Buffer.alloc(1_000_000));
      const found = answers[service];
      if (found === undefined) answer({ code: 5, details: 'unknown service, really' });
      else answer(null, Buffer.from(found));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    at: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]() {
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}

test('gRPC: the health service is asked, of the service after the slash', async () => {
  await using server = await healthService();
  const grpc = (service: string, time = limits) =>
    look({ kind: 'grpc', target: `${server.at}${service}`, tls: undefined, ...time });
  expect(await grpc('')).toEqual({
    status: 'passing',
    output: `gRPC check ${server.at}: success`,
  });
  expect(await grpc('/')).toMatchObject({ status: 'passing' });
  expect(await grpc('/down')).toEqual({
    status: 'critical',
    output: `gRPC ${server.at}/down serving status: NOT_SERVING`,
  });
  const outputs = [];
  for (const service of ['/unknown', '/odd', '/other', '/large']) {
    outputs.push((await grpc(service)).output.replace(server.at, 'HOST'));
  }
  outputs.push((await grpc('/hang', soon)).output);
  expect(outputs).toEqual([
    'gRPC HOST/unknown serving status: UNKNOWN',
    'gRPC HOST/odd serving status: SERVICE_UNKNOWN',
    'rpc error: code = NotFound desc = unknown service, really',
    'rpc error: code = ResourceExhausted desc = the answer has more than 4096 bytes',
    'rpc error: code = DeadlineExceeded desc = context deadline exceeded',
  ]);
});

const outputOfGrpc = (target: string, given?: typeof noTls, time = limits) =>
  look({ kind: 'grpc', target, tls: given, ...time }).then(({ output }) => output);

test('gRPC: a long service name, and targets that speak something else', async () => {
  await using server = await healthService();
  await using other = await listening(createHttpServer());
  await using http2 = await listening(
    createHttp2Server((_, response) => response.writeHead(404).end()),
  );
  await using tls = await listening(createSecureServer(ownCertificate()));
  const dead = `127.0.0.1:${await deadPort(createServer())}`;
  expect(await outputOfGrpc(`${server.at}/${'s'.repeat(300)}`)).toContain('NotFound');
  expect(await outputOfGrpc(other.at)).toContain(
    'rpc error: code = Unavailable desc = connection closed',
  );
  expect(await outputOfGrpc(http2.at)).toBe(
    'rpc error: code = Unknown desc = unexpected HTTP status code received from server: 404',
  );
  expect(await outputOfGrpc(dead)).toBe(
    `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing dial tcp ${dead}: connect: connection refused"`,
  );
  expect(await outputOfGrpc(tls.at, noTls)).toContain(
    'authentication handshake failed: tls: failed to',
  );
  expect(await outputOfGrpc(tls.at, anyCertificate, soon)).toMatch(/^rpc error: code = /);
});
