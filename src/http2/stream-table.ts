import { ConnectionError, errorCodes } from './errors.ts';
import type { Stream } from './stream.ts';

/** Streams that we reset before their clients ended them, and whose late frames are therefore no errors. */
const resetsRememberedMax = 1000;

/** The streams of one connection by their ids (RFC 9113, section 5.1.1). */
export class StreamTable {
  readonly #open = new Map<number, Stream>();
  readonly #reset = new Set<number>();
  /** Of the streams that the client has begun; odd. */
  #lastId = 0;

  get lastId(): number {
    return this.#lastId;
  }

  get size(): number {
    return this.#open.size;
  }

  get(id: number): Stream | undefined {
    return this.#open.get(id);
  }

  values(): Iterable<Stream> {
    return this.#open.values();
  }

  /** The client begins a stream, which may still be refused. */
  begin(id: number): void {
    if (id % 2 === 0) throw new ConnectionError(errorCodes.protocol, 'a stream with an even id');
    this.#lastId = id;
  }

  add(stream: Stream): void {
    this.#open.set(stream.id, stream);
  }

  /** False if it was not open. */
  delete({ id }: Stream): boolean {
    return this.#open.delete(id);
  }

  clear(): void {
    this.#open.clear();
  }

  /** An idle stream has never been used (section 5.1). We begin no streams, so even ones are always idle. */
  isIdle(id: number): boolean {
    return id % 2 === 0 || id > this.#lastId;
  }

  refuseIdle(id: number): void {
    if (!this.isIdle(id)) return;
    throw new ConnectionError(errorCodes.protocol, `stream ${id} is idle`);
  }

  /** We have reset a stream; frames that its client sent before it knew are in flight. */
  addReset(id: number): void {
    this.#reset.add(id);
    if (this.#reset.size <= resetsRememberedMax) return;
    const [oldest = 0] = this.#reset;
    this.#reset.delete(oldest);
  }

  wasReset(id: number): boolean {
    return this.#reset.has(id);
  }

  /** The client has ended a stream that we reset: nothing follows. */
  forgetReset(id: number): void {
    this.#reset.delete(id);
  }
}
