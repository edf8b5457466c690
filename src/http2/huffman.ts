import { CompressionError } from './errors.ts';

/**
 * Bits in the code of each byte, and of the end mark (RFC 7541, appendix B). The code is canonical: within a length
 * the codes ascend with the symbols, and the first code of a length follows from those before it; so the lengths say
 * everything.
 */
// prettier-ignore
const lengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];

const lengthMax = 30;
const lengthMin = 5;
const endMark = 256;

/** By length: the first code, how many there are, and where their symbols begin in `symbols`. */
const firstCodes: number[] = [];
const counts: number[] = [];
const offsets: number[] = [];
const symbols: number[] = [];

let code = 0;
for (let length = 0; length <= lengthMax; length++) {
  firstCodes.push(code);
  offsets.push(symbols.length);
  for (const [symbol, own] of lengths.entries()) if (own === length) symbols.push(symbol);
  const count = symbols.length - (offsets[length] ?? 0);
  counts.push(count);
  code = (code + count) * 2;
}

/** The text behind a Huffman-coded string; one character for each byte. */
export function decodeHuffman(bytes: Buffer): string {
  // No code is shorter than five bits.
  const decoded = Buffer.allocUnsafe(Math.floor((bytes.length * 8) / lengthMin));
  let written = 0;
  let bits = 0;
  let length = 0;
  for (const byte of bytes) {
    for (let shift = 7; shift >= 0; shift--) {
      bits = (bits << 1) | ((byte >> shift) & 1);
      length++;
      const place = bits - (firstCodes[length] ?? 0);
      if (place < 0 || place >= (counts[length] ?? 0)) {
        if (length >= lengthMax) throw new CompressionError('an invalid Huffman code');
        continue;
      }
      const symbol = symbols[(offsets[length] ?? 0) + place] ?? endMark;
      if (symbol === endMark) throw new CompressionError('an end mark inside a string');
      decoded[written++] = symbol;
      bits = 0;
      length = 0;
    }
  }
  // The padding is the beginning of the end mark: ones, and less than a byte of them (RFC 7541, section 5.2).
  if (length > 7 || bits !== (1 << length) - 1)
    throw new CompressionError('invalid padding of a string');
  return decoded.toString('latin1', 0, written);
}
