import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { ByteBudget } from '../../base/byte-budget.ts';
import { headerOf, onlyTrailers, refusedContent } from '../../http2/index.ts';
import type { AcceptRequest, HeaderField, Stream, StreamListener } from '../../http2/index.ts';
import type { Method } from '../methods.ts';
import { StatusError } from '../status.ts';
import { CallHeads } from './call-head.ts';
import type { CallHead, NoCall } from './call-head.ts';
import { StreamCall, UnaryCall } from './calls.ts';
import type { Call, CallOptions } from './calls.ts';

export interface GrpcOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly messageBytesMax: number;
  /** By their paths. */
  readonly methods: ReadonlyMap<string, Method>;
}

/** How often deadlines are looked at. Callers count for themselves, too. */
const deadlineCheckMs = 100;

/** Of requests of all clients whose messages are not complete, or whose calls are paused. */
const unreadBytesMax = 256 << 20;

/** Whether a request over HTTP/2 is for gRPC, as servers in Go decide it: also where it is a kind that is refused. */
export function isForGrpc(headers: readonly HeaderField[]): boolean {
  return headerOf(headers, 'content-type')?.includes('application/grpc') === true;
}

/** Answers requests over HTTP/2 that are gRPC calls; refuses all others. */
export function acceptGrpc(options: GrpcOptions): AcceptRequest {
  const callOptions: CallOptions = {
    ...options,
    unread: new ByteBudget({ bytesMax: unreadBytesMax }),
  };
  const failed = (error: unknown): void => {
    options.logger.error('a call failed unexpectedly', {
      error: error instanceof Error ? error.stack : String(error),
    });
  };
  const deadlines = new Deadlines(options.clock, failed);
  const heads = new CallHeads(options.methods);
  return (headers, stream, isComplete) => {
    try {
      const call = begin(heads.read(headers), stream, callOptions);
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
      if (!(error instanceof StatusError)) throw error;
      stream.end(onlyTrailers(error.code, error.message));
      return ignored;
    }
  };
}

/** The listener of a stream that was refused at once. */
const ignored: StreamListener = { data() {}, ended() {}, drained() {}, closed() {} };

function begin(head: CallHead | NoCall, stream: Stream, options: CallOptions): Call {
  if (typeof head === 'number') return refuse(stream, head);
  const { method } = head;
  if (method.kind === 'unary') return new UnaryCall(stream, method, head, options);
  const call = new StreamCall(stream, method, head, options);
  stream.listener = call;
  call.open();
  return call;
}

function refuse(stream: Stream, status: number): Call {
  stream.end(refusedContent(status));
  return silent;
}

const silent: Call = { ...ignored, deadlineMs: Infinity, isOver: true, expire() {} };

/** Ends calls whose time is over. One timer for all of them, while there are any. */
class Deadlines {
  readonly #calls = new Set<Call>();
  readonly #clock: Clock;
  readonly #failed: (error: unknown) => void;
  #isScheduled = false;

  constructor(clock: Clock, failed: (error: unknown) => void) {
    this.#clock = clock;
    this.#failed = failed;
  }

  add(call: Call): void {
    this.#calls.add(call);
    this.#schedule();
  }

  #check(): void {
    this.#isScheduled = false;
    const nowMs = this.#clock.nowMs();
    for (const call of this.#calls) {
      if (call.deadlineMs > nowMs && !call.isOver) continue;
      this.#calls.delete(call);
      try {
        call.expire();
      } catch (error) {
        this.#failed(error);
      }
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#calls.size === 0) return;
    this.#isScheduled = true;
    this.#clock.after(deadlineCheckMs, () => this.#check());
  }
}
