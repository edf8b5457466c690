import type { Socket } from 'node:net';

/** Bytes that may wait in the socket; beyond it, bodies of answers wait in their streams. */
const congestedBytes = 1 << 20;
/** With so many, only a client that asks and never reads has brought us there: it is not listened to either. */
const overfullBytes = 4 << 20;
/** Up to here, copying frames into one buffer is cheaper than many buffers in one write. */
const copyBytesMax = 128 << 10;

/** Gathers what is to be sent in a turn of the event loop, and hands it to the socket in one write. */
export class Outbox {
  readonly #socket: Socket;
  #frames: Buffer[] = [];
  #bytes = 0;
  #flushDue = false;
  #ended = false;

  /** `onDrained` is called when the socket has sent so much that it is no longer congested. */
  constructor(socket: Socket, onDrained: () => void) {
    this.#socket = socket;
    socket.on('drain', onDrained);
  }

  get isCongested(): boolean {
    return this.#bytes + this.#socket.writableLength > congestedBytes;
  }

  get isOverfull(): boolean {
    return this.#bytes + this.#socket.writableLength > overfullBytes;
  }

  add(frame: Buffer): void {
    if (this.#ended) return;
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (this.#flushDue) return;
    this.#flushDue = true;
    // After everything that was settled together: Node.js gets here once no promise is left to go on.
    process.nextTick(() => this.#flush());
  }

  /** Sends what was gathered, and then that nothing more will come. */
  end(): void {
    if (this.#ended) return;
    this.#flush();
    this.#ended = true;
    this.#socket.end();
  }

  #flush(): void {
    this.#flushDue = false;
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
