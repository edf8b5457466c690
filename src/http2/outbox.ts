import type { Socket } from 'node:net';

/** Bytes that may wait in the socket. Beyond it, bodies of responses wait in their streams. */
const congestedBytes = 1 << 20;
/** Only a client that sends requests and never reads responses gets here. Beyond it, its requests are not read either. */
const overfullBytes = 4 << 20;
/** Up to here, copying frames into one buffer is cheaper than many buffers in one write. */
const copyBytesMax = 128 << 10;

const settled = Promise.resolve();

/** Gathers the frames of a turn of the event loop and writes them to the socket at once. */
export class Outbox {
  readonly #socket: Socket;
  #frames: Buffer[] = [];
  #bytes = 0;
  #flushDue = false;
  #isHeld = false;
  #ended = false;
  readonly #afterPromises = (): void => process.nextTick(this.#atEndOfTurn);
  readonly #atEndOfTurn = (): void => {
    this.#flushDue = false;
    this.flush();
  };

  /** `onDrained` is called when the socket is no longer congested. */
  constructor(socket: Socket, onDrained: () => void) {
    this.#socket = socket;
    socket.on('drain', onDrained);
  }

  /** Bytes that the system has not taken yet. */
  get waitingBytes(): number {
    return this.#bytes + this.#socket.writableLength;
  }

  get isCongested(): boolean {
    return this.waitingBytes > congestedBytes;
  }

  get isOverfull(): boolean {
    return this.waitingBytes > overfullBytes;
  }

  add(frame: Buffer): void {
    if (this.#ended) return;
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (this.#flushDue || this.#isHeld) return;
    this.#flushDue = true;
    // Runs after all promises that were settled together have run, so that their responses leave in one write, also with
    // what was added before they ran (such as the events of a watch). Node.js runs ticks before promises. A promise is
    // cheaper than `queueMicrotask`, which makes an AsyncResource.
    void settled.then(this.#afterPromises);
  }

  /** Frames that are added from now on wait for `flush`, which the caller calls in this turn, and not for the end of the turn. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Sends what was gathered, then ends the socket. */
  end(): void {
    if (this.#ended) return;
    this.flush();
    this.#ended = true;
    this.#socket.end();
  }

  /** Sends what was gathered now, not at the end of the turn. */
  flush(): void {
    this.#isHeld = false;
    const frames = this.#frames;
    const bytes = this.#bytes;
    if (frames.length === 0) return;
    this.#frames = [];
    this.#bytes = 0;
    if (!this.#socket.writable) return;
    const [first] = frames;
    if (frames.length === 1 && first !== undefined) {
      this.#socket.write(first);
    } else if (bytes <= copyBytesMax) {
      this.#socket.write(Buffer.concat(frames, bytes));
    } else {
      this.#socket.cork();
      for (const frame of frames) this.#socket.write(frame);
      this.#socket.uncork();
    }
  }
}
