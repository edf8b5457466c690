import { assert, jsonValue, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonFields, parseJson } from '../../../src/api/consul/frame/json-in.ts';
import { printJson } from '../../../src/api/consul/frame/json-out.ts';

const read = (text: string): unknown => parseJson(Buffer.from(text));
const fieldsOf = (text: string): JsonFields => new JsonFields(parseJson(Buffer.from(text)));

describe('JSON from clients', () => {
  test('names of fields count in any letter case and with underscores', () => {
    for (const name of ['ServiceID', 'serviceid', 'service_id', 'SERVICE_ID', 'Service_Id']) {
      expect(fieldsOf(`{"${name}":"a"}`).text('ServiceID')).toBe('a');
    }
  });

  test('missing fields and null have the values of Go', () => {
    const fields = fieldsOf('{"A":null}');
    expect(fields.text('A')).toBe('');
    expect(fields.flag('B')).toBe(false);
    expect(fields.whole('B')).toBe(0);
    expect(fields.texts('B')).toEqual([]);
    expect(fields.textMap('B')).toEqual({});
    expect(fields.duration('B')).toBeUndefined();
    expect(fields.object('A')).toBeUndefined();
  });

  test('whole numbers of 64 bits are exact, however deep they are', () => {
    const text =
      '[{"KV":{"Flags":16210313421097356768,"Index":9007199254740993,"s":"12345678901234567890\\"","n":1.5e3,"a":[],"o":{},"t":true,"z":null}}]';
    expect(parseJson(Buffer.from(text))).toEqual([
      {
        KV: {
          Flags: 16_210_313_421_097_356_768n,
          Index: 9_007_199_254_740_993n,
          s: '12345678901234567890"',
          n: 1500,
          a: [],
          o: {},
          t: true,
          z: null,
        },
      },
    ]);
    expect(fieldsOf('{"F":18446744073709551615}').uint64('F')).toBe(2n ** 64n - 1n);
  });

  test('any JSON with a long number is read as without it', () => {
    assert(
      property(jsonValue(), (value) => {
        const text = `{"long":12345678901234567890,"value":${JSON.stringify(value)}}`;
        expect(printJson(parseJson(Buffer.from(text)), false)).toBe(text);
      }),
    );
  });

  test.each([
    ['', 'Request decode failed: EOF'],
    ['[1', /^Request decode failed: .+/],
    ['"text"', 'Request decode failed: the body must be an object, and is a string'],
    [
      `${'['.repeat(1001)}1234567890123456${']'.repeat(1001)}`,
      'Request decode failed: exceeded max depth',
    ],
    ['[{"a":'.repeat(100_000), 'Request decode failed: exceeded max depth'],
    ['{"a":1e400}', 'Request decode failed: the number 1e400 is too large'],
    ['[[-1.5E+0309]]', 'Request decode failed: the number -1.5E+0309 is too large'],
    [`[${'9'.repeat(400)}.5]`, 'Request decode failed: the number 9999999999'],
  ])('%j is refused', (text, message) => {
    expect(() => fieldsOf(text)).toThrow(message);
  });

  test('an escape for half of a character is U+FFFD, as in Go', () => {
    expect(read('{"\\ud800":"a\\uDfFf\\ud83d\\ude00\\ud83d","n":1234567890123456789}')).toEqual({
      '\ufffd': 'a\ufffd\u{1f600}\ufffd',
      n: 1_234_567_890_123_456_789n,
    });
    // Behind an escaped backslash there is no escape.
    expect(read(String.raw`["\\ud800", "\\\ud800"]`)).toEqual([String.raw`\ud800`, '\\\ufffd']);
  });

  test('null in a list or a map of texts is an empty text, as in Go', () => {
    expect(fieldsOf('{"A":["x",null]}').texts('A')).toEqual(['x', '']);
    expect(fieldsOf('{"A":{"x":null}}').textMap('A')).toEqual({ x: '' });
  });

  test('nesting counts brackets outside of texts', () => {
    const deep = `${'['.repeat(1000)}${']'.repeat(1000)}`;
    expect(parseJson(Buffer.from(deep))).toBeInstanceOf(Array);
    const text = `${'[{'.repeat(2000)}\\"[`;
    const written = JSON.stringify({ text });
    expect(parseJson(Buffer.from(written))).toEqual({ text });
  });

  test.each([
    ['text', 'a string'],
    ['flag', 'a boolean'],
    ['whole', 'a whole number'],
    ['uint64', 'a whole number of 64 bits'],
    ['texts', 'a list'],
    ['textMap', 'an object of strings'],
    ['duration', 'a duration, as "10s"'],
    ['object', 'an object'],
    ['objects', 'a list'],
  ] as const)('%s refuses a value of another type', (kind, expected) => {
    const wrong = ['text', 'object', 'objects', 'texts', 'textMap'].includes(kind) ? '1.5' : '{}';
    const { object } = { object: fieldsOf(`{"Outer":{"A":${wrong}}}`).object('Outer') };
    expect(() => object?.[kind]('A')).toThrow(`Request decode failed: Outer.A must be ${expected}`);
  });

  test('durations are texts or nanoseconds', () => {
    expect(fieldsOf('{"D":"10s"}').duration('D')).toBe(10_000_000_000n);
    expect(fieldsOf('{"D":20000000}').duration('D')).toBe(20_000_000n);
    expect(fieldsOf('{"D":-9223372036854775808}').duration('D')).toBe(-(2n ** 63n));
    for (const text of ['9223372036854775808', '1e300']) {
      expect(() => fieldsOf(`{"D":${text}}`).duration('D')).toThrow('D must be a duration');
    }
    expect(() => fieldsOf('{"D":"10 parsecs"}').duration('D')).toThrow(
      'invalid duration "10 parsecs"',
    );
  });
});

describe('JSON to clients', () => {
  const value = { A: 1, B: [], C: {}, D: [1, 'x"'], E: { F: null }, G: undefined, H: true };

  test('is compact, or indented by four blanks and ended with a line', () => {
    expect(printJson(value, false)).toBe(
      '{"A":1,"B":[],"C":{},"D":[1,"x\\""],"E":{"F":null},"H":true}',
    );
    expect(printJson([1], true)).toBe('[\n    1\n]\n');
  });

  test('is the same with numbers of 64 bits in it, which are exact', () => {
    const flags = 16_210_313_421_097_356_768n;
    for (const pretty of [false, true]) {
      const plain = printJson({ ...value, X: 'flags' }, pretty);
      expect(printJson({ ...value, X: flags }, pretty)).toBe(
        plain.replace('"flags"', String(flags)),
      );
    }
  });
});
