import type { Socket } from 'node:net';
import type { ByteBudget } from '../base/byte-budget.ts';
import { callerAddress } from '../base/caller-address.ts';
import { ConnectionError, errorCodes } from './errors.ts';
import { frameBytesDefault, windowDefault, windowMax } from './frames.ts';
import { Outbox } from './outbox.ts';
import type { Stream, StreamOwner } from './stream.ts';

/**
 * Bytes of responses that wait for a client to widen its windows, and in how many streams. With more of both, the client gets no
 * new streams: a few large responses do not block a connection.
 */
const pendingBytesMax = 64 << 20;
const pendingStreamsMax = 16;
/** Bytes of responses that wait, in however few streams. */
const anyPendingBytesMax = 1 << 30;
/** Bytes that one connection may have waiting while all connections together have too many. */
const pendingShareBytes = 1 << 20;

/** The connection, as its sending side notifies it. */
export interface SenderListener {
  /** A part of a response is sent. */
  responding(): void;
  /** Both sides of a stream have ended. */
  finished(stream: Stream): void;
  /** A stream ends with an error of ours. */
  failed?(stream: Stream): void;
  /** The socket is no longer congested. */
  drained(): void;
}

/** The sending side of a connection: its window, and the streams that wait for it (RFC 9113, section 6.9). */
export class Sender implements StreamOwner {
  readonly callerAddress: string | undefined;
  readonly certificateName: string | undefined;
  readonly isEncrypted: boolean;
  readonly #out: Outbox;
  readonly #pending: ByteBudget;
  readonly #listener: SenderListener;
  /** Streams that wait for the window or the socket, in the order of their turns. */
  readonly #queue = new Set<Stream>();
  #pendingBytes = 0;
  #pendingStreams = 0;
  /** `<= windowMax`; what the client lets us send on the connection. */
  #window = windowDefault;
  #frameBytesMax = frameBytesDefault;

  constructor(
    socket: Socket,
    {
      pending,
      certificateName,
    }: { readonly pending: ByteBudget; readonly certificateName?: string | undefined },
    listener: SenderListener,
  ) {
    this.callerAddress = callerAddress(socket);
    this.certificateName = certificateName;
    this.isEncrypted = 'encrypted' in socket && socket.encrypted === true;
    this.#out = new Outbox(socket, () => listener.drained());
    this.#pending = pending;
    this.#listener = listener;
  }

  get sendWindow(): number {
    return this.#out.isCongested ? 0 : this.#window;
  }

  get frameBytesMax(): number {
    return this.#frameBytesMax;
  }

  /** Larger frames than four times the default would only let one stream hold up the others. */
  set frameBytesMax(bytes: number) {
    this.#frameBytesMax = Math.min(bytes, 4 * frameBytesDefault);
  }

  get isCongested(): boolean {
    return this.#out.isCongested;
  }

  /** Bytes that the system has not taken yet; those that wait for a window are not among them. */
  get waitingBytes(): number {
    return this.#out.waitingBytes;
  }

  /** So much waits in the socket that the client is not to be listened to. */
  get isOverfull(): boolean {
    return this.#out.isOverfull;
  }

  /** So much waits for the client that it gets no new streams. */
  get isFull(): boolean {
    return (
      (this.#pendingBytes > pendingBytesMax && this.#pendingStreams > pendingStreamsMax) ||
      this.#pendingBytes > anyPendingBytesMax ||
      (this.#pendingBytes > pendingShareBytes && this.#pending.isExceeded)
    );
  }

  send(frame: Buffer): void {
    this.#out.add(frame);
  }

  respond(frame: Buffer): void {
    this.#listener.responding();
    this.#out.add(frame);
  }

  takeWindow(bytes: number): void {
    this.#window -= bytes;
  }

  holds(bytes: number, streams: number): void {
    this.#pending.add(bytes);
    this.#pendingBytes += bytes;
    this.#pendingStreams += streams;
  }

  queue(stream: Stream): void {
    this.#queue.add(stream);
  }

  finished(stream: Stream): void {
    this.#listener.finished(stream);
  }

  fail(stream: Stream): void {
    this.#listener.failed?.(stream);
  }

  /** The client lets us send so many bytes more on the connection. */
  widen(bytes: number): void {
    if (bytes === 0) throw new ConnectionError(errorCodes.protocol, 'a window update of 0 bytes');
    this.#window += bytes;
    if (this.#window > windowMax) {
      throw new ConnectionError(errorCodes.flowControl, 'the window is too large');
    }
    this.resumeQueue();
  }

  /** Resumes each waiting stream once, in turn. One that still has to wait afterwards goes to the end of the queue. */
  resumeQueue(): void {
    let turns = this.#queue.size;
    for (const stream of this.#queue) {
      if (turns === 0 || this.sendWindow <= 0) return;
      turns--;
      this.#queue.delete(stream);
      stream.resume();
    }
  }

  forget(stream: Stream): void {
    this.#queue.delete(stream);
  }

  /** Frames that are sent from now on wait for `flush`, which the caller calls in this turn. */
  hold(): void {
    this.#out.hold();
  }

  /** Sends what was gathered now, not at the end of the turn. */
  flush(): void {
    this.#out.flush();
  }

  /** Sends what was gathered, then ends the socket. */
  end(): void {
    this.#out.end();
  }
}
