import { assert, bigInt, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration, printDuration } from '../../src/base/go-duration.ts';

describe('durations as Go has them', () => {
  test.each([
    ['10s', 10_000_000_000n, '10s'],
    ['60000ms', 60_000_000_000n, '1m0s'],
    ['1m30s', 90_000_000_000n, '1m30s'],
    ['1h2m3.5s', 3_723_500_000_000n, '1h2m3.5s'],
    ['1.5h', 5_400_000_000_000n, '1h30m0s'],
    ['100µs', 100_000n, '100µs'],
    ['100us', 100_000n, '100µs'],
    ['.5s', 500_000_000n, '500ms'],
    ['1.s', 1_000_000_000n, '1s'],
    ['+5s', 5_000_000_000n, '5s'],
    ['-1.5s', -1_500_000_000n, '-1.5s'],
    ['1ns', 1n, '1ns'],
    ['1500ns', 1500n, '1.5µs'],
    ['24h', 86_400_000_000_000n, '24h0m0s'],
    ['0', 0n, '0s'],
    ['0s', 0n, '0s'],
  ])('%s is %s ns and is printed as %s', (text, nanoseconds, printed) => {
    expect(parseDuration(text)).toBe(nanoseconds);
    expect(printDuration(nanoseconds)).toBe(printed);
  });

  test.each([
    '',
    '-',
    '5',
    's',
    '.s',
    '1x',
    '1 s',
    '1s ',
    '1e3s',
    '10S',
    '300000h0m0s0ms0us0ns1x',
    '3000000h',
  ])('%j is none', (text) => expect(parseDuration(text)).toBeUndefined());

  test('each printed duration is read as what it was', () => {
    assert(
      property(bigInt(-(2n ** 62n), 2n ** 62n), (nanoseconds) => {
        expect(parseDuration(printDuration(nanoseconds))).toBe(nanoseconds);
      }),
    );
  });
});
