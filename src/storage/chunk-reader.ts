/**
 * Reads a chunk of a snapshot, `[[key, value, key, value …], sum]` in MessagePack, as any release wrote it. By hand, because a
 * general unpacker makes a string and a view for each record. All methods return undefined for what is not there.
 */
export class ChunkReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  get isAtArray(): boolean {
    const first = this.#bytes[this.#at] ?? 0;
    return first >>> 4 === 0x9 || first === 0xdc || first === 0xdd;
  }

  /** The number of items in the next array. */
  array(): number | undefined {
    const first = this.#byte();
    if (first >>> 4 === 0x9) return first & 0xf;
    if (first === 0xdc) return this.#number(2);
    return first === 0xdd ? this.#number(4) : undefined;
  }

  /** The number of bytes of the next string as UTF-8, which are there; `binaryString` reads them. */
  textBytes(): number | undefined {
    const length = this.#textLength();
    return length <= this.#bytes.length - this.#at ? length : undefined;
  }

  /**
   * Writes the binary string that the next so many bytes encode into `target`, from `start` on, and returns its end. `target`
   * must have room for as many bytes.
   */
  binaryString(utf8Bytes: number, target: Buffer, start: number): number | undefined {
    const bytes = this.#bytes;
    const textEnd = this.#at + utf8Bytes;
    let end = start;
    let at = this.#at;
    while (at < textEnd) {
      const code = bytes[at++] ?? 0;
      if (code < 0x80) {
        target[end++] = code;
        continue;
      }
      // Two bytes, for 0x80 to 0xff.
      const next = at < textEnd ? (bytes[at++] ?? 0) : 0;
      if (code >>> 1 !== 0x61 || next >>> 6 !== 0x2) return undefined;
      target[end++] = ((code & 0x3) << 6) | (next & 0x3f);
    }
    this.#at = textEnd;
    return end;
  }

  /** A view of the next bytes. */
  binary(): Buffer | undefined {
    const first = this.#byte();
    if (first === 0xc4) return this.#view(this.#number(1));
    if (first === 0xc5) return this.#view(this.#number(2));
    return first === 0xc6 ? this.#view(this.#number(4)) : undefined;
  }

  /** A number of at most 32 bits that is not negative. */
  number(): number | undefined {
    const first = this.#byte();
    if (first < 0x80) return first;
    if (first === 0xcc) return this.#number(1);
    if (first === 0xcd) return this.#number(2);
    return first === 0xce ? this.#number(4) : undefined;
  }

  #textLength(): number {
    const first = this.#byte();
    if (first >>> 5 === 0x5) return first & 0x1f;
    if (first === 0xd9) return this.#number(1);
    if (first === 0xda) return this.#number(2);
    return first === 0xdb ? this.#number(4) : Infinity;
  }

  /** Beyond the end: a byte that begins nothing. */
  #byte(): number {
    return this.#bytes[this.#at++] ?? 0xc1;
  }

  /** Beyond the end: more than any length. */
  #number(bytes: number): number {
    const start = this.#at;
    this.#at += bytes;
    return this.#at > this.#bytes.length ? Infinity : this.#bytes.readUIntBE(start, bytes);
  }

  #view(length: number): Buffer | undefined {
    const start = this.#at;
    this.#at += length;
    return this.#at > this.#bytes.length ? undefined : this.#bytes.subarray(start, this.#at);
  }
}
