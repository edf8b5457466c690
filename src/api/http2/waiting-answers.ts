/** Counts the bytes of answers that wait for their clients to make room, over all connections of a member. */
export class WaitingAnswers {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor({ bytesMax }: { readonly bytesMax: number }) {
    this.#bytesMax = bytesMax;
  }

  /** So many bytes more, or fewer. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  get isTooMuch(): boolean {
    return this.#bytes > this.#bytesMax;
  }
}
