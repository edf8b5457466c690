import { expect, test } from 'vitest';
import { etcdCallMetrics } from '../../../src/api/etcd/call-metrics.ts';
import { etcdStatusOf } from '../../../src/api/etcd/errors.ts';
import { codecOf } from '../../../src/api/methods.ts';
import type {
  AlikeMessages,
  CallContext,
  Method,
  ResponseStream,
} from '../../../src/api/methods.ts';
import { observed } from '../../../src/api/observed.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { RegistryError } from '../../../src/base/errors.ts';
import { etcdserverpb as pb } from '../../../src/gen/etcd.js';
import { createPrometheusMetrics } from '../../../src/platform/prometheus-metrics.ts';
import { memoryLogger } from './fake.ts';

const context: CallContext = {
  address: '10.0.0.9',
  signal: new AbortController().signal,
  metadata: (name) => (name === 'client-api-version' ? '3.7' : undefined),
};
const common = {
  request: codecOf(pb.PutRequest),
  response: codecOf(pb.PutResponse),
  statusOf: etcdStatusOf,
};

/** A method that responds with five bytes, or fails as its request demands. */
const unaryMethod: Method = {
  kind: 'unary',
  path: '/test.Service/Ask',
  ...common,
  call: async ([what]) => {
    if (what === 1) throw new RegistryError('no-leader', 'nobody leads');
    if (what === 2) throw new TypeError('a bug of ours');
    return new Uint8Array(5);
  },
};

/** Of 11, 12 and 13 bytes. */
const threeAlike: AlikeMessages = {
  count: 3,
  tail: Buffer.alloc(9),
  headBytes: (index) => index + 2,
  writeHead: (index, target, start) =>
    target.fill(0, start, start + index + 2) && start + index + 2,
};

/** A carrier to a caller that takes everything. */
const carrier: ResponseStream = {
  push: () => true,
  pushAlike: () => true,
  end() {},
  pause() {},
  resume() {},
};

/** A stream that echoes its requests, and ends when its caller half-closes. */
const echo: Method = {
  kind: 'stream',
  path: '/test.Service/Echo',
  clientStreams: true,
  ...common,
  open: (_context, responses) => ({
    message: (bytes) => {
      responses.push(bytes);
      if (bytes.length === 4) responses.pushAlike(threeAlike);
    },
    halfClosed: () => responses.end(),
    drained() {},
    closed() {},
  }),
};

function setUp() {
  const metrics = createPrometheusMetrics();
  const logger = memoryLogger();
  const observerOf = etcdCallMetrics({
    metrics,
    logger,
    metricsDetail: 'basic',
    slowCallMs: Infinity,
  });
  const methods = new Map(
    [unaryMethod, echo].map((method) => [
      method.path,
      observed(method, observerOf(method), { clock: systemClock(), logger }),
    ]),
  );
  const figure = async (name: string): Promise<string | undefined> =>
    (await metrics.text())
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')
      .at(-1);
  return { methods, logger, figure };
}

const handled = (method: string, type: string, code: string): string =>
  `grpc_server_handled_total{grpc_code="${code}",grpc_method="${method}",grpc_service="test.Service",grpc_type="${type}"}`;

test('calls are counted by status, and bytes in both directions', async () => {
  const { methods, logger, figure } = setUp();
  const ask = methods.get('/test.Service/Ask');
  if (ask?.kind !== 'unary') throw new Error('no such method');

  await ask.call(new Uint8Array([0, 0, 0]), context);
  await expect(ask.call(new Uint8Array([1]), context)).rejects.toThrow('nobody leads');
  await expect(ask.call(new Uint8Array([2]), context)).rejects.toThrow('a bug of ours');

  expect(await figure(handled('Ask', 'unary', 'OK'))).toBe('1');
  expect(await figure(handled('Ask', 'unary', 'Unavailable'))).toBe('1');
  expect(await figure(handled('Ask', 'unary', 'Internal'))).toBe('1');
  expect(await figure('etcd_network_client_grpc_received_bytes_total')).toBe('5');
  expect(await figure('etcd_network_client_grpc_sent_bytes_total')).toBe('5');
  expect(
    await figure('etcd_server_client_requests_total{client_api_version="3.7",type="unary"}'),
  ).toBe('3');
  expect(logger.lines).toEqual(['a call failed unexpectedly']);
});

test('messages that are sent together count one by one', async () => {
  const { methods, figure } = setUp();
  const method = methods.get('/test.Service/Echo');
  if (method?.kind !== 'stream') throw new Error('no such method');
  method.open(context, carrier).message(new Uint8Array(4));
  expect(await figure('etcd_network_client_grpc_sent_bytes_total')).toBe(String(4 + 3 * 9 + 9));
  const sent = 'grpc_server_msg_sent_total{grpc_method="Echo",grpc_service="test.Service"';
  expect(await figure(`${sent},grpc_type="bidi_stream"}`)).toBe('4');
});

test('a stream counts once, with the status with which it ended first', async () => {
  const { methods, figure } = setUp();
  const method = methods.get('/test.Service/Echo');
  if (method?.kind !== 'stream') throw new Error('no such method');
  const pushed: Uint8Array[] = [];
  const responses: ResponseStream = {
    push: (bytes) => pushed.push(bytes) > 0,
    pushAlike: () => true,
    end() {},
    pause() {},
    resume() {},
  };

  const first = method.open(context, responses);
  first.message(new Uint8Array(7));
  first.halfClosed();
  first.closed();
  method.open(context, responses).closed();

  expect(pushed.map((bytes) => bytes.length)).toEqual([7]);
  expect(await figure(handled('Echo', 'bidi_stream', 'OK'))).toBe('1');
  expect(await figure(handled('Echo', 'bidi_stream', 'Canceled'))).toBe('1');
  expect(await figure('etcd_network_client_grpc_sent_bytes_total')).toBe('7');
});
