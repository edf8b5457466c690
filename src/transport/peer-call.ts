import { ByteBudget } from '../base/byte-budget.ts';
import type { Clock } from '../base/clock.ts';
import {
  ClientConnection,
  headerOf,
  MessageReader,
  requestHeaders,
  statusCodes,
  statusIn,
} from '../http2/index.ts';
import type { HeaderField } from '../http2/index.ts';
import { authorityOf, dial, isEncrypted } from './dial.ts';
import type { PeerEncryption } from './dial.ts';
import { explained } from './tls-problem.ts';
import { handshakeMetadata, unwrap, wrap } from './service.ts';
import type { Handshake, PeerPath } from './service.ts';

/** Bytes that a peer may send on a stream before they are taken, for either end. */
export const streamWindow: number = 4 << 20;
/** Of one frame that a peer may send, for either end. */
export const frameBytesMax: number = 64 << 10;
/** Far more than any message between members has. */
export const messageBytesMax: number = 256 << 20;

/** Nearly all messages between members are shorter: each is gathered in memory that need not grow. */
export const trustedBytes: number = 2 << 20;

/** How a call ended. */
export interface CallEnd {
  /** One of `statusCodes`; `ok` if the peer has said so. */
  readonly code: number;
  /** For people; empty if all is well. */
  readonly text: string;
  /** Nothing listens at the address. */
  readonly isRefused?: boolean;
  readonly trailers: readonly HeaderField[];
}

export interface CallListener {
  /** A message of the peer, without its checksum. May throw TypeError if it is none: the call ends then. */
  message(bytes: Buffer): void;
  /** Nearly everything that was written is sent: more can be written. */
  drained(): void;
  /** Nothing follows. Called once, unless this side cancels the call. */
  ended(end: CallEnd): void;
}

export interface CallOptions {
  readonly url: string;
  readonly path: PeerPath;
  readonly handshake: Handshake;
  readonly clock: Clock;
  readonly encryption: PeerEncryption | undefined;
  readonly listener: CallListener;
}

/** Bytes of messages of peers that are not complete, of all calls of this process. */
const unread = new ByteBudget({ bytesMax: 2 * messageBytesMax });

/** A call to a peer, over a connection of its own, so that calls do not wait for each other. */
export class PeerCall {
  readonly #connection: ClientConnection;
  readonly #listener: CallListener;
  readonly #isEncrypted: boolean;
  readonly #reader = new MessageReader({
    bytesMax: messageBytesMax,
    trustedBytes,
    encoding: undefined,
    unread,
  });
  #status: { readonly code: number; readonly message: string } | undefined;
  #trailers: readonly HeaderField[] = [];
  #isRefused = false;
  #over = false;

  constructor({ url, path, handshake, clock, encryption, listener }: CallOptions) {
    this.#listener = listener;
    this.#isEncrypted = isEncrypted(url);
    const socket = dial(url, encryption).on('error', (error: NodeJS.ErrnoException) => {
      this.#isRefused = error.code === 'ECONNREFUSED';
    });
    this.#connection = new ClientConnection(socket, {
      clock,
      headers: requestHeaders({
        path,
        authority: authorityOf(url),
        isEncrypted: this.#isEncrypted,
        metadata: handshakeMetadata(handshake),
      }),
      streamWindow,
      frameBytesMax,
      listener: {
        headers: (fields) => this.#onHeaders(fields),
        data: (bytes) => this.#onData(bytes),
        drained: () => {
          if (!this.#over) listener.drained();
        },
        closed: (problem) => this.#onClosed(problem),
      },
      onBug: (error) => this.#fail(String(error)),
    });
  }

  /** Bytes that were sent and that the system has not taken yet. */
  get waitingBytes(): number {
    return this.#connection.waitingBytes;
  }

  /** Sends a message, given in parts, at once. False: wait for `drained` before more, if that can wait. */
  send(parts: readonly Buffer[]): boolean {
    return this.#connection.write(wrap(parts));
  }

  /** No message follows. */
  finish(): void {
    this.#connection.finish();
  }

  /** Ends the call at once; its listener is not called any more. */
  cancel(): void {
    this.#over = true;
    this.#reader.close();
    this.#connection.cancel();
  }

  #onHeaders(fields: readonly HeaderField[]): void {
    const status = headerOf(fields, ':status') ?? '200';
    this.#status = statusIn(fields);
    if (this.#status !== undefined) this.#trailers = fields;
    else if (status !== '200') this.#fail(`the other side is no member: it answered ${status}`);
  }

  #onData(bytes: Buffer): void {
    if (this.#over) return;
    this.#connection.consumed(bytes.length);
    try {
      this.#reader.add(bytes);
      for (let next = this.#reader.next(); next !== undefined; next = this.#reader.next()) {
        this.#listener.message(unwrap(next));
        if (this.#over) return;
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #fail(text: string): void {
    if (this.#over) return;
    this.cancel();
    this.#listener.ended({ code: statusCodes.internal, text, trailers: [] });
  }

  #onClosed(problem: string | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#reader.close();
    const trailers = this.#trailers;
    if (this.#status !== undefined) {
      const { code, message } = this.#status;
      this.#listener.ended({ code, text: message, trailers });
    } else {
      const text = explained(problem ?? 'the call ended without a status', {
        isEncrypted: this.#isEncrypted,
        hasHeard: this.#connection.hasHeard,
      });
      const isRefused = this.#isRefused;
      this.#listener.ended({ code: statusCodes.unavailable, text, isRefused, trailers });
    }
  }
}
