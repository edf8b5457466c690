import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readDirectly } from '../../src/http2/direct-reads.ts';

/** Both ends of a connection. */
async function pair(): Promise<{ readonly near: Socket; readonly far: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const far = connect(address.port, '127.0.0.1');
  const near = await accepted;
  onTestFinished(() => {
    far.destroy();
    near.destroy();
    server.close();
  });
  return { near, far };
}

/** Reads a socket, and takes down what came. */
function readerOf(socket: Socket): { readonly text: () => string } {
  const pieces: Buffer[] = [];
  readDirectly(socket, (bytes) => void pieces.push(bytes));
  return { text: () => Buffer.concat(pieces).toString('latin1') };
}

test('bytes come once and in order, also what was read before, and then the end', async () => {
  const { near, far } = await pair();
  far.write('first ');
  const first = await new Promise<Buffer>((resolve) => near.once('data', resolve));
  near.pause();
  near.unshift(first);
  const reader = readerOf(near);
  near.resume();
  far.write('second ');
  await vi.waitFor(() => expect(reader.text()).toBe('first second '));
  far.end('third');
  await once(near, 'end');
  expect(reader.text()).toBe('first second third');
});

test('a socket that flows does not queue', async () => {
  const { near, far } = await pair();
  const reader = readerOf(near);
  const emit = vi.spyOn(near, 'emit');
  near.resume();
  far.write('piece');
  await vi.waitFor(() => expect(reader.text()).toBe('piece'));
  expect(emit.mock.calls.map(([event]) => event)).not.toContain('data');
});

test('another listener of a socket has the bytes, too', async () => {
  const { near, far } = await pair();
  const first = once(near, 'data');
  const reader = readerOf(near);
  near.resume();
  far.write('piece');
  expect(String((await first)[0])).toBe('piece');
  await vi.waitFor(() => expect(reader.text()).toBe('piece'));
});

test('a paused socket keeps what comes, stops to read when that is too much, and goes on', async () => {
  const { near, far } = await pair();
  const reader = readerOf(near);
  near.resume();
  let sent = '';
  const send = (text: string): void => {
    sent += text;
    far.write(text, 'latin1');
  };
  for (let round = 0; round < 3; round++) {
    send(`round ${round}`);
    await vi.waitFor(() => expect(reader.text()).toBe(sent));
    near.pause();
    near.resume();
    near.pause();
    const before = sent;
    send(String(round).repeat(16 << 20));
    await vi.waitFor(() => expect(near.readableLength).toBeGreaterThan(0));
    await vi.waitFor(() => expect(far.writableLength).toBeGreaterThan(0));
    expect(reader.text()).toBe(before);
    near.resume();
    await vi.waitFor(() => expect(reader.text().length).toBe(sent.length), 5000);
    expect(reader.text() === sent).toBe(true);
  }
});
