import Long from 'long';
import { describe, expect, test } from 'vitest';
import { BadJson } from '../../../src/api/http/json-messages.ts';
import { jsonOf, messageOf } from '../../../src/api/http/message-json.ts';
import type { Field, MessageType, Value } from '../../../src/api/http/message-json.ts';

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

describe('a message from JSON', () => {
  test('has fields by both their names, and no unknown ones', () => {
    const message = messageOf(sample, { yes_no: true, rawBytes: 'aGk=', unknown: [{}], text: 'a' });

    expect(message).toEqual({ yes_no: true, raw_bytes: Buffer.from('hi'), text: 'a' });
  });

  test('has 64-bit numbers without loss', () => {
    const message = messageOf(sample, {
      big: '-9223372036854775808',
      bigU: '18446744073709551615',
    });

    expect(message).toEqual({ big: Long.MIN_VALUE, bigU: Long.MAX_UNSIGNED_VALUE });
  });

  test.each([
    [{ big: 5 }, { big: Long.fromNumber(5) }],
    [{ big: '5.0' }, { big: Long.fromNumber(5) }],
    [{ big: '-1e2' }, { big: Long.fromNumber(-100) }],
    [{ small: '-7' }, { small: -7 }],
    [{ smallU: 4294967295 }, { smallU: 4294967295 }],
    [{ colour: 'GREEN' }, { colour: 1 }],
    [{ colour: 7 }, { colour: 7 }],
    [{ colour: 'BLUE' }, { colour: 0 }],
    [{ colour: 'constructor' }, { colour: 0 }],
    [{ constructor: 'x', __proto__: 'y' }, {}],
    [{ raw_bytes: '-_-_' }, { raw_bytes: Buffer.from([0xfb, 0xff, 0xbf]) }],
    [{ raw_bytes: 'Zm8' }, { raw_bytes: Buffer.from('fo') }],
    [{ text: null, children: null, child: null }, {}],
    [{ children: [{ text: 'a' }, {}] }, { children: [{ text: 'a' }, {}] }],
    [{ child: { child: { words: ['x'] } } }, { child: { child: { words: ['x'] } } }],
  ])('understands %j', (json, message) => {
    expect(messageOf(sample, json)).toEqual(message);
  });

  test.each([
    [{ yes_no: 'true' }, 'bool field yes_no: "true"'],
    [{ yes_no: 1 }, 'bool field yes_no: 1'],
    [{ text: 5 }, 'string field text: 5'],
    [{ raw_bytes: '!!!' }, 'bytes field raw_bytes: "!!!"'],
    [{ raw_bytes: 5 }, 'bytes field raw_bytes: 5'],
    [{ small: 2147483648 }, 'int32 field small: 2147483648'],
    [{ smallU: -1 }, 'uint32 field smallU: -1'],
    [{ big: 1.5 }, 'int64 field big: 1.5'],
    [{ big: 'x' }, 'int64 field big: "x"'],
    [{ big: '' }, 'int64 field big: ""'],
    [{ big: '0x10' }, 'int64 field big: "0x10"'],
    [{ big: ' 1' }, 'int64 field big: " 1"'],
    [{ big: '9223372036854775808' }, 'int64 field big'],
    [{ bigU: '-1' }, 'uint64 field bigU'],
    [{ bigU: '1e999' }, 'uint64 field bigU'],
    [{ colour: true }, 'enum field colour: true'],
    [{ child: [] }, 'message field child: []'],
    [{ child: 'x' }, 'message field child: "x"'],
    [{ children: {} }, 'message field children: {}'],
    [{ children: [null] }, 'message field children: null'],
    [{ words: 'x' }, 'string field words: "x"'],
  ])('refuses %j', (json, text) => {
    expect(() => messageOf(sample, json)).toThrow(BadJson);
    expect(() => messageOf(sample, json)).toThrow(text);
  });

  test('refuses a field given twice, and two in the place of one', () => {
    expect(() => messageOf(sample, { yes_no: true, yesNo: true })).toThrow(
      'duplicate field "yesNo"',
    );
    expect(() => messageOf(sample, { this_one: 1, that_one: 2 })).toThrow(
      'oneof test.Sample.choice is already set',
    );
  });

  test('does not repeat a whole body in its refusal', () => {
    const text = 'x'.repeat(10_000);
    expect(() => messageOf(sample, { big: text })).toThrow(/^.{1,200}$/);
  });
});

describe('JSON from a message', () => {
  test('has the names of the proto file, and nothing that holds nothing', () => {
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

  test('has an id with its highest bit as the unsigned number that it is', () => {
    const signed = Long.fromBits(-1, -1, false);
    expect(jsonOf(sample, { bigU: signed })).toEqual({ bigU: '18446744073709551615' });
    expect(jsonOf(sample, { bigU: 2n ** 63n })).toEqual({ bigU: '9223372036854775808' });
  });

  test('comes back as the same message', () => {
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
    expect(jsonOf(sample, messageOf(sample, json))).toEqual(json);
  });
});
