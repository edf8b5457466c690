/** Why a stream or connection ends early (RFC 9113, section 7). */
export const errorCodes = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refusedStream: 7,
  cancel: 8,
  compression: 9,
  calm: 11,
} as const;

/** The client broke the rules in a way that ends the connection. GOAWAY carries the code and the message. */
export class ConnectionError extends Error {
  override readonly name: string = 'ConnectionError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** A header block that cannot be decoded; from there on both sides' tables differ. */
export class CompressionError extends ConnectionError {
  override readonly name = 'CompressionError';

  constructor(message: string) {
    super(errorCodes.compression, `headers cannot be decoded: ${message}`);
  }
}
