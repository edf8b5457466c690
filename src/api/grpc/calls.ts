import { status } from '@grpc/grpc-js';
import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Metadata,
  ServerDuplexStream,
  ServerWritableStream,
  StatusObject,
} from '@grpc/grpc-js';
import { asBuffer } from '../../base/key.ts';
import { etcdErrorOf } from '../etcd/index.ts';
import type {
  CallContext,
  RequestStream,
  ResponseStream,
  StreamMethod,
  UnaryMethod,
} from '../methods.ts';

/** What is asked of a call of grpc-js, whatever its kind. */
interface Call {
  readonly cancelled: boolean;
  readonly metadata: Metadata;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** The context of one call; nothing is looked up or made before somebody asks. */
class GrpcContext implements CallContext {
  readonly #call: Call;
  #signal: AbortSignal | undefined;

  constructor(call: Call) {
    this.#call = call;
  }

  get signal(): AbortSignal {
    if (this.#signal !== undefined) return this.#signal;
    const controller = new AbortController();
    if (this.#call.cancelled) controller.abort();
    else this.#call.on('cancelled', () => controller.abort());
    this.#signal = controller.signal;
    return this.#signal;
  }

  metadata(name: string): string | undefined {
    return this.#call.metadata.get(name)[0]?.toString();
  }
}

export function serveUnary(method: UnaryMethod): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    const answer = async (): Promise<void> => {
      try {
        callback(null, asBuffer(await method.call(call.request, new GrpcContext(call))));
      } catch (error) {
        callback(statusOf(error));
      }
    };
    void answer();
  };
}

type StreamCall = ServerDuplexStream<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>;

export function serveStream(
  method: StreamMethod,
): handleBidiStreamingCall<Buffer, Buffer> & handleServerStreamingCall<Buffer, Buffer> {
  return (call: StreamCall) => new ServedStream(call).open(method);
}

/** One stream between a call of grpc-js and a method. */
class ServedStream implements ResponseStream {
  readonly #call: StreamCall;
  #requests: RequestStream | undefined;
  #ended = false;

  constructor(call: StreamCall) {
    this.#call = call;
  }

  open(method: StreamMethod): void {
    const call = this.#call;
    // A connection that breaks shows as an error of the call, of which `cancelled` has told already.
    call.on('error', () => {});
    call.on('cancelled', () => this.#finish());
    const requests = method.open(new GrpcContext(call), this);
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
      this.#halfClosed();
      return;
    }
    call.on('data', (bytes: Buffer) => this.#received(bytes));
    call.on('end', () => this.#halfClosed());
  }

  push(message: Uint8Array): boolean {
    if (this.#ended) return true;
    const more = this.#call.write(asBuffer(message));
    // Whoever does not read is not listened to either, so that answers cannot pile up.
    if (!more && 'pause' in this.#call) this.#call.pause();
    return more;
  }

  end(error?: unknown): void {
    if (this.#ended) return;
    this.#finish();
    if (error === undefined) this.#call.end();
    else this.#call.emit('error', statusOf(error));
  }

  #received(bytes: Buffer): void {
    if (!this.#ended) this.#requests?.message(bytes);
  }

  #halfClosed(): void {
    if (!this.#ended) this.#requests?.halfClosed();
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#requests?.closed();
  }
}

const statuses = Object.values(status).filter(
  (value): value is status => typeof value === 'number',
);

/** What the caller hears of an error. */
function statusOf(error: unknown): Pick<StatusObject, 'code' | 'details'> {
  const { code, message } = etcdErrorOf(error);
  return { code: statuses[code] ?? status.UNKNOWN, details: message };
}
