import { gunzipSync } from 'node:zlib';
import { GrpcError, statusCodes } from './status.ts';

const headBytes = 5;

/**
 * Takes the messages of a call out of its body: each behind a byte that says whether it is compressed, and its length
 * (gRPC over HTTP/2, "Length-Prefixed-Message").
 */
export class MessageReader {
  readonly #bytesMax: number;
  readonly #isCompressed: boolean;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor({ bytesMax, encoding }: { bytesMax: number; encoding: string | undefined }) {
    this.#bytesMax = bytesMax;
    this.#isCompressed = encoding === 'gzip';
  }

  /** Bytes of a message that is not complete yet. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  add(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
  }

  /** The next complete message, or undefined. Throws GrpcError. */
  next(): Buffer | undefined {
    if (this.#bytes < headBytes) return undefined;
    const all = this.#joined(headBytes);
    const length = all.readUInt32BE(1);
    if (length > this.#bytesMax) throw tooLarge(length, this.#bytesMax);
    const end = headBytes + length;
    if (this.#bytes < end) return undefined;
    const whole = this.#joined(end);
    const isCompressed = whole[0] === 1;
    const message = whole.subarray(headBytes, end);
    const rest = whole.subarray(end);
    this.#parts = rest.length === 0 ? [] : [rest, ...this.#parts.slice(1)];
    this.#bytes -= end;
    return isCompressed ? this.#inflate(message) : message;
  }

  /** The first part, made so long that it holds `bytes`. */
  #joined(bytes: number): Buffer {
    const [first] = this.#parts;
    if (first !== undefined && first.length >= bytes) return first;
    const all = Buffer.concat(this.#parts, this.#bytes);
    this.#parts = [all];
    return all;
  }

  #inflate(message: Buffer): Buffer {
    if (!this.#isCompressed) {
      throw new GrpcError(
        statusCodes.internal,
        'grpc: compressed flag set with identity or empty encoding',
      );
    }
    try {
      return gunzipSync(message, { maxOutputLength: this.#bytesMax });
    } catch (error) {
      if (error instanceof RangeError) throw tooLarge(this.#bytesMax + 1, this.#bytesMax);
      throw new GrpcError(statusCodes.internal, 'grpc: failed to decompress the received message');
    }
  }
}

/** The head of a message that is not compressed. */
export function messageHead(length: number): Buffer {
  const head = Buffer.allocUnsafe(headBytes);
  head[0] = 0;
  head.writeUInt32BE(length, 1);
  return head;
}

function tooLarge(bytes: number, bytesMax: number): GrpcError {
  return new GrpcError(
    statusCodes.resourceExhausted,
    `grpc: received message larger than max (${bytes} vs. ${bytesMax})`,
  );
}
