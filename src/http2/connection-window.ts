import { ConnectionError, errorCodes } from './errors.ts';
import { windowDefault, windowUpdate } from './frames.ts';

/** Bytes that the other side may send on all streams of a connection before it is given more. */
const connectionWindow = 16 << 20;

/**
 * The window of a whole connection, for what the other side sends. It is given back at once; the windows of streams
 * bound the memory.
 */
export class ConnectionWindow {
  readonly #send: (frame: Buffer) => void;
  /** Received since the window was last widened; `<= connectionWindow`. */
  #received = 0;

  constructor(send: (frame: Buffer) => void) {
    this.#send = send;
  }

  /** Widens the window from HTTP/2's default to ours. */
  open(): void {
    this.#send(windowUpdate(0, connectionWindow - windowDefault));
  }

  /** Throws ConnectionError if the other side sent more than it may. */
  received(bytes: number): void {
    this.#received += bytes;
    if (this.#received > connectionWindow) {
      throw new ConnectionError(errorCodes.flowControl, 'more data than the window allows');
    }
    if (this.#received < connectionWindow / 4) return;
    this.#send(windowUpdate(0, this.#received));
    this.#received = 0;
  }
}
