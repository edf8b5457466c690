import * as fc from 'fast-check';
import Long from 'long';
import { describe, expect, test } from 'vitest';
import { BadJson } from '../../../src/api/gateway/json-errors.ts';
import { jsonOf, messageOf as messageOfBytes } from '../../../src/api/gateway/message-json.ts';
import type { Field, MessageType, Value } from '../../../src/api/gateway/message-json.ts';

function field(name: string, value: Value, options: Partial<Field> = {}): Field {
  return { name, value, repeated: false, oneof: undefined, ...options };
}

/** A type with a field of each kind, that can hold itself. */
const sample: MessageType = {
  name: 'test.Sample',
  fields: [
    field('yes_no', { kind: 'bool' }),
    field('text', { kind: 'string' }),
    field('raw_bytes', { kind: 'bytes' }),
    field('small', { kind: 'int32' }),
    field('smallU', { kind: 'uint32' }),
    field('big', { kind: 'int64' }),
    field('bigU', { kind: 'uint64' }),
    field('colour', { kind: 'enum', numbers: { RED: 0, GREEN: 1 } }),
    field('child', { kind: 'message', type: () => sample }),
    field('children', { kind: 'message', type: () => sample }, { repeated: true }),
    field('words', { kind: 'string' }, { repeated: true }),
    field('this_one', { kind: 'int64' }, { oneof: 'choice' }),
    field('that_one', { kind: 'int64' }, { oneof: 'choice' }),
  ],
};

/** As the gateway does: from the text of one JSON value. */
function messageOf(json: unknown): Record<string, unknown> {
  return messageOfBytes(
    sample,
    Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)),
  );
}

/** The bytes of a field for this text. */
function bytesOf(text: string): unknown {
  return messageOf({ raw_bytes: text })['raw_bytes'];
}

describe('a message from JSON', () => {
  test('has fields by either of their names, and ignores unknown ones', () => {
    const message = messageOf({ yes_no: true, rawBytes: 'aGk=', unknown: [{ a: 'b' }], text: 'a' });

    expect(message).toEqual({ yes_no: true, raw_bytes: Buffer.from('hi'), text: 'a' });
  });

  test('has 64-bit numbers without loss', () => {
    const exact = { big: Long.MIN_VALUE, bigU: Long.MAX_UNSIGNED_VALUE };

    expect(messageOf('{"big":"-9223372036854775808","bigU":"18446744073709551615"}')).toEqual(
      exact,
    );
    expect(messageOf('{"big":-9223372036854775808,"bigU":18446744073709551615}')).toEqual(exact);
  });

  test.each([
    ['{"big":5}', { big: Long.fromNumber(5) }],
    ['{"big":"5.0"}', { big: Long.fromNumber(5) }],
    ['{"big":"-1e2"}', { big: Long.fromNumber(-100) }],
    ['{"big":1234500e-2}', { big: Long.fromNumber(12345) }],
    ['{"big":0.05e2}', { big: Long.fromNumber(5) }],
    ['{"big":9007199254740993e0}', { big: Long.fromString('9007199254740993') }],
    ['{"big":-0.0,"bigU":-0}', { big: Long.ZERO, bigU: Long.UZERO }],
    ['{"big":"5 apples"}', { big: Long.fromNumber(5) }],
    ['{"small":"-7"}', { small: -7 }],
    ['{"smallU":4294967295}', { smallU: 4294967295 }],
    ['{"colour":"GREEN"}', { colour: 1 }],
    ['{"colour":7}', { colour: 7 }],
    ['{"colour":1e0}', { colour: 1 }],
    ['{"colour":"BLUE"}', {}],
    ['{"colour":"constructor"}', {}],
    ['{"constructor":"x","__proto__":"y"}', {}],
    ['{"te\\u0078t":"\\u00e9\\n\\ud83d\\ude00"}', { text: 'é\n😀' }],
    ['{"text":null,"children":null,"child":null}', {}],
    ['{"this_one":null,"that_one":1}', { that_one: Long.fromNumber(1) }],
    ['{"children":[{"text":"a"},{}]}', { children: [{ text: 'a' }, {}] }],
    ['{"child":{"child":{"words":["x"]}}}', { child: { child: { words: ['x'] } } }],
  ])('understands %s', (json, message) => {
    expect(messageOf(json)).toEqual(message);
  });

  test.each([
    ['{"yes_no":"true"}', '(line 1:11): invalid value for bool field yesNo: "true"'],
    ['{"yes_no":1}', '(line 1:11): invalid value for bool field yesNo: 1'],
    ['{"text":5}', '(line 1:9): invalid value for string field text: 5'],
    ['{"text":{}}', '(line 1:9): invalid value for string field text: {'],
    ['{"raw_bytes":5}', '(line 1:14): invalid value for bytes field rawBytes: 5'],
    ['{"small":2147483648}', '(line 1:10): invalid value for int32 field small: 2147483648'],
    ['{"smallU":-1}', '(line 1:11): invalid value for uint32 field smallU: -1'],
    ['{"big":1.5}', '(line 1:8): invalid value for int64 field big: 1.5'],
    ['{"big":"x"}', '(line 1:8): invalid value for int64 field big: "x"'],
    ['{"big":""}', '(line 1:8): invalid value for int64 field big: ""'],
    ['{"big":"0x10"}', '(line 1:8): invalid value for int64 field big: "0x10"'],
    ['{"big":" 1"}', '(line 1:8): invalid value for int64 field big: " 1"'],
    ['{"big":9223372036854775808}', 'field big: 9223372036854775808'],
    ['{"bigU":"-1"}', 'invalid value for uint64 field bigU: "-1"'],
    ['{"bigU":"1e999"}', 'invalid value for uint64 field bigU: "1e999"'],
    ['{"colour":true}', '(line 1:11): invalid value for enum field colour: true'],
    ['{"colour":"1.5","small":1.5}', '(line 1:25): invalid value for int32 field small: 1.5'],
    ['{"child":[]}', 'syntax error (line 1:10): unexpected token ['],
    ['{"child":"x"}', 'syntax error (line 1:10): unexpected token "x"'],
    ['{"children":{}}', 'syntax error (line 1:13): unexpected token {'],
    ['{"children":[null]}', 'syntax error (line 1:14): unexpected token null'],
    ['{"words":"x"}', 'syntax error (line 1:10): unexpected token "x"'],
    ['{"words":[null]}', '(line 1:11): invalid value for string field words: null'],
    ['[]', 'syntax error (line 1:1): unexpected token ['],
    ['12', 'syntax error (line 1:1): unexpected token 12'],
    ['null', 'syntax error (line 1:1): unexpected token null'],
    ['{\n "é": 1,\n "é é": 2, "big": "x"}', '(line 3:19): invalid value for int64 field big: "x"'],
    ['{"text":"\\ud800"}', 'unexpected EOF'],
    ['{"text":"\\ud800abcdef"}', String.raw`(line 1:9): invalid escape code "abcdef" in string`],
    ['{"text":"\\udc00\\ud800"}', String.raw`(line 1:9): invalid escape code "\\ud800" in string`],
    ['{"x":["\\ud800\\u0041"]}', String.raw`(line 1:7): invalid escape code "\\u0041" in string`],
  ])('refuses %s', (json, text) => {
    expect(() => messageOf(json)).toThrow(BadJson);
    expect(() => messageOf(json)).toThrow(text);
  });

  // Time that grows with the square of the length would be minutes for these.
  test('a number of 300,000 digits and a text of 300,000 surrogate pairs take no longer than others', () => {
    const digits = `1.${'0'.repeat(300_000)}1`;
    expect(() => messageOf(`{"big":${digits}}`)).toThrow(BadJson);
    expect(() => messageOf(`{"big":"${digits}"}`)).toThrow(BadJson);
    expect(messageOf(`{"big":1.${'0'.repeat(300_000)}}`)).toEqual({ big: Long.fromNumber(1) });
    const pairs = String.raw`\ud83d\ude00`.repeat(300_000);
    expect(messageOf(`{"text":"${pairs}"}`)).toEqual({ text: '\u{1f600}'.repeat(300_000) });
  });

  test('invalid UTF-8 before half of a surrogate pair is refused first', () => {
    const json = Buffer.from(String.raw`{"text":"\ud83d\ude00 \ud800 and more"}`);
    json[json.indexOf(0x20)] = 0xff;
    expect(() => messageOfBytes(sample, json)).toThrow('invalid UTF-8 in string');
  });

  test.each([['text'], ['unknown']])('refuses invalid UTF-8 in a string: %s', (name) => {
    const json = Buffer.concat([
      Buffer.from(`{"${name}":"`),
      Buffer.from([0x61, 0xff]),
      Buffer.from('"}'),
    ]);
    expect(() => messageOfBytes(sample, json)).toThrow(
      new BadJson(`proto: syntax error (line 1:${name.length + 5}): invalid UTF-8 in string`),
    );
  });

  test('refuses a field given twice, and two in the place of one', () => {
    for (const twice of ['{"yes_no":true,"yesNo":true}', '{"yes_no":null,"yesNo":null}']) {
      expect(() => messageOf(twice)).toThrow(
        new BadJson('proto: (line 1:16): duplicate field "yesNo"'),
      );
    }
    expect(() => messageOf('{"this_one":1,"that_one":2}')).toThrow(
      new BadJson(
        'proto: (line 1:15): error parsing "that_one", oneof test.Sample.choice is already set',
      ),
    );
    // Its value is not checked any more.
    expect(() => messageOf('{"this_one":1,"that_one":"\\ud800"}')).toThrow('is already set');
    expect(() => messageOf('{"child":{"text":"a"},"child":{}}')).toThrow('duplicate field "child"');
  });
});

describe('base64', () => {
  test.each([
    ['', ''],
    ['aGk=', '6869'],
    ['Zm8', '666f'],
    ['Zg', '66'],
    ['-_-_', 'fbffbf'],
    ['+/+/', 'fbffbf'],
    ['-w', 'fb'],
    ['-w==', 'fb'],
    ['aG\nk=\r\n', undefined],
    ['aG\r\nk\n\n=', '6869'],
    ['a\nGk', undefined],
    ['aG\r\n', undefined],
    ['aGlo\n', '686968'],
    ['\n', ''],
    ['aGl=', '6869'],
    ['Zm9v=', undefined],
    ['aGk==', undefined],
    ['Zg=', undefined],
    ['Z===', undefined],
    ['====', undefined],
    ['=', undefined],
    ['hello', undefined],
    ['a', undefined],
    ['Zm8=x', undefined],
    ['Zg==Zg==', undefined],
    ['+_+_', undefined],
    ['-/8=', undefined],
    ['aG k', undefined],
    ['aGk\t', undefined],
    ['!!!', undefined],
    ['éé', undefined],
    ['aGk\u0161', undefined],
  ])('%j', (text, hex) => {
    if (hex === undefined) expect(() => bytesOf(text)).toThrow('invalid value for bytes field');
    else expect(bytesOf(text)).toEqual(Buffer.from(hex, 'hex'));
  });

  test('round-trips in either alphabet, with padding or without', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        const sent = Buffer.from(bytes);
        const padded = sent.toString('base64');
        const ofUrls = padded.replaceAll('+', '-').replaceAll('/', '_');
        for (const text of [
          padded,
          ofUrls,
          padded.replaceAll('=', ''),
          sent.toString('base64url'),
        ]) {
          expect(bytesOf(text)).toEqual(sent);
        }
      }),
    );
  });

  test('with a letter missing is refused where its length shows it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 50 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        if (bytes.length % 3 !== 0) expect(() => bytesOf(text.slice(1))).toThrow(BadJson);
        expect(() => bytesOf(`${text}A`)).toThrow(BadJson);
      }),
    );
  });
});

describe('JSON from a message', () => {
  test('has the names of the proto file, and no fields that hold their default', () => {
    const message = {
      yes_no: false,
      text: '',
      raw_bytes: new Uint8Array(),
      small: 0,
      big: Long.ZERO,
      bigU: 0,
      colour: 0,
      children: [],
      child: {},
    };

    expect(jsonOf(sample, message)).toEqual({ child: {} });
  });

  test('has 64-bit numbers as text, others as numbers, bytes in base64 and enums by name', () => {
    const message = {
      yes_no: true,
      raw_bytes: Buffer.from([0xfb, 0xff]),
      small: -1,
      smallU: 4294967295,
      big: -5,
      bigU: Long.MAX_UNSIGNED_VALUE,
      colour: 1,
      words: ['', 'x'],
      children: [{ colour: 7 }, {}],
    };

    expect(JSON.stringify(jsonOf(sample, message))).toBe(
      '{"yes_no":true,"raw_bytes":"+/8=","small":-1,"smallU":4294967295,"big":"-5",' +
        '"bigU":"18446744073709551615","colour":"GREEN","children":[{"colour":7},{}],' +
        '"words":["","x"]}',
    );
  });

  test('has an id with its highest bit set as an unsigned number', () => {
    const signed = Long.fromBits(-1, -1, false);
    expect(jsonOf(sample, { bigU: signed })).toEqual({ bigU: '18446744073709551615' });
    expect(jsonOf(sample, { bigU: 2n ** 63n })).toEqual({ bigU: '9223372036854775808' });
  });

  test('round-trips to the same message', () => {
    const json = {
      yes_no: true,
      text: 'é\u0000"',
      raw_bytes: 'AAEC',
      big: '-1',
      bigU: '9223372036854775809',
      colour: 'GREEN',
      child: { children: [{ small: 3 }] },
      this_one: '1',
    };
    expect(jsonOf(sample, messageOf(json))).toEqual(json);
  });
});
