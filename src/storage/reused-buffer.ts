const bytesMin = 16 << 10;

/**
 * Memory for one use after the other. Buffers of several kilobytes lie outside V8's heap, and V8 marks its whole heap each time
 * that 64 MiB of new ones have come. So what is written and forgotten is not given a new buffer each time.
 */
export class ReusedBuffer {
  #bytes: Buffer = Buffer.alloc(0);
  /** The last one that `exactly` returned: the next one is often as long. */
  #view = this.#bytes;
  readonly #keptBytesMax: number;

  /** A buffer of more bytes is not kept. */
  constructor(keptBytesMax: number = 2 << 20) {
    this.#keptBytesMax = keptBytesMax;
  }

  /** So many bytes at least, with anything in them. Nothing may use what an earlier call returned any more. */
  allocate(length: number): Buffer {
    if (length > this.#keptBytesMax) return Buffer.allocUnsafeSlow(length);
    if (this.#bytes.length < length) {
      this.#bytes = Buffer.allocUnsafeSlow(Math.max(bytesMin, 2 ** Math.ceil(Math.log2(length))));
    }
    return this.#bytes;
  }

  /** The same with no more bytes than that. */
  exactly(length: number): Buffer {
    if (length > this.#keptBytesMax) return Buffer.allocUnsafeSlow(length);
    if (this.#view.length !== length) this.#view = this.allocate(length).subarray(0, length);
    return this.#view;
  }
}
