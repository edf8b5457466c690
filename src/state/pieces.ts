const slabBytes = 64 << 10;

/**
 * Cuts small buffers from slabs. A buffer of its own for each would take most of the time of a put, and several times its
 * bytes. A slab stays in memory as long as any of its pieces, so those of one object should live about equally long;
 * Node's pool mixes them with buffers of all kinds.
 */
export class Pieces {
  #slab: Buffer = Buffer.alloc(0);
  #used = 0;

  allocate(length: number): Buffer {
    if (length > slabBytes / 8) return Buffer.allocUnsafeSlow(length);
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(slabBytes);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    return this.#slab.subarray(start, this.#used);
  }
}
