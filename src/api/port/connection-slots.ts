import type { Socket } from 'node:net';

/** Before it is said again that there is no room, so much of it must have become free. */
const roomToMention = 0.1;

/**
 * Bounds the connections of all ports for clients together, so that they leave file descriptors to the disk, without which the
 * member would end, and to the other members.
 */
export class ConnectionSlots {
  readonly #max: number;
  #open = 0;
  /** It was said that there is no room. */
  #isMentioned = false;

  /** `max`: Infinity for no bound. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Takes a slot until the connection closes. Otherwise closes it, and reports that once until there is room again. */
  admit(socket: Socket, onError: (error: Error) => void): boolean {
    if (this.#open >= this.#max) {
      socket.destroy();
      if (!this.#isMentioned) onError(new Error(`${this.#max} are open, and no more may be`));
      this.#isMentioned = true;
      return false;
    }
    this.#open++;
    socket.once('close', () => {
      this.#open--;
      if (this.#open < this.#max * (1 - roomToMention)) this.#isMentioned = false;
    });
    return true;
  }
}
