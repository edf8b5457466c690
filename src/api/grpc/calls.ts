import type { Clock } from '../../base/clock.ts';
import { asBuffer } from '../../base/key.ts';
import {
  headerOf,
  messageHead,
  MessageReader,
  onlyTrailers,
  responseHeaders,
  trailers,
} from '../../http2/index.ts';
import type { HeaderField, Stream, StreamListener } from '../../http2/index.ts';
import { LargeMessage } from '../large-message.ts';
import type {
  AlikeMessages,
  CallContext,
  Method,
  RequestStream,
  ResponseStream,
  StreamMethod,
  UnaryMethod,
} from '../methods.ts';
import type { Logger } from '../../base/logger.ts';
import { framed, framedAlike } from './messages.ts';
import type { ByteBudget } from '../../base/byte-budget.ts';
import { logUnexpected, StatusError, statusCodes } from '../status.ts';
import type { CallStatus } from '../status.ts';

/** Options and budgets that all calls share. */
export interface CallOptions {
  readonly clock: Clock;
  readonly messageBytesMax: number;
  readonly unread: ByteBudget;
  readonly logger: Logger;
}

/** A call under way, as the server sees it. */
export interface Call extends StreamListener {
  /** By the monotonic clock; infinite for most. */
  readonly deadlineMs: number;
  /** It has its response, or its caller has disconnected. */
  readonly isOver: boolean;
  /** Its deadline has passed. */
  expire(): void;
}

/** The context of one call; each value is looked up or made when it is first read. */
class GrpcContext implements CallContext {
  readonly #stream: Stream;
  readonly #headers: readonly HeaderField[];
  #controller: AbortController | undefined;
  #gone = false;

  constructor(stream: Stream, headers: readonly HeaderField[]) {
    this.#stream = stream;
    this.#headers = headers;
  }

  get address(): string | undefined {
    return this.#stream.callerAddress;
  }

  get certificateName(): string | undefined {
    return this.#stream.certificateName;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#gone) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  metadata(name: string): string | undefined {
    const value = headerOf(this.#headers, name);
    if (value === undefined) return undefined;
    // One character for each byte; text is UTF-8.
    return isAscii.test(value) ? value : Buffer.from(value, 'latin1').toString('utf8');
  }

  gone(): void {
    this.#gone = true;
    this.#controller?.abort();
  }
}

const isAscii = /^[\x20-\x7e]*$/;

const unitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};

/** The deadline of a call by the clock, from its `grpc-timeout`: up to eight digits and a unit. */
function deadlineOf(headers: readonly HeaderField[], clock: Clock): number {
  const timeout = headerOf(headers, 'grpc-timeout');
  if (timeout === undefined) return Infinity;
  const amount = Number(timeout.slice(0, -1));
  const unit = unitMs[timeout.slice(-1)];
  if (unit === undefined || !/^\d{1,8}.$/.test(timeout)) {
    throw new StatusError(statusCodes.internal, `malformed grpc-timeout: ${timeout}`);
  }
  if (amount === 0) throw expired();
  return clock.nowMs() + amount * unit;
}

/** A call with one request and one response. */
export class UnaryCall implements Call {
  readonly deadlineMs: number;
  readonly #stream: Stream;
  readonly #method: UnaryMethod;
  readonly #context: GrpcContext;
  readonly #reader: MessageReader;
  readonly #logger: Logger;
  #request: Buffer | undefined;
  /** Releases a large response, once it is sent or not wanted any more. */
  #release: () => void = () => {};
  #over = false;

  constructor(
    stream: Stream,
    method: UnaryMethod,
    headers: readonly HeaderField[],
    options: CallOptions,
  ) {
    this.#stream = stream;
    this.#method = method;
    this.deadlineMs = deadlineOf(headers, options.clock);
    this.#context = new GrpcContext(stream, headers);
    this.#reader = readerOf(headers, options);
    this.#logger = options.logger;
  }

  get isOver(): boolean {
    return this.#over;
  }

  data(bytes: Buffer): void {
    if (this.#over) return;
    this.#reader.add(bytes);
    this.#stream.consumed(bytes.length);
    try {
      const message = this.#reader.next();
      if (message === undefined) return;
      if (this.#request !== undefined || this.#reader.pendingBytes > 0) throw notOne();
      this.#request = message;
    } catch (error) {
      this.#refuse(error);
    }
  }

  ended(): void {
    if (this.#over) return;
    if (this.#request === undefined || this.#reader.pendingBytes > 0) this.#refuse(notOne());
    else this.#answer(this.#request).catch((error: unknown) => this.#failed(error));
  }

  async #answer(request: Buffer): Promise<void> {
    try {
      const answer = await this.#method.call(request, this.#context);
      if (answer instanceof LargeMessage) this.#release = answer.release;
      if (this.#over) {
        this.#release();
        return;
      }
      this.#over = true;
      const parts = answer instanceof LargeMessage ? answer.buffers() : [answer];
      this.#stream.respond(
        responseHeaders,
        [messageHead(answer.length), ...parts.map(asBuffer)],
        trailers(statusCodes.ok, ''),
      );
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Neither a response nor a refusal can be sent. */
  #failed(error: unknown): void {
    this.#over = true;
    logUnexpected(this.#logger, error, this.#method.path);
  }

  #refuse(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#reader.close();
    const { code, message } = statusOf(error, this.#method);
    this.#stream.end(onlyTrailers(code, message));
  }

  drained(): void {}

  closed(): void {
    this.#release();
    if (this.#over) return;
    this.#over = true;
    this.#reader.close();
    this.#context.gone();
  }

  expire(): void {
    if (this.#over) return;
    this.#refuse(expired());
    this.#context.gone();
  }
}

/** A call with a stream of responses, to one request or to many. */
export class StreamCall implements Call, ResponseStream {
  readonly deadlineMs: number;
  readonly #stream: Stream;
  readonly #method: StreamMethod;
  readonly #context: GrpcContext;
  readonly #reader: MessageReader;
  readonly #logger: Logger;
  #requests: RequestStream | undefined;
  #messages = 0;
  #headersSent = false;
  #over = false;
  /** The caller reads too slowly: its requests wait until it has read more. */
  #paused = false;
  /** The method has as many requests under way as it may have. */
  #held = false;
  /** `#readOn` runs and will see what changes meanwhile. */
  #reading = false;
  /** Bytes received while requests wait, not yet given back to the client's window. */
  #unread = 0;
  #halfClosed = false;

  constructor(
    stream: Stream,
    method: StreamMethod,
    headers: readonly HeaderField[],
    options: CallOptions,
  ) {
    this.#stream = stream;
    this.#method = method;
    this.deadlineMs = deadlineOf(headers, options.clock);
    this.#context = new GrpcContext(stream, headers);
    this.#reader = readerOf(headers, options);
    this.#logger = options.logger;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Begins. The call must be the stream's listener by then. */
  open(): void {
    this.#guard(() => {
      this.#requests = this.#method.open(this.#context, this);
      if (this.#over) this.#requests.closed();
    });
  }

  data(bytes: Buffer): void {
    if (this.#over) return;
    this.#reader.add(bytes);
    this.#unread += bytes.length;
    this.#readOn();
  }

  ended(): void {
    if (this.#over) return;
    this.#halfClosed = true;
    this.#readOn();
  }

  get #listens(): boolean {
    return !this.#over && !this.#paused && !this.#held;
  }

  /** Gives complete messages to the method, as long as its responses find room. */
  #readOn(): void {
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#listens) {
        const message = this.#reader.next();
        if (message === undefined) break;
        this.#messages++;
        if (this.#messages > 1 && !this.#method.clientStreams) throw notOne();
        this.#guard(() => this.#requests?.message(message));
      }
      if (this.#over) return;
      if (!this.#listens) {
        this.#reader.keep();
        return;
      }
      this.#stream.consumed(this.#unread);
      this.#unread = 0;
      if (!this.#halfClosed) return;
      this.#halfClosed = false;
      if (this.#reader.pendingBytes > 0) throw cutShort();
      if (this.#messages === 0 && !this.#method.clientStreams) throw notOne();
    } catch (error) {
      this.end(error);
      return;
    } finally {
      this.#reading = false;
    }
    this.#guard(() => this.#requests?.halfClosed());
  }

  /** Around what calls the method: an error there ends this call, and no other. */
  #guard(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      logUnexpected(this.#logger, error, this.#method.path);
      this.end(error);
    }
  }

  push(message: Uint8Array): boolean {
    if (this.#over) return true;
    this.#sendHeaders();
    return this.#written(this.#stream.write(framed(message)));
  }

  pushAlike(messages: AlikeMessages): boolean {
    if (this.#over) return true;
    this.#sendHeaders();
    let more = true;
    for (const part of framedAlike(messages)) more = this.#stream.write(part);
    return this.#written(more);
  }

  #written(more: boolean): boolean {
    // No further request of a caller that does not read, so that responses cannot pile up.
    if (!more) this.#paused = true;
    return more;
  }

  end(error?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    const { code, message } =
      error === undefined ? { code: statusCodes.ok, message: '' } : statusOf(error, this.#method);
    const block = this.#headersSent ? trailers(code, message) : onlyTrailers(code, message);
    this.#stream.end(block);
    this.#release();
  }

  pause(): void {
    this.#held = true;
  }

  resume(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#readOn();
  }

  /** Releases everything that belongs to the call. */
  #release(): void {
    this.#reader.close();
    this.#guard(() => this.#requests?.closed());
  }

  #sendHeaders(): void {
    if (this.#headersSent) return;
    this.#headersSent = true;
    this.#stream.headers(responseHeaders);
  }

  drained(): void {
    if (this.#over) return;
    this.#paused = false;
    this.#guard(() => this.#requests?.drained());
    this.#readOn();
  }

  closed(): void {
    this.#context.gone();
    if (this.#over) return;
    this.#over = true;
    this.#release();
  }

  expire(): void {
    if (this.#over) return;
    this.end(expired());
    this.#context.gone();
  }
}

function readerOf(
  headers: readonly HeaderField[],
  { messageBytesMax: bytesMax, unread }: CallOptions,
): MessageReader {
  const encoding = headerOf(headers, 'grpc-encoding');
  if (encoding !== undefined && encoding !== 'identity' && encoding !== 'gzip') {
    throw new StatusError(
      statusCodes.unimplemented,
      `grpc: Decompressor is not installed for grpc-encoding "${encoding}"`,
    );
  }
  return new MessageReader({ bytesMax, encoding, unread });
}

function notOne(): StatusError {
  return new StatusError(statusCodes.internal, 'a call of this kind has exactly one message');
}

function cutShort(): StatusError {
  return new StatusError(statusCodes.internal, 'a message ends too early');
}

function expired(): StatusError {
  return new StatusError(statusCodes.deadlineExceeded, 'context deadline exceeded');
}

/** The status of an error of the carrier, or of the method. */
function statusOf(error: unknown, method: Method): CallStatus {
  return error instanceof StatusError ? error : method.statusOf(error);
}
