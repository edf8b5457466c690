import type { SeededRandom } from '../simulation/random.ts';

/** Numbers at which code often goes wrong. */
const interesting = [
  0,
  1,
  2,
  3,
  4,
  5,
  8,
  9,
  15,
  16,
  31,
  32,
  61,
  62,
  63,
  64,
  100,
  126,
  127,
  128,
  255,
  256,
  1000,
  4095,
  4096,
  16_383,
  16_384,
  16_385,
  32_767,
  32_768,
  65_535,
  65_536,
  2 ** 24 - 1,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
] as const;

export function interestingNumber(random: SeededRandom): number {
  return random.pick(interesting);
}

/** A place and a length within some bytes; most are short. */
function part(input: Buffer, random: SeededRandom): Buffer {
  const start = random.between(0, input.length);
  const lengthMax = random.pick([1, 4, 16, 64, input.length]);
  return input.subarray(start, start + random.between(0, lengthMax));
}

/** Replaces the bytes from `start` to `end`. */
export function spliced(input: Buffer, start: number, end: number, by: Buffer): Buffer {
  return Buffer.concat([input.subarray(0, start), by, input.subarray(end)]);
}

function withNumber(input: Buffer, random: SeededRandom): Buffer {
  const bytes = Math.min(random.pick([1, 2, 3, 4]), input.length);
  if (bytes === 0) return input;
  const at = random.between(0, input.length - bytes);
  const changed = Buffer.from(input);
  const before = changed.readUIntBE(at, bytes);
  const value = random.chance(0.5) ? interestingNumber(random) : before + random.between(-4, 4);
  changed.writeUIntBE(
    ((value % 2 ** (8 * bytes)) + 2 ** (8 * bytes)) % 2 ** (8 * bytes),
    at,
    bytes,
  );
  return changed;
}

function noise(random: SeededRandom): Buffer {
  return Buffer.from(Array.from({ length: random.between(1, 20) }, () => random.between(0, 255)));
}

/**
 * A part that comes again and again, up to some ten thousand bytes: work that grows faster than the length of its input
 * shows only in long ones.
 */
function repeated(input: Buffer, random: SeededRandom): Buffer {
  const piece = part(input, random);
  if (piece.length === 0) return input;
  const count = random.between(
    2,
    Math.max(2, Math.ceil(random.pick([16, 500, 50_000]) / piece.length)),
  );
  const at = random.between(0, input.length);
  return spliced(input, at, at, Buffer.concat(Array.from({ length: count }, () => piece)));
}

/** Changes bytes without a thought of what they mean. */
export function mutateBytes(input: Buffer, other: Buffer, random: SeededRandom): Buffer {
  const at = random.between(0, Math.max(0, input.length - 1));
  const changed = Buffer.from(input);
  switch (random.between(0, 9)) {
    case 0:
      if (changed.length > 0) changed[at]! ^= 1 << random.between(0, 7);
      return changed;
    case 1:
      if (changed.length > 0) changed[at] = random.between(0, 255);
      return changed;
    case 2:
    case 3:
      return withNumber(input, random);
    case 4:
      return spliced(input, at, at + part(input.subarray(at), random).length, Buffer.alloc(0));
    case 5:
      return spliced(input, at, at, part(input, random));
    case 6:
      return spliced(input, at, at, part(other, random));
    case 7:
      return spliced(input, at, at, noise(random));
    case 8:
      return spliced(input, at, input.length, part(other, random));
    default:
      return repeated(input, random);
  }
}
