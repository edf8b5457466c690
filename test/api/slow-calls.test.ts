import { expect, test } from 'vitest';
import type { LogFields } from '../../src/base/logger.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { UnaryMethod } from '../../src/api/methods.ts';
import { SlowCalls } from '../../src/api/slow-calls.ts';

const method: UnaryMethod = {
  kind: 'unary',
  path: '/s.S/M',
  request: {
    encode: () => new Uint8Array(),
    decode: (bytes) => {
      if (bytes.length === 0) throw new Error('malformed');
      return { key: bytes, range_end: Buffer.from('z'.repeat(1000)), value: Buffer.from('secret') };
    },
  },
  response: { encode: () => new Uint8Array(), decode: () => ({}) },
  call: () => Promise.resolve(new Uint8Array()),
};

test('slow calls beyond twenty in a second are counted and not logged', () => {
  const lines: LogFields[] = [];
  const slow = new SlowCalls(
    { ...silentLogger, warn: (_msg, fields = {}) => lines.push(fields) },
    1,
  );
  const call = { tookMs: 300.25, requestBytes: Buffer.from('a"b'), responseSize: 5 };
  for (let at = 0; at < 100; at++) slow.note(method, 1000 + at, call);
  expect(lines).toHaveLength(20);
  expect(lines[0]).toEqual({
    'time spent': '300.250ms',
    'response type': '/s.S/M',
    'request size': 3,
    'response size': 5,
    'request content': `key:"a\\"b" range_end:"${'z'.repeat(100)}"`,
  });
  slow.note(method, 2000, { ...call, requestBytes: new Uint8Array(), responseSize: undefined });
  expect(lines.at(-1)).toMatchObject({
    'request content': 'malformed',
    'response size': -1,
    'slow calls left out': 80,
  });
  slow.note(method, 2001, call);
  expect(lines.at(-1)).not.toHaveProperty('slow calls left out');
});
