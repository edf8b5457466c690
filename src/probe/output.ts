/** The last bytes of a text that comes in pieces, in bounded memory. */
export class Tail {
  readonly #bytesMax: number;
  #pieces: Buffer[] = [];
  #kept = 0;
  #total = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** All bytes that were added. */
  get total(): number {
    return this.#total;
  }

  add(piece: Buffer): void {
    this.#total += piece.length;
    // A copy: a slice of a large piece would keep all of it in memory.
    this.#pieces.push(Buffer.from(piece.subarray(-this.#bytesMax)));
    this.#kept += Math.min(piece.length, this.#bytesMax);
    if (this.#kept > 2 * this.#bytesMax || this.#pieces.length > piecesMax) this.#squeeze();
  }

  /** The end of it, as text. Bytes that are no UTF-8 become replacement characters, as does a cut character. */
  text(): string {
    this.#squeeze();
    return this.#pieces[0]?.toString('utf8') ?? '';
  }

  /** The same, with a first line that says what is missing, if anything. */
  textWithCut(): string {
    const text = this.text();
    if (this.#total <= this.#bytesMax) return text;
    return `Captured ${this.#kept} of ${this.#total} bytes\n...\n${text}`;
  }

  #squeeze(): void {
    const all = Buffer.concat(this.#pieces);
    const end = Buffer.from(all.subarray(Math.max(0, all.length - this.#bytesMax)));
    this.#pieces = [end];
    this.#kept = end.length;
  }
}

/** Small pieces that are kept apart: each costs some memory of its own. */
const piecesMax = 64;
