import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadJson, BodyTooLarge, JsonMessages } from '../../../src/api/http/json-messages.ts';

function taken(text: string, bytesMax = 1000): object[] {
  const messages = new JsonMessages({ bytesMax });
  const found = [...messages.take(Buffer.from(text))];
  messages.end();
  return found;
}

test('objects that follow each other come one by one', () => {
  expect(taken('{"a":1}{"b":2}\n {"c":{"d":[3]}}\r\n\t')).toEqual([
    { a: 1 },
    { b: 2 },
    { c: { d: [3] } },
  ]);
  expect(taken('')).toEqual([]);
  expect(taken(' \n')).toEqual([]);
});

test('an object is given before what is wrong behind it', () => {
  const messages = new JsonMessages({ bytesMax: 1000 }).take(Buffer.from('{"a":1} and more'));

  expect(messages.next().value).toEqual({ a: 1 });
  expect(() => messages.next()).toThrow(BadJson);
});

test('braces and quotes within strings end nothing', () => {
  expect(taken(String.raw`{"a":"}]{\"}\\"}{"b":"\\\"{"}`)).toEqual([
    { a: '}]{"}\\' },
    { b: '\\"{' },
  ]);
});

test('an object is there as soon as its last byte is', () => {
  const messages = new JsonMessages({ bytesMax: 1000 });
  const take = (text: string): object[] => [...messages.take(Buffer.from(text))];
  expect(take('{"a":')).toEqual([]);
  expect(take('1')).toEqual([]);
  expect(take('} {"b"')).toEqual([{ a: 1 }]);
  expect(take(':2}')).toEqual([{ b: 2 }]);
  messages.end();
});

test('however the bytes are cut, the same objects come out', () => {
  const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(objects, fc.integer({ min: 1, max: 7 }), (sent, step) => {
      const texts = sent.map((one) => JSON.stringify(one));
      const bytes = Buffer.from(texts.join(step % 2 === 0 ? '' : ' \n'));
      const messages = new JsonMessages({ bytesMax: 1e6 });
      const found: object[] = [];
      for (let at = 0; at < bytes.length; at += step) {
        found.push(...messages.take(bytes.subarray(at, at + step)));
      }
      messages.end();
      expect(found.map(roundLong)).toEqual(sent.map(roundLong));
    }),
  );
});

describe('numbers', () => {
  test('of 64 bits lose no digit', () => {
    expect(taken('{"ID":7587862072907233281,"n":-9223372036854775808}')).toEqual([
      { ID: '7587862072907233281', n: '-9223372036854775808' },
    ]);
  });

  test('that are short, broken or within strings stay as they are', () => {
    expect(
      taken(
        String.raw`{"a":12,"b":"x:1234567890123456789,\"1234567890123456789","c":1234567890123456.5}`,
      ),
    ).toEqual([{ a: 12, b: 'x:1234567890123456789,"1234567890123456789', c: 1234567890123456.5 }]);
  });
});

describe('what is not JSON', () => {
  test.each([
    ['{', 'unexpected EOF'],
    ['{"a":"', 'unexpected EOF'],
    ['xx', "invalid character 'x' looking for beginning of value"],
    ['key=Zm9v', "invalid character 'k' looking for beginning of value"],
    ["'", "invalid character ''' looking for beginning of value"],
    ['[]', 'proto: syntax error (line 1:1): unexpected token ['],
    ['{"a":1} ]', "invalid character ']' looking for beginning of value"],
  ])('%s is refused with what is wrong', (text, message) => {
    expect(() => taken(text)).toThrow(new BadJson(message));
  });

  test('is refused where its parts do not fit', () => {
    for (const text of [
      '{a:1}',
      '{"a":}',
      '{"a":1,}',
      '{"a" 1}',
      '{"a":01}',
      '{]',
      '{"a":\u0001}',
    ]) {
      expect(() => taken(text)).toThrow(BadJson);
    }
  });

  test('is refused before its depth is a danger', () => {
    expect(() => taken(`{"a":${'['.repeat(5000)}`, 1e6)).toThrow('exceeded max recursion depth');
  });
});

/** As JSON, with long whole numbers as the doubles that they were. */
function roundLong(value: object): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'string' && /^-?\d{16,}$/.test(part) ? Number(part) : part,
  );
}

test('an object may be as large as it is allowed to be, and no larger', () => {
  expect(taken('{"a":"12"} {"a":"34"}', 10)).toHaveLength(2);
  expect(() => taken('{"a":"123"}', 10)).toThrow(BodyTooLarge);

  const messages = new JsonMessages({ bytesMax: 10 });
  expect([...messages.take(Buffer.from('{"a":"12'))]).toEqual([]);
  expect(() => [...messages.take(Buffer.from('345'))]).toThrow(BodyTooLarge);
});
