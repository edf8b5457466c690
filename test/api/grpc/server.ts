import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { ClientDuplexStream, ClientReadableStream } from '@grpc/grpc-js';
import { acceptGrpc } from '../../../src/api/grpc/index.ts';
import type { GrpcOptions } from '../../../src/api/grpc/index.ts';
import { createHttp2Server } from '../../../src/http2/index.ts';
import type { Http2Options, Http2Server } from '../../../src/http2/index.ts';
import type {
  CallContext,
  Codec,
  Method,
  ResponseStream,
  StreamMethod,
  UnaryMethod,
} from '../../../src/api/methods.ts';
import { defaultStatusOf } from '../../../src/api/status.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';

/** The server passes bytes on as they are. */
const codec: Codec = { encode: () => new Uint8Array(), decode: (bytes) => bytes };

export function unaryMethod(path: string, call: UnaryMethod['call']): UnaryMethod {
  return {
    kind: 'unary',
    path,
    request: codec,
    response: codec,
    statusOf: defaultStatusOf,
    call,
  };
}

/** A promise with its `resolve`. */
export class Deferred<T> {
  resolve!: (value: T) => void;
  readonly promise: Promise<T> = new Promise((resolve) => {
    this.resolve = resolve;
  });
}

/** A stream that records its requests, and sends the responses of a test. */
export class FakeStream {
  readonly told: string[] = [];
  responses: ResponseStream | undefined;
  context: CallContext | undefined;
  readonly #changes = new EventTarget();

  methodAt(path: string, clientStreams = true): StreamMethod {
    return {
      kind: 'stream',
      path,
      clientStreams,
      request: codec,
      response: codec,
      statusOf: defaultStatusOf,
      open: (context, responses) => {
        this.context = context;
        this.responses = responses;
        this.#note('(opened)');
        return {
          message: (bytes) => this.#note(Buffer.from(bytes).toString()),
          halfClosed: () => this.#note('(half-closed)'),
          drained: () => this.#note('(drained)'),
          closed: () => this.#note('(closed)'),
        };
      },
    };
  }

  /** Waits until this was recorded. */
  async hears(what: string): Promise<void> {
    while (!this.told.includes(what)) await once(this.#changes, 'told');
  }

  #note(what: string): void {
    this.told.push(what);
    this.#changes.dispatchEvent(new Event('told'));
  }
}

const asBytes = (bytes: Buffer): Buffer => bytes;

/** How a call ended. */
export interface Ending {
  readonly code: number;
  readonly details: string;
}

/** A gRPC server with methods, and a client in front of it. */
export class ServerAndCaller implements AsyncDisposable {
  readonly grpc: Http2Server;
  readonly client: Client;
  readonly #server: Server;
  readonly #sockets: ReadonlySet<Socket>;

  private constructor(
    grpc: Http2Server,
    server: Server,
    sockets: ReadonlySet<Socket>,
    client: Client,
  ) {
    this.grpc = grpc;
    this.#server = server;
    this.#sockets = sockets;
    this.client = client;
  }

  static async open(
    methods: readonly Method[],
    options: Partial<GrpcOptions & Http2Options> = {},
  ): Promise<ServerAndCaller> {
    const common = { clock: systemClock(), logger: silentLogger, ...options };
    const grpc = createHttp2Server({
      accept: acceptGrpc({
        methods: new Map(methods.map((method) => [method.path, method])),
        messageBytesMax: 1 << 20,
        ...common,
      }),
      streamsMax: Infinity,
      keepaliveIntervalMs: 0,
      keepaliveTimeoutMs: 1000,
      pingsMinTimeMs: 0,
      ...common,
    });
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      grpc.take(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_send_message_length': -1,
    });
    return new ServerAndCaller(grpc, server, sockets, client);
  }

  /** One unary call: the answer as text, or how it ended otherwise. */
  ask(path: string, request = '', options: AskOptions = {}): Promise<string | Ending> {
    return new Promise((resolve) => {
      const { metadata = {}, signal, deadlineMs = 10_000 } = options;
      const call = this.client.makeUnaryRequest(
        path,
        asBytes,
        asBytes,
        Buffer.from(request),
        metadataOf(metadata),
        { deadline: Date.now() + deadlineMs },
        (error, answer) => {
          if (error === null) resolve(String(answer));
          else resolve({ code: error.code, details: error.details });
        },
      );
      signal?.addEventListener('abort', () => call.cancel());
    });
  }

  stream(path: string): ClientDuplexStream<Buffer, Buffer> {
    const stream = this.client.makeBidiStreamRequest(path, asBytes, asBytes, new Metadata());
    stream.on('error', () => {});
    return stream;
  }

  listen(path: string, request: string): ClientReadableStream<Buffer> {
    const args = [path, asBytes, asBytes, Buffer.from(request), new Metadata()] as const;
    const stream = this.client.makeServerStreamRequest(...args);
    stream.on('error', () => {});
    return stream;
  }

  /** Breaks all connections, as a network failure does. */
  breakConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.grpc.close(0);
    await once(this.#server.close(), 'close');
  }
}

interface AskOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}

function metadataOf(entries: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
  return metadata;
}

/** Resolves with the status in which a stream ends. */
export function endingOf(stream: ClientReadableStream<Buffer>): Promise<Ending> {
  return new Promise((resolve) => {
    stream.on('status', ({ code, details }) => resolve({ code, details }));
  });
}
