import { connect } from 'node:net';
import type { Logger } from '../../src/base/logger.ts';
import { startServer } from '../../src/server/index.ts';
import type { EmbeddedMember } from '../../src/server/index.ts';
import { SeededRandom } from '../simulation/random.ts';
import { data, endStream, frame, literal, preface, settings, types } from '../http2/frames.ts';
import { fieldNames, gatewayCalls, sample } from './calls.ts';
import { mutateHttp1 } from './http1-text.ts';
import { mutateFrames } from './http2-frames.ts';
import type { Target } from './target.ts';

/** The first byte of an input says how its bytes are cut up. */
const controlBytes = 1;
const inputBytesMax = 128 << 10;
/** A visit ends when the member closes the connection, or has sent nothing for so long. */
const quietMs = 20;
const visitMsMax = 30_000;
/** What would leave a member of one in a state in which it answers no more, as it should. */
const destructive = /member|alarm|auth.?enable|downgrade|leave|maintenance/i;

/**
 * A whole member, with a socket to its client port: the first bytes of a connection, HTTP/1.1 with the JSON gateway, pages
 * and Consul's API, and HTTP/2 with etcd's API.
 */
export async function portTarget(): Promise<Target> {
  const errors: string[] = [];
  const logger: Logger = {
    debug() {},
    info() {},
    warn() {},
    error: (text, fields) => void errors.push(`${text} ${JSON.stringify(fields)}`),
  };
  let member = await started(logger);
  const calls = gatewayCalls();
  const names = [...fieldNames(calls), ...consulNames];
  const paths = [...calls.map(({ route }) => route), ...consulPaths, ...pages];
  return {
    name: 'port',
    files: ['/src/http2/', '/src/api/'],
    inputBytesMax,
    seeds: seeds(),
    mutate: (input, other, random) => {
      const control = Buffer.from(input.subarray(0, controlBytes));
      if (random.chance(0.1)) control[0] = random.between(0, 255);
      const bytes = input.subarray(controlBytes);
      const rest = other.subarray(controlBytes);
      const start = preface.length;
      const changed = bytes.subarray(0, start).equals(preface)
        ? Buffer.concat([
            preface,
            mutateFrames(bytes.subarray(start), rest.subarray(start), random),
          ])
        : mutateHttp1(bytes, rest, random, names, paths);
      return Buffer.concat([control, changed]);
    },
    run: async (input) => {
      if (destructive.test(input.toString('latin1'))) return undefined;
      const isOver = await visit(member, input);
      const [error] = errors.splice(0);
      if (error !== undefined) return `a line of level error: ${error}`;
      return isOver ? undefined : `the connection goes on after ${visitMsMax} ms`;
    },
    check: async () => {
      const wrong = await wrongAnswers(member);
      // A new one, because keys and leases of so many inputs would grow without end.
      await member.stop();
      member = await started(logger);
      return wrong;
    },
    close: () => member.stop(),
  };
}

async function started(logger: Logger): Promise<EmbeddedMember> {
  const member = await startServer({ logger });
  await member.ready;
  return member;
}

/** Sends the bytes, and reads until nothing more comes. Resolves to whether the member is done with the connection. */
function visit({ clientUrls }: EmbeddedMember, input: Buffer): Promise<boolean> {
  const { hostname, port } = new URL(clientUrls[0]!);
  const [cut = 0] = input;
  const random = new SeededRandom(cut);
  const sizes =
    cut < 192
      ? [input.length]
      : [
          [1, 9, 100],
          [1000, 5000],
        ][cut % 2]!;
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const end = (isOver: boolean): void => {
      clearTimeout(limit);
      socket.destroy();
      resolve(isOver);
    };
    const limit = setTimeout(() => end(false), visitMsMax);
    socket.setTimeout(quietMs, () => end(true));
    socket.on('data', () => {});
    socket.on('error', () => end(true));
    socket.on('close', () => end(true));
    let at = controlBytes;
    const send = (): void => {
      if (socket.destroyed) return;
      const next = at + Math.max(random.pick(sizes), Math.ceil(input.length / 50));
      const bytes = input.subarray(at, next);
      at = next;
      socket.write(bytes, () => (at < input.length ? setImmediate(send) : undefined));
    };
    send();
  });
}

/** A put and a range as JSON; pages; and a range over gRPC. */
async function wrongAnswers({ clientUrls }: EmbeddedMember): Promise<string | undefined> {
  const [url = ''] = clientUrls;
  const post = async (path: string, body: string): Promise<string> =>
    (await fetch(url + path, { method: 'POST', body })).text();
  await post('/v3/kv/put', '{"key":"d2VsbA==","value":"YQ=="}');
  const found = await post('/v3/kv/range', '{"key":"d2VsbA=="}');
  if (!found.includes('"value":"YQ=="')) return `a range answers ${found}`;
  const health = await (await fetch(`${url}/health`)).text();
  if (!health.includes('true')) return `/health answers ${health}`;
  const { status } = await fetch(`${url}/v1/catalog/services`);
  return status === 200 ? undefined : `/v1/catalog/services answers ${status}`;
}

const pages = [
  '/health',
  '/version',
  '/metrics',
  '/livez',
  '/readyz?verbose',
  '/debug/vars',
  '/nothing',
];

const consulNames = [
  'Name',
  'ID',
  'Service',
  'Check',
  'Checks',
  'Tags',
  'Meta',
  'Port',
  'Address',
  'TTL',
  'KV',
  'Verb',
  'Key',
  'Value',
  'Node',
  'LockDelay',
  'Behavior',
];

const consulBodies: readonly (readonly [path: string, body: unknown])[] = [
  [
    '/v1/agent/service/register',
    { Name: 'a', ID: 'a1', Port: 80, Tags: ['x'], Meta: { k: 'v' }, Check: { TTL: '10s' } },
  ],
  ['/v1/agent/check/register', { Name: 'c', ID: 'c1', TTL: '10s', ServiceID: 'a1' }],
  ['/v1/catalog/register', { Node: 'n', Address: '10.0.0.1', Service: { Service: 'b', Port: 1 } }],
  ['/v1/catalog/deregister', { Node: 'n', ServiceID: 'b' }],
  ['/v1/session/create', { Name: 's', TTL: '10s', LockDelay: '1s', Behavior: 'delete' }],
  [
    '/v1/txn',
    [{ KV: { Verb: 'set', Key: 'k', Value: 'YQ==', Flags: 12_345_678_901_234_567n.toString() } }],
  ],
  ['/v1/kv/a/b?flags=7', 'text'],
  ['/v1/event/fire/e', 'payload'],
  ['/v1/query', { Name: 'q', Service: { Service: 'a' } }],
];

const consulPaths = [
  '/v1/catalog/services',
  '/v1/catalog/service/a',
  '/v1/catalog/nodes',
  '/v1/catalog/node/n',
  '/v1/catalog/datacenters',
  '/v1/health/service/a',
  '/v1/health/state/any',
  '/v1/health/checks/a',
  '/v1/health/node/n',
  '/v1/agent/self',
  '/v1/agent/services',
  '/v1/agent/checks',
  '/v1/agent/members',
  '/v1/kv/a',
  '/v1/kv/?recurse',
  '/v1/session/list',
  '/v1/status/leader',
  '/v1/status/peers',
  '/v1/event/list',
  '/v1/query',
  '/v1/query/q/execute',
  '/v1/coordinate/nodes',
  '/v1/internal/ui/services',
  '/v1/agent/metrics',
  '/v1/health/service/a?filter=Service.Tags%20contains%20%22x%22',
  '/v1/agent/service/deregister/a1',
  '/v1/agent/check/pass/c1',
];

function http1(method: string, path: string, body = ''): Buffer {
  return Buffer.from(
    `\0${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function seeds(): readonly Buffer[] {
  const calls = gatewayCalls();
  const json = calls.map(({ route, type }) =>
    http1('POST', route, JSON.stringify(sample(type, 1))),
  );
  const grpc = calls.map(({ path, type, codec }) => {
    const message = codec.request(Buffer.from(JSON.stringify(sample(type, 1))));
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    const block = [
      Buffer.from([0x83, 0x86]),
      literal(':path', path),
      literal('content-type', 'application/grpc'),
    ];
    return Buffer.concat([
      Buffer.from([0]),
      preface,
      settings(),
      frame(types.headers, 4, 1, Buffer.concat(block)),
      data(1, Buffer.concat([head, message]), endStream),
    ]);
  });
  return [
    ...json,
    ...grpc,
    ...[...pages, ...consulPaths].map((path) => http1('GET', path)),
    ...consulBodies.map(([path, body]) =>
      http1('PUT', path, typeof body === 'string' ? body : JSON.stringify(body)),
    ),
    // Written by hand, and not HTTP at all.
    Buffer.from('\0GET /health HTTP/1.0\n\n'),
    Buffer.from('\0PRI * HT'),
    Buffer.from('\0\u0016\u0003\u0001'),
  ];
}
