import { expect, test } from 'vitest';
import type { LogFields } from '../../../src/base/logger.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { SlowCalls } from '../../../src/api/etcd/slow-calls.ts';
import type { UnaryMethod } from '../../../src/api/methods.ts';
import { defaultStatusOf } from '../../../src/api/status.ts';

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
  statusOf: defaultStatusOf,
  call: () => Promise.resolve(new Uint8Array()),
};

test('slow calls beyond twenty in a second are counted and not logged', () => {
  const lines: LogFields[] = [];
  const slow = new SlowCalls(
    { ...silentLogger, warn: (_msg, fields = {}) => lines.push(fields) },
    1,
  );
  const call = {
    code: 0,
    tookMs: 300.25,
    nowMs: 1000,
    request: Buffer.from('a"b'),
    responseBytes: 5,
  };
  for (let at = 0; at < 100; at++) slow.note(method, { ...call, nowMs: 1000 + at });
  expect(lines).toHaveLength(20);
  expect(lines[0]).toEqual({
    'time spent': '300.250ms',
    'response type': '/s.S/M',
    'request size': 3,
    'response size': 5,
    'request content': `key:"a\\"b" range_end:"${'z'.repeat(100)}"`,
  });
  slow.note(method, {
    ...call,
    nowMs: 2000,
    request: new Uint8Array(),
    responseBytes: undefined,
  });
  expect(lines.at(-1)).toMatchObject({
    'request content': 'malformed',
    'response size': -1,
    'slow calls left out': 80,
  });
  slow.note(method, { ...call, nowMs: 2001 });
  expect(lines.at(-1)).not.toHaveProperty('slow calls left out');
});
