import { isUtf8 } from 'node:buffer';
import { BadJson, quotedText } from './json-errors.ts';

export type TokenKind = '{' | '}' | '[' | ']' | 'name' | 'string' | 'number' | 'bool' | 'null';

export interface Token {
  readonly kind: TokenKind;
  /** Where it begins and ends in the value. */
  readonly start: number;
  readonly end: number;
  /** The decoded text of a string or a name. */
  readonly text: string;
}

const quote = 0x22;
const backslash = 0x5c;

/**
 * Reads a JSON value token by token. The scanner has accepted the value, so only its texts can still be wrong: invalid
 * UTF-8, and halves of surrogate pairs. Errors are those of protobuf's JSON decoder for Go.
 */
export class JsonReader {
  readonly #bytes: Buffer;
  #at = 0;
  #peeked: Token | undefined;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  peek(): Token {
    this.#peeked ??= this.#read();
    return this.#peeked;
  }

  /** True if the next value is null. Never throws: errors of another value are found when it is read. */
  isNullNext(): boolean {
    let at = this.#at;
    while (isBetween(this.#bytes[at])) at += 1;
    return this.#bytes[at] === 0x6e;
  }

  next(): Token {
    const token = this.peek();
    this.#peeked = undefined;
    return token;
  }

  /** Skips the next value. Its texts are checked all the same. */
  skip(): void {
    let open = 0;
    do {
      const { kind } = this.next();
      if (kind === '{' || kind === '[') open += 1;
      else if (kind === '}' || kind === ']') open -= 1;
    } while (open > 0);
  }

  /** A token as it is written. */
  raw({ start, end }: Token): string {
    return this.#bytes.toString('utf8', start, end);
  }

  /** "(line 1:5)": lines and characters count from 1. */
  place(at: number): string {
    const before = this.#bytes.subarray(0, at);
    const lineStart = before.lastIndexOf(0x0a) + 1;
    let line = 1;
    for (let next = before.indexOf(0x0a); next !== -1; next = before.indexOf(0x0a, next + 1))
      line++;
    return `(line ${line}:${characters(before.subarray(lineStart)) + 1})`;
  }

  syntaxError(at: number, what: string): BadJson {
    return new BadJson(`proto: syntax error ${this.place(at)}: ${what}`);
  }

  unexpected(token: Token): BadJson {
    return this.syntaxError(token.start, `unexpected token ${this.raw(token)}`);
  }

  #read(): Token {
    const bytes = this.#bytes;
    while (isBetween(bytes[this.#at])) this.#at += 1;
    const start = this.#at;
    const byte = bytes[start] ?? 0;
    if (byte === quote) return this.#readString(start);
    const kind = String.fromCharCode(byte);
    if (kind === '{' || kind === '}' || kind === '[' || kind === ']') {
      this.#at += 1;
      return { kind, start, end: start + 1, text: '' };
    }
    let end = start + 1;
    while (isWord(bytes[end])) end += 1;
    this.#at = end;
    if (kind === 'n') return { kind: 'null', start, end, text: '' };
    return { kind: kind === 't' || kind === 'f' ? 'bool' : 'number', start, end, text: '' };
  }

  #readString(start: number): Token {
    const bytes = this.#bytes;
    let end = bytes.indexOf(quote, start + 1);
    while (isEscaped(bytes, end, start)) end = bytes.indexOf(quote, end + 1);
    end += 1;
    const raw = bytes.subarray(start, end);
    const hasEscapes = raw.includes(backslash);
    if (hasEscapes) this.#checkEscapes(start, end);
    if (!isUtf8(raw)) throw this.syntaxError(start, 'invalid UTF-8 in string');
    const written = raw.toString('utf8');
    const text: string = hasEscapes ? JSON.parse(written) : written.slice(1, -1);
    let next = end;
    while (isSpace(bytes[next])) next += 1;
    const isName = bytes[next] === 0x3a;
    this.#at = isName ? next + 1 : end;
    return { kind: isName ? 'name' : 'string', start, end, text };
  }

  /** Refuses halves of surrogate pairs, unless invalid UTF-8 stands before them, which is refused first. */
  #checkEscapes(start: number, end: number): void {
    const bytes = this.#bytes;
    for (let at = bytes.indexOf(backslash, start); at !== -1 && at < end;) {
      const isUnicode = bytes[at + 1] === 0x75;
      const code = isUnicode ? Number.parseInt(bytes.toString('latin1', at + 2, at + 6), 16) : 0;
      let next = at + (isUnicode ? 6 : 2);
      if (code >= 0xd8_00 && code <= 0xdf_ff) {
        const rest = bytes.subarray(next, next + 6);
        if (code >= 0xdc_00 || !lowHalf.test(rest.toString('latin1'))) {
          // Looked at here and not for each pair, so that the time stays linear in the length.
          if (!isUtf8(bytes.subarray(start, at))) return;
          if (rest.length < 6) throw new BadJson('proto: unexpected EOF');
          throw this.syntaxError(start, `invalid escape code ${quotedText(rest)} in string`);
        }
        next += 6;
      }
      at = bytes.indexOf(backslash, next);
    }
  }
}

/** The escape of the second half of a surrogate pair. */
const lowHalf = /^\\u[dD][c-fC-F][\da-fA-F]{2}$/;

/** Whether a quote is escaped: an odd number of backslashes stands before it. */
function isEscaped(bytes: Buffer, at: number, start: number): boolean {
  let before = at - 1;
  while (before > start && bytes[before] === backslash) before -= 1;
  return (at - before) % 2 === 0;
}

/** The number of characters in UTF-8 text: its bytes without continuation bytes. */
function characters(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) count += 1;
  return count;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isBetween(byte: number | undefined): boolean {
  return isSpace(byte) || byte === 0x2c;
}

/** Letters, digits and signs of numbers and literals. */
function isWord(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x45 ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}
