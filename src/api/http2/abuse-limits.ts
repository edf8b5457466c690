import { ConnectionError, errorCodes } from './errors.ts';

/** Requests in a row that a client may take back before they were answered (CVE-2023-44487, CVE-2025-8671). */
const resetsMax = 10_000;
/**
 * Windows that a client may resize by its settings, each time that of every open stream, as each is looked at. Clients in
 * Go, who resize more often than others, stay far below with 100,000 streams.
 */
const resizesMax = 4_000_000;

/** Counts what a client does that wants to do harm, or only to keep us busy. Throws ConnectionError beyond the bounds. */
export class AbuseLimits {
  #resets = 0;
  #resizes = 0;

  /** The client took a request back, or had it taken back by breaking the rules. */
  reset(): void {
    this.#resets++;
    if (this.#resets > resetsMax) {
      throw new ConnectionError(errorCodes.calm, 'too many requests were taken back');
    }
  }

  /** The client waited for the answer of a request. */
  waited(): void {
    this.#resets = 0;
  }

  /** The client changed the size of all windows while so many streams were open. */
  resized(streams: number): void {
    this.#resizes += streams;
    if (this.#resizes > resizesMax) {
      throw new ConnectionError(errorCodes.calm, 'windows were resized too often');
    }
  }
}
