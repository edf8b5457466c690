import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValueCache } from '../../src/state/value-cache.ts';

const keysMax = 6000;

/** Lengths at which a cache of so many bytes takes another way: its slabs have a 64th, of which values share an eighth. */
function lengthsOf(bytesMax: number): fc.Arbitrary<number> {
  const slab = Math.min(64 << 10, bytesMax >>> 6);
  const edges = [slab >>> 3, (slab >>> 3) + 1, slab, slab + 1, bytesMax - 16, bytesMax - 15];
  const edge = fc.constantFrom(...edges.map((length) => Math.min(Math.max(length, 0), 70_000)));
  return fc.oneof(fc.constant(0), fc.nat(20), fc.nat(200), fc.nat(5000), fc.nat(slab >>> 3), edge);
}

/** Of keys that follow each other, as many as share a slab, or a few. */
function changeIn(bytesMax: number) {
  return fc.record({
    key: fc.oneof(fc.nat(200), fc.nat(keysMax)),
    count: fc.constantFrom(1, 1, 1, 10, 10, 100, 100, 4000),
    /** Undefined drops the values. */
    length: fc.option(lengthsOf(bytesMax), { nil: undefined }),
    isUsed: fc.boolean(),
    /** Changes only every so manieth key. */
    every: fc.constantFrom(1, 1, 3, 500),
  });
}

const changes = fc.constantFrom(0, 1, 1000, 20_000, 200_000, 4 << 20, 8 << 20).chain((bytesMax) =>
  fc.record({
    bytesMax: fc.constant(bytesMax),
    /** More than there are slabs at a time, and less than there are ever: their numbers come again. */
    idMax: fc.constantFrom(1200, 0xffff_ffff),
    list: fc.array(changeIn(bytesMax), { maxLength: 60, size: 'max' }),
  }),
);

/** Few enough that a change of large values does not take long. */
function keysOf(change: { key: number; count: number; length: number | undefined; every: number }) {
  const { key, count, length = 0, every } = change;
  const fewer = length > 1000 ? Math.min(count, 20) : count;
  const keys: number[] = [];
  for (let at = key; at < Math.min(key + fewer, keysMax); at += every) keys.push(at);
  return keys;
}

function valueOf(number: number, length: number): Buffer {
  return Buffer.alloc(length, `${number},`);
}

test('a kept value is read as it was written or not at all, within the budget, and what a reader has stays as it is', () => {
  fc.assert(
    fc.property(changes, ({ bytesMax, idMax, list }) => {
      const cache = new ValueCache(bytesMax, idMax);
      const written = new Map<number, Buffer>();
      let bytesMost = 0;
      const held: (readonly [view: Uint8Array, value: Buffer | undefined])[] = [];
      for (const [number, change] of list.entries()) {
        const { length, isUsed } = change;
        const value = length === undefined ? undefined : valueOf(number, length);
        for (const key of keysOf(change)) {
          if (isUsed) cache.use(key);
          if (value === undefined) {
            cache.drop(key);
            written.delete(key);
          } else {
            cache.keep(key, value);
            written.set(key, value);
          }
          bytesMost = Math.max(bytesMost, cache.bytes);
        }
        const view = cache.read(change.key);
        const there = written.get(change.key);
        if (view !== undefined) held.push([view, there]);
      }
      for (let key = 0; key <= keysMax; key++) {
        const view = cache.read(key);
        const value = written.get(key);
        if (view !== undefined) held.push([view, value]);
      }
      expect(held.filter(([view, value]) => value?.equals(view) !== true).length).toBe(0);
      expect(bytesMost).toBeLessThanOrEqual(bytesMax);
    }),
    { numRuns: 30, endOnFailure: true },
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
