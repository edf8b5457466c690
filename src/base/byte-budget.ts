/** Counts bytes that all connections of a member hold together, against one limit. */
export class ByteBudget {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor({ bytesMax }: { readonly bytesMax: number }) {
    this.#bytesMax = bytesMax;
  }

  /** `bytes` more are held, or fewer if it is negative. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  get isExceeded(): boolean {
    return this.#bytes > this.#bytesMax;
  }
}
