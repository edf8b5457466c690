import { RegistryError } from '../base/errors.ts';
import type { AlikeMessages, RequestStream, ResponseStream, StreamMethod } from './methods.ts';

/** Streams that can be ended together. */
export class StreamSet {
  readonly #streams = new Set<MemberStream>();

  get size(): number {
    return this.#streams.size;
  }

  /** Opens a stream that is in the set until it has ended, from either side. */
  open(carrier: ResponseStream, open: (responses: ResponseStream) => RequestStream): RequestStream {
    const stream = new MemberStream(this.#streams, carrier);
    stream.open(open);
    return stream;
  }

  endAll(error: Error): void {
    for (const stream of this.#streams) stream.end(error);
  }
}

/** A stream of a set, between its carrier and its method. One object for both directions: short streams are many. */
class MemberStream implements RequestStream, ResponseStream {
  readonly #set: Set<MemberStream>;
  readonly #carrier: ResponseStream;
  #requests: RequestStream | undefined;
  #isOver = false;

  constructor(set: Set<MemberStream>, carrier: ResponseStream) {
    this.#set = set;
    this.#carrier = carrier;
  }

  open(open: (responses: ResponseStream) => RequestStream): void {
    this.#set.add(this);
    this.#requests = open(this);
  }

  push(message: Uint8Array): boolean {
    return this.#carrier.push(message);
  }

  pushAlike(messages: AlikeMessages): boolean {
    return this.#carrier.pushAlike(messages);
  }

  end(error?: unknown): void {
    if (this.#isOver) return;
    this.#over();
    this.#carrier.end(error);
  }

  pause(): void {
    this.#carrier.pause();
  }

  resume(): void {
    this.#carrier.resume();
  }

  message(bytes: Uint8Array): void {
    this.#requests?.message(bytes);
  }

  halfClosed(): void {
    this.#requests?.halfClosed();
  }

  drained(): void {
    this.#requests?.drained();
  }

  closed(): void {
    this.#over();
    this.#requests?.closed();
  }

  #over(): void {
    this.#isOver = true;
    this.#set.delete(this);
  }
}

/** The requests of a stream that was refused when it was opened. */
export const refusedStream: RequestStream = {
  message() {},
  halfClosed() {},
  drained() {},
  closed() {},
};

/** All open streams of a member. They need not end by themselves, so a member that stops ends them. */
export class OpenStreams {
  readonly #open = new StreamSet();
  #isStopping = false;

  get count(): number {
    return this.#open.size;
  }

  /** The same method, with its streams tracked. */
  track(method: StreamMethod): StreamMethod {
    return {
      ...method,
      open: (context, carrier) => {
        if (this.#isStopping) {
          carrier.end(stopped());
          return refusedStream;
        }
        return this.#open.open(carrier, (responses) => method.open(context, responses));
      },
    };
  }

  /** Ends every stream, and refuses new ones. */
  end(): void {
    this.#isStopping = true;
    this.#open.endAll(stopped());
  }
}

function stopped(): RegistryError {
  return new RegistryError('stopped', 'this member stops; ask another one');
}
