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

/** The peer broke the rules in a way that ends the connection; it is told the code and the message. */
export class ConnectionError extends Error {
  override readonly name: string = 'ConnectionError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** A header block that cannot be taken apart; both sides' tables no longer agree. */
export class CompressionError extends ConnectionError {
  override readonly name = 'CompressionError';

  constructor(message: string) {
    super(errorCodes.compression, `headers cannot be decoded: ${message}`);
  }
}
