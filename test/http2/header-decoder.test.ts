import { once } from 'node:events';
import { connect } from 'node:http2';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ConnectionError } from '../../src/http2/errors.ts';
import { FrameReader } from '../../src/http2/frame-reader.ts';
import type { Frame } from '../../src/http2/frame-reader.ts';
import { HeaderDecoder } from '../../src/http2/header-decoder.ts';

const headersFrame = 1;

function decoder(listBytesMax = 64 << 10): (hex: string) => string[] {
  const made = new HeaderDecoder({ listBytesMax });
  return (hex) =>
    made
      .decode(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
      .map(({ name, value }) => `${name}: ${value}`);
}

const first = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];
const second = [...first, 'cache-control: no-cache'];
const third = [
  ':method: GET',
  ':scheme: https',
  ':path: /index.html',
  ':authority: www.example.com',
  'custom-key: custom-value',
];

test('requests without Huffman are decoded, each with the table of those before (RFC 7541, C.3)', () => {
  const decode = decoder();
  expect(decode('8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d')).toEqual(first);
  expect(decode('8286 84be 5808 6e6f 2d63 6163 6865')).toEqual(second);
  expect(
    decode('8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65'),
  ).toEqual(third);
});

test('requests with Huffman are decoded to the same (RFC 7541, C.4)', () => {
  const decode = decoder();
  expect(decode('8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff')).toEqual(first);
  expect(decode('8286 84be 5886 a8eb 1064 9cbf')).toEqual(second);
  expect(decode('8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf')).toEqual(third);
});

test.each([
  ['an index beyond the table', 'ff80 01'],
  ['the index zero', '80'],
  ['a string longer than its block', '000a 61'],
  ['padding of Huffman that is no beginning of the end mark', '0081 0000'],
  ['a table size larger than the setting', '3fe2 1f'],
])('%s ends the connection', (_what, hex) => {
  expect(() => decoder()(hex)).toThrow(ConnectionError);
});

test('headers beyond the limit are refused; more of them than the table holds are not', () => {
  const long = `0001 61 7f81 07 ${'62'.repeat(1024)}`;
  expect(decoder()(long)).toEqual([`a: ${'b'.repeat(1024)}`]);
  expect(() => decoder(512)(long)).toThrow('have more than 512 bytes');
});

/** The header blocks that Node.js' own HTTP/2 client makes of these headers, in one connection. */
async function blocksOf(all: readonly Record<string, string>[]): Promise<Buffer[]> {
  const frames: Frame[] = [];
  const server = createServer((socket) => {
    const reader = new FrameReader();
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      reader.add(bytes);
      for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
        if (frame.type === headersFrame) frames.push(frame);
      }
    });
    // Settings without any, so that the client goes on.
    socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const client = connect(`http://127.0.0.1:${address.port}`);
  client.on('error', () => {});
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  for (const headers of all) client.request(headers).on('error', () => {});
  await expect.poll(() => frames.length).toBe(all.length);
  return frames.map(({ content }) => content);
}

test('headers of another encoder are decoded, however often the table is evicted', async () => {
  const all = Array.from({ length: 200 }, (_, at) => ({
    ':path': `/etcdserverpb.KV/Put${at % 7}`,
    'grpc-timeout': `${4_999_000 + at}u`,
    [`custom-${at % 50}`]: String.fromCharCode(33 + (at % 90)).repeat(1 + (at % 200)),
  }));
  const made = new HeaderDecoder({ listBytesMax: 64 << 10 });
  const decoded = (await blocksOf(all)).map((block) =>
    Object.fromEntries(made.decode(block).map(({ name, value }) => [name, value])),
  );
  expect(decoded).toEqual(all.map((headers) => expect.objectContaining(headers)));
});
