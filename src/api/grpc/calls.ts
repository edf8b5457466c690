import type { Clock } from '../../base/clock.ts';
import { asBuffer } from '../../base/key.ts';
import {
  compact,
  messageHead,
  MessageReader,
  okTrailers,
  onlyTrailers,
  refuseBeyond,
  responseHeaders,
  trailers,
  wholeMessage,
} from '../../http2/index.ts';
import type { Stream, StreamListener } from '../../http2/index.ts';
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
import { expired } from './call-head.ts';
import type { CallHead } from './call-head.ts';
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
  readonly #head: CallHead;
  #controller: AbortController | undefined;
  #gone = false;

  constructor(stream: Stream, head: CallHead) {
    this.#stream = stream;
    this.#head = head;
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
    const value = this.#head.valueOf(name);
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

/** The time, by the clock, at which a call that begins now is given up. */
function deadlineOf({ timeoutMs }: CallHead, clock: Clock): number {
  return timeoutMs === Infinity ? Infinity : clock.nowMs() + timeoutMs;
}

/** A call with one request and one response. */
export class UnaryCall implements Call {
  readonly deadlineMs: number;
  readonly #stream: Stream;
  readonly #method: UnaryMethod;
  readonly #head: CallHead;
  readonly #context: GrpcContext;
  readonly #options: CallOptions;
  /** Undefined if all that has come is one whole message, with which the request ends, as it nearly always does. */
  #reader: MessageReader | undefined;
  #request: Buffer | undefined;
  /** Bytes of the message of a request that has not ended, which are counted as unread. */
  #held = 0;
  /** Releases a large response, once it is sent or not wanted any more. */
  #release: () => void = () => {};
  #over = false;

  constructor(stream: Stream, method: UnaryMethod, head: CallHead, options: CallOptions) {
    this.#stream = stream;
    this.#method = method;
    this.deadlineMs = deadlineOf(head, options.clock);
    this.#context = new GrpcContext(stream, head);
    this.#head = head;
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#over;
  }

  data(bytes: Buffer, isLast: boolean): void {
    if (this.#over) return;
    this.#stream.consumed(bytes.length);
    if (isLast && this.#reader === undefined) {
      this.#request = wholeMessage(bytes, this.#options.messageBytesMax);
      if (this.#request !== undefined) return;
    }
    try {
      this.#reader ??= readerOf(this.#head, this.#options);
      this.#reader.add(bytes);
      const message = this.#reader.next();
      if (message === undefined) return;
      if (this.#request !== undefined || this.#pendingBytes > 0) throw notOne();
      this.#request = message;
      if (!isLast) this.#hold(message);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Until its request ends, a message counts as unread: a client could send any number of such requests. Throws StatusError. */
  #hold(message: Buffer): void {
    this.#request = compact(message);
    this.#held = message.length;
    this.#options.unread.add(this.#held);
    refuseBeyond(this.#options.unread);
  }

  #letGo(): void {
    this.#request = undefined;
    this.#options.unread.add(-this.#held);
    this.#held = 0;
    this.#reader?.close();
  }

  /** Bytes of a message that is not complete. */
  get #pendingBytes(): number {
    return this.#reader?.pendingBytes ?? 0;
  }

  ended(): void {
    if (this.#over) return;
    const request = this.#request;
    if (request === undefined || this.#pendingBytes > 0) {
      this.#refuse(notOne());
      return;
    }
    this.#letGo();
    this.#answer(request);
  }

  /** No async function: nearly all calls pass here, and some have their response at once. */
  #answer(request: Buffer): void {
    try {
      const answer = this.#method.call(request, this.#context);
      if (answer instanceof Promise) {
        answer.then(
          (response) => this.#respond(response),
          (error: unknown) => this.#refuse(error),
        );
      } else this.#respond(answer);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #respond(answer: Uint8Array | LargeMessage): void {
    try {
      if (answer instanceof LargeMessage) this.#release = answer.release;
      if (this.#over) {
        this.#release();
        return;
      }
      this.#over = true;
      if (answer instanceof LargeMessage) {
        const parts = answer.buffers().map(asBuffer);
        this.#stream.respond(responseHeaders, [messageHead(answer.length), ...parts], okTrailers);
      } else this.#stream.respondMessage(responseHeaders, asBuffer(answer), okTrailers);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #refuse(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#letGo();
    try {
      const { code, message } = statusOf(error, this.#method);
      this.#stream.end(onlyTrailers(code, message));
    } catch (another) {
      // Neither a response nor a refusal can be sent.
      logUnexpected(this.#options.logger, another, this.#method.path);
    }
  }

  drained(): void {}

  closed(): void {
    this.#release();
    if (this.#over) return;
    this.#over = true;
    this.#letGo();
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

  constructor(stream: Stream, method: StreamMethod, head: CallHead, options: CallOptions) {
    this.#stream = stream;
    this.#method = method;
    this.deadlineMs = deadlineOf(head, options.clock);
    this.#context = new GrpcContext(stream, head);
    this.#reader = readerOf(head, options);
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
  { encoding }: CallHead,
  { messageBytesMax: bytesMax, unread }: CallOptions,
): MessageReader {
  return new MessageReader({ bytesMax, encoding, unread });
}

function notOne(): StatusError {
  return new StatusError(statusCodes.internal, 'a call of this kind has exactly one message');
}

function cutShort(): StatusError {
  return new StatusError(statusCodes.internal, 'a message ends too early');
}

/** The status of an error of the carrier, or of the method. */
function statusOf(error: unknown, method: Method): CallStatus {
  return error instanceof StatusError ? error : method.statusOf(error);
}
