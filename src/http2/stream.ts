import {
  flags,
  frameHeadBytes,
  frameOf,
  frameTypes,
  windowMax,
  windowUpdate,
  writeHead,
} from './frames.ts';
import { messageHead, messageHeadBytes, writeMessageHead } from './grpc-messages.ts';

/** Listens to one request, for the code that responds to it. No method throws. */
export interface StreamListener {
  /** Bytes of the request's body; `isLast`: `ended` follows at once. Call `Stream.consumed` once they need no memory any more. */
  data(bytes: Buffer, isLast: boolean): void;
  /** The request is complete. */
  ended(): void;
  /** Nearly everything that was written is sent: more can be written. */
  drained(): void;
  /** The client reset the stream, or the connection has ended: no response can be sent any more. */
  closed(): void;
}

/** The sending side of the connection, as its streams use it. */
export interface StreamOwner {
  /** The address of the client. */
  readonly callerAddress: string | undefined;
  /** The common name of the client's certificate, where it identifies a user. */
  readonly certificateName?: string | undefined;
  readonly isEncrypted?: boolean;
  /** Bytes that may be sent on the connection now; none while the socket is congested. */
  readonly sendWindow: number;
  /** Of one frame's content. */
  readonly frameBytesMax: number;
  /** True while the socket has more to send than it should. */
  readonly isCongested: boolean;
  /** Sends a frame about the connection, or about what may be received. */
  send(frame: Buffer): void;
  /** Sends a part of a response that needs no window, or whose window was taken. */
  respond(frame: Buffer): void;
  takeWindow(bytes: number): void;
  /** Bytes that wait for a window, and streams with such bytes, have changed by so many. */
  holds(bytes: number, streams: number): void;
  /** Resumes this stream, in its turn, when the connection's window or socket has room again. */
  queue(stream: Stream): void;
  /** Our side of the stream has ended. */
  finished(stream: Stream): void;
  /** The stream ends with an error of ours. */
  fail?(stream: Stream): void;
}

/** Longer parts of bodies are not copied behind the head of their frame, but sent as buffers of their own. */
const copiedBytesMax = 4096;

/** A stream's window is widened again when half of it is used up. */
const returnShare = 0.5;

/** No trailers. */
const none: Buffer = Buffer.alloc(0);

/** One request and its response on a connection (RFC 9113, section 5.1). */
export class Stream {
  readonly id: number;
  readonly #owner: StreamOwner;
  readonly #receiveWindow: number;
  listener: StreamListener | undefined;
  /** The client has ended its side. */
  remoteEnded = false;
  /** Bytes of its `content-length` that have not come yet; undefined without that header. */
  bodyBytesLeft: number | undefined;
  #localEnded = false;
  #sendWindow: number;
  /** Received since the window was last widened; `<= #receiveWindow`. Of these, `#unreturned` need no memory any more. */
  #received = 0;
  #unreturned = 0;
  /** Parts of the body that wait for a window, and the trailers behind them. */
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

  /** The address of the client. */
  get callerAddress(): string | undefined {
    return this.#owner.callerAddress;
  }

  /** The common name of the client's certificate, where it identifies a user. */
  get certificateName(): string | undefined {
    return this.#owner.certificateName;
  }

  get isEncrypted(): boolean {
    return this.#owner.isEncrypted === true;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get isOver(): boolean {
    return this.#localEnded && this.remoteEnded;
  }

  // Sending.

  /**
   * Sends a whole response: headers, body, trailers, each an encoded block or bytes. Nearly always the windows allow all
   * of it, and it is one buffer.
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
    at = writeHead(frame, at, length, frameTypes.data, 0, this.id);
    for (const part of body) at += part.copy(frame, at);
    this.#writeHeaders(frame, at, trailers, flags.endHeaders | flags.endStream);
    this.#owner.respond(frame);
    this.#ended();
  }

  /** The same for a body of one message of gRPC, which gets its head here. */
  respondMessage(headers: Buffer, message: Buffer, trailers: Buffer): void {
    const length = messageHeadBytes + message.length;
    if (this.#localEnded || length > this.#owner.frameBytesMax || length > this.#window()) {
      this.respond(headers, [messageHead(message.length), message], trailers);
      return;
    }
    this.#take(length);
    const bytes = 3 * frameHeadBytes + headers.length + length + trailers.length;
    const frame = Buffer.allocUnsafe(bytes);
    let at = this.#writeHeaders(frame, 0, headers, flags.endHeaders);
    at = writeHead(frame, at, length, frameTypes.data, 0, this.id);
    at = writeMessageHead(frame, at, message.length);
    frame.set(message, at);
    at += message.length;
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
    return this.#enqueue([bytes], bytes.length);
  }

  #enqueue(parts: readonly Buffer[], length: number): boolean {
    if (this.#localEnded || this.#trailers !== undefined) return true;
    for (const part of parts) if (part.length > 0) this.#pending.push(part);
    this.#hold(length);
    this.#sendPending();
    this.#wantsDrained = this.#pendingBytes > 0 || this.#owner.isCongested;
    if (this.#wantsDrained && this.#pendingBytes === 0) this.#owner.queue(this);
    return !this.#wantsDrained;
  }

  /** Like `write`, for bytes in parts, which must not change. If they fit, they are one frame, and copied once; large parts never are. */
  writeAll(parts: readonly Buffer[]): boolean {
    let length = 0;
    for (const part of parts) length += part.length;
    const fits =
      this.#pendingBytes === 0 && length <= this.#owner.frameBytesMax && length <= this.#window();
    if (!fits || this.#localEnded || this.#trailers !== undefined) {
      return this.#enqueue(parts, length);
    }
    this.#take(length);
    const frame = Buffer.allocUnsafe(frameHeadBytes + length);
    let at = writeHead(frame, 0, length, frameTypes.data, 0, this.id);
    for (const part of parts) at += part.copy(frame, at);
    this.#owner.respond(frame);
    return true;
  }

  /** Ends our side with these headers, behind everything written; a request has none, nor has a page. */
  end(trailers: Buffer = none): void {
    if (this.#localEnded || this.#trailers !== undefined) return;
    this.#trailers = trailers;
    this.#sendPending();
  }

  /** Ends a response that cannot be completed; its client sees an error. */
  reset(): void {
    if (!this.isOver) this.#owner.fail?.(this);
  }

  /** The client has widened a window, or the socket has room again. */
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
        // Without a window of its own, a window of the connection is of no use to it.
        if (this.#sendWindow > 0) this.#owner.queue(this);
        return;
      }
      this.#sendData(first.subarray(0, length));
      if (length === first.length) this.#pending.shift();
      else this.#pending[0] = first.subarray(length);
      this.#hold(-length);
    }
    if (this.#trailers === undefined) return;
    if (this.#trailers === none) {
      this.#owner.respond(frameOf(frameTypes.data, flags.endStream, this.id, 0));
    } else {
      const frame = Buffer.allocUnsafe(frameHeadBytes + this.#trailers.length);
      this.#writeHeaders(frame, 0, this.#trailers, flags.endHeaders | flags.endStream);
      this.#owner.respond(frame);
    }
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
    writeHead(frame, 0, bytes.length, frameTypes.data, 0, this.id);
    if (isCopied) bytes.copy(frame, frameHeadBytes);
    this.#owner.respond(frame);
    if (!isCopied) this.#owner.respond(bytes);
  }

  #writeHeaders(target: Buffer, at: number, block: Buffer, flag: number): number {
    const start = writeHead(target, at, block.length, frameTypes.headers, flag, this.id);
    target.set(block, start);
    return start + block.length;
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

  /** Counts bytes that came; false if the client sent more than its window. */
  receive(bytes: number): boolean {
    this.#received += bytes;
    return this.#received <= this.#receiveWindow;
  }

  /** Bytes of the request need no memory any more: the client may send as many again. */
  consumed(bytes: number): void {
    this.#unreturned += bytes;
    if (this.remoteEnded || this.#unreturned < this.#receiveWindow * returnShare) return;
    this.#owner.send(windowUpdate(this.id, this.#unreturned));
    this.#received -= this.#unreturned;
    this.#unreturned = 0;
  }

  /** The client widens our window or, by a change of its settings, narrows it. False if the window overflows. */
  changeSendWindow(bytes: number): boolean {
    this.#sendWindow += bytes;
    return this.#sendWindow <= windowMax;
  }

  /** Ends the stream at once and drops everything that waits. */
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
