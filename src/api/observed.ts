import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type {
  AlikeMessages,
  CallContext,
  Method,
  RequestStream,
  ResponseStream,
  StreamMethod,
  UnaryMethod,
} from './methods.ts';
import { bytesOfAlike } from './alike-messages.ts';
import type { LargeMessage } from './large-message.ts';
import { logUnexpected, statusCodes } from './status.ts';

/** A call that has ended. */
export interface EndedCall {
  /** One of `statusCodes`. */
  readonly code: number;
  readonly tookMs: number;
  /** When it ended, by the clock. */
  readonly nowMs: number;
  /** The request of a unary call; undefined for a stream. */
  readonly request?: Uint8Array;
  /** Of the response of a unary call that has one. */
  readonly responseBytes?: number | undefined;
}

/** Observes every call of one method, for metrics and logs. */
export interface CallObserver {
  started(context: CallContext): void;
  received(messageBytes: number): void;
  /** One message, or `messages` of them with so many bytes together. */
  sent(bytes: number, messages?: number): void;
  ended(call: EndedCall): void;
}

/** The clock and log of an observation. */
export interface Observation {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The same method with an observer. Unexpected errors are logged here, for all carriers. */
export function observed(method: Method, observer: CallObserver, using: Observation): Method {
  return method.kind === 'unary'
    ? observedUnary(method, observer, using)
    : observedStream(method, observer, using);
}

function observedUnary(
  method: UnaryMethod,
  observer: CallObserver,
  { clock, logger }: Observation,
): UnaryMethod {
  return {
    ...method,
    // No async function: reads and writes of keys pass here.
    call: (request, context) => {
      const beganMs = clock.nowMs();
      observer.started(context);
      observer.received(request.length);
      const ended = (code: number, responseBytes: number | undefined): void => {
        const nowMs = clock.nowMs();
        observer.ended({ code, tookMs: nowMs - beganMs, nowMs, request, responseBytes });
      };
      const answered = <Response extends Uint8Array | LargeMessage>(
        response: Response,
      ): Response => {
        observer.sent(response.length);
        ended(statusCodes.ok, response.length);
        return response;
      };
      const failed = (error: unknown): never => {
        ended(codeOf(error, method, logger), undefined);
        throw error;
      };
      let response: ReturnType<UnaryMethod['call']>;
      try {
        response = method.call(request, context);
      } catch (error) {
        return failed(error);
      }
      return response instanceof Promise ? response.then(answered, failed) : answered(response);
    },
  };
}

function observedStream(
  method: StreamMethod,
  observer: CallObserver,
  using: Observation,
): StreamMethod {
  const of: ObservedMethod = { method, observer, using };
  return {
    ...method,
    open: (context, responses) => new ObservedStream(of, responses).open(context),
  };
}

interface ObservedMethod {
  readonly method: StreamMethod;
  readonly observer: CallObserver;
  readonly using: Observation;
}

/** An open stream, between its carrier and its method. One object for both directions: short streams are many. */
class ObservedStream implements RequestStream, ResponseStream {
  readonly #of: ObservedMethod;
  readonly #responses: ResponseStream;
  readonly #beganMs: number;
  #requests: RequestStream | undefined;
  #isOver = false;

  constructor(of: ObservedMethod, responses: ResponseStream) {
    this.#of = of;
    this.#responses = responses;
    this.#beganMs = of.using.clock.nowMs();
  }

  open(context: CallContext): this {
    this.#of.observer.started(context);
    this.#requests = this.#of.method.open(context, this);
    return this;
  }

  push(message: Uint8Array): boolean {
    this.#of.observer.sent(message.length);
    return this.#responses.push(message);
  }

  pushAlike(messages: AlikeMessages): boolean {
    this.#of.observer.sent(bytesOfAlike(messages), messages.count);
    return this.#responses.pushAlike(messages);
  }

  end(error?: unknown): void {
    const { method, using } = this.#of;
    this.#over(error === undefined ? statusCodes.ok : codeOf(error, method, using.logger));
    this.#responses.end(error);
  }

  pause(): void {
    this.#responses.pause();
  }

  resume(): void {
    this.#responses.resume();
  }

  message(bytes: Uint8Array): void {
    this.#of.observer.received(bytes.length);
    this.#requests?.message(bytes);
  }

  halfClosed(): void {
    this.#requests?.halfClosed();
  }

  drained(): void {
    this.#requests?.drained();
  }

  closed(): void {
    this.#over(statusCodes.canceled);
    this.#requests?.closed();
  }

  #over(code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const nowMs = this.#of.using.clock.nowMs();
    this.#of.observer.ended({ code, tookMs: nowMs - this.#beganMs, nowMs });
  }
}

/** The status code of an error, which is logged if it is unexpected. */
function codeOf(error: unknown, method: Method, logger: Logger): number {
  const status = method.statusOf(error);
  if (status.isUnexpected) logUnexpected(logger, error, method.path);
  return status.code;
}
