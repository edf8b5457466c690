import { crc32 } from 'node:zlib';
import { Packr } from 'msgpackr';
import { expect, test } from 'vitest';
import {
  SnapshotEncoder,
  SnapshotMeter,
  SnapshotReader,
} from '../../src/storage/snapshot-frames.ts';
import { numbersFrom } from './level.ts';

type Record = readonly [key: string, value: Buffer];

/** As former releases encode and decode them. */
const packr = new Packr({ useRecords: false });

function encoded(records: readonly Record[]): Uint8Array[] {
  const encoder = new SnapshotEncoder();
  const meter = new SnapshotMeter();
  for (const [key, value] of records) {
    encoder.add(key, value);
    meter.add(key, value.length);
  }
  const chunks = [...encoder.takeFull(), ...encoder.takeRest()];
  const lengths = [...meter.takeFull(), ...meter.takeRest()];
  expect(lengths).toEqual(chunks.map(({ length }) => length));
  return chunks;
}

function decoded(chunks: readonly Uint8Array[]): Record[] {
  const reader = new SnapshotReader();
  const records: Record[] = [];
  for (const chunk of chunks) {
    reader.take(chunk, (key, value) => records.push([key.toString('latin1'), Buffer.from(value)]));
  }
  reader.finish();
  return records;
}

/** Lengths at which MessagePack begins another layout. */
const lengths = [0, 1, 15, 16, 31, 32, 33, 127, 128, 255, 256, 257, 4000, 65_535, 65_536, 200_000];

test.each([1, 2, 3])(
  'chunks hold what MessagePack packs, and every release reads them (%i)',
  (seed) => {
    const below = numbersFrom(seed);
    const keyOf = (length: number): string =>
      Buffer.from(Array.from({ length }, () => below(256))).toString('latin1');
    const records: Record[] = [];
    for (const length of lengths) {
      records.push([keyOf(length), Buffer.alloc(below(400), length)]);
      records.push([keyOf(below(40)), Buffer.alloc(length, below(256))]);
      for (let some = below(200); some > 0; some--) {
        records.push([keyOf(below(30)), Buffer.alloc(below(20), some)]);
      }
    }
    const chunks = encoded(records);
    expect(decoded(chunks)).toEqual(records);
    let sum = 0;
    const found: Record[] = [];
    for (const chunk of chunks.slice(0, -1)) {
      const [content, given]: unknown[] = packr.unpack(chunk);
      if (!Array.isArray(content)) throw new Error('no records');
      for (let at = 0; at < content.length; at += 2) {
        const [key, value]: unknown[] = content.slice(at, at + 2);
        if (typeof key !== 'string' || !Buffer.isBuffer(value)) throw new Error('no record');
        sum = crc32(value, crc32(Buffer.from(key, 'latin1'), sum));
        found.push([key, value]);
      }
      expect(given).toBe(sum);
      if (sum > 0xffff) expect(Buffer.compare(chunk, packr.pack([content, sum]))).toBe(0);
    }
    expect(found).toEqual(records);
    // Of former releases: with numbers as short as they can be.
    expect(decoded([packr.pack([records.flat(), sum]), packr.pack([records.length, sum])])).toEqual(
      records,
    );
    expect(packr.unpack(chunks.at(-1) ?? Buffer.alloc(0))).toEqual([records.length, sum]);
  },
);

test('a state without records is one chunk, which says so', () => {
  expect(encoded([]).map((chunk) => packr.unpack(chunk))).toEqual([[0, 0]]);
});

test('a chunk of very many small records is read, too', () => {
  const records = Array.from({ length: 40_000 }, (): Record => ['', Buffer.of(1)]);
  expect(decoded(encoded(records))).toHaveLength(records.length);
});

test('any changed byte of a chunk is noticed', () => {
  const records = Array.from({ length: 20 }, (_, at): Record => [`k\u00e9${at}`, Buffer.alloc(at)]);
  const chunks = encoded(records);
  const below = numbersFrom(4);
  for (const [which, chunk] of chunks.entries()) {
    for (let at = 0; at < chunk.length; at++) {
      const changed = Buffer.from(chunk);
      changed[at] = (changed[at] ?? 0) ^ (1 << below(8));
      const all = chunks.map((each, place) => (place === which ? changed : each));
      expect(() => decoded(all), `byte ${at} of chunk ${which}`).toThrow(
        /^the snapshot is damaged/,
      );
    }
    for (let length = 0; length < chunk.length; length++) {
      const all = chunks.map((each, place) => (place === which ? each.subarray(0, length) : each));
      expect(() => decoded(all)).toThrow(/^the snapshot is damaged/);
    }
  }
});
