/** A body that is not what it should be; the message is for the caller. */
export class BadJson extends Error {
  override readonly name = 'BadJson';
}

/** A body that is larger than what this member takes. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** Objects and arrays within each other; protobuf's messages stay far below. */
const depthMax = 1000;

const quote = 0x22;
const backslash = 0x5c;
const openers = new Set([0x7b, 0x5b]);
const closers = new Set([0x7d, 0x5d]);
const spaces = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Takes a stream of bytes apart into the JSON objects that follow each other in it, with or without white space in
 * between, as soon as each is complete. Bytes are looked at once, and kept only until their object is complete.
 */
export class JsonMessages {
  readonly #bytesMax: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor({ bytesMax }: { bytesMax: number }) {
    this.#bytesMax = bytesMax;
  }

  /**
   * The objects that these bytes complete; bytes are looked at as objects are asked for. Throws `BadJson` or
   * `BodyTooLarge`; nothing can be taken after that.
   */
  *take(bytes: Buffer): Generator<object, void> {
    let start = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (this.#depth === 0) {
        if (spaces.has(byte)) continue;
        if (byte !== 0x7b) throw new BadJson(beginning(byte));
        start = at;
      }
      if (this.#isEnd(byte)) {
        this.#keep(bytes.subarray(start, at + 1));
        yield this.#complete();
      }
    }
    if (this.#depth > 0) this.#keep(bytes.subarray(start));
  }

  /** There are no more bytes. */
  end(): void {
    if (this.#depth > 0) throw new BadJson('unexpected EOF');
  }

  /** Follows one byte; true if it closes the object. */
  #isEnd(byte: number): boolean {
    if (this.#escaped) {
      this.#escaped = false;
    } else if (this.#inString) {
      if (byte === quote) this.#inString = false;
      else if (byte === backslash) this.#escaped = true;
    } else if (byte === quote) {
      this.#inString = true;
    } else if (openers.has(byte)) {
      this.#depth += 1;
      if (this.#depth > depthMax) throw new BadJson('exceeded max recursion depth');
    } else if (closers.has(byte)) {
      this.#depth -= 1;
      return this.#depth === 0;
    }
    return false;
  }

  #keep(bytes: Buffer): void {
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > this.#bytesMax) {
      throw new BodyTooLarge(`received message larger than max (${this.#bytesMax} bytes of JSON)`);
    }
    this.#pending.push(bytes);
  }

  #complete(): object {
    const text = Buffer.concat(this.#pending).toString('utf8');
    this.#pending = [];
    this.#pendingBytes = 0;
    return parseObject(text);
  }
}

/** What the first byte of a value says if it is not the brace that opens an object. */
function beginning(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[["\-\dtfn]/.test(character)
    ? `proto: syntax error (line 1:1): unexpected token ${character}`
    : `invalid character ${JSON.stringify(character).replaceAll('"', "'")} looking for beginning of value`;
}

/** A string or a number, wherever it stands. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|[-\d][-+.\deE]*/gs;
/** A whole number that a double may round. */
const longNumber = /^-?\d{16,}$/;

/** Parses an object; whole numbers with more digits than a double holds come as text, so that none is lost. */
function parseObject(text: string): object {
  const exact = /\d{16}/.test(text)
    ? text.replace(stringOrNumber, (token) => (longNumber.test(token) ? `"${token}"` : token))
    : text;
  try {
    const parsed: object = JSON.parse(exact);
    return parsed;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BadJson(error.message, { cause: error });
  }
}
