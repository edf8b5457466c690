import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { registrationOf } from '../../src/registry/instance.ts';

const read = (value: unknown): unknown =>
  registrationOf(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));

test('a registration is host:port', () => {
  expect(read('10.0.1.45:8080')).toMatchObject({ address: '10.0.1.45', port: 8080, tags: [] });
  expect(read(' db.example.com:5432\n')).toMatchObject({ address: 'db.example.com', port: 5432 });
  expect(read('[2001:db8::1]:80')).toMatchObject({ address: '2001:db8::1', port: 80 });
});

test('a registration is JSON with more in it', () => {
  const value = {
    address: '10.0.1.45',
    port: 8080,
    tags: ['v2'],
    meta: { zone: 'a', replicas: 3 },
    weights: { passing: 10 },
    ports: { http: 8080, metrics: 9090 },
    unknown: true,
  };
  expect(read(value)).toEqual({
    address: '10.0.1.45',
    port: 8080,
    tags: ['v2'],
    meta: { zone: 'a', replicas: '3' },
    weights: { passing: 10, warning: 1 },
    ports: { http: 8080, metrics: 9090 },
    node: '',
    id: '',
    from: '',
    taggedAddresses: {},
    enableTagOverride: false,
    publishNotReady: false,
    protectShare: undefined,
    flapDamping: '',
    consul: {},
  });
});

test("a registration has gRPC's form", () => {
  const value = { Op: 0, Addr: '10.0.1.45:8080', Metadata: { weight: 1 } };
  expect(read(value)).toMatchObject({ address: '10.0.1.45', port: 8080, meta: { weight: '1' } });
  expect(read({ Addr: '10.0.1.45:8080', Metadata: null })).toMatchObject({ meta: {} });
});

test("a registration has SkyDNS's form", () => {
  const value = { host: '10.0.1.45', port: 8080, weight: 20, ttl: 30, text: 'hello' };
  expect(read(value)).toMatchObject({
    address: '10.0.1.45',
    port: 8080,
    weights: { passing: 20, warning: 20 },
    meta: { text: 'hello' },
  });
});

test.each([
  ['', 'it is no host:port'],
  ['10.0.1.45', 'it is no host:port'],
  ['10.0.1.45:0', 'it is no host:port'],
  ['10.0.1.45:65536', 'it is no host:port'],
  ['http://10.0.1.45:80', 'it is no host:port'],
  ['{"address":', 'it begins like JSON and is none'],
  ['{}', 'it has neither "address" nor "node"'],
  [{ address: 'a b', port: 1 }, '"address" is neither an IP address nor a host name'],
  [{ address: 7, port: 1 }, '"address" is neither an IP address nor a host name'],
  [{ address: 'a', port: 1.5 }, '"port" is no number from 0 to 65535'],
  [{ address: 'a', tags: ['x', 7] }, '"tags" is no list of texts'],
  [{ address: 'a', meta: [] }, '"meta" is no object'],
  [{ address: 'a', ports: { http: '80' } }, '"ports" is no object of numbers from 0 to 65535'],
  [{ address: 'a', weights: { passing: -1 } }, /^"weights" has something else/],
  [{ Addr: 'nowhere' }, 'it is no host:port'],
  [{ host: 'a/b' }, '"host" is neither an IP address nor a host name'],
])('%j is left out, and the reason is told', (value, problem) => {
  expect(read(value)).toEqual(
    typeof problem === 'string' ? problem : expect.stringMatching(problem),
  );
});

test('nothing that a stranger can put throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        const result = registrationOf(bytes);
        expect(['string', 'object']).toContain(typeof result);
      },
    ),
  );
});
