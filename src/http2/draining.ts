import { nothingToCancel } from '../base/clock.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import { errorCodes } from './errors.ts';
import { goAway, pingFrame } from './frames.ts';

/** How long a client may take to confirm that it has read the first GOAWAY. */
const confirmationMs = 1000;
/**
 * How long its program may take to hear of that: HTTP/2 libraries answer pings by themselves (that of Node.js does), and
 * send what the program asks until then.
 */
const programMs = 250;
/** Tells the ping behind the first GOAWAY from the pings that test whether a client is alive. */
const drainingPing = Buffer.from('farewell');
const reason = 'this member is stopping';
const streamIdMax = 2 ** 31 - 1;

/** The connection, as draining uses it. */
interface DrainingOwner {
  send(frame: Buffer): void;
  /** Of the newest stream that the client has begun. */
  lastStreamId(): number;
  /** The client knows which streams are the last ones. */
  drained(): void;
}

/**
 * Ends a connection without failing a call (RFC 9113, section 6.8). The first GOAWAY only asks the client to begin no more
 * streams; those that it sent before it read this are still served. Some time after its answer to the ping behind it, the
 * second GOAWAY names the last stream.
 */
export class Draining {
  readonly #clock: Clock;
  readonly #owner: DrainingOwner;
  /** The id in the last GOAWAY; never rises. While it is `streamIdMax`, streams are still accepted. */
  #lastIdTold: number | undefined;
  #isConfirmed = false;
  #cancel: Cancel = nothingToCancel;

  constructor(clock: Clock, owner: DrainingOwner) {
    this.#clock = clock;
    this.#owner = owner;
  }

  /** No more streams are accepted. */
  get isComplete(): boolean {
    return this.#lastIdTold !== undefined && this.#lastIdTold < streamIdMax;
  }

  begin(): void {
    if (this.#lastIdTold !== undefined) return;
    this.#lastIdTold = streamIdMax;
    this.#owner.send(goAway(streamIdMax, errorCodes.none, reason));
    this.#owner.send(pingFrame(drainingPing, false));
    this.#completeIn(confirmationMs);
  }

  /** The client has answered a ping. */
  onPong(content: Buffer): void {
    if (this.#lastIdTold === undefined || this.#isConfirmed) return;
    if (!content.equals(drainingPing)) return;
    this.#isConfirmed = true;
    this.#completeIn(programMs);
  }

  /** The GOAWAY of a connection that fails. A number once told is never followed by a higher one. */
  failure(code: number, message: string): Buffer {
    const lastId = Math.min(this.#lastIdTold ?? streamIdMax, this.#owner.lastStreamId());
    return goAway(lastId, code, message);
  }

  stop(): void {
    this.#cancel();
  }

  #completeIn(delayMs: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(delayMs, () => this.#complete());
  }

  #complete(): void {
    if (this.isComplete) return;
    const lastId = this.#owner.lastStreamId();
    this.#lastIdTold = lastId;
    this.#owner.send(goAway(lastId, errorCodes.none, reason));
    this.#owner.drained();
  }
}
