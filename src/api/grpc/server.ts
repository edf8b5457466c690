import type { Socket } from 'node:net';
import { Connection } from '../http2/index.ts';
import type { HeaderField, Stream, StreamListener } from '../http2/index.ts';
import type { Method } from '../methods.ts';
import { headerOf, StreamCall, UnaryCall } from './calls.ts';
import type { Call, CallOptions } from './calls.ts';
import { GrpcError, onlyTrailers, refusedContent, statusCodes } from './status.ts';

export interface GrpcOptions extends CallOptions {
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
export interface GrpcDoor {
  take(socket: Socket): void;
  /** Lets nobody begin a call any more, and ends what still runs after `graceMs`. */
  close(graceMs: number): void;
}

/** How often is looked whose time is over. Callers count for themselves, too. */
const deadlineLookMs = 100;

export function createGrpcDoor(options: GrpcOptions): GrpcDoor {
  const connections = new Set<Connection>();
  const deadlines = new Deadlines();
  const accept = (
    headers: readonly HeaderField[],
    stream: Stream,
    isComplete: boolean,
  ): StreamListener => {
    try {
      const call = begin(headers, stream, options);
      if (call.deadlineMs < Infinity) deadlines.add(call);
      if (isComplete) queueMicrotask(() => call.ended());
      return call;
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      stream.end(onlyTrailers(error.code, error.message));
      return nobody;
    }
  };
  return {
    take: (socket) => {
      const onClose = (connection: Connection): void => void connections.delete(connection);
      connections.add(new Connection(socket, { ...options, accept, onClose }));
    },
    close: (graceMs) => {
      deadlines.stop();
      for (const connection of connections) connection.leave();
      setTimeout(() => {
        for (const connection of connections) connection.destroy();
      }, graceMs).unref();
    },
  };
}

/** Listens for a stream that was answered before anybody did. */
const nobody: StreamListener = { data() {}, ended() {}, drained() {}, closed() {} };

function begin(headers: readonly HeaderField[], stream: Stream, options: GrpcOptions): Call {
  const contentType = headerOf(headers, 'content-type') ?? '';
  if (!contentType.startsWith('application/grpc') || headerOf(headers, ':method') !== 'POST') {
    stream.end(refusedContent(415));
    return silent;
  }
  const path = headerOf(headers, ':path') ?? '';
  const method = options.methods.get(path);
  if (method === undefined) throw unknownMethod(path, options.methods);
  if (method.kind === 'unary') return new UnaryCall(stream, method, headers, options);
  const call = new StreamCall(stream, method, headers, options);
  stream.listener = call;
  call.open();
  return call;
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
  #timer: NodeJS.Timeout | undefined;

  add(call: Call): void {
    this.#calls.add(call);
    this.#timer ??= setInterval(() => this.#look(), deadlineLookMs).unref();
  }

  #look(): void {
    const nowMs = performance.now();
    for (const call of this.#calls) {
      if (call.deadlineMs > nowMs && !call.isOver) continue;
      this.#calls.delete(call);
      call.expire();
    }
    if (this.#calls.size === 0) this.stop();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
