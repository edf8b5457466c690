import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadJson, BodyTooLarge } from '../../../src/api/gateway/json-errors.ts';
import { JsonScanner } from '../../../src/api/gateway/json-scanner.ts';

/** The values in some bytes that come in pieces. */
function taken(bytes: Buffer, { bytesMax = 1000, pieceBytes = bytes.length } = {}): string[] {
  const scanner = new JsonScanner({ bytesMax });
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    found.push(...scanner.take(bytes.subarray(at, at + pieceBytes)));
  }
  const last = scanner.end();
  if (last !== undefined) found.push(last);
  return found.map(String);
}

test('consecutive values are given one by one', () => {
  expect(taken(Buffer.from('{"a":1}{"b":2}\n {"c":{"d":[3]}}\r\n\t'))).toEqual([
    '{"a":1}',
    '{"b":2}',
    '{"c":{"d":[3]}}',
  ]);
  expect(taken(Buffer.from(''))).toEqual([]);
  expect(taken(Buffer.from(' \n'))).toEqual([]);
});

test('a piece is not kept: bytes that come one by one take no more memory than together', () => {
  const scanner = new JsonScanner({ bytesMax: 1000 });
  const text = '{"a":"0123456789","b":[1,2,3]}';
  const piece = Buffer.alloc(1);
  const found: string[] = [];
  for (const byte of Buffer.from(text)) {
    piece[0] = byte;
    for (const value of scanner.take(piece)) found.push(String(value));
  }

  expect(found).toEqual([text]);
});

test('values need not be objects', () => {
  expect(taken(Buffer.from(' [] 12 -0.5e+3"a"null true[1]7'))).toEqual([
    '[]',
    '12',
    '-0.5e+3',
    '"a"',
    'null',
    'true',
    '[1]',
    '7',
  ]);
});

test('a value is given before the error behind it', () => {
  const values = new JsonScanner({ bytesMax: 1000 }).take(Buffer.from('{"a":1} and more'));

  expect(String(values.next().value)).toBe('{"a":1}');
  expect(() => values.next()).toThrow(BadJson);
});

test('braces and quotes within strings do not end a value', () => {
  const first = String.raw`{"a":"}]{\"}\\"}`;
  const second = String.raw`{"b":"\\\"{"}`;
  expect(taken(Buffer.from(first + second))).toEqual([first, second]);
});

test('an object is given with its last byte', () => {
  const scanner = new JsonScanner({ bytesMax: 1000 });
  const take = (text: string): string[] => [...scanner.take(Buffer.from(text))].map(String);
  expect(take('{"a":')).toEqual([]);
  expect(take('1')).toEqual([]);
  expect(take('} {"b"')).toEqual(['{"a":1}']);
  expect(take(':2}')).toEqual(['{"b":2}']);
  expect(scanner.end()).toBeUndefined();
});

test('the same values are given however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 }),
      fc.integer({ min: 1, max: 7 }),
      fc.constantFrom('\n', ' \r\n\t'),
      (sent, pieceBytes, between) => {
        const texts = sent.map((one) => JSON.stringify(one));
        const bytes = Buffer.from(texts.join(between));
        expect(taken(bytes, { bytesMax: 1e6, pieceBytes })).toEqual(texts);
      },
    ),
  );
});

test('exactly the texts that JSON.parse refuses are refused', () => {
  const alphabet = fc.constantFrom(...'{}[]:,"\\ntrufalse0123.-+eE\u0001 \u00e9'.split(''));
  fc.assert(
    fc.property(fc.array(alphabet, { minLength: 1, maxLength: 12 }), (characters) => {
      const text = `[${characters.join('')}]`;
      let values: string[] | undefined;
      try {
        values = taken(Buffer.from(text));
      } catch (error) {
        expect(error).toBeInstanceOf(BadJson);
      }
      let parses = true;
      try {
        JSON.parse(text);
      } catch {
        parses = false;
      }
      if (parses) expect(values).toEqual([text]);
      else expect(values).not.toEqual([text]);
    }),
    { numRuns: 2000 },
  );
});

describe('invalid JSON', () => {
  test.each([
    ['{', 'unexpected EOF'],
    ['{"a":"', 'unexpected EOF'],
    ['12e', 'unexpected EOF'],
    ['tru', 'unexpected EOF'],
    ['{bad', "invalid character 'b' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1}', "invalid character '}' after array element"],
    ['{]', "invalid character ']' looking for beginning of object key string"],
    ['{"a":}', "invalid character '}' looking for beginning of value"],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['[.5]', "invalid character '.' looking for beginning of value"],
    ['[-x]', "invalid character 'x' in numeric literal"],
    ['[1.]', "invalid character ']' after decimal point in numeric literal"],
    ['[1e+]', "invalid character ']' in exponent of numeric literal"],
    ['[tru]', "invalid character ']' in literal true (expecting 'e')"],
    ['[nil]', "invalid character 'i' in literal null (expecting 'u')"],
    ['["\\x"]', "invalid character 'x' in string escape code"],
    ['["\\u12g4"]', String.raw`invalid character 'g' in \u hexadecimal character escape`],
    ['["\u0001"]', String.raw`invalid character '\x01' in string literal`],
    ['["\n"]', String.raw`invalid character '\n' in string literal`],
    ['xx', "invalid character 'x' looking for beginning of value"],
    ["'", String.raw`invalid character '\'' looking for beginning of value`],
    ['\u00e9', "invalid character '\u00c3' looking for beginning of value"],
    ['\u0080', "invalid character '\u00c2' looking for beginning of value"],
    ['{"a":1} ]', "invalid character ']' looking for beginning of value"],
  ])('%j is refused with its fault', (text, message) => {
    expect(() => taken(Buffer.from(text))).toThrow(new BadJson(message));
    expect(() => taken(Buffer.from(text), { pieceBytes: 1 })).toThrow(new BadJson(message));
  });

  test('is refused when it is nested too deeply', () => {
    const deep = Buffer.from(`{"a":${'['.repeat(5000)}`);
    expect(() => taken(deep, { bytesMax: 1e6 })).toThrow(
      "invalid character '[' exceeded max depth",
    );
  });
});

test('a value may be as large as the limit, and no larger', () => {
  expect(taken(Buffer.from('{"a":"12"} {"a":"34"}'), { bytesMax: 10 })).toHaveLength(2);
  expect(() => taken(Buffer.from('{"a":"123"}'), { bytesMax: 10 })).toThrow(BodyTooLarge);

  const scanner = new JsonScanner({ bytesMax: 10 });
  expect([...scanner.take(Buffer.from('{"a":"12'))]).toEqual([]);
  expect(() => [...scanner.take(Buffer.from('345'))]).toThrow(BodyTooLarge);
});
