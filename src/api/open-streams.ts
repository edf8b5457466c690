import { RegistryError } from '../base/errors.ts';
import type { RequestStream, ResponseStream, StreamMethod } from './methods.ts';

/** Streams that can be ended together. */
export class StreamSet {
  readonly #streams = new Set<ResponseStream>();

  get size(): number {
    return this.#streams.size;
  }

  /** Opens a stream that is in the set until it has ended, from either side. */
  open(carrier: ResponseStream, open: (responses: ResponseStream) => RequestStream): RequestStream {
    let isOver = false;
    const over = (): void => {
      isOver = true;
      this.#streams.delete(responses);
    };
    const responses: ResponseStream = {
      push: (message) => carrier.push(message),
      pushAlike: (messages) => carrier.pushAlike(messages),
      end: (error) => {
        if (isOver) return;
        over();
        carrier.end(error);
      },
      pause: () => carrier.pause(),
      resume: () => carrier.resume(),
    };
    this.#streams.add(responses);
    const requests = open(responses);
    return {
      message: (bytes) => requests.message(bytes),
      halfClosed: () => requests.halfClosed(),
      drained: () => requests.drained(),
      closed: () => {
        over();
        requests.closed();
      },
    };
  }

  endAll(error: Error): void {
    for (const stream of this.#streams) stream.end(error);
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
