import { ByteBudget } from '../base/byte-budget.ts';
import type { Clock } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Counter } from '../base/metrics.ts';
import {
  headerOf,
  isGrpc,
  MessageReader,
  onlyTrailers,
  refusedContent,
  responseHeaders,
  statusCodes,
  trailers,
} from '../http2/index.ts';
import type { AcceptRequest, HeaderField, Stream, StreamListener } from '../http2/index.ts';
import type { PeerMessage, SnapshotHeader } from '../replica/index.ts';
import { decodeBatch, decodeSnapshotHeader, encodeValue } from './codec.ts';
import { IncomingSnapshot } from './incoming-snapshot.ts';
import { messageBytesMax, trustedBytes } from './peer-call.ts';
import { checkHandshake, peerPaths, refusalOfRemoved, unwrap, wrap } from './service.ts';
import type { Refusal } from './service.ts';

/** A caller that has introduced itself. */
export interface Caller {
  readonly from: MemberId;
  readonly urls: readonly string[];
}

export interface IncomingOptions {
  readonly self: MemberId;
  readonly clusterId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly describe: () => unknown;
  readonly isRemoved: (id: MemberId) => boolean;
  /** A removed peer that still gets messages. */
  readonly isDraining: (id: MemberId) => boolean;
  /** A peer has opened its stream; returns what is to be done when it has ended. */
  readonly opened: (caller: Caller) => () => void;
  readonly receivedBytes: (from: MemberId) => Counter;
  readonly receive: (from: MemberId, messages: readonly PeerMessage[]) => void;
  readonly receiveSnapshot: (
    from: MemberId,
    header: SnapshotHeader,
    chunks: AsyncIterable<Uint8Array>,
  ) => Promise<void>;
}

/** Of echoes that wait for a peer to read them. */
const echoBytesMax = 4096;

/** Bytes of messages of callers that are not complete. */
const unreadBytesMax = 2 * messageBytesMax;

/** Serves the calls of peers. */
export class Incoming {
  readonly #options: IncomingOptions;
  readonly #unread = new ByteBudget({ bytesMax: unreadBytesMax });
  readonly #toldRefusals = new Map<string, number>();

  constructor(options: IncomingOptions) {
    this.#options = options;
  }

  readonly accept: AcceptRequest = (headers, stream) => {
    if (!isGrpc(headers) || headerOf(headers, ':method') !== 'POST') {
      stream.end(refusedContent(415));
      return ignored;
    }
    const path = headerOf(headers, ':path') ?? '';
    switch (path) {
      case peerPaths.stream:
        return this.#onStream(headers, stream);
      case peerPaths.snapshot:
        return this.#onSnapshot(headers, stream);
      case peerPaths.describe:
        return this.#onDescribe(stream);
      default:
        stream.end(
          onlyTrailers(
            statusCodes.unimplemented,
            `there is no method ${path}: this is a port for other members; clients are served at --listen-client-urls`,
          ),
        );
        return ignored;
    }
  };

  /** A connection to a URL without TLS began with TLS. */
  refusedTls(address: string): void {
    this.#tellRefusal(
      `${address} speaks TLS, and this member listens for peers in plain text: give it --peer-cert-file and https:// in --listen-peer-urls, or use http:// in its peer URLs`,
    );
  }

  #reader(): MessageReader {
    return new MessageReader({
      bytesMax: messageBytesMax,
      trustedBytes,
      encoding: undefined,
      unread: this.#unread,
    });
  }

  #onDescribe(stream: Stream): StreamListener {
    return {
      ...ignored,
      data: (bytes) => stream.consumed(bytes.length),
      ended: () => {
        const answer = wrap([encodeValue(this.#options.describe())]);
        stream.respond(responseHeaders, answer, trailers(statusCodes.ok, ''));
      },
    };
  }

  #onStream(headers: readonly HeaderField[], stream: Stream): StreamListener {
    const caller = this.#checked(headers, stream);
    if (caller === undefined) return ignored;
    const closed = this.#options.opened(caller);
    const reader = this.#reader();
    const received = this.#options.receivedBytes(caller.from);
    let areHeadersSent = false;
    const respond = (write: () => void): void => {
      if (!areHeadersSent) stream.headers(responseHeaders);
      areHeadersSent = true;
      write();
    };
    const echo = (ping: number): void => {
      // No echoes for a peer that does not read them: it then takes this member for dead, and is right.
      if (stream.pendingBytes > echoBytesMax) return;
      respond(() => stream.writeAll(wrap([encodeValue(ping)])));
    };
    let isOver = false;
    const end = (code: number, text: string, metadata: readonly HeaderField[] = []): void => {
      isOver = true;
      reader.close();
      respond(() => stream.end(trailers(code, text, metadata)));
    };
    const take = (message: Buffer): void => {
      const bytes = unwrap(message);
      received.add(bytes.length);
      const { ping, messages } = decodeBatch(bytes);
      if (ping !== 0) echo(ping);
      // Pings come about every second, so a removed peer learns of its removal even if it sends nothing else.
      if (ping !== 0 && this.#isUnwelcome(caller.from)) {
        const { code, refusal, metadata } = this.#refusalOf(caller.from);
        end(code, refusal, metadata);
      } else if (messages.length > 0) this.#options.receive(caller.from, messages);
    };
    return {
      data: (bytes) => {
        stream.consumed(bytes.length);
        if (isOver) return;
        try {
          reader.add(bytes);
          for (let next = reader.next(); next !== undefined; next = reader.next()) {
            take(next);
            // Data that had arrived after garbage is not looked at.
            if (isOver) return;
          }
        } catch (error) {
          this.#options.logger.warn('closed the stream of a peer that sends garbage', {
            peer: caller.from,
            error: String(error),
          });
          end(statusCodes.invalidArgument, 'this is not a batch of messages');
        }
      },
      ended: () => {
        if (!isOver) end(statusCodes.ok, '');
      },
      drained: () => {},
      closed: () => {
        isOver = true;
        reader.close();
        closed();
      },
    };
  }

  #isUnwelcome(from: MemberId): boolean {
    return this.#options.isRemoved(from) && !this.#options.isDraining(from);
  }

  #refusalOf(from: MemberId): Refusal {
    const { self, clusterId } = this.#options;
    const refusal = refusalOfRemoved({ id: self, clusterId, from });
    this.#tellRefusal(refusal.refusal);
    return refusal;
  }

  #onSnapshot(headers: readonly HeaderField[], stream: Stream): StreamListener {
    const caller = this.#checked(headers, stream);
    if (caller === undefined) return ignored;
    const snapshot = new IncomingSnapshot(stream, this.#reader(), this.#options.clock);
    this.#takeSnapshot(caller.from, snapshot.chunks()).then(
      () => stream.respond(responseHeaders, wrap([]), trailers(statusCodes.ok, '')),
      (error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        stream.end(onlyTrailers(statusCodes.aborted, text));
      },
    );
    return snapshot;
  }

  async #takeSnapshot(from: MemberId, chunks: AsyncGenerator<Buffer>): Promise<void> {
    const first = await chunks.next();
    if (first.done === true) throw new RegistryError('canceled', 'a snapshot without a header');
    await this.#options.receiveSnapshot(from, decodeSnapshotHeader(first.value), chunks);
  }

  /** Returns the caller, or refuses the call; both sides log the reason. */
  #checked(headers: readonly HeaderField[], stream: Stream): Caller | undefined {
    const { self, clusterId, isRemoved } = this.#options;
    const caller = checkHandshake(headers, { id: self, clusterId, isRemoved });
    if ('from' in caller) return caller;
    const { code, refusal, metadata } = caller;
    this.#tellRefusal(refusal);
    stream.end(onlyTrailers(code, refusal, metadata));
    return undefined;
  }

  /** A refused peer soon tries again; the refusal is logged once a minute. */
  #tellRefusal(refusal: string): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - (this.#toldRefusals.get(refusal) ?? -Infinity) < 60_000) return;
    if (this.#toldRefusals.size > 100) this.#toldRefusals.clear();
    this.#toldRefusals.set(refusal, nowMs);
    this.#options.logger.warn('refused a peer', { why: refusal });
  }
}

/** The listener of a stream that was refused at once. */
const ignored: StreamListener = { data() {}, ended() {}, drained() {}, closed() {} };
