import { expect, test } from 'vitest';
import { unwrap } from '../../src/transport/service.ts';
import { wrapped } from './library.ts';

test('a message of a peer arrives as it was sent', () => {
  for (const length of [0, 1, 127, 128, 100_000]) {
    const bytes = Buffer.alloc(length, 'rollcall');
    expect(unwrap(wrapped(bytes))).toEqual(bytes);
  }
});

test('a message of a peer with any bit changed on its way, or cut short, is refused', () => {
  const sent = wrapped(Buffer.from('an entry of the log'));
  for (let bit = 0; bit < sent.length * 8; bit++) {
    const damaged = Buffer.from(sent);
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => unwrap(damaged)).toThrow(/not a message of a peer|damaged on its way/);
  }
  for (let length = 1; length < sent.length; length++) {
    expect(() => unwrap(sent.subarray(0, length))).toThrow('not a message of a peer');
  }
});
