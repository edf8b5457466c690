import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { CallContext, Method, RequestStream, StreamMethod, UnaryMethod } from './methods.ts';
import { bytesOfAlike } from './alike-messages.ts';
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
    call: async (request, context) => {
      const beganMs = clock.nowMs();
      observer.started(context);
      observer.received(request.length);
      let code: number = statusCodes.ok;
      let responseBytes: number | undefined;
      try {
        const response = await method.call(request, context);
        responseBytes = response.length;
        observer.sent(responseBytes);
        return response;
      } catch (error) {
        code = codeOf(error, method, logger);
        throw error;
      } finally {
        const nowMs = clock.nowMs();
        observer.ended({ code, tookMs: nowMs - beganMs, nowMs, request, responseBytes });
      }
    },
  };
}

function observedStream(
  method: StreamMethod,
  observer: CallObserver,
  { clock, logger }: Observation,
): StreamMethod {
  return {
    ...method,
    open: (context, responses): RequestStream => {
      const beganMs = clock.nowMs();
      let isOver = false;
      const over = (code: number): void => {
        if (isOver) return;
        isOver = true;
        const nowMs = clock.nowMs();
        observer.ended({ code, tookMs: nowMs - beganMs, nowMs });
      };
      observer.started(context);
      const requests = method.open(context, {
        push: (message) => {
          observer.sent(message.length);
          return responses.push(message);
        },
        pushAlike: (messages) => {
          observer.sent(bytesOfAlike(messages), messages.count);
          return responses.pushAlike(messages);
        },
        end: (error) => {
          over(error === undefined ? statusCodes.ok : codeOf(error, method, logger));
          responses.end(error);
        },
        pause: () => responses.pause(),
        resume: () => responses.resume(),
      });
      return {
        message: (bytes) => {
          observer.received(bytes.length);
          requests.message(bytes);
        },
        halfClosed: () => requests.halfClosed(),
        drained: () => requests.drained(),
        closed: () => {
          over(statusCodes.canceled);
          requests.closed();
        },
      };
    },
  };
}

/** The status code of an error, which is logged if it is unexpected. */
function codeOf(error: unknown, method: Method, logger: Logger): number {
  const status = method.statusOf(error);
  if (status.isUnexpected) logUnexpected(logger, error, method.path);
  return status.code;
}
