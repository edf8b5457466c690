import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/**
 * A socket without a system behind it, as far as `Connection` uses one: bytes come when the caller says so, and what is
 * written waits until it is read. A fuzzer that opened a real one for each input would mostly wait for it.
 */
export class FakeSocket extends EventEmitter {
  readonly remoteAddress = '127.0.0.1';
  writable = true;
  destroyed = false;
  writableLength = 0;
  /** Bytes that wait are in no queue of `Readable`. */
  readonly readableLength = 0;
  readonly written: Buffer[] = [];
  #arrived: Buffer[] = [];
  #isPaused = true;

  /** As the class that `Connection` asks for. */
  get asSocket(): Socket {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this as unknown as Socket;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** These bytes come from the client. */
  deliver(bytes: Buffer): void {
    this.#arrived.push(bytes);
    this.#deliver();
  }

  #deliver(): void {
    while (!this.#isPaused && !this.destroyed) {
      const bytes = this.#arrived.shift();
      if (bytes === undefined) return;
      this.push(bytes);
    }
  }

  /** As with a socket of Node.js, what has come passes here. */
  push(bytes: Buffer): boolean {
    return this.emit('data', bytes);
  }

  get readableFlowing(): boolean {
    return !this.#isPaused;
  }

  /** The client reads all that was written. */
  readAll(): void {
    if (this.writableLength === 0 || this.destroyed) return;
    this.writableLength = 0;
    this.emit('drain');
  }

  /** The client ends its side. */
  halfClose(): void {
    if (!this.destroyed) this.emit('end');
  }

  write(bytes: Buffer): boolean {
    if (!this.writable) return false;
    // A copy, because what was written may not change afterwards.
    this.written.push(Buffer.from(bytes));
    this.writableLength += bytes.length;
    return false;
  }

  end(): void {
    if (!this.writable) return;
    this.writable = false;
    this.emit('finish');
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.writable = false;
    this.emit('close');
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#deliver();
  }

  cork(): void {}

  uncork(): void {}
}
