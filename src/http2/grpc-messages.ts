import { gunzipSync } from 'node:zlib';
import type { ByteBudget } from '../base/byte-budget.ts';
import { StatusError, statusCodes } from './grpc-status.ts';

export const messageHeadBytes = 5;

export interface ReaderOptions {
  /** Of one message. */
  readonly bytesMax: number;
  /** The compression of messages that are compressed. */
  readonly encoding: string | undefined;
  /** For a message that claims no more bytes there is memory at once, however few of them have come; without this option 0. */
  readonly trustedBytes?: number;
  /** Memory of what came and is not read: its message is not complete, or its call is paused. */
  readonly unread: ByteBudget;
}

/**
 * Reads the messages of a call from its body: each behind a flag for compression and its length
 * (gRPC over HTTP/2, "Length-Prefixed-Message").
 */
export class MessageReader {
  readonly #options: ReaderOptions;
  #bytes: Buffer = empty;
  /** A buffer of our own that `#bytes` is the beginning of; undefined while that is a piece of what the socket read. */
  #own: Buffer | undefined;
  /** Bytes that are counted in `unread`. */
  #counted = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Bytes of a message that is not complete yet. */
  get pendingBytes(): number {
    return this.#bytes.length;
  }

  add(bytes: Buffer): void {
    if (this.#bytes.length === 0) this.#bytes = bytes;
    else this.#append(bytes);
  }

  /** The next complete message, or undefined. Throws StatusError. */
  next(): Buffer | undefined {
    const bytes = this.#bytes;
    const { bytesMax } = this.#options;
    if (bytes.length < messageHeadBytes) return this.#wait();
    const length = bytes.readUInt32BE(1);
    if (length > bytesMax) throw tooLarge(length, bytesMax);
    const end = messageHeadBytes + length;
    if (bytes.length < end) return this.#wait();
    this.#count(0);
    this.#own = undefined;
    this.#bytes = bytes.length === end ? empty : bytes.subarray(end);
    return this.#plain(bytes[0] ?? 0, bytes.subarray(messageHeadBytes, end));
  }

  /** The call is paused: all bytes that have come count as unread, complete messages too. Throws StatusError. */
  keep(): void {
    const kept = compact(this.#bytes);
    if (kept !== this.#bytes) this.#own = undefined;
    this.#bytes = kept;
    this.#hold();
  }

  /** Drops everything; nothing is read after that. */
  close(): void {
    this.#count(0);
    this.#bytes = empty;
    this.#own = undefined;
  }

  #wait(): undefined {
    if (this.#bytes.length === 0) return undefined;
    // A small piece must not keep the whole buffer of the socket in memory.
    if (this.#own === undefined) this.#append(empty);
    this.#hold();
    return undefined;
  }

  #hold(): void {
    this.#count(this.#own?.length ?? this.#bytes.length);
    refuseBeyond(this.#options.unread);
  }

  /** Copies into a buffer that grows by factors, so that many small pieces cost no more than a few large ones. */
  #append(bytes: Buffer): void {
    const start = this.#bytes.length;
    const length = start + bytes.length;
    if (this.#own === undefined || this.#own.length < length) {
      const { trustedBytes = 0 } = this.#options;
      this.#own = Buffer.allocUnsafeSlow(
        Math.max(length, Math.min(Math.max(growth * length, trustedBytes), this.#needed())),
      );
      this.#bytes.copy(this.#own);
    }
    bytes.copy(this.#own, start);
    this.#bytes = this.#own.subarray(0, length);
  }

  /** The bytes of the message that is not complete, as far as its head is there; at least one. */
  #needed(): number {
    if (this.#bytes.length < messageHeadBytes) return 1;
    return Math.min(this.#bytes.readUInt32BE(1), this.#options.bytesMax) + messageHeadBytes;
  }

  #count(bytes: number): void {
    if (bytes === this.#counted) return;
    this.#options.unread.add(bytes - this.#counted);
    this.#counted = bytes;
  }

  #plain(format: number, message: Buffer): Buffer {
    if (format === 0) return message;
    if (format !== 1) {
      throw new StatusError(
        statusCodes.internal,
        `grpc: received unexpected payload format ${format}`,
      );
    }
    if (this.#options.encoding !== 'gzip') {
      throw new StatusError(
        statusCodes.internal,
        'grpc: compressed flag set with identity or empty encoding',
      );
    }
    return gunzip(message, this.#options.bytesMax);
  }
}

const empty: Buffer = Buffer.alloc(0);

/** A buffer has room for at most so many times what has come: the length that a message of a stranger claims is not trusted. */
const growth = 8;

function gunzip(message: Buffer, bytesMax: number): Buffer {
  try {
    return gunzipSync(message, { maxOutputLength: bytesMax });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(bytesMax + 1, bytesMax);
    throw new StatusError(statusCodes.internal, 'grpc: failed to decompress the received message');
  }
}

/** The same bytes; a few of them do not keep the whole buffer of the socket in memory, and many are not copied. */
export function compact(bytes: Buffer): Buffer {
  return bytes.length > 0 && bytes.length * 2 < bytes.buffer.byteLength
    ? Buffer.from(bytes)
    : bytes;
}

/** Throws StatusError if more bytes are held unread than may be. */
export function refuseBeyond(unread: ByteBudget): void {
  if (!unread.isExceeded) return;
  throw new StatusError(
    statusCodes.resourceExhausted,
    'too many requests wait to be completed, or for their answers to be read',
  );
}

/** The message, if these bytes are exactly one that is not compressed and not too large. */
export function wholeMessage(bytes: Buffer, bytesMax: number): Buffer | undefined {
  const length = bytes.length - messageHeadBytes;
  if (length < 0 || length > bytesMax || bytes[0] !== 0) return undefined;
  return bytes.readUInt32BE(1) === length ? bytes.subarray(messageHeadBytes) : undefined;
}

/** The head of a message that is not compressed. */
export function messageHead(length: number): Buffer {
  const head = Buffer.allocUnsafe(messageHeadBytes);
  writeMessageHead(head, 0, length);
  return head;
}

export function writeMessageHead(target: Buffer, start: number, length: number): number {
  target[start] = 0;
  return target.writeUInt32BE(length, start + 1);
}

function tooLarge(bytes: number, bytesMax: number): StatusError {
  return new StatusError(
    statusCodes.resourceExhausted,
    `grpc: received message larger than max (${bytes} vs. ${bytesMax})`,
  );
}
