import { BadJson, BodyTooLarge, quotedByte } from './json-errors.ts';

/**
 * How deep objects and arrays may be nested. Go's scanner allows 10,000. No request that etcd accepts has more than a
 * few hundred levels, and decoding recurses once for each.
 */
const depthMax = 1000;

/** The state of the scanner: what the next byte may be. */
const step = {
  value: 0,
  valueOrClose: 1,
  keyOrClose: 2,
  key: 3,
  afterValue: 4,
  string: 5,
  escape: 6,
  /** One of the four digits of an escape; `#left` of them are missing. */
  hex: 7,
  /** A letter of `#literal`, which is `true`, `false` or `null`; `#left` of them are missing. */
  literal: 8,
  minus: 9,
  zero: 10,
  digits: 11,
  point: 12,
  fraction: 13,
  exponent: 14,
  exponentSign: 15,
  exponentDigits: 16,
} as const;

type Step = number;

/** Where a value stands: as the key of a member, as its value, or in an array. */
const within = { key: 0, member: 1, array: 2 } as const;

const empty: Buffer = Buffer.alloc(0);
const quote = 0x22;
const backslash = 0x5c;

/**
 * Splits a stream of bytes into the JSON values that follow each other in it, with or without white space in between, as
 * soon as each is complete. Bytes are scanned once, and kept only until their value is complete. Accepts and refuses what
 * the scanner of Go's `encoding/json` does, with its texts: grpc-gateway reads bodies with it.
 */
export class JsonScanner {
  readonly #bytesMax: number;
  /** The beginning of a value that is not complete, in the first `#pendingBytes` of it. */
  #pending: Buffer = empty;
  #pendingBytes = 0;
  #step: Step = step.value;
  /** A value has begun and is not complete. */
  #begun = false;
  readonly #stack: number[] = [];
  #left = 0;
  #literal = '';

  constructor({ bytesMax }: { bytesMax: number }) {
    this.#bytesMax = bytesMax;
  }

  /** Of the beginning of a value that is not complete. */
  get heldBytes(): number {
    return this.#pendingBytes;
  }

  /**
   * The values that these bytes complete, without the white space around them; bytes are scanned as values are asked
   * for. Throws `BadJson` or `BodyTooLarge`; nothing can be taken after that.
   */
  *take(bytes: Buffer): Generator<Buffer, void> {
    let start = 0;
    for (let at = 0; at < bytes.length; at++) {
      if (this.#step === step.string) {
        at = endOfPlain(bytes, at);
        if (at === bytes.length) break;
      }
      const byte = bytes[at] ?? 0;
      if (!this.#begun) {
        if (isSpace(byte)) continue;
        start = at;
        this.#begun = true;
      } else if (this.#stack.length === 0 && this.#isCompleteBefore(byte)) {
        // A number, a string or a literal at the top ends with the byte behind it, which is scanned again.
        yield this.#complete(bytes.subarray(start, at));
        at -= 1;
        start = bytes.length;
        continue;
      }
      this.#follow(byte);
      if (this.#stack.length === 0 && this.#step === step.afterValue && isCloser(byte)) {
        yield this.#complete(bytes.subarray(start, at + 1));
        start = bytes.length;
      }
    }
    if (this.#begun) this.#keep(bytes.subarray(start));
  }

  /** There are no more bytes: gives the value that ends with them, if one does. */
  end(): Buffer | undefined {
    if (!this.#begun) return undefined;
    if (this.#stack.length > 0 || !this.#isCompleteBefore(0x20))
      throw new BadJson('unexpected EOF');
    return this.#complete(Buffer.alloc(0));
  }

  /** True if the value at the top is complete without this byte. */
  #isCompleteBefore(byte: number): boolean {
    switch (this.#step) {
      case step.afterValue:
        return true;
      case step.zero:
        return byte !== 0x2e && !isExponent(byte);
      case step.digits:
        return !isDigit(byte) && byte !== 0x2e && !isExponent(byte);
      case step.fraction:
        return !isDigit(byte) && !isExponent(byte);
      case step.exponentDigits:
        return !isDigit(byte);
      default:
        return false;
    }
  }

  /** Copies into a buffer that doubles: a piece of one byte kept as it came would take some hundred. */
  #keep(bytes: Buffer): void {
    const length = this.#withinLimit(this.#pendingBytes + bytes.length);
    if (this.#pending.length < length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#pendingBytes));
      this.#pending.copy(larger, 0, 0, this.#pendingBytes);
      this.#pending = larger;
    }
    bytes.copy(this.#pending, this.#pendingBytes);
    this.#pendingBytes = length;
  }

  #withinLimit(length: number): number {
    if (length <= this.#bytesMax) return length;
    throw new BodyTooLarge(`received message larger than max (${this.#bytesMax} bytes of JSON)`);
  }

  #complete(last: Buffer): Buffer {
    let value = last;
    if (this.#pendingBytes === 0) {
      this.#withinLimit(last.length);
    } else {
      this.#keep(last);
      value = this.#pending.subarray(0, this.#pendingBytes);
    }
    this.#pending = empty;
    this.#pendingBytes = 0;
    this.#begun = false;
    this.#step = step.value;
    return value;
  }

  #follow(byte: number): void {
    switch (this.#step) {
      case step.value:
        if (!isSpace(byte)) this.#begin(byte);
        return;
      case step.valueOrClose:
        if (isSpace(byte)) return;
        if (byte === 0x5d) this.#close();
        else this.#begin(byte);
        return;
      case step.keyOrClose:
        if (byte === 0x7d) {
          this.#close();
          return;
        }
        this.#followKey(byte);
        return;
      case step.key:
        this.#followKey(byte);
        return;
      case step.afterValue:
        this.#followValue(byte);
        return;
      case step.string:
      case step.escape:
      case step.hex:
        this.#followString(byte);
        return;
      case step.literal:
        this.#followLiteral(byte);
        return;
      default:
        this.#followNumber(byte);
    }
  }

  #begin(byte: number): void {
    if (byte === 0x7b) this.#open(byte, within.key, step.keyOrClose);
    else if (byte === 0x5b) this.#open(byte, within.array, step.valueOrClose);
    else if (byte === quote) this.#step = step.string;
    else if (byte === 0x2d) this.#step = step.minus;
    else if (byte === 0x30) this.#step = step.zero;
    else if (isDigit(byte)) this.#step = step.digits;
    else if (byte === 0x74) this.#beginLiteral('true');
    else if (byte === 0x66) this.#beginLiteral('false');
    else if (byte === 0x6e) this.#beginLiteral('null');
    else throw invalid(byte, 'looking for beginning of value');
  }

  #open(byte: number, inside: number, next: Step): void {
    if (this.#stack.length === depthMax) throw invalid(byte, 'exceeded max depth');
    this.#stack.push(inside);
    this.#step = next;
  }

  #close(): void {
    this.#stack.pop();
    this.#step = step.afterValue;
  }

  #beginLiteral(literal: string): void {
    this.#literal = literal;
    this.#left = literal.length - 1;
    this.#step = step.literal;
  }

  #followKey(byte: number): void {
    if (isSpace(byte)) return;
    if (byte !== quote) throw invalid(byte, 'looking for beginning of object key string');
    this.#step = step.string;
  }

  /** Behind a complete value: its object or array goes on, or ends. */
  #followValue(byte: number): void {
    const top = this.#stack.length - 1;
    const inside = this.#stack[top];
    if (isSpace(byte)) {
      this.#step = step.afterValue;
    } else if (inside === within.key) {
      if (byte !== 0x3a) throw invalid(byte, 'after object key');
      this.#stack[top] = within.member;
      this.#step = step.value;
    } else if (byte === (inside === within.member ? 0x7d : 0x5d)) {
      this.#close();
    } else if (inside === within.member) {
      if (byte !== 0x2c) throw invalid(byte, 'after object key:value pair');
      this.#stack[top] = within.key;
      this.#step = step.key;
    } else {
      if (byte !== 0x2c) throw invalid(byte, 'after array element');
      this.#step = step.value;
    }
  }

  #followString(byte: number): void {
    if (this.#step === step.hex) {
      if (!isHex(byte)) throw invalid(byte, String.raw`in \u hexadecimal character escape`);
      this.#left -= 1;
      if (this.#left === 0) this.#step = step.string;
    } else if (this.#step === step.escape) {
      if (byte === 0x75) {
        this.#step = step.hex;
        this.#left = 4;
      } else if (escapes.includes(byte)) {
        this.#step = step.string;
      } else {
        throw invalid(byte, 'in string escape code');
      }
    } else if (byte === quote) {
      this.#step = step.afterValue;
    } else if (byte === backslash) {
      this.#step = step.escape;
    } else if (byte < 0x20) {
      throw invalid(byte, 'in string literal');
    }
  }

  #followLiteral(byte: number): void {
    const due = this.#literal.charAt(this.#literal.length - this.#left);
    if (byte !== due.charCodeAt(0)) {
      throw invalid(byte, `in literal ${this.#literal} (expecting '${due}')`);
    }
    this.#left -= 1;
    if (this.#left === 0) this.#step = step.afterValue;
  }

  #followNumber(byte: number): void {
    switch (this.#step) {
      case step.minus:
        if (!isDigit(byte)) throw invalid(byte, 'in numeric literal');
        this.#step = byte === 0x30 ? step.zero : step.digits;
        return;
      case step.point:
        if (!isDigit(byte)) throw invalid(byte, 'after decimal point in numeric literal');
        this.#step = step.fraction;
        return;
      case step.exponent:
      case step.exponentSign:
        if (this.#step === step.exponent && (byte === 0x2b || byte === 0x2d)) {
          this.#step = step.exponentSign;
          return;
        }
        if (!isDigit(byte)) throw invalid(byte, 'in exponent of numeric literal');
        this.#step = step.exponentDigits;
        return;
      case step.exponentDigits:
        if (!isDigit(byte)) this.#followValue(byte);
        return;
      default:
        this.#followDigits(byte);
    }
  }

  /** Behind a zero, among the digits before a point, or among those behind it. */
  #followDigits(byte: number): void {
    if (isDigit(byte) && this.#step !== step.zero) return;
    if (isExponent(byte)) this.#step = step.exponent;
    else if (byte === 0x2e && this.#step !== step.fraction) this.#step = step.point;
    else this.#followValue(byte);
  }
}

/** Characters that may follow a backslash: `"\/bfnrt`. */
const escapes: readonly number[] = [...Buffer.from(String.raw`"\/bfnrt`)];

/** Where a string has its next quote, escape or control character, from `at` on. */
function endOfPlain(bytes: Buffer, at: number): number {
  let end = at;
  while (end < bytes.length) {
    const byte = bytes[end] ?? 0;
    if (byte === quote || byte === backslash || byte < 0x20) break;
    end += 1;
  }
  return end;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46);
}

function isExponent(byte: number): boolean {
  return byte === 0x65 || byte === 0x45;
}

/** True for the byte that ends an object or an array. */
function isCloser(byte: number): boolean {
  return byte === 0x7d || byte === 0x5d;
}

function invalid(byte: number, where: string): BadJson {
  return new BadJson(`invalid character ${quotedByte(byte)} ${where}`);
}
