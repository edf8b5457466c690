import { StatusError, statusCodes } from '../status.ts';

/** A body that is no JSON, or not that of its message; the text is for the caller. */
export class BadJson extends StatusError {
  override readonly name = 'BadJson';

  constructor(message: string, options?: ErrorOptions) {
    super(statusCodes.invalidArgument, message, options);
  }
}

/** A body that is larger than this member accepts. */
export class BodyTooLarge extends StatusError {
  override readonly name = 'BodyTooLarge';

  constructor(message: string) {
    super(statusCodes.resourceExhausted, message);
  }
}

/** One byte as Go quotes it in the errors of its JSON scanner: as the character of that number, in single quotes. */
export function quotedByte(byte: number): string {
  if (byte === 0x22) return `'"'`;
  if (byte === 0x27) return String.raw`'\''`;
  return `'${escaped(String.fromCharCode(byte))}'`;
}

/** Bytes as Go's `%q` shows them. */
export function quotedText(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    text +=
      length === 0
        ? `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`
        : escaped(bytes.toString('utf8', at, at + length));
    at += Math.max(length, 1);
  }
  return `"${text.replaceAll('"', String.raw`\"`)}"`;
}

/** The length of the UTF-8 character that begins here; 0 if none does. */
function sequenceLength(bytes: Buffer, at: number): number {
  for (const length of [1, 2, 3, 4]) {
    const text = bytes.toString('utf8', at, Math.min(at + length, bytes.length));
    if (text.length > 0 && !text.includes('\u{fffd}')) return length;
  }
  return 0;
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\u0007': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
  '\\': String.raw`\\`,
};

/** One character: as it is if it can be printed, otherwise as an escape. */
function escaped(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (character === ' ' || !/[\p{C}\p{Z}]/u.test(character)) return character;
  return code > 0xff_ff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
