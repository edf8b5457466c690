import { expect, test } from 'vitest';
import { CallHead, CallHeads } from '../../../src/api/grpc/call-head.ts';
import type { HeaderField } from '../../../src/http2/index.ts';
import { unaryMethod } from './server.ts';

const method = unaryMethod('/s.S/M', (request) => request);
const methods = new Map([[method.path, method]]);

function headersWith(more: Readonly<Record<string, string>> = {}): HeaderField[] {
  const all = {
    ':method': 'POST',
    ':path': '/s.S/M',
    'content-type': 'application/grpc',
    ...more,
  };
  return Object.entries(all).map(([name, value]) => ({ name, value }));
}

test('calls with one list of headers share what was read of it', () => {
  const heads = new CallHeads(methods);
  const headers = [...headersWith({ who: 'you' }), { name: 'who', value: 'another' }];
  const head = heads.read(headers);
  if (!(head instanceof CallHead)) throw new Error('no call');
  const look = () => [head.method, head.encoding, head.valueOf('who'), head.valueOf('none')];
  const first = look();
  expect(first).toEqual([method, undefined, 'you', undefined]);
  expect(heads.read(headers)).toBe(head);
  expect(look()).toEqual(first);
  expect(heads.read([...headers])).not.toBe(head);
});

test('a list with a timeout is read each time', () => {
  const heads = new CallHeads(methods);
  const headers = headersWith({ 'grpc-timeout': '50m' });
  const head = heads.read(headers);
  expect(head).toMatchObject({ timeoutMs: 50 });
  expect(heads.read(headers)).not.toBe(head);
});

test.each([
  [{ 'content-type': 'text/plain' }, 415],
  [{ ':method': 'GET' }, 405],
])('%o is no call: %i', (wrong, status) => {
  const heads = new CallHeads(methods);
  const headers = headersWith(wrong);
  expect(heads.read(headers)).toBe(status);
  expect(heads.read(headers)).toBe(status);
});

test.each([
  [{ ':path': '/s.S/Other' }, 'unknown method Other for service s.S'],
  [{ 'grpc-timeout': '5' }, 'malformed grpc-timeout: 5'],
  [{ 'grpc-timeout': '0S' }, 'context deadline exceeded'],
  [{ 'grpc-encoding': 'br' }, 'grpc: Decompressor is not installed for grpc-encoding "br"'],
])('%o is refused each time', (wrong, text) => {
  const heads = new CallHeads(methods);
  const headers = headersWith(wrong);
  expect(() => heads.read(headers)).toThrow(text);
  expect(() => heads.read(headers)).toThrow(text);
});
