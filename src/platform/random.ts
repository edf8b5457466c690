import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from '../base/random.ts';

/** Randomness from the operating system. */
export function systemRandom(): Random {
  return {
    between: (low, high) => randomInt(low, high + 1),
    positiveInt63: () => {
      for (;;) {
        const number = randomBytes(8).readBigUInt64BE() >> 1n;
        if (number > 0n) return number;
      }
    },
  };
}
