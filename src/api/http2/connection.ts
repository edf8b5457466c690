import type { Socket } from 'node:net';
import { ConnectionError, errorCodes } from './errors.ts';
import {
  flags,
  frameBytesDefault,
  frameTypes,
  goAway,
  pingFrame,
  rstStream,
  settings,
  settingsAck,
  settingsFrame,
  windowDefault,
  windowMax,
  windowUpdate,
} from './frames.ts';
import { FrameReader } from './frame-reader.ts';
import type { Frame } from './frame-reader.ts';
import { HeaderDecoder } from './header-decoder.ts';
import { Outbox } from './outbox.ts';
import { PingWatch } from './ping-watch.ts';
import type { PingOptions } from './ping-watch.ts';
import type { HeaderField } from './static-table.ts';
import { Stream } from './stream.ts';
import type { StreamListener, StreamOwner } from './stream.ts';

export interface ConnectionOptions extends PingOptions {
  /** Streams that a client may have open; more are refused. */
  readonly streamsMax: number;
  /** A request has come; `isComplete` if it has no body. Returns who is told of what follows. */
  readonly accept: (
    headers: readonly HeaderField[],
    stream: Stream,
    isComplete: boolean,
  ) => StreamListener;
  readonly onClose: (connection: Connection) => void;
}

/** What one stream may send before we have taken some of it in, and the whole connection. */
const streamWindow = 256 << 10;
const connectionWindow = 16 << 20;
/** Of the headers of one request. */
const headerListBytesMax = 64 << 10;
/** Answers that wait for a client to make room; beyond it, it may not ask for more. */
const pendingBytesMax = 64 << 20;
/** Requests that a client took back shortly after asking, in a row; beyond it, it wants to do harm (CVE-2023-44487). */
const quickResetsMax = 10_000;
/** How long a connection that broke the rules stays open for its client to read why. */
const lingerMs = 1000;
const uint32Max = 2 ** 32 - 1;

/**
 * One HTTP/2 connection of a client, the server's side (RFC 9113). Takes frames apart as they come, and sends all
 * frames of a turn of the event loop in one write. It says nothing about what requests mean.
 */
export class Connection implements StreamOwner {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #out: Outbox;
  readonly #reader = new FrameReader();
  readonly #decoder = new HeaderDecoder({ listBytesMax: headerListBytesMax });
  readonly #pings: PingWatch;
  readonly #streams = new Map<number, Stream>();
  /** Those of them that have bytes waiting. */
  readonly #waiting = new Set<Stream>();
  #pendingBytes = 0;
  #lastStreamId = 0;
  #quickResets = 0;
  #sendWindow = windowDefault;
  #streamSendWindow = windowDefault;
  #frameBytesMax = frameBytesDefault;
  #consumed = 0;
  #leaving = false;
  #closed = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#out = new Outbox(socket, () => this.#drained());
    this.#pings = new PingWatch(options, {
      ping: () => this.send(pingFrame(Buffer.alloc(8), false)),
      isIdle: () => this.#streams.size === 0,
      giveUp: () => this.#socket.destroy(),
    });
    socket.on('data', (bytes: Buffer) => this.#received(bytes));
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('close', () => this.#close());
    this.send(
      settingsFrame([
        [settings.maxConcurrentStreams, Math.min(options.streamsMax, uint32Max)],
        [settings.initialWindowSize, streamWindow],
        [settings.maxHeaderListSize, headerListBytesMax],
      ]),
    );
    this.send(windowUpdate(0, connectionWindow - windowDefault));
    socket.resume();
  }

  // What streams ask for.

  get sendWindow(): number {
    return this.#sendWindow;
  }

  get frameBytesMax(): number {
    return this.#frameBytesMax;
  }

  get isCongested(): boolean {
    return this.#out.isCongested;
  }

  send(frame: Buffer): void {
    if (this.#closed) return;
    this.#pings.sent();
    this.#out.add(frame);
  }

  takeWindow(bytes: number): void {
    this.#sendWindow -= bytes;
  }

  waits(stream: Stream, bytes: number): void {
    this.#pendingBytes += bytes;
    if (stream.pendingBytes > 0) this.#waiting.add(stream);
    else this.#waiting.delete(stream);
  }

  finished(stream: Stream): void {
    // The client need not finish what it has been answered already (section 8.1).
    if (!stream.remoteEnded) this.send(rstStream(stream.id, errorCodes.none));
    this.#forget(stream);
  }

  // What comes in.

  #received(bytes: Buffer): void {
    if (this.#closed) return;
    try {
      for (const frame of this.#reader.read(bytes)) {
        if (this.#closed) return;
        this.#take(frame);
      }
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#fail(error);
    }
  }

  #take(frame: Frame): void {
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
        // Priorities mean nothing here, a client that goes away ends the connection itself, and what is not known
        // is passed over (section 4.1).
        break;
    }
  }

  #onData(frame: Frame): void {
    const stream = this.#streams.get(frame.streamId);
    if (frame.streamId === 0 || frame.streamId > this.#lastStreamId) {
      throw new ConnectionError(errorCodes.protocol, 'data outside of a stream');
    }
    this.#giveBack(frame.length);
    if (stream === undefined || stream.remoteEnded) return;
    if (!stream.receive(frame.length)) {
      throw new ConnectionError(errorCodes.flowControl, 'more data than there was room for');
    }
    // Padding is nothing that anybody could take in.
    stream.consumed(frame.length - frame.content.length);
    if (frame.content.length > 0) stream.listener?.data(frame.content);
    if ((frame.flags & flags.endStream) !== 0) this.#endRequest(stream);
  }

  #onHeaders({ streamId, flags: flag, content }: Frame): void {
    const headers = this.#decoder.decode(content);
    const known = this.#streams.get(streamId);
    if (known !== undefined) {
      // Trailers of a request: nobody needs them, but they end it.
      if ((flag & flags.endStream) !== 0) this.#endRequest(known);
      return;
    }
    if (streamId % 2 === 0) throw new ConnectionError(errorCodes.protocol, 'an even stream');
    // Trailers of a request that was answered, and has been forgotten.
    if (streamId <= this.#lastStreamId) return;
    this.#lastStreamId = streamId;
    const isFull =
      this.#leaving ||
      this.#streams.size >= this.#options.streamsMax ||
      this.#pendingBytes > pendingBytesMax;
    if (isFull) {
      this.send(rstStream(streamId, errorCodes.refusedStream));
      return;
    }
    const stream = new Stream(streamId, this, {
      send: this.#streamSendWindow,
      receive: streamWindow,
    });
    this.#streams.set(streamId, stream);
    const isComplete = (flag & flags.endStream) !== 0;
    stream.remoteEnded = isComplete;
    stream.listener = this.#options.accept(headers, stream, isComplete);
    if (stream.isOver) this.#forget(stream);
  }

  #endRequest(stream: Stream): void {
    if (stream.remoteEnded) return;
    stream.remoteEnded = true;
    stream.listener?.ended();
  }

  #onReset({ streamId }: Frame): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    this.#quickResets++;
    if (this.#quickResets > quickResetsMax) {
      throw new ConnectionError(errorCodes.calm, 'too many requests were taken back');
    }
    this.#forget(stream);
  }

  #onSettings({ flags: flag, content }: Frame): void {
    if ((flag & flags.ack) !== 0) return;
    for (let at = 0; at < content.length; at += 6) {
      this.#apply(content.readUInt16BE(at), content.readUInt32BE(at + 2));
    }
    this.send(settingsAck());
    this.#resumeWaiting();
  }

  #apply(id: number, value: number): void {
    if (id === settings.maxFrameSize) {
      if (value < frameBytesDefault || value >= 1 << 24) {
        throw new ConnectionError(errorCodes.protocol, `frames of ${value} bytes`);
      }
      // Larger ones would only let one stream hold up the others.
      this.#frameBytesMax = Math.min(value, 4 * frameBytesDefault);
    } else if (id === settings.initialWindowSize) {
      if (value > windowMax)
        throw new ConnectionError(errorCodes.flowControl, 'too large a window');
      const change = value - this.#streamSendWindow;
      this.#streamSendWindow = value;
      for (const stream of this.#streams.values()) this.#widen(stream, change);
    }
  }

  #onPing({ flags: flag, content }: Frame): void {
    if ((flag & flags.ack) !== 0) {
      this.#pings.answered();
      return;
    }
    if (this.#pings.isTooMany()) {
      throw new ConnectionError(errorCodes.calm, 'too_many_pings');
    }
    this.#out.add(pingFrame(content, true));
  }

  #onWindowUpdate({ streamId, content }: Frame): void {
    const increment = content.readUInt32BE(0) & windowMax;
    if (increment === 0) throw new ConnectionError(errorCodes.protocol, 'a window made no larger');
    if (streamId === 0) {
      this.#sendWindow += increment;
      if (this.#sendWindow > windowMax) {
        throw new ConnectionError(errorCodes.flowControl, 'too large a window');
      }
      this.#resumeWaiting();
      return;
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    this.#widen(stream, increment);
    stream.resume();
  }

  #widen(stream: Stream, bytes: number): void {
    if (stream.changeSendWindow(bytes)) return;
    throw new ConnectionError(errorCodes.flowControl, 'too large a window');
  }

  /** Room on the connection is given back at once; what bounds memory are the windows of streams. */
  #giveBack(bytes: number): void {
    this.#consumed += bytes;
    if (this.#consumed > connectionWindow) {
      throw new ConnectionError(errorCodes.flowControl, 'more data than there was room for');
    }
    if (this.#consumed < connectionWindow / 4) return;
    this.#out.add(windowUpdate(0, this.#consumed));
    this.#consumed = 0;
  }

  // What becomes free, and ends.

  /** The socket has sent what waited for it. */
  #drained(): void {
    for (const stream of this.#streams.values()) stream.resume();
  }

  /** Each in turn, so that none is left behind. */
  #resumeWaiting(): void {
    // Those who wait now, each once: whoever had a turn, and has more to say, goes to the end of the line.
    const waiting = Array.from(this.#waiting);
    for (const stream of waiting) {
      if (this.#sendWindow <= 0) return;
      this.#waiting.delete(stream);
      stream.resume();
      if (stream.pendingBytes > 0) this.#waiting.add(stream);
    }
  }

  #forget(stream: Stream): void {
    if (!this.#streams.delete(stream.id)) return;
    if (stream.isOver) this.#quickResets = 0;
    stream.close();
    this.#waiting.delete(stream);
    if (this.#leaving && this.#streams.size === 0) this.#socket.end();
  }

  #fail({ code, message }: ConnectionError): void {
    this.send(goAway(this.#lastStreamId, code, message));
    this.#out.flush();
    this.#socket.end();
    // It may read what it was told, but need not close its side.
    setTimeout(() => this.#socket.destroy(), lingerMs).unref();
    this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pings.stop();
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
    this.#waiting.clear();
    this.#options.onClose(this);
  }

  /** Accepts nothing new, and ends once what is under way is answered. */
  leave(): void {
    if (this.#leaving || this.#closed) return;
    this.#leaving = true;
    this.send(goAway(this.#lastStreamId, errorCodes.none, 'this member is stopping'));
    if (this.#streams.size === 0) this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
