import type { Socket } from 'node:net';
import { ByteBudget } from '../base/byte-budget.ts';
import type { Clock } from '../base/clock.ts';
import { destroyAfterLinger } from '../base/linger.ts';
import { ConnectionWindow } from './connection-window.ts';
import { readDirectly } from './direct-reads.ts';
import { ConnectionError, errorCodes } from './errors.ts';
import {
  flags,
  frameTypes,
  goAway,
  maxFrameSize,
  pingFrame,
  preface,
  rstStream,
  settings,
  settingsAck,
  settingsFrame,
  windowDefault,
  windowMax,
} from './frames.ts';
import { FrameReader } from './frame-reader.ts';
import type { Frame } from './frame-reader.ts';
import { HeaderDecoder } from './header-decoder.ts';
import { readSettings } from './peer-settings.ts';
import { Sender } from './sender.ts';
import type { HeaderField } from './static-table.ts';
import { Stream } from './stream.ts';

/** Listens to the response. No method throws. */
export interface ResponseListener {
  /** The headers of the response, or its trailers. */
  headers(fields: readonly HeaderField[]): void;
  /** Bytes of the response's body. Call `consumed` once they need no memory any more. */
  data(bytes: Buffer): void;
  /** Nearly everything that was written is sent: more can be written. */
  drained(): void;
  /** Nothing follows. `problem`: why the response is not complete; undefined if it is. Called once. */
  closed(problem: string | undefined): void;
}

export interface ClientOptions {
  readonly clock: Clock;
  /** The header block of the request. */
  readonly headers: Buffer;
  readonly listener: ResponseListener;
  /** Bytes that the server may send before we have consumed some of them. */
  readonly streamWindow: number;
  /** Of the content of one frame of the server. */
  readonly frameBytesMax: number;
  /** A bug of ours was met; the connection is ended. */
  readonly onBug: (error: unknown) => void;
}

/** Of the headers of a response. */
const headerListBytesMax = 64 << 10;
/** The only stream. */
const streamId = 1;

/**
 * One HTTP/2 connection to a server that carries one request, the client's side (RFC 9113). The socket may still be
 * connecting: what is written waits for it. Frames of a turn leave in one write, data of the request at once.
 */
export class ClientConnection {
  readonly #options: ClientOptions;
  readonly #socket: Socket;
  readonly #sender: Sender;
  readonly #reader: FrameReader;
  readonly #decoder = new HeaderDecoder({ listBytesMax: headerListBytesMax });
  readonly #receiveWindow: ConnectionWindow;
  readonly #stream: Stream;
  /** The window that the server gives us on a new stream. */
  #streamSendWindow = windowDefault;
  #hasHeard = false;
  #problem = 'the connection was closed';
  #closed = false;

  constructor(socket: Socket, options: ClientOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#reader = new FrameReader({ hasPreface: false, frameBytesMax: options.frameBytesMax });
    this.#sender = new Sender(
      socket,
      { pending: unbounded },
      {
        responding: () => {},
        finished: () => {},
        drained: () => this.#guard(() => this.#sender.resumeQueue()),
      },
    );
    this.#receiveWindow = new ConnectionWindow((frame) => this.#sender.send(frame));
    const receive = options.streamWindow;
    this.#stream = new Stream(streamId, this.#sender, { send: windowDefault, receive });
    const { listener } = options;
    this.#stream.listener = {
      data: (bytes) => listener.data(bytes),
      ended: () => {},
      drained: () => listener.drained(),
      closed: () => {},
    };
    readDirectly(socket, (bytes) => this.#received(bytes));
    socket.on('error', (error) => {
      if (!this.#closed) this.#problem = textOf(error);
    });
    socket.on('end', () => this.#guard(() => this.#end('the other side closed the connection')));
    socket.on('close', () => this.#guard(() => this.#close(this.#problem)));
    this.#greet();
    this.#stream.headers(options.headers);
  }

  /** Bytes of the request that the system has not taken yet. */
  get waitingBytes(): number {
    return this.#stream.pendingBytes + this.#sender.waitingBytes;
  }

  /** Something came from the server. */
  get hasHeard(): boolean {
    return this.#hasHeard;
  }

  /**
   * Sends a part of the request's body as soon as the windows allow it: now, and not at the end of the turn. False: wait for
   * `drained`, if that can wait.
   */
  write(parts: readonly Buffer[]): boolean {
    this.#sender.hold();
    const more = this.#stream.writeAll(parts);
    this.#sender.flush();
    return more;
  }

  /** The request is complete. */
  finish(): void {
    this.#stream.end();
  }

  /** Bytes of the response need no memory any more: the server may send as many again. */
  consumed(bytes: number): void {
    this.#stream.consumed(bytes);
  }

  /** Ends the connection, whether or not the response is complete. */
  cancel(): void {
    if (this.#closed) return;
    this.#sender.send(rstStream(streamId, errorCodes.cancel));
    this.#end('canceled');
  }

  #greet(): void {
    const { streamWindow, frameBytesMax } = this.#options;
    this.#sender.send(preface);
    this.#sender.send(
      settingsFrame([
        [settings.enablePush, 0],
        [settings.initialWindowSize, streamWindow],
        ...maxFrameSize(frameBytesMax),
        [settings.maxHeaderListSize, headerListBytesMax],
      ]),
    );
    this.#receiveWindow.open();
  }

  #received(bytes: Buffer): void {
    if (this.#closed) return;
    this.#guard(() => {
      this.#hasHeard = true;
      this.#reader.add(bytes);
      for (;;) {
        const frame = this.#reader.next();
        if (frame === undefined) return;
        this.#handle(frame);
        if (this.#closed) return;
      }
    });
  }

  /** Around all that the socket calls: an error there ends this connection, and nothing else. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof ConnectionError)) this.#options.onBug(error);
      const { code, message } =
        error instanceof ConnectionError
          ? error
          : { code: errorCodes.internal, message: 'internal error of this member' };
      if (!this.#closed) this.#sender.send(goAway(0, code, message));
      this.#end(message);
    }
  }

  #handle(frame: Frame): void {
    const { type, flags: flag, content } = frame;
    switch (type) {
      case frameTypes.data:
        this.#onData(frame);
        break;
      case frameTypes.headers:
        this.#onHeaders(frame);
        break;
      case frameTypes.rstStream:
        this.#end(`the other side reset the call, with code ${content.readUInt32BE(0)}`);
        break;
      case frameTypes.settings:
        this.#onSettings(frame);
        break;
      case frameTypes.ping:
        if ((flag & flags.ack) === 0) this.#sender.send(pingFrame(content, true));
        break;
      case frameTypes.goAway:
        this.#onGoAway(content);
        break;
      case frameTypes.windowUpdate:
        this.#onWindowUpdate(frame);
        break;
      case frameTypes.pushPromise:
        throw new ConnectionError(errorCodes.protocol, 'push is off');
      default:
        // Priorities and unknown frames are ignored (section 4.1).
        break;
    }
  }

  #onData({ streamId: id, flags: flag, length, content }: Frame): void {
    this.#checkId(id);
    this.#receiveWindow.received(length);
    if (!this.#stream.receive(length)) {
      throw new ConnectionError(errorCodes.flowControl, 'more data than the window allows');
    }
    // Padding is consumed at once.
    this.#stream.consumed(length - content.length);
    const isLast = (flag & flags.endStream) !== 0;
    if (content.length > 0) this.#stream.listener?.data(content, isLast);
    if (isLast) this.#end(undefined);
  }

  #onHeaders({ streamId: id, flags: flag, content }: Frame): void {
    this.#checkId(id);
    const fields = this.#decoder.decode(content);
    this.#options.listener.headers(fields);
    if ((flag & flags.endStream) !== 0) this.#end(undefined);
  }

  #checkId(id: number): void {
    if (id === streamId) return;
    throw new ConnectionError(errorCodes.protocol, `stream ${id} was not opened`);
  }

  #onSettings({ flags: flag, content }: Frame): void {
    if ((flag & flags.ack) !== 0) return;
    const { frameBytesMax, streamWindow: window = this.#streamSendWindow } = readSettings(content);
    if (frameBytesMax !== undefined) this.#sender.frameBytesMax = frameBytesMax;
    this.#sender.send(settingsAck());
    const change = window - this.#streamSendWindow;
    this.#streamSendWindow = window;
    if (change !== 0) this.#widen(change);
  }

  #onWindowUpdate({ streamId: id, content }: Frame): void {
    const increment = content.readUInt32BE(0) & windowMax;
    if (id === 0) {
      this.#sender.widen(increment);
      return;
    }
    this.#checkId(id);
    if (increment === 0) {
      throw new ConnectionError(errorCodes.protocol, 'a window update of 0 bytes');
    }
    this.#widen(increment);
  }

  #widen(bytes: number): void {
    if (!this.#stream.changeSendWindow(bytes)) {
      throw new ConnectionError(errorCodes.flowControl, 'the window is too large');
    }
    if (this.#stream.pendingBytes > 0) this.#sender.queue(this.#stream);
    this.#sender.resumeQueue();
  }

  /** The server takes no new streams. Ours goes on, unless the server says that it will not answer it (section 6.8). */
  #onGoAway(content: Buffer): void {
    const lastId = content.readUInt32BE(0) & 0x7fff_ffff;
    const text = content.toString('utf8', 8);
    this.#problem = text === '' ? 'the other side is stopping' : text;
    if (lastId < streamId) this.#end(this.#problem);
  }

  /** Nothing more is sent or handled. Bytes that still come are read and dropped, so that ours are not lost. */
  #end(problem: string | undefined): void {
    if (this.#closed) return;
    this.#sender.end();
    this.#socket.resume();
    destroyAfterLinger(this.#socket, this.#options.clock);
    this.#close(problem);
  }

  #close(problem: string | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream.close();
    this.#sender.forget(this.#stream);
    this.#options.listener.closed(problem);
  }
}

/** The user of the connection bounds what it writes, by `waitingBytes` and `drained`. */
const unbounded = new ByteBudget({ bytesMax: Infinity });

/** A failure to connect to several addresses has a text for each of them, and none of its own. */
function textOf(error: Error): string {
  if (!(error instanceof AggregateError)) return error.message;
  return error.errors.map((one: unknown) => (one instanceof Error ? one.message : '')).join('; ');
}
