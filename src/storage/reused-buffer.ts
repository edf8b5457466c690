/** A buffer of more bytes is not kept. */
const keptBytesMax = 2 << 20;
const bytesMin = 16 << 10;

/**
 * Memory for one use after the other. Buffers of several kilobytes lie outside V8's heap, and V8 marks its whole heap each time
 * that 64 MiB of new ones have come. So what is written and forgotten is not given a new buffer each time.
 */
export class ReusedBuffer {
  #bytes: Buffer = Buffer.alloc(0);

  /** So many bytes at least, with anything in them. Nothing may use what an earlier call returned any more. */
  allocate(length: number): Buffer {
    if (length > keptBytesMax) return Buffer.allocUnsafeSlow(length);
    if (this.#bytes.length < length) {
      this.#bytes = Buffer.allocUnsafeSlow(Math.max(bytesMin, 2 ** Math.ceil(Math.log2(length))));
    }
    return this.#bytes;
  }
}
