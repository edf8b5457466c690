import type { Socket } from 'node:net';
import type { ByteBudget } from '../base/byte-budget.ts';
import { nothingToCancel } from '../base/clock.ts';
import type { Cancel } from '../base/clock.ts';
import { destroyAfterLinger } from '../base/linger.ts';
import { AbuseLimits } from './abuse-limits.ts';
import { readSettings } from './peer-settings.ts';
import { ConnectionWindow } from './connection-window.ts';
import { Draining } from './draining.ts';
import { readDirectly } from './direct-reads.ts';
import { ConnectionError, errorCodes } from './errors.ts';
import {
  flags,
  frameBytesDefault,
  frameTypes,
  maxFrameSize,
  pingFrame,
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
import { PingWatch } from './ping-watch.ts';
import type { PingOptions } from './ping-watch.ts';
import { areTrailers, bodyBytesOf, isRequest } from './requests.ts';
import { Sender } from './sender.ts';
import type { HeaderField } from './static-table.ts';
import { Stream } from './stream.ts';
import type { StreamListener } from './stream.ts';
import { StreamTable } from './stream-table.ts';

/** Takes a request; `isComplete` if it has no body. Returns the listener that is told what follows. */
export type AcceptRequest = (
  headers: readonly HeaderField[],
  stream: Stream,
  isComplete: boolean,
) => StreamListener;

export interface ConnectionOptions extends PingOptions {
  /** Streams that a client may have open; more are refused. */
  readonly streamsMax: number;
  /** Bytes of responses that wait for their clients, over all connections. */
  readonly pending: ByteBudget;
  /** Bytes that a client may send on a stream before we have consumed some of them. */
  readonly streamWindow?: number;
  /** Of the content of one frame of the client. */
  readonly frameBytesMax?: number;
  /** A connection without a stream for so long is closed; without this option it stays. */
  readonly idleMaxMs?: number;
  readonly accept: AcceptRequest;
  /** The common name of the client's certificate, where it identifies a user. */
  readonly certificateName?: string | undefined;
  readonly onClose: (connection: Connection) => void;
  /** A bug of ours was met; the connection is ended. */
  readonly onBug: (error: unknown) => void;
}

/** Bytes that a client may send on a stream before we have consumed some of them, unless options say another number. */
const streamWindowDefault = 256 << 10;
/** Of the headers of one request. */
const headerListBytesMax = 64 << 10;
const uint32Max = 2 ** 32 - 1;

/**
 * One HTTP/2 connection of a client, the server's side (RFC 9113). Handles frames as they come, and sends all frames of
 * a turn of the event loop in one write. It does not know what requests mean.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #sender: Sender;
  readonly #reader: FrameReader;
  readonly #streamWindow: number;
  readonly #receiveWindow: ConnectionWindow;
  /** Frames that came are not handled until the client has read more of its responses. */
  #isBehind = false;
  readonly #decoder = new HeaderDecoder({ listBytesMax: headerListBytesMax });
  readonly #pings: PingWatch;
  readonly #abuse = new AbuseLimits();
  readonly #streams = new StreamTable();
  readonly #draining: Draining;
  /** The last headers that were those of a request without a length. The decoder gives the same list again for the same bytes. */
  #checked: readonly HeaderField[] | undefined;
  /** The window that the client gives us on a new stream. */
  #streamSendWindow = windowDefault;
  /** Ends the connection when it has been without a stream for too long. */
  #cancelIdle: Cancel = nothingToCancel;
  #closed = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    const { streamWindow = streamWindowDefault, frameBytesMax = frameBytesDefault } = options;
    this.#streamWindow = streamWindow;
    this.#reader = new FrameReader({ frameBytesMax });
    this.#sender = new Sender(socket, options, {
      responding: () => this.#pings.answering(),
      finished: (stream) => this.#finished(stream),
      failed: (stream) => {
        this.#reset(stream.id, errorCodes.internal);
        this.#forget(stream);
      },
      drained: () => this.#guard(() => this.#drained()),
    });
    this.#receiveWindow = new ConnectionWindow((frame) => this.#sender.send(frame));
    this.#pings = new PingWatch(options, {
      ping: () => this.#sender.send(pingFrame(Buffer.alloc(8), false)),
      isIdle: () => this.#streams.size === 0,
      giveUp: () => this.#socket.destroy(),
    });
    this.#draining = new Draining(options.clock, {
      send: (frame) => this.#sender.send(frame),
      lastStreamId: () => this.#streams.lastId,
      drained: () => this.#guard(() => this.#endIfDrained()),
    });
    readDirectly(socket, (bytes) => this.#received(bytes));
    socket.on('error', () => {});
    // A client that has ended its side cannot widen its windows: as with servers in Go, its calls are over.
    socket.on('end', () => this.#guard(() => this.#disconnect()));
    socket.on('close', () => this.#guard(() => this.#close()));
    this.#sender.send(
      settingsFrame([
        [settings.maxConcurrentStreams, Math.min(options.streamsMax, uint32Max)],
        [settings.initialWindowSize, streamWindow],
        ...maxFrameSize(frameBytesMax),
        [settings.maxHeaderListSize, headerListBytesMax],
      ]),
    );
    this.#receiveWindow.open();
    this.#awaitStream();
    socket.resume();
  }

  /** Accepts no new streams, and ends once those under way are answered. */
  leave(): void {
    if (!this.#closed) this.#draining.begin();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #received(bytes: Buffer): void {
    if (this.#closed) return;
    this.#pings.heard();
    this.#reader.add(bytes);
    this.#readOn();
  }

  /** Checks before each frame whether too much waits to be sent, as a few bytes can ask for much. */
  #readOn(): void {
    this.#guard(() => {
      while (!this.#sender.isOverfull) {
        const frame = this.#reader.next();
        if (frame === undefined) {
          this.#isBehind = false;
          return;
        }
        this.#handle(frame);
        if (this.#closed) return;
      }
      this.#isBehind = true;
      this.#socket.pause();
    });
  }

  /** Around all that the socket and timers call: an error there ends this connection, and nothing else. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof ConnectionError) this.#fail(error);
      else this.#giveUp(error);
    }
  }

  #giveUp(error: unknown): void {
    this.#options.onBug(error);
    try {
      this.#fail(new ConnectionError(errorCodes.internal, 'internal error of this member'));
    } catch (another) {
      this.#options.onBug(another);
      this.#socket.destroy();
    }
  }

  #handle(frame: Frame): void {
    switch (frame.type) {
      case frameTypes.data:
        this.#onData(frame);
        break;
      case frameTypes.headers:
        this.#onHeaders(frame);
        break;
      case frameTypes.rstStream:
        this.#onReset(frame);
        break;
      case frameTypes.settings:
        this.#onSettings(frame);
        break;
      case frameTypes.ping:
        this.#onPing(frame);
        break;
      case frameTypes.windowUpdate:
        this.#onWindowUpdate(frame);
        break;
      case frameTypes.pushPromise:
        throw new ConnectionError(errorCodes.protocol, 'a client cannot push');
      default:
        // Priorities are ignored; a client that sends GOAWAY ends the connection itself; unknown frames are ignored
        // (section 4.1).
        break;
    }
  }

  #onData({ streamId, flags: flag, length, content }: Frame): void {
    this.#streams.refuseIdle(streamId);
    this.#receiveWindow.received(length);
    const stream = this.#streams.get(streamId);
    if (stream === undefined || stream.remoteEnded) {
      this.#onLate(streamId);
      return;
    }
    if (!stream.receive(length)) {
      throw new ConnectionError(errorCodes.flowControl, 'more data than the window allows');
    }
    if (stream.bodyBytesLeft !== undefined) stream.bodyBytesLeft -= content.length;
    if ((stream.bodyBytesLeft ?? 0) < 0) {
      this.#refuse(streamId, errorCodes.protocol);
      return;
    }
    // Padding is consumed at once.
    stream.consumed(length - content.length);
    const isLast = (flag & flags.endStream) !== 0;
    if (content.length > 0) stream.listener?.data(content, isLast);
    if (isLast) this.#endRequest(stream);
  }

  #onHeaders({ streamId, flags: flag, content }: Frame): void {
    // Also for streams that are over: later headers refer to these.
    const headers = this.#decoder.decode(content);
    const isComplete = (flag & flags.endStream) !== 0;
    const known = this.#streams.get(streamId);
    if (known !== undefined) {
      this.#onTrailers(known, headers, isComplete);
    } else if (this.#streams.isIdle(streamId)) {
      this.#streams.begin(streamId);
      this.#onRequest(streamId, headers, isComplete);
    } else if (!this.#streams.wasReset(streamId)) {
      throw new ConnectionError(errorCodes.streamClosed, 'HEADERS on a closed stream');
    }
  }

  #onRequest(streamId: number, headers: readonly HeaderField[], isComplete: boolean): void {
    let bodyBytes: number | undefined;
    if (headers !== this.#checked) {
      bodyBytes = bodyBytesOf(headers);
      if (!isRequest(headers) || Number.isNaN(bodyBytes) || (isComplete && (bodyBytes ?? 0) > 0)) {
        this.#refuse(streamId, errorCodes.protocol);
        return;
      }
      if (bodyBytes === undefined) this.#checked = headers;
    }
    if (this.#isFull()) {
      this.#reset(streamId, errorCodes.refusedStream);
      return;
    }
    const stream = new Stream(streamId, this.#sender, {
      send: this.#streamSendWindow,
      receive: this.#streamWindow,
    });
    stream.remoteEnded = isComplete;
    stream.bodyBytesLeft = bodyBytes;
    this.#streams.add(stream);
    this.#cancelIdle();
    stream.listener = this.#options.accept(headers, stream, isComplete);
  }

  #isFull(): boolean {
    return (
      this.#draining.isComplete ||
      this.#streams.size >= this.#options.streamsMax ||
      this.#sender.isFull
    );
  }

  /** Trailers of a request end it; what they say is ignored. */
  #onTrailers(stream: Stream, headers: readonly HeaderField[], isComplete: boolean): void {
    if (stream.remoteEnded) this.#onLate(stream.id);
    else if (!isComplete || !areTrailers(headers)) this.#refuse(stream.id, errorCodes.protocol);
    else this.#endRequest(stream);
  }

  #endRequest(stream: Stream): void {
    if (stream.remoteEnded) return;
    if ((stream.bodyBytesLeft ?? 0) > 0) {
      this.#refuse(stream.id, errorCodes.protocol);
      return;
    }
    stream.remoteEnded = true;
    stream.listener?.ended();
  }

  #onReset({ streamId }: Frame): void {
    this.#streams.refuseIdle(streamId);
    this.#streams.forgetReset(streamId);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    this.#abuse.reset();
    this.#forget(stream);
  }

  /** A frame on a closed stream: an error, unless we reset the stream and the frame was in flight. */
  #onLate(streamId: number): void {
    if (!this.#streams.wasReset(streamId)) this.#refuse(streamId, errorCodes.streamClosed);
  }

  /** The client broke the rules on one stream, and loses only that stream (section 5.4.2). */
  #refuse(streamId: number, code: number): void {
    this.#abuse.reset();
    this.#reset(streamId, code);
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) this.#forget(stream);
  }

  /** Ends a stream that its client has not ended. */
  #reset(streamId: number, code: number): void {
    this.#sender.send(rstStream(streamId, code));
    this.#streams.addReset(streamId);
  }

  #onSettings({ flags: flag, content }: Frame): void {
    if ((flag & flags.ack) !== 0) return;
    const { frameBytesMax, streamWindow: window = this.#streamSendWindow } = readSettings(content);
    if (frameBytesMax !== undefined) this.#sender.frameBytesMax = frameBytesMax;
    this.#sender.send(settingsAck());
    // Once, however often the frame says it.
    if (window !== this.#streamSendWindow) this.#resizeStreams(window - this.#streamSendWindow);
    this.#streamSendWindow = window;
  }

  /** The windows of all streams change with the settings, and may be negative then (section 6.9.2). */
  #resizeStreams(bytes: number): void {
    this.#abuse.resized(this.#streams.size);
    for (const stream of this.#streams.values()) {
      if (!stream.changeSendWindow(bytes)) {
        throw new ConnectionError(errorCodes.flowControl, 'the window is too large');
      }
    }
    for (const stream of this.#streams.values()) {
      if (stream.pendingBytes > 0) this.#sender.queue(stream);
    }
    this.#sender.resumeQueue();
  }

  #onPing({ flags: flag, content }: Frame): void {
    if ((flag & flags.ack) !== 0) {
      this.#draining.onPong(content);
      return;
    }
    if (this.#pings.isTooMany()) {
      // In these words: clients in Go ping less often when they read them.
      throw new ConnectionError(errorCodes.calm, 'too_many_pings');
    }
    this.#sender.send(pingFrame(content, true));
  }

  #onWindowUpdate({ streamId, content }: Frame): void {
    const increment = content.readUInt32BE(0) & windowMax;
    if (streamId === 0) {
      this.#sender.widen(increment);
      return;
    }
    this.#streams.refuseIdle(streamId);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    if (increment === 0) this.#refuse(streamId, errorCodes.protocol);
    else if (!stream.changeSendWindow(increment)) this.#refuse(streamId, errorCodes.flowControl);
    else if (stream.pendingBytes > 0) {
      // Behind those that wait already: a wider window of its own lets no stream overtake.
      this.#sender.queue(stream);
      this.#sender.resumeQueue();
    }
  }

  /** The socket has sent what waited for it. */
  #drained(): void {
    if (this.#closed) return;
    this.#sender.resumeQueue();
    this.#readOn();
    if (!this.#isBehind) this.#socket.resume();
  }

  #finished(stream: Stream): void {
    // The client need not finish a request that is answered already (section 8.1).
    if (!stream.remoteEnded) this.#reset(stream.id, errorCodes.none);
    this.#forget(stream);
  }

  #forget(stream: Stream): void {
    if (!this.#streams.delete(stream)) return;
    if (stream.isOver) this.#abuse.waited();
    stream.close();
    this.#sender.forget(stream);
    this.#awaitStream();
    this.#endIfDrained();
  }

  /** Without a stream, the connection has its time for the next one. */
  #awaitStream(): void {
    const { idleMaxMs, clock } = this.#options;
    if (idleMaxMs === undefined || this.#streams.size > 0 || this.#closed) return;
    this.#cancelIdle();
    this.#cancelIdle = clock.after(idleMaxMs, () => this.#guard(() => this.#disconnect()));
  }

  #endIfDrained(): void {
    if (!this.#draining.isComplete || this.#streams.size > 0 || this.#closed) return;
    // The last response may wait long for its client to read it; the caller of `leave` decides how long. A client that
    // has been sent everything and does not close its side is not waited for.
    this.#socket.once('finish', () => destroyAfterLinger(this.#socket, this.#options.clock));
    this.#sender.end();
  }

  #fail({ code, message }: ConnectionError): void {
    this.#sender.send(this.#draining.failure(code, message));
    this.#disconnect();
  }

  #disconnect(): void {
    if (this.#closed) return;
    this.#sender.end();
    // Bytes that still come are read and dropped: closing over unread bytes would take the last frames from the client.
    this.#socket.resume();
    destroyAfterLinger(this.#socket, this.#options.clock);
    this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelIdle();
    this.#draining.stop();
    this.#pings.stop();
    for (const stream of this.#streams.values()) {
      stream.close();
      this.#sender.forget(stream);
    }
    this.#streams.clear();
    this.#options.onClose(this);
  }
}
