import type { Readable } from 'node:stream';
import type { ByteBudget } from '../../base/byte-budget.ts';
import { StatusError, statusCodes } from '../status.ts';
import { JsonScanner } from './json-scanner.ts';

/** Of a body. */
export interface BodyLimits {
  /** Of one value. */
  readonly bytesMax: number;
  /** The beginnings of values that are not complete, of all bodies. */
  readonly unfinished: ByteBudget;
}

/** Takes the JSON values of a body. At most one of `end` and `fail` is called, once, and nothing after it. */
export interface BodyReader {
  message(json: Buffer): void;
  end(): void;
  fail(error: unknown): void;
}

/**
 * Gives a reader the JSON values of a body as they come, unless it has paused, until it stops. Bytes after that are
 * dropped, so that the connection can be used again. A caller that disconnects is not noticed here.
 */
export class Body {
  readonly #request: Readable;
  readonly #scanner: JsonScanner;
  readonly #reader: BodyReader;
  readonly #unfinished: ByteBudget;
  /** Of this body in `#unfinished`. */
  #counted = 0;
  /** The values in the bytes that came last and were not given to the reader yet. */
  #unread: Iterator<Buffer, void> | undefined;
  #paused = false;
  #reading = false;
  /** The body has ended. */
  #complete = false;
  #stopped = false;

  constructor(request: Readable, { bytesMax, unfinished }: BodyLimits, reader: BodyReader) {
    this.#request = request;
    this.#unfinished = unfinished;
    this.#scanner = new JsonScanner({ bytesMax });
    this.#reader = reader;
    request.on('data', this.#take);
    request.on('end', this.#end);
    // A caller may go away in the middle of a value.
    request.once('close', () => this.#count(0));
  }

  readonly #take = (bytes: Buffer): void => {
    this.#unread = this.#scanner.take(bytes);
    this.#readOn();
  };

  readonly #end = (): void => {
    this.#complete = true;
    this.#readOn();
  };

  /** No further value is given until `resume`, not even one that has come already. */
  pause(): void {
    this.#paused = true;
    if (!this.#stopped) this.#request.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#readOn();
    if (!this.#paused) this.#request.resume();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#count(0);
    this.#unread = undefined;
    this.#request.off('data', this.#take);
    this.#request.off('end', this.#end);
    this.#request.resume();
  }

  /** Throws if all bodies together hold too much, and this one is among those that do. */
  #hold(): void {
    this.#count(this.#stopped ? 0 : this.#scanner.heldBytes);
    if (this.#counted === 0 || !this.#unfinished.isExceeded) return;
    throw new StatusError(
      statusCodes.resourceExhausted,
      'the requests that are not complete hold too much memory together; try again later',
    );
  }

  #count(bytes: number): void {
    this.#unfinished.add(bytes - this.#counted);
    this.#counted = bytes;
  }

  #readOn(): void {
    if (this.#reading || this.#stopped) return;
    this.#reading = true;
    try {
      while (!this.#paused && !this.#stopped && this.#unread !== undefined) {
        const next = this.#unread.next();
        if (next.done === true) this.#unread = undefined;
        else this.#reader.message(next.value);
      }
      this.#hold();
      if (this.#unread !== undefined || !this.#complete || this.#stopped) return;
      const last = this.#scanner.end();
      if (last !== undefined) this.#reader.message(last);
      if (this.#stopped) return;
    } catch (error) {
      if (this.#stopped) return;
      this.stop();
      this.#reader.fail(error);
      return;
    } finally {
      this.#reading = false;
    }
    this.stop();
    this.#reader.end();
  }
}

/** The first value of a body; an empty body stands for an object without fields. */
export function firstMessage(request: Readable, limits: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const body = new Body(request, limits, {
      message: (json) => {
        body.stop();
        resolve(json);
      },
      end: () => resolve(emptyObject),
      fail: reject,
    });
  });
}

const emptyObject: Buffer = Buffer.from('{}');
