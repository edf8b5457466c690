import type { Socket } from 'node:net';
import { nothingToCancel } from '../../base/clock.ts';
import type { Cancel } from '../../base/clock.ts';
import type { ByteBudget } from '../byte-budget.ts';
import { destroyAfterLinger } from '../linger.ts';
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
import { AbuseLimits } from './abuse-limits.ts';
import { PingWatch } from './ping-watch.ts';
import type { PingOptions } from './ping-watch.ts';
import { areTrailers, bodyBytesOf, isRequest } from './requests.ts';
import type { HeaderField } from './static-table.ts';
import { Stream } from './stream.ts';
import type { StreamListener, StreamOwner } from './stream.ts';

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
  readonly accept: AcceptRequest;
  readonly onClose: (connection: Connection) => void;
  /** Something failed for a reason of our own; the connection is ended. */
  readonly onMistake: (error: unknown) => void;
}

/** What one stream may send before we have taken some of it in, and the whole connection. */
const streamWindow = 256 << 10;
const connectionWindow = 16 << 20;
/** Of the headers of one request. */
const headerListBytesMax = 64 << 10;
/**
 * Answers that wait for a client to make room, and in how many streams; beyond both, it may not ask for more. A few
 * large answers keep nobody out.
 */
const pendingBytesMax = 64 << 20;
const pendingStreamsMax = 16;
/** Answers that wait, in however few streams. */
const anyPendingBytesMax = 1 << 30;
/** What a connection may have waiting while all connections together have too much. */
const pendingShareBytes = 1 << 20;
/** Streams that we ended before their clients did, and whose late frames are known to be only late. */
const cutOffMax = 1000;
/** How long a client may take to confirm that it has read the first GOAWAY. */
const farewellMs = 1000;
/**
 * How long its program may take to hear of that: HTTP/2 libraries answer pings by themselves (that of Node.js does), and
 * send what the program asks until then.
 */
const farewellHeardMs = 250;
/** Tells the ping behind the first GOAWAY from the pings that test whether a client is alive. */
const farewellPing = Buffer.from('farewell');
const uint32Max = 2 ** 32 - 1;
const streamIdMax = 2 ** 31 - 1;
const farewell = 'this member is stopping';

/**
 * One HTTP/2 connection of a client, the server's side (RFC 9113). Takes frames apart as they come, and sends all
 * frames of a turn of the event loop in one write. It says nothing about what requests mean.
 */
export class Connection implements StreamOwner {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #out: Outbox;
  readonly #reader = new FrameReader();
  /** Frames that came, and wait until the client has read more of what it asked for. */
  #unread: Iterator<Frame, void> | undefined;
  readonly #decoder = new HeaderDecoder({ listBytesMax: headerListBytesMax });
  readonly #pings: PingWatch;
  readonly #abuse = new AbuseLimits();
  readonly #streams = new Map<number, Stream>();
  /** Those of them that wait for room on the connection, in the order of their turns. */
  readonly #queue = new Set<Stream>();
  readonly #cutOff = new Set<number>();
  #pendingBytes = 0;
  #pendingStreams = 0;
  #lastStreamId = 0;
  /** The id in the last GOAWAY. While it is `streamIdMax`, streams are still accepted. */
  #lastStreamIdTold: number | undefined;
  #isFarewellRead = false;
  #cancelFarewell: Cancel = nothingToCancel;
  #sendWindow = windowDefault;
  #streamSendWindow = windowDefault;
  #frameBytesMax = frameBytesDefault;
  #consumed = 0;
  #closed = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#out = new Outbox(socket, () => this.#guard(() => this.#drained()));
    this.#pings = new PingWatch(options, {
      ping: () => this.send(pingFrame(Buffer.alloc(8), false)),
      isIdle: () => this.#streams.size === 0,
      giveUp: () => this.#socket.destroy(),
    });
    socket.on('data', (bytes: Buffer) => this.#received(bytes));
    socket.on('error', () => {});
    // Whoever has nothing more to say cannot make room either: as with servers in Go, its calls are over.
    socket.on('end', () => this.#guard(() => this.#hangUp()));
    socket.on('close', () => this.#guard(() => this.#close()));
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
    return this.#out.isCongested ? 0 : this.#sendWindow;
  }

  get frameBytesMax(): number {
    return this.#frameBytesMax;
  }

  get isCongested(): boolean {
    return this.#out.isCongested;
  }

  send(frame: Buffer): void {
    this.#out.add(frame);
  }

  answer(frame: Buffer): void {
    this.#pings.answering();
    this.#out.add(frame);
  }

  takeWindow(bytes: number): void {
    this.#sendWindow -= bytes;
  }

  holds(bytes: number, streams: number): void {
    this.#options.pending.add(bytes);
    this.#pendingBytes += bytes;
    this.#pendingStreams += streams;
  }

  queue(stream: Stream): void {
    this.#queue.add(stream);
  }

  finished(stream: Stream): void {
    // The client need not finish what it has been answered already (section 8.1).
    if (!stream.remoteEnded) this.#cut(stream.id, errorCodes.none);
    this.#forget(stream);
  }

  // What comes in.

  #received(bytes: Buffer): void {
    if (this.#closed) return;
    this.#pings.heard();
    this.#unread = this.#reader.read(bytes);
    this.#readOn();
  }

  /** Looks before each frame, as a few bytes can ask for much. */
  #readOn(): void {
    this.#guard(() => {
      while (!this.#out.isOverfull) {
        const next = this.#unread?.next();
        if (next === undefined || next.done === true) {
          this.#unread = undefined;
          return;
        }
        this.#take(next.value);
        if (this.#closed) return;
      }
      this.#socket.pause();
    });
  }

  /** What the socket and timers call: whatever fails there ends this connection, and nothing else. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof ConnectionError) this.#fail(error);
      else this.#giveUp(error);
    }
  }

  #giveUp(error: unknown): void {
    this.#options.onMistake(error);
    try {
      this.#fail(new ConnectionError(errorCodes.internal, 'a mistake of this member'));
    } catch (another) {
      this.#options.onMistake(another);
      this.#socket.destroy();
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

  #onData({ streamId, flags: flag, length, content }: Frame): void {
    this.#refuseIdle(streamId);
    this.#giveBack(length);
    const stream = this.#streams.get(streamId);
    if (stream === undefined || stream.remoteEnded) {
      this.#onLate(streamId);
      return;
    }
    if (!stream.receive(length)) {
      throw new ConnectionError(errorCodes.flowControl, 'more data than there was room for');
    }
    if (stream.bodyBytesLeft !== undefined) stream.bodyBytesLeft -= content.length;
    if ((stream.bodyBytesLeft ?? 0) < 0) {
      this.#break(streamId, errorCodes.protocol);
      return;
    }
    // Padding is nothing that anybody could take in.
    stream.consumed(length - content.length);
    if (content.length > 0) stream.listener?.data(content);
    if ((flag & flags.endStream) !== 0) this.#endRequest(stream);
  }

  #onHeaders({ streamId, flags: flag, content }: Frame): void {
    // In any case, also for streams that are over: later headers refer to these.
    const headers = this.#decoder.decode(content);
    const isComplete = (flag & flags.endStream) !== 0;
    const known = this.#streams.get(streamId);
    if (known !== undefined) {
      this.#onTrailers(known, headers, isComplete);
    } else if (this.#isIdle(streamId)) {
      if (streamId % 2 === 0) throw new ConnectionError(errorCodes.protocol, 'an even stream');
      this.#lastStreamId = streamId;
      this.#onRequest(streamId, headers, isComplete);
    } else if (!this.#cutOff.has(streamId)) {
      throw new ConnectionError(errorCodes.streamClosed, 'headers of a stream that is over');
    }
  }

  #onRequest(streamId: number, headers: readonly HeaderField[], isComplete: boolean): void {
    const bodyBytes = bodyBytesOf(headers);
    if (!isRequest(headers) || Number.isNaN(bodyBytes) || (isComplete && (bodyBytes ?? 0) > 0)) {
      this.#break(streamId, errorCodes.protocol);
      return;
    }
    if (this.#isFull()) {
      this.#cut(streamId, errorCodes.refusedStream);
      return;
    }
    const stream = new Stream(streamId, this, {
      send: this.#streamSendWindow,
      receive: streamWindow,
    });
    stream.remoteEnded = isComplete;
    stream.bodyBytesLeft = bodyBytes;
    this.#streams.set(streamId, stream);
    stream.listener = this.#options.accept(headers, stream, isComplete);
  }

  #isFull(): boolean {
    return (
      this.#isLeft ||
      this.#streams.size >= this.#options.streamsMax ||
      (this.#pendingBytes > pendingBytesMax && this.#pendingStreams > pendingStreamsMax) ||
      this.#pendingBytes > anyPendingBytesMax ||
      (this.#pendingBytes > pendingShareBytes && this.#options.pending.isExceeded)
    );
  }

  /** Nobody needs what trailers of a request say, but they end it. */
  #onTrailers(stream: Stream, headers: readonly HeaderField[], isComplete: boolean): void {
    if (stream.remoteEnded) this.#onLate(stream.id);
    else if (!isComplete || !areTrailers(headers)) this.#break(stream.id, errorCodes.protocol);
    else this.#endRequest(stream);
  }

  #endRequest(stream: Stream): void {
    if (stream.remoteEnded) return;
    if ((stream.bodyBytesLeft ?? 0) > 0) {
      this.#break(stream.id, errorCodes.protocol);
      return;
    }
    stream.remoteEnded = true;
    stream.listener?.ended();
  }

  #onReset({ streamId }: Frame): void {
    this.#refuseIdle(streamId);
    // Now its client knows that it is over.
    this.#cutOff.delete(streamId);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    this.#abuse.reset();
    this.#forget(stream);
  }

  /** What has never been used cannot be spoken about (section 5.1); we begin no streams, so even ones never are. */
  #isIdle(streamId: number): boolean {
    return streamId % 2 === 0 || streamId > this.#lastStreamId;
  }

  #refuseIdle(streamId: number): void {
    if (!this.#isIdle(streamId)) return;
    throw new ConnectionError(errorCodes.protocol, `stream ${streamId} has not begun`);
  }

  /** The client goes on with what it has ended, unless it could not know that we have. */
  #onLate(streamId: number): void {
    if (!this.#cutOff.has(streamId)) this.#break(streamId, errorCodes.streamClosed);
  }

  /** The client broke the rules on one stream, and loses only that (section 5.4.2). */
  #break(streamId: number, code: number): void {
    this.#abuse.reset();
    this.#cut(streamId, code);
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) this.#forget(stream);
  }

  /** Ends a stream that its client has not ended. */
  #cut(streamId: number, code: number): void {
    this.send(rstStream(streamId, code));
    this.#cutOff.add(streamId);
    if (this.#cutOff.size <= cutOffMax) return;
    const [oldest = 0] = this.#cutOff;
    this.#cutOff.delete(oldest);
  }

  #onSettings({ flags: flag, content }: Frame): void {
    if ((flag & flags.ack) !== 0) return;
    const windowBefore = this.#streamSendWindow;
    for (let at = 0; at < content.length; at += 6) {
      this.#apply(content.readUInt16BE(at), content.readUInt32BE(at + 2));
    }
    this.send(settingsAck());
    // Once, however often the frame says it.
    if (this.#streamSendWindow !== windowBefore) {
      this.#widenAll(this.#streamSendWindow - windowBefore);
    }
  }

  #apply(id: number, value: number): void {
    if (id === settings.maxFrameSize) {
      if (value < frameBytesDefault || value >= 1 << 24) {
        throw new ConnectionError(errorCodes.protocol, `frames of ${value} bytes`);
      }
      // Larger ones would only let one stream hold up the others.
      this.#frameBytesMax = Math.min(value, 4 * frameBytesDefault);
    } else if (id === settings.initialWindowSize) {
      if (value > windowMax) {
        throw new ConnectionError(errorCodes.flowControl, 'too large a window');
      }
      this.#streamSendWindow = value;
    } else if (id === settings.enablePush && value > 1) {
      throw new ConnectionError(errorCodes.protocol, 'push is either wanted or not');
    }
  }

  /** What streams may send changes with the settings, and may be less than nothing then (section 6.9.2). */
  #widenAll(bytes: number): void {
    this.#abuse.resized(this.#streams.size);
    for (const stream of this.#streams.values()) {
      if (!stream.changeSendWindow(bytes)) {
        throw new ConnectionError(errorCodes.flowControl, 'too large a window');
      }
    }
    for (const stream of this.#streams.values()) {
      if (stream.pendingBytes > 0) this.#queue.add(stream);
    }
    this.#resumeQueue();
  }

  #onPing({ flags: flag, content }: Frame): void {
    if ((flag & flags.ack) !== 0) {
      if (content.equals(farewellPing)) this.#farewellRead();
      return;
    }
    if (this.#pings.isTooMany()) {
      // In these words: clients in Go ping less often when they read them.
      throw new ConnectionError(errorCodes.calm, 'too_many_pings');
    }
    this.send(pingFrame(content, true));
  }

  #onWindowUpdate({ streamId, content }: Frame): void {
    const increment = content.readUInt32BE(0) & windowMax;
    if (streamId === 0) {
      this.#widenConnection(increment);
      return;
    }
    this.#refuseIdle(streamId);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    if (increment === 0) this.#break(streamId, errorCodes.protocol);
    else if (!stream.changeSendWindow(increment)) this.#break(streamId, errorCodes.flowControl);
    else if (stream.pendingBytes > 0) {
      // Behind those that wait already: room of its own lets no stream push in.
      this.#queue.add(stream);
      this.#resumeQueue();
    }
  }

  #widenConnection(bytes: number): void {
    if (bytes === 0) throw new ConnectionError(errorCodes.protocol, 'a window made no larger');
    this.#sendWindow += bytes;
    if (this.#sendWindow > windowMax) {
      throw new ConnectionError(errorCodes.flowControl, 'too large a window');
    }
    this.#resumeQueue();
  }

  /** Room on the connection is given back at once; what bounds memory are the windows of streams. */
  #giveBack(bytes: number): void {
    this.#consumed += bytes;
    if (this.#consumed > connectionWindow) {
      throw new ConnectionError(errorCodes.flowControl, 'more data than there was room for');
    }
    if (this.#consumed < connectionWindow / 4) return;
    this.send(windowUpdate(0, this.#consumed));
    this.#consumed = 0;
  }

  // What becomes free, and ends.

  /** The socket has sent what waited for it. */
  #drained(): void {
    if (this.#closed) return;
    this.#resumeQueue();
    this.#readOn();
    if (this.#unread === undefined) this.#socket.resume();
  }

  /** Each in turn, so that none is left behind; whoever still has to wait then is at the end of the line again. */
  #resumeQueue(): void {
    let turns = this.#queue.size;
    for (const stream of this.#queue) {
      if (turns === 0 || this.sendWindow <= 0) return;
      turns--;
      this.#queue.delete(stream);
      stream.resume();
    }
  }

  #forget(stream: Stream): void {
    if (!this.#streams.delete(stream.id)) return;
    if (stream.isOver) this.#abuse.waited();
    stream.close();
    this.#queue.delete(stream);
    this.#endIfLeft();
  }

  /** The client knows the last stream that is served. */
  get #isLeft(): boolean {
    return this.#lastStreamIdTold !== undefined && this.#lastStreamIdTold < streamIdMax;
  }

  #endIfLeft(): void {
    if (!this.#isLeft || this.#streams.size > 0 || this.#closed) return;
    // The last answer may wait long for its client to read it; `leave`'s caller decides how long that may be. A client
    // that has been sent everything, and does not close its side, is not waited for.
    this.#socket.once('finish', () => destroyAfterLinger(this.#socket, this.#options.clock));
    this.#out.end();
  }

  #fail({ code, message }: ConnectionError): void {
    // A number once told is never followed by a higher one (section 6.8).
    const last = Math.min(this.#lastStreamIdTold ?? streamIdMax, this.#lastStreamId);
    this.send(goAway(last, code, message));
    this.#hangUp();
  }

  #hangUp(): void {
    if (this.#closed) return;
    this.#out.end();
    // What still comes is read and dropped: closing over unread bytes would take the last frames from the client.
    this.#socket.resume();
    destroyAfterLinger(this.#socket, this.#options.clock);
    this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelFarewell();
    this.#pings.stop();
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
    this.#queue.clear();
    this.#options.onClose(this);
  }

  /**
   * Accepts no new streams, and ends once those under way are answered. The first GOAWAY only asks the client to begin
   * no more streams here; those that it sent before it read this are still served. Some time after its answer to the ping
   * the second GOAWAY names the last stream (RFC 9113, section 6.8). So no call fails.
   */
  leave(): void {
    if (this.#lastStreamIdTold !== undefined || this.#closed) return;
    this.#lastStreamIdTold = streamIdMax;
    this.send(goAway(streamIdMax, errorCodes.none, farewell));
    this.send(pingFrame(farewellPing, false));
    this.#leaveIn(farewellMs);
  }

  #farewellRead(): void {
    if (this.#lastStreamIdTold === undefined || this.#isFarewellRead) return;
    this.#isFarewellRead = true;
    this.#leaveIn(farewellHeardMs);
  }

  #leaveIn(delayMs: number): void {
    this.#cancelFarewell();
    this.#cancelFarewell = this.#options.clock.after(delayMs, () =>
      this.#guard(() => this.#leaveNow()),
    );
  }

  #leaveNow(): void {
    if (this.#lastStreamIdTold !== streamIdMax || this.#closed) return;
    this.#lastStreamIdTold = this.#lastStreamId;
    this.send(goAway(this.#lastStreamId, errorCodes.none, farewell));
    this.#endIfLeft();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
