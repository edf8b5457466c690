import type { Socket } from 'node:net';
import { Connection } from '../http2/index.ts';
import type { HeaderField, Stream, StreamListener } from '../http2/index.ts';
import type { Method } from '../methods.ts';
import type { Logger } from '../../base/logger.ts';
import { headerOf, StreamCall, UnaryCall } from './calls.ts';
import type { Call, CallOptions } from './calls.ts';
import { ByteBudget } from '../byte-budget.ts';
import { GrpcError, onlyTrailers, refusedContent, statusCodes } from './status.ts';

export interface GrpcOptions {
  readonly logger: Logger;
  readonly messageBytesMax: number;
  readonly methods: ReadonlyMap<string, Method>;
  /** Calls that one connection may have open; more are refused. */
  readonly streamsMax: number;
  /** A client may ping as often as this; 0: as often as it likes. */
  readonly pingsMinTimeMs: number;
  /** How often a silent connection is tested; 0: never. */
  readonly keepaliveIntervalMs: number;
  readonly keepaliveTimeoutMs: number;
}

/** Takes connections that speak HTTP/2, and answers their calls. */
export interface GrpcServer {
  /** A connection that is new, and paused or has no reader. */
  take(socket: Socket): void;
  /**
   * Asks clients to begin no more calls, and closes each connection once its calls have ended; what is left after
   * `limitMs` is cut off. Resolves when all connections are closed.
   */
  close(limitMs: number): Promise<void>;
}

/** How often is looked whose time is over. Callers count for themselves, too. */
const deadlineLookMs = 100;

/** Of requests that have begun to come, and may never be complete or listened to, of all clients together. */
const unreadBytesMax = 256 << 20;
/** Of answers that wait for their clients, of all clients together; beyond it, those that hold much may ask for no more. */
const pendingBytesMax = 2 ** 31;

export function createGrpcServer(options: GrpcOptions): GrpcServer {
  const callOptions: CallOptions = {
    ...options,
    unread: new ByteBudget({ bytesMax: unreadBytesMax }),
  };
  const pending = new ByteBudget({ bytesMax: pendingBytesMax });
  let closing = false;
  const connections = new Set<Connection>();
  const failed = (error: unknown): void => {
    options.logger.error('a call failed for a reason of our own', {
      error: error instanceof Error ? error.stack : String(error),
    });
  };
  const deadlines = new Deadlines(failed);
  const accept = (
    headers: readonly HeaderField[],
    stream: Stream,
    isComplete: boolean,
  ): StreamListener => {
    try {
      const call = begin(headers, stream, options.methods, callOptions);
      if (call.deadlineMs < Infinity) deadlines.add(call);
      if (isComplete) {
        queueMicrotask(() => {
          try {
            call.ended();
          } catch (error) {
            failed(error);
          }
        });
      }
      return call;
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      stream.end(onlyTrailers(error.code, error.message));
      return nobody;
    }
  };
  let allClosed: (() => void) | undefined;
  const onClose = (connection: Connection): void => {
    connections.delete(connection);
    if (connections.size === 0) allClosed?.();
  };
  const onMistake = (error: unknown): void => {
    options.logger.error('a connection of a client failed for a reason of our own', {
      error: error instanceof Error ? error.stack : String(error),
    });
  };
  return {
    take: (socket) => {
      if (closing) {
        socket.destroy();
        return;
      }
      connections.add(new Connection(socket, { ...options, pending, accept, onClose, onMistake }));
    },
    close: async (limitMs) => {
      closing = true;
      for (const connection of connections) connection.leave();
      if (connections.size === 0) return;
      const limit = setTimeout(() => {
        for (const connection of connections) connection.destroy();
      }, limitMs);
      await new Promise<void>((resolve) => (allClosed = resolve));
      clearTimeout(limit);
    },
  };
}

/** Listens for a stream that was answered before anybody did. */
const nobody: StreamListener = { data() {}, ended() {}, drained() {}, closed() {} };

function begin(
  headers: readonly HeaderField[],
  stream: Stream,
  methods: ReadonlyMap<string, Method>,
  options: CallOptions,
): Call {
  if (!isGrpc(headerOf(headers, 'content-type') ?? '')) return refuse(stream, 415);
  if (headerOf(headers, ':method') !== 'POST') return refuse(stream, 405);
  const path = headerOf(headers, ':path') ?? '';
  const method = methods.get(path);
  if (method === undefined) throw unknownMethod(path, methods);
  if (method.kind === 'unary') return new UnaryCall(stream, method, headers, options);
  const call = new StreamCall(stream, method, headers, options);
  stream.listener = call;
  call.open();
  return call;
}

/** Its own name, or with a format behind it; `application/grpc-web` is something else. */
function isGrpc(contentType: string): boolean {
  const own = 'application/grpc';
  return contentType.startsWith(own) && ['', '+', ';'].includes(contentType.charAt(own.length));
}

function refuse(stream: Stream, status: number): Call {
  stream.end(refusedContent(status));
  return silent;
}

const silent: Call = { ...nobody, deadlineMs: Infinity, isOver: true, expire() {} };

/** In the words of Go's servers. */
function unknownMethod(path: string, methods: ReadonlyMap<string, Method>): GrpcError {
  const [, service = '', name = ''] = /^\/(.*)\/([^/]*)$/.exec(path) ?? [];
  if (service === '') {
    return new GrpcError(statusCodes.unimplemented, `malformed method name: "${path}"`);
  }
  const isKnown = [...methods.keys()].some((known) => known.startsWith(`/${service}/`));
  return new GrpcError(
    statusCodes.unimplemented,
    isKnown ? `unknown method ${name} for service ${service}` : `unknown service ${service}`,
  );
}

/** Ends calls whose time is over. One timer for all of them, while there are any. */
class Deadlines {
  readonly #calls = new Set<Call>();
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  add(call: Call): void {
    this.#calls.add(call);
    this.#timer ??= setInterval(() => this.#look(), deadlineLookMs).unref();
  }

  #look(): void {
    const nowMs = performance.now();
    for (const call of this.#calls) {
      if (call.deadlineMs > nowMs && !call.isOver) continue;
      this.#calls.delete(call);
      try {
        call.expire();
      } catch (error) {
        this.#failed(error);
      }
    }
    if (this.#calls.size === 0) this.stop();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
