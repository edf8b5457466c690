import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SeededRandom } from '../simulation/random.ts';
import { callerOf } from './caller-of.ts';
import { Relay, Sky } from './relay.ts';

const patience = { timeout: 10_000, interval: 5 };

/** An echo server behind a relay, and a client. */
async function setUp(): Promise<{ sky: Sky; relay: Relay; caller: Socket; heard: () => string }> {
  const target = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  const targetPort = await listen(target);
  const sky = new Sky();
  const random = new SeededRandom(1);
  const relay = new Relay({ name: 'm1', targetPort, sky, random, whoCalls });
  const probe = createServer();
  const port = await listen(probe);
  probe.close();
  await once(probe, 'close');
  await relay.listen(port);
  const caller = connect({ port, host: '127.0.0.1' });
  caller.on('error', () => {});
  await once(caller, 'connect');
  let text = '';
  caller.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  onTestFinished(() => {
    caller.destroy();
    relay.close();
    target.close();
  });
  return { sky, relay, caller, heard: () => text };
}

async function whoCalls(): Promise<string> {
  return 'm2';
}

/** In any way. */
function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

test('in fair weather everything goes through, in order', async () => {
  const { caller, heard } = await setUp();
  for (let at = 0; at < 100; at++) caller.write(`${at},`);
  const all = Array.from({ length: 100 }, (_, at) => `${at},`).join('');
  await vi.waitFor(() => expect(heard()).toBe(all), patience);
});

test('stalled bytes arrive when the stall ends', async () => {
  const { sky, caller, heard } = await setUp();
  sky.set('m1', 'm2', { stalled: true });
  caller.write('late');
  sky.set('m1', 'm2', { stalled: false });
  await vi.waitFor(() => expect(heard()).toBe('late'), patience);
});

test('bytes cut in one direction never arrive, and their connection ends when the cut ends', async () => {
  const { sky, relay, caller, heard } = await setUp();
  caller.write('before');
  await vi.waitFor(() => expect(heard()).toBe('before'), patience);
  sky.set('m2', 'm1', { cut: true });
  caller.write('lost');
  const closed = closing(caller);
  await vi.waitFor(() => expect(relay.lost).toBe(1), patience);
  sky.clear();
  await closed;
  expect(heard()).toBe('before');
});

test('a corrupted piece has one bit changed', async () => {
  const { sky, relay, caller, heard } = await setUp();
  sky.set('m2', 'm1', { corruption: 1 });
  caller.write('aaaaaaaa');
  await vi.waitFor(() => expect(heard()).toHaveLength(8), patience);
  const changed = heard()
    .split('')
    .filter((letter) => letter !== 'a');
  expect(changed).toHaveLength(1);
  expect(relay.corrupted).toBe(1);
});

test('the caller of a connection that is half open does not hear that it is dead', async () => {
  const { relay, caller, heard } = await setUp();
  caller.write('before');
  await vi.waitFor(() => expect(heard()).toBe('before'), patience);
  expect(relay.halfOpen(['m3'])).toBe(0);
  expect(relay.halfOpen(['m2'])).toBe(1);
  await new Promise((resolve) => caller.write('into the void', resolve));
  expect([caller.destroyed, heard()]).toEqual([false, 'before']);
  const closed = closing(caller);
  expect(relay.reset(['m2'])).toBe(1);
  await closed;
});

test('the caller of a connection is found among processes', async () => {
  const server = createServer();
  const port = await listen(server);
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  const pids = new Map([
    ['m1', 1],
    ['m2', process.pid],
  ]);
  expect(await callerOf(socket.localPort ?? 0, port, pids)).toBe('m2');
  expect(await callerOf(socket.localPort ?? 0, port, new Map())).toBe('?');
});
