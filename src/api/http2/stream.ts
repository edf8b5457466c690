import { flags, frameHeadBytes, frameTypes, windowMax, windowUpdate, writeHead } from './frames.ts';

/** What whoever answers a request is told about it. No method throws. */
export interface StreamListener {
  /** Bytes of the request's body. Give their room back with `Stream.consumed` once they need no memory any more. */
  data(bytes: Buffer): void;
  /** The request is complete. */
  ended(): void;
  /** What was written has left, or will soon; more can be written. */
  drained(): void;
  /** The client gave up, or the connection is gone: nothing can be answered any more. */
  closed(): void;
}

/** What a stream needs of its connection. */
export interface StreamOwner {
  /** Bytes that may be sent on the connection now; none while the socket is congested. */
  readonly sendWindow: number;
  /** Of one frame's content. */
  readonly frameBytesMax: number;
  /** True while the socket has more to send than it should. */
  readonly isCongested: boolean;
  /** Sends a frame about the connection, or about what may be received. */
  send(frame: Buffer): void;
  /** Sends a part of an answer that needs no window, or whose window was taken. */
  respond(frame: Buffer): void;
  takeWindow(bytes: number): void;
  /** So many bytes more, or fewer, wait for a window, in so many more, or fewer, streams. */
  holds(bytes: number, streams: number): void;
  /** Has this stream resumed, in its turn, when the connection has room again. */
  queue(stream: Stream): void;
  /** Both sides have said all. */
  finished(stream: Stream): void;
}

/** Longer parts of bodies are sent as they are, behind the head of their frame. */
const copiedBytesMax = 4096;

/** A stream's window is given back when half of it is used up. */
const returnShare = 0.5;

/** One request and its answer on a connection (RFC 9113, section 5.1). */
export class Stream {
  readonly id: number;
  readonly #owner: StreamOwner;
  readonly #receiveWindow: number;
  listener: StreamListener | undefined;
  /** The client has said all. */
  remoteEnded = false;
  /** What its `content-length` promised and has not come yet; undefined if nothing was promised. */
  bodyBytesLeft: number | undefined;
  #localEnded = false;
  #sendWindow: number;
  /** Received and not given back yet; `#unreturned` of it needs no memory any more. */
  #received = 0;
  #unreturned = 0;
  /** Bodies that wait for a window, and the trailers behind them. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #trailers: Buffer | undefined;
  #wantsDrained = false;

  constructor(
    id: number,
    owner: StreamOwner,
    windows: { readonly send: number; readonly receive: number },
  ) {
    this.id = id;
    this.#owner = owner;
    this.#sendWindow = windows.send;
    this.#receiveWindow = windows.receive;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get isOver(): boolean {
    return this.#localEnded && this.remoteEnded;
  }

  // Sending.

  /**
   * Answers all at once: headers, body, trailers, each an encoded block or bytes. One buffer if the windows allow it,
   * which is how nearly all answers leave.
   */
  respond(headers: Buffer, body: readonly Buffer[], trailers: Buffer): void {
    if (this.#localEnded) return;
    const length = body.reduce((bytes, part) => bytes + part.length, 0);
    const fits = length <= this.#owner.frameBytesMax && length <= this.#window();
    if (!fits) {
      this.headers(headers);
      for (const part of body) this.write(part);
      this.end(trailers);
      return;
    }
    this.#take(length);
    const frame = Buffer.allocUnsafe(
      3 * frameHeadBytes + headers.length + length + trailers.length,
    );
    let at = this.#writeHeaders(frame, 0, headers, flags.endHeaders);
    const type = frameTypes.data;
    at = writeHead(frame, at, { length, type, flags: 0, streamId: this.id });
    for (const part of body) at += part.copy(frame, at);
    this.#writeHeaders(frame, at, trailers, flags.endHeaders | flags.endStream);
    this.#owner.respond(frame);
    this.#ended();
  }

  headers(block: Buffer): void {
    if (this.#localEnded) return;
    const frame = Buffer.allocUnsafe(frameHeadBytes + block.length);
    this.#writeHeaders(frame, 0, block, flags.endHeaders);
    this.#owner.respond(frame);
  }

  /** Sends bytes as soon as the windows allow it. False: wait for `drained` before more, if that can wait. */
  write(bytes: Buffer): boolean {
    if (this.#localEnded || this.#trailers !== undefined) return true;
    if (bytes.length > 0) this.#pending.push(bytes);
    this.#hold(bytes.length);
    this.#sendPending();
    this.#wantsDrained = this.#pendingBytes > 0 || this.#owner.isCongested;
    if (this.#wantsDrained && this.#pendingBytes === 0) this.#owner.queue(this);
    return !this.#wantsDrained;
  }

  /** The last headers, behind everything written. */
  end(trailers: Buffer): void {
    if (this.#localEnded || this.#trailers !== undefined) return;
    this.#trailers = trailers;
    this.#sendPending();
  }

  /** The client has made room, here or on the connection, or the socket has. */
  resume(): void {
    this.#sendPending();
    if (!this.#wantsDrained || this.#pendingBytes > 0) return;
    if (this.#owner.isCongested) {
      this.#owner.queue(this);
      return;
    }
    this.#wantsDrained = false;
    this.listener?.drained();
  }

  #sendPending(): void {
    for (let first = this.#pending[0]; first !== undefined; first = this.#pending[0]) {
      const length = Math.min(first.length, this.#owner.frameBytesMax, this.#window());
      if (length <= 0) {
        // Without a window of its own, room on the connection is of no use to it.
        if (this.#sendWindow > 0) this.#owner.queue(this);
        return;
      }
      this.#sendData(first.subarray(0, length));
      if (length === first.length) this.#pending.shift();
      else this.#pending[0] = first.subarray(length);
      this.#hold(-length);
    }
    if (this.#trailers === undefined) return;
    const frame = Buffer.allocUnsafe(frameHeadBytes + this.#trailers.length);
    this.#writeHeaders(frame, 0, this.#trailers, flags.endHeaders | flags.endStream);
    this.#owner.respond(frame);
    this.#ended();
  }

  #hold(bytes: number): void {
    const before = this.#pendingBytes;
    this.#pendingBytes += bytes;
    this.#owner.holds(bytes, Number(this.#pendingBytes > 0) - Number(before > 0));
  }

  #sendData(bytes: Buffer): void {
    this.#take(bytes.length);
    const isCopied = bytes.length <= copiedBytesMax;
    const frame = Buffer.allocUnsafe(frameHeadBytes + (isCopied ? bytes.length : 0));
    const type = frameTypes.data;
    writeHead(frame, 0, { length: bytes.length, type, flags: 0, streamId: this.id });
    if (isCopied) bytes.copy(frame, frameHeadBytes);
    this.#owner.respond(frame);
    if (!isCopied) this.#owner.respond(bytes);
  }

  #writeHeaders(target: Buffer, at: number, block: Buffer, flag: number): number {
    const start = writeHead(target, at, {
      length: block.length,
      type: frameTypes.headers,
      flags: flag,
      streamId: this.id,
    });
    return start + block.copy(target, start);
  }

  #window(): number {
    return Math.min(this.#sendWindow, this.#owner.sendWindow);
  }

  #take(bytes: number): void {
    this.#sendWindow -= bytes;
    this.#owner.takeWindow(bytes);
  }

  #ended(): void {
    this.#localEnded = true;
    this.#trailers = undefined;
    this.#owner.finished(this);
  }

  // Receiving.

  /** Takes note of bytes that came; false if the client sent more than it was allowed to. */
  receive(bytes: number): boolean {
    this.#received += bytes;
    return this.#received <= this.#receiveWindow;
  }

  /** So many bytes of the request need no memory any more; the client may send as many again. */
  consumed(bytes: number): void {
    this.#unreturned += bytes;
    if (this.remoteEnded || this.#unreturned < this.#receiveWindow * returnShare) return;
    this.#owner.send(windowUpdate(this.id, this.#unreturned));
    this.#received -= this.#unreturned;
    this.#unreturned = 0;
  }

  /** The client lets us send more, or, by a change of settings, less. False if that overflows. */
  changeSendWindow(bytes: number): boolean {
    this.#sendWindow += bytes;
    return this.#sendWindow <= windowMax;
  }

  /** Nothing more can be said. Everything that waits is dropped. */
  close(): void {
    this.#hold(-this.#pendingBytes);
    this.#pending = [];
    this.#localEnded = true;
    this.remoteEnded = true;
    const { listener } = this;
    this.listener = undefined;
    listener?.closed();
  }
}
