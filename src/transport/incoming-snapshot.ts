import type { Clock } from '../base/clock.ts';
import { nothingToCancel } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { MessageReader, Stream, StreamListener } from '../http2/index.ts';
import { unwrap } from './service.ts';
import { endOfSnapshot, snapshotIdleMs } from './snapshot-call.ts';

/** A chunk that came and was not taken yet, with the bytes of the body up to its end. */
interface Chunk {
  readonly content: Buffer;
  readonly bytes: number;
}

/**
 * The body of a snapshot call as chunks. The sender may send as much as the window of the stream allows beyond what was
 * taken; a chunk may be larger than that.
 */
export class IncomingSnapshot implements StreamListener {
  readonly #stream: Stream;
  readonly #reader: MessageReader;
  readonly #clock: Clock;
  readonly #waiting: Chunk[] = [];
  /** Bytes behind the last complete chunk. */
  #partBytes = 0;
  #isComplete = false;
  #problem: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: Stream, reader: MessageReader, clock: Clock) {
    this.#stream = stream;
    this.#reader = reader;
    this.#clock = clock;
  }

  data(bytes: Buffer): void {
    if (this.#problem !== undefined || this.#isComplete) return;
    try {
      this.#reader.add(bytes);
      let newBytes = bytes.length;
      for (let next = this.#reader.next(); next !== undefined; next = this.#reader.next()) {
        const upToHere = newBytes - this.#reader.pendingBytes;
        newBytes -= upToHere;
        const content = unwrap(next);
        this.#isComplete = content.length === endOfSnapshot.length;
        this.#waiting.push({ content, bytes: this.#partBytes + upToHere });
        this.#partBytes = 0;
      }
      this.#partBytes += newBytes;
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#returnPart();
    this.#wake?.();
  }

  ended(): void {
    // A canceled call may end like a complete one, but without the end mark.
    if (!this.#isComplete) this.#fail(aborted());
  }

  drained(): void {}

  closed(): void {
    this.#reader.close();
    if (!this.#isComplete) this.#fail(aborted());
  }

  /** The chunks. Throws if the sender ends early, or sends nothing for too long. */
  async *chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = await this.#next();
      this.#stream.consumed(chunk.bytes);
      this.#returnPart();
      if (chunk.content.length === endOfSnapshot.length) return;
      yield chunk.content;
    }
  }

  async #next(): Promise<Chunk> {
    const cancelIdle =
      this.#waiting.length > 0
        ? nothingToCancel
        : this.#clock.after(snapshotIdleMs, () => {
            this.#fail(new RegistryError('canceled', 'the rest of the snapshot did not come'));
          });
    try {
      for (;;) {
        const chunk = this.#waiting.shift();
        if (chunk !== undefined) return chunk;
        if (this.#problem !== undefined) throw this.#problem;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      cancelIdle();
    }
  }

  /** Without a complete chunk, the sender has to be able to send the rest of this one, however large it is. */
  #returnPart(): void {
    if (this.#waiting.length > 0) return;
    this.#stream.consumed(this.#partBytes);
    this.#partBytes = 0;
  }

  #fail(problem: Error): void {
    this.#problem ??= problem;
    this.#reader.close();
    this.#wake?.();
  }
}

function aborted(): Error {
  return new RegistryError('canceled', 'the sender aborted the snapshot');
}
