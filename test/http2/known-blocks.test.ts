import { describe, expect, test } from 'vitest';
import { HeaderDecoder } from '../../src/http2/header-decoder.ts';
import { KnownBlocks } from '../../src/http2/known-blocks.ts';
import { newest, remembered } from './frames.ts';

const decoder = (): HeaderDecoder => new HeaderDecoder({ listBytesMax: 64 << 10 });
const block = (text: string): Buffer => Buffer.from(text);

test('the last four short blocks are known, until they are cleared', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const blocks = new KnownBlocks();
  const lists = new Map(names.map((name) => [name, [{ name, value: '' }]]));
  for (const [name, fields] of lists) blocks.add(block(name), fields);
  expect(names.filter((name) => blocks.find(block(name)) !== undefined)).toEqual(names.slice(2));
  expect(blocks.find(block('c'))).toBe(lists.get('c'));
  expect(blocks.find(block('cd'))).toBeUndefined();
  blocks.clear();
  for (const name of names) expect(blocks.find(block(name))).toBeUndefined();
});

test('a block is copied, since the buffer of the socket may change; a long one is not known', () => {
  const blocks = new KnownBlocks();
  const bytes = block('abc');
  blocks.add(bytes, []);
  bytes.fill('x');
  expect(blocks.find(block('abc'))).toEqual([]);
  expect(blocks.find(bytes)).toBeUndefined();
  blocks.add(Buffer.alloc(65), []);
  expect(blocks.find(Buffer.alloc(65))).toBeUndefined();
});

describe('a block that comes again', () => {
  test('has the same list while the table stays as it is', () => {
    const made = decoder();
    made.decode(remembered('a', '1'));
    const first = made.decode(newest);
    expect(first).toEqual([{ name: 'a', value: '1' }]);
    expect(made.decode(newest)).toBe(first);
  });

  test('says something else once the table has another header there', () => {
    const made = decoder();
    made.decode(remembered('a', '1'));
    made.decode(newest);
    made.decode(remembered('b', '2'));
    expect(made.decode(newest)).toEqual([{ name: 'b', value: '2' }]);
  });

  test('is an error once the table was emptied', () => {
    const made = decoder();
    made.decode(remembered('a', '1'));
    made.decode(newest);
    // The size of the table becomes 0.
    made.decode(Buffer.from([0x20]));
    expect(() => made.decode(newest)).toThrow('there is no header 62');
  });

  test('changes the table each time if it did the first time', () => {
    const made = decoder();
    made.decode(remembered('a', '1'));
    made.decode(remembered('a', '1'));
    expect(made.decode(Buffer.from([0x80 | 63]))).toEqual([{ name: 'a', value: '1' }]);
  });
});
