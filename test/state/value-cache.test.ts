import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValueCache } from '../../src/state/value-cache.ts';

const change = fc.record({
  key: fc.nat(200),
  /** Undefined drops the value. */
  length: fc.option(fc.oneof(fc.constant(0), fc.nat(20), fc.nat(200), fc.nat(5000)), {
    nil: undefined,
  }),
  isUsed: fc.boolean(),
});

const changes = fc.record({
  bytesMax: fc.constantFrom(0, 1, 1000, 20_000, 200_000),
  /** A little more than there are slabs: their numbers come again all the time. */
  idMax: fc.constantFrom(210, 0xffff_ffff),
  list: fc.array(change, { maxLength: 1000, size: 'max' }),
});

function valueOf(number: number, length: number): Buffer {
  return Buffer.alloc(length, `${number},`);
}

test('a kept value is read as it was written or not at all, within the budget, and what a reader has stays as it is', () => {
  fc.assert(
    fc.property(changes, ({ bytesMax, idMax, list }) => {
      const cache = new ValueCache(bytesMax, idMax);
      const written = new Map<number, Buffer>();
      let bytesMost = 0;
      const held: (readonly [view: Uint8Array, value: Buffer])[] = [];
      for (const [number, { key, length, isUsed }] of list.entries()) {
        if (isUsed) cache.use(key);
        if (length === undefined) {
          cache.drop(key);
          written.delete(key);
        } else {
          const value = valueOf(number, length);
          cache.keep(key, value);
          written.set(key, value);
        }
        const view = cache.read(key);
        const value = written.get(key);
        if (view !== undefined && value !== undefined) held.push([view, value]);
        bytesMost = Math.max(bytesMost, cache.bytes);
      }
      for (let key = 0; key <= 200; key++) {
        const view = cache.read(key);
        const value = written.get(key);
        if (value === undefined) expect(view).toBeUndefined();
        else if (view !== undefined) held.push([view, value]);
      }
      expect(held.filter(([view, value]) => !value.equals(view)).length).toBe(0);
      expect(bytesMost).toBeLessThanOrEqual(bytesMax);
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

test('after any overwrites and deletes at most half of the memory is unused', () => {
  const cache = new ValueCache(64 << 20);
  const keys = 20_000;
  const value = Buffer.alloc(100);
  for (let key = 0; key < keys; key++) cache.keep(key, value);
  const full = cache.bytes;
  for (let at = 0; at < 60_000; at++) {
    cache.keep((at * 7919) % keys, value);
  }
  expect(cache.bytes).toBeLessThan(2 * full + (256 << 10));
  for (let key = 0; key < keys; key++) if (key % 10 > 0) cache.drop(key);
  expect(cache.bytes).toBeLessThan(0.2 * full + (256 << 10));
  for (let key = 0; key < keys; key++) cache.drop(key);
  expect(cache.bytes).toBeLessThan(256 << 10);
});

/** The open slab has eight values that are nearly all of its bytes, and the places of thousands of empty ones that are gone. */
function fillWithFewThatCount(cache: ValueCache, firstKey: number): void {
  const end = firstKey + 4096;
  for (let key = firstKey; key < end; key++) {
    cache.keep(key, valueOf(key, key < firstKey + 8 ? 7500 : 0));
  }
  for (let key = firstKey + 8; key < end; key++) cache.drop(key);
}

test('a value has room behind large ones that stay when many empty ones are gone', () => {
  const cache = new ValueCache(64 << 20);
  fillWithFewThatCount(cache, 0);
  cache.keep(5000, valueOf(5000, 8000));
  for (let key = 0; key < 8; key++) expect(cache.read(key)).toEqual(valueOf(key, 7500));
  expect(cache.read(5000)).toEqual(valueOf(5000, 8000));
});

test('a value that moves is not cut off behind large ones that stay when many empty ones are gone', () => {
  const cache = new ValueCache(64 << 20);
  for (let key = 10_000; key < 10_008; key++) cache.keep(key, valueOf(key, 8000));
  fillWithFewThatCount(cache, 0);
  // Their slab is emptied once less than half of it counts.
  for (let key = 10_003; key < 10_008; key++) cache.drop(key);
  for (let key = 10_000; key < 10_003; key++) expect(cache.read(key)).toEqual(valueOf(key, 8000));
  for (let key = 0; key < 8; key++) expect(cache.read(key)).toEqual(valueOf(key, 7500));
});
