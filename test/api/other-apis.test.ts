import { once } from 'node:events';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { parse } from 'protobufjs';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Api } from '../../src/api/api.ts';
import { etcdApi } from '../../src/api/etcd/index.ts';
import { grpcServerMetrics } from '../../src/api/grpc/index.ts';
import { sendJson, sendText } from '../../src/api/http/index.ts';
import type { HttpRoutes, Page } from '../../src/api/http/index.ts';
import { openClientListeners } from '../../src/api/listeners.ts';
import type { ClientListeners, HttpPort } from '../../src/api/listeners.ts';
import { serverStream, streamMethod, unary } from '../../src/api/methods.ts';
import type { MessageClass, Method } from '../../src/api/methods.ts';
import { defaultStatusOf } from '../../src/api/status.ts';
import type { CallStatus } from '../../src/api/status.ts';
import type { ErrorDomains } from '../../src/base/errors.ts';
import { RegistryError } from '../../src/base/errors.ts';
import type { Metrics } from '../../src/base/metrics.ts';
import { grpc as grpcPackage } from '../../src/gen/etcd.js';
import { systemClock, wallTimeMs } from '../../src/platform/clock.ts';
import { createPrometheusMetrics } from '../../src/platform/prometheus-metrics.ts';
import { operationsOf, Stage } from '../operations/stage.ts';
import { memoryLogger } from './etcd/fake.ts';

/**
 * Two APIs that the product does not have, plugged in beside etcd's. No file of the carriers has to change for them.
 */

// A service of greetings over gRPC, with messages, errors and metrics of its own.

interface Greeting {
  readonly text: string;
}

const { root } = parse(`
  syntax = "proto3";
  package toy;
  message Greeting { string text = 1; }
`);
const greetingType = root.lookupType('toy.Greeting');
const greeting: MessageClass<Greeting, Greeting> = {
  encode: (message) => greetingType.encode(message),
  decode: (bytes) => ({ text: String(greetingType.decode(bytes).toJSON()['text'] ?? '') }),
};

class Rude extends Error {}

/** Errors of the service: its own, and those of operations. */
function toyStatusOf(error: unknown): CallStatus {
  if (error instanceof Rude) return { code: 3, message: `toy: ${error.message}` };
  return defaultStatusOf(error);
}

const toyMethods: readonly Method[] = [
  unary('/toy.Greeter/Greet', greeting, greeting, async ({ text }, context) => {
    if (text === '') throw new Rude('say whom');
    if (text === 'nobody') throw new RegistryError('too-many-requests', 'come back later');
    if (text === 'bug') throw new TypeError('a bug of ours');
    return { text: `${context.metadata('polite') ?? 'hello'} ${text}` };
  }),
  serverStream('/toy.Greeter/Count', greeting, greeting, async function* ({ text }) {
    for (let at = 1; at <= Number(text); at++) yield { text: String(at) };
    if (text === '3') throw new Rude('no more');
  }),
  streamMethod('/toy.Greeter/Chat', greetingType, greetingType, {
    clientStreams: true,
    open: (_context, responses) => ({
      message: (bytes) => void responses.push(bytes),
      halfClosed: () => responses.end(),
      drained() {},
      closed() {},
    }),
  }),
].map((method) => ({ ...method, statusOf: toyStatusOf }));

function toyGrpc(metrics: Metrics): Api {
  const messages = metrics.counter('toy_messages_total', 'Messages of the toy service.');
  return {
    calls: {
      methods: toyMethods,
      observe: (method) => {
        const usual = grpcServerMetrics(metrics, method, 'basic');
        return {
          ...usual,
          received: (bytes) => {
            usual.received(bytes);
            messages.add();
          },
        };
      },
    },
  };
}

// Notes over plain HTTP, with refusals of their own, and a page for people.

/** HTTP statuses of the refusals that notes can meet; the compiler holds the table to be complete for its domain. */
const statuses: Readonly<Record<ErrorDomains['general'], number>> = {
  'invalid-request': 400,
  'not-supported': 501,
  'too-many-requests': 429,
  canceled: 499,
  'deadline-exceeded': 504,
  stopped: 503,
};
const statusOfCode: ReadonlyMap<string, number> = new Map(Object.entries(statuses));

const notesPage: Page = (_request, response) =>
  sendText(response, 200, '<h1>notes</h1>', { 'Content-Type': 'text/html; charset=utf-8' });

function toyHttp(metrics: Metrics): Api & { readonly pages: HttpRoutes } {
  const notes = new Map<string, string>();
  const asked = metrics.counter('toy_notes_requests_total', 'Requests for notes.');
  const note: Page = async (request, response, { path, query }) => {
    asked.add();
    const name = path.slice('/notes/'.length);
    try {
      if (name === 'busy') throw new RegistryError('too-many-requests', 'come back later');
      if (name === 'bug') throw new TypeError('a bug of ours');
      if (request.method === 'PUT') {
        let text = '';
        for await (const part of request) text += String(part);
        notes.set(name, text);
      }
      const text = notes.get(name);
      if (text === undefined) sendJson(response, 404, '{"toy":"no such note"}');
      else sendJson(response, 200, JSON.stringify({ text, loud: query.has('loud') }));
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      sendJson(
        response,
        statusOfCode.get(error.code) ?? 500,
        JSON.stringify({ toy: error.message }),
      );
    }
  };
  const pages: HttpRoutes = (path) => {
    if (path === '/ui') return notesPage;
    return path.startsWith('/notes/') ? note : undefined;
  };
  return { routes: () => pages, pages };
}

/** A member with etcd's API and the two others, and one port for plain HTTP alone. */
async function open() {
  const operations = operationsOf((await Stage.open()).leader);
  const metrics = createPrometheusMetrics();
  const logger = memoryLogger();
  const common = { clock: systemClock(), logger, messageBytesMax: 1 << 20 };
  const etcd = etcdApi({
    ...common,
    operations,
    metrics,
    metricsDetail: 'basic',
    metricsText: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
    slowCallMs: Infinity,
    versions: { etcdServer: '3.7.1', clusterVersion: () => '3.7.0', rollcall: '0.1.0' },
    maxTxnOps: 128,
    enableGrpcGateway: true,
  });
  const http = toyHttp(metrics);
  const port: HttpPort = {
    name: 'notes',
    flag: '--notes-listen',
    urls: ['http://127.0.0.1:0'],
    routes: [http.pages],
    access: { corsOrigins: [], hostWhitelist: [] },
    servesUntilEnd: false,
  };
  const listeners = await openClientListeners({
    ...common,
    wallTimeMs,
    apis: [etcd, toyGrpc(metrics), http],
    clientUrls: ['http://127.0.0.1:0'],
    httpPorts: [port],
    access: { corsOrigins: ['*'], hostWhitelist: ['*'] },
    streamsMax: Infinity,
    pingsMinTimeMs: 0,
    keepaliveIntervalMs: 0,
    keepaliveTimeoutMs: 1000,
  });
  onTestFinished(() => listeners.close(0));
  const [clientUrl = ''] = listeners.clientUrls;
  const [notesUrl = ''] = listeners.httpUrls.get('notes') ?? [];
  const client = new Client(new URL(clientUrl).host, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  onTestFinished(() => client.close());
  const measured = async (series: string): Promise<string | undefined> =>
    (await metrics.text())
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')
      .at(-1);
  return { listeners, clientUrl, notesUrl, client, logger, measured };
}

const write = (text: string): Buffer => Buffer.from(greetingType.encode({ text }).finish());
const read = (bytes: Buffer): string => greeting.decode(bytes).text;

/** The text of the answer, or how the call was refused. */
function greet(client: Client, text: string, metadata = new Metadata()): Promise<unknown> {
  return new Promise((resolve) => {
    client.makeUnaryRequest('/toy.Greeter/Greet', write, read, text, metadata, (error, answer) =>
      resolve(error === null ? answer : refusalOf(error)),
    );
  });
}

function refusalOf({ code, details }: ServiceError): { code: number; details: string } {
  return { code, details };
}

function handled(method: string, type: string, code: string): string {
  return `grpc_server_handled_total{grpc_code="${code}",grpc_method="${method}",grpc_service="toy.Greeter",grpc_type="${type}"}`;
}

describe('a gRPC service that is plugged in', () => {
  test('answers calls, and refuses them with its own texts', async () => {
    const { client, logger, measured } = await open();
    const metadata = new Metadata();
    metadata.set('polite', 'good morning');

    expect(await greet(client, 'you')).toBe('hello you');
    expect(await greet(client, 'you', metadata)).toBe('good morning you');
    expect(await greet(client, '')).toEqual({ code: 3, details: 'toy: say whom' });
    expect(await greet(client, 'nobody')).toEqual({ code: 8, details: 'come back later' });
    expect(logger.lines).toEqual([]);
    expect(await greet(client, 'bug')).toEqual({ code: 13, details: 'a bug of ours' });
    expect(logger.lines).toEqual(['a call failed unexpectedly']);

    expect(await measured(handled('Greet', 'unary', 'OK'))).toBe('2');
    expect(await measured(handled('Greet', 'unary', 'InvalidArgument'))).toBe('1');
    expect(await measured('toy_messages_total')).toBe('5');
    // Nothing of it is counted as etcd's.
    expect(await measured('etcd_network_client_grpc_received_bytes_total')).toBe('0');
  });

  test('streams answers, and its errors behind them', async () => {
    const { client, measured } = await open();
    const count = async (text: string): Promise<{ heard: string[]; error: unknown }> => {
      const heard: string[] = [];
      const call = client.makeServerStreamRequest('/toy.Greeter/Count', write, read, text);
      call.on('data', (answer: string) => heard.push(answer));
      const error = await new Promise((resolve) => {
        call.on('end', () => resolve(undefined));
        call.on('error', (failed: ServiceError) => resolve(refusalOf(failed)));
      });
      return { heard, error };
    };

    expect(await count('2')).toEqual({ heard: ['1', '2'], error: undefined });
    expect(await count('3')).toEqual({
      heard: ['1', '2', '3'],
      error: { code: 3, details: 'toy: no more' },
    });
    expect(await measured(handled('Count', 'server_stream', 'InvalidArgument'))).toBe('1');
  });

  test('ends its streams when the member stops, as those of other APIs', async () => {
    const { client, listeners } = await open();
    const chat = client.makeBidiStreamRequest('/toy.Greeter/Chat', write, read);
    chat.write('are you there?');
    expect(await once(chat, 'data')).toEqual(['are you there?']);

    const ended = once(chat, 'error');
    await listeners.close(5000);
    const [error] = await ended;
    expect(refusalOf(error)).toEqual({ code: 14, details: 'this member stops; ask another one' });
  });

  test('stands beside the services of etcd, which stay as they are', async () => {
    const { client } = await open();
    const { HealthCheckRequest, HealthCheckResponse } = grpcPackage.health.v1;
    const status = await new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        '/grpc.health.v1.Health/Check',
        () => Buffer.from(HealthCheckRequest.encode({}).finish()),
        (bytes) => HealthCheckResponse.decode(bytes).status,
        {},
        (error, answer) => (error === null ? resolve(answer) : reject(error)),
      );
    });
    expect(status).toBe(HealthCheckResponse.ServingStatus.SERVING);
  });
});

describe('an HTTP API that is plugged in', () => {
  test('answers on the client port, beside the pages of etcd', async () => {
    const { clientUrl, measured } = await open();
    const put = await fetch(`${clientUrl}/notes/first?loud`, { method: 'PUT', body: 'hello' });
    expect(await put.json()).toEqual({ text: 'hello', loud: true });
    expect((await fetch(`${clientUrl}/notes/other`)).status).toBe(404);

    const page = await fetch(`${clientUrl}/ui`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toBe('<h1>notes</h1>');

    expect(await (await fetch(`${clientUrl}/version`)).json()).toMatchObject({ rollcall: '0.1.0' });
    expect((await fetch(`${clientUrl}/v3/nothing`, { method: 'POST' })).status).toBe(404);
    expect(await measured('toy_notes_requests_total')).toBe('2');
  });

  test('refuses in its own form, and hides a bug of ours', async () => {
    const { clientUrl, logger } = await open();
    const refused = await fetch(`${clientUrl}/notes/busy`);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toEqual({ toy: 'come back later' });
    const failed = await fetch(`${clientUrl}/notes/bug`);
    expect(failed.status).toBe(500);
    expect(await failed.text()).toBe('Internal Server Error\n');
    expect(logger.lines).toEqual(['failed to answer an HTTP request']);
  });

  test('has a port of its own, where nothing else is served', async () => {
    const { notesUrl, listeners } = await open();
    await fetch(`${notesUrl}/notes/first`, { method: 'PUT', body: 'hello' });
    expect(await (await fetch(`${notesUrl}/notes/first`)).json()).toEqual({
      text: 'hello',
      loud: false,
    });
    for (const path of ['/version', '/metrics', '/v3/kv/range']) {
      expect((await fetch(notesUrl + path)).status).toBe(404);
    }
    await listeners.close(5000);
    await expect(fetch(`${notesUrl}/notes/first`)).rejects.toThrow('fetch failed');
  });
});

test('a port that is taken is refused with the flag of its API, and nothing stays open', async () => {
  const { notesUrl } = await open();
  const metrics = createPrometheusMetrics();
  const { pages } = toyHttp(metrics);
  const opening: Promise<ClientListeners> = openClientListeners({
    clock: systemClock(),
    wallTimeMs,
    logger: memoryLogger(),
    messageBytesMax: 1 << 20,
    apis: [toyGrpc(metrics)],
    clientUrls: ['http://127.0.0.1:0'],
    httpPorts: [
      {
        name: 'notes',
        flag: '--notes-listen',
        urls: [notesUrl],
        routes: [pages],
        servesUntilEnd: true,
      },
    ],
    access: { corsOrigins: ['*'], hostWhitelist: ['*'] },
    streamsMax: Infinity,
    pingsMinTimeMs: 0,
    keepaliveIntervalMs: 0,
    keepaliveTimeoutMs: 1000,
  });
  await expect(opening).rejects.toThrow(/^cannot listen for notes on .* --notes-listen$/);
});

test('two APIs with the same method are a bug of ours', async () => {
  const metrics = createPrometheusMetrics();
  const opening = openClientListeners({
    clock: systemClock(),
    wallTimeMs,
    logger: memoryLogger(),
    messageBytesMax: 1 << 20,
    apis: [toyGrpc(metrics), toyGrpc(metrics)],
    clientUrls: [],
    httpPorts: [],
    access: { corsOrigins: ['*'], hostWhitelist: ['*'] },
    streamsMax: Infinity,
    pingsMinTimeMs: 0,
    keepaliveIntervalMs: 0,
    keepaliveTimeoutMs: 1000,
  });
  await expect(opening).rejects.toThrow('/toy.Greeter/Greet is served by one API only');
});
