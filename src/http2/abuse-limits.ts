import { ConnectionError, errorCodes } from './errors.ts';

/** Requests in a row that a client may reset before their responses (CVE-2023-44487, CVE-2025-8671). */
const resetsMax = 10_000;
/**
 * Windows that a client may resize by its settings; each change counts once for every open stream, whose window changes.
 * Clients in Go, which resize more often than others, stay far below it with 100,000 streams.
 */
const resizesMax = 4_000_000;

/** Counts what costs a client little and us much. Throws ConnectionError beyond the limits. */
export class AbuseLimits {
  #resets = 0;
  #resizes = 0;

  /** The client reset a request, or had it reset by breaking the rules. */
  reset(): void {
    this.#resets++;
    if (this.#resets > resetsMax) {
      throw new ConnectionError(errorCodes.calm, 'too many requests were reset');
    }
  }

  /** The client waited for the response to a request. */
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
