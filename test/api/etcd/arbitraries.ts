import * as fc from 'fast-check';

/** Numbers around those at which a varint has one byte more, or a number one word more. */
const edgeNumber = fc
  .tuple(fc.nat({ max: 53 }), fc.constantFrom(0, 1))
  .map(([bits, less]) => Math.min(2 ** bits - less, Number.MAX_SAFE_INTEGER));

export const anyNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constant(0),
  fc.nat({ max: 300 }),
  edgeNumber,
);

/** Mostly short. */
export const anyValue: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(127, 128, 4096, 16_383, 16_384, 70_000)
      .map((length) => Buffer.alloc(length, `${length},`)),
  },
);
