import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Metadata,
  ServerDuplexStream,
  ServerWritableStream,
} from '@grpc/grpc-js';
import type { Logger } from '../../base/logger.ts';
import { asBuffer } from '../../base/key.ts';
import { etcdErrorOf, isExpected } from '../etcd/index.ts';
import type { EtcdError } from '../etcd/index.ts';
import type {
  CallContext,
  RequestStream,
  ResponseStream,
  StreamMethod,
  UnaryMethod,
} from '../methods.ts';
import type { CallFigures, MethodFigures } from './figures.ts';

/** What the calls of one method share. */
export interface CallParts {
  readonly figures: CallFigures;
  readonly ofMethod: MethodFigures;
  readonly logger: Logger;
}

const ok = 0;
const canceled = 1;

/** What is asked of a call of grpc-js, whatever its kind. */
interface Call {
  readonly metadata: Metadata;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** The context of one call; nothing is looked up or made before somebody asks. */
class GrpcContext implements CallContext {
  readonly #call: Call;
  #signal: AbortSignal | undefined;
  #gone = false;

  constructor(call: Call) {
    this.#call = call;
  }

  get signal(): AbortSignal {
    if (this.#signal !== undefined) return this.#signal;
    const controller = new AbortController();
    if (this.#gone) controller.abort();
    else this.#call.on('cancelled', () => controller.abort());
    this.#signal = controller.signal;
    return this.#signal;
  }

  metadata(name: string): string | undefined {
    return this.#call.metadata.get(name)[0]?.toString();
  }

  /** The caller went away before anybody asked for the signal. */
  gone(): void {
    this.#gone = true;
  }
}

export function serveUnary(
  method: UnaryMethod,
  { figures, ofMethod, logger }: CallParts,
): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    const beganMs = performance.now();
    const context = new GrpcContext(call);
    begin(ofMethod, figures, 'unary', context);
    figures.receivedBytes.add(call.request.length);
    ofMethod.received.add();
    const answer = async (): Promise<void> => {
      try {
        const response = await method.call(call.request, context);
        figures.sentBytes.add(response.length);
        ofMethod.sent.add();
        ofMethod.handled(ok, (performance.now() - beganMs) / 1000);
        callback(null, asBuffer(response));
      } catch (error) {
        const { code, message } = told(error, method.path, logger);
        ofMethod.handled(code, (performance.now() - beganMs) / 1000);
        callback({ code, details: message });
      }
    };
    void answer();
  };
}

type StreamCall = ServerDuplexStream<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>;

export function serveStream(
  method: StreamMethod,
  parts: CallParts,
): handleBidiStreamingCall<Buffer, Buffer> & handleServerStreamingCall<Buffer, Buffer> {
  return (call: StreamCall) => {
    const context = new GrpcContext(call);
    begin(parts.ofMethod, parts.figures, 'stream', context);
    const stream = new ServedStream(call, method, parts);
    stream.open(context);
  };
}

/** One stream between a call of grpc-js and a method. */
class ServedStream implements ResponseStream {
  readonly #call: StreamCall;
  readonly #method: StreamMethod;
  readonly #parts: CallParts;
  readonly #beganMs = performance.now();
  #requests: RequestStream | undefined;
  #ended = false;

  constructor(call: StreamCall, method: StreamMethod, parts: CallParts) {
    this.#call = call;
    this.#method = method;
    this.#parts = parts;
  }

  open(context: GrpcContext): void {
    const call = this.#call;
    // A connection that breaks shows as an error of the call, of which `cancelled` has told already.
    call.on('error', () => {});
    call.on('cancelled', () => {
      context.gone();
      this.#finish(canceled);
    });
    const requests = this.#method.open(context, this);
    this.#requests = requests;
    if (this.#ended) {
      requests.closed();
      return;
    }
    call.on('drain', () => {
      if (this.#ended) return;
      requests.drained();
      if ('resume' in call) call.resume();
    });
    if ('request' in call) {
      this.#received(call.request);
      if (!this.#isOver()) requests.halfClosed();
      return;
    }
    call.on('data', (bytes: Buffer) => this.#received(bytes));
    call.on('end', () => {
      if (!this.#ended) requests.halfClosed();
    });
  }

  push(message: Uint8Array): boolean {
    if (this.#ended) return true;
    this.#parts.figures.sentBytes.add(message.length);
    this.#parts.ofMethod.sent.add();
    const more = this.#call.write(asBuffer(message));
    // Whoever does not read is not listened to either, so that answers cannot pile up.
    if (!more && 'pause' in this.#call) this.#call.pause();
    return more;
  }

  end(error?: unknown): void {
    if (this.#ended) return;
    if (error === undefined) {
      this.#finish(ok);
      this.#call.end();
      return;
    }
    const { code, message } = told(error, this.#method.path, this.#parts.logger);
    this.#finish(code);
    this.#call.emit('error', { code, details: message });
  }

  /** Asked anew, because a request may have ended the stream. */
  #isOver(): boolean {
    return this.#ended;
  }

  #received(bytes: Buffer): void {
    if (this.#ended) return;
    this.#parts.figures.receivedBytes.add(bytes.length);
    this.#parts.ofMethod.received.add();
    this.#requests?.message(bytes);
  }

  #finish(code: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#parts.ofMethod.handled(code, (performance.now() - this.#beganMs) / 1000);
    this.#requests?.closed();
  }
}

function begin(
  ofMethod: MethodFigures,
  figures: CallFigures,
  type: 'unary' | 'stream',
  context: GrpcContext,
): void {
  ofMethod.started.add();
  figures.clientRequest(type, context.metadata('client-api-version') ?? 'unknown');
}

/** What the caller hears of an error; what nobody expected is in the log too. */
function told(error: unknown, path: string, logger: Logger): EtcdError {
  if (!isExpected(error)) {
    logger.error('a call failed for a reason of our own', {
      path,
      error: error instanceof Error ? error.stack : String(error),
    });
  }
  return etcdErrorOf(error);
}
