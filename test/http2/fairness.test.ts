import { describe, expect, test } from 'vitest';
import { begun, request, windowMax, windows, windowUpdate } from './frames.ts';
import { TestServer, eventually, ok, okTrailers } from './peer.ts';
import type { Answer, Peer } from './peer.ts';

const megabytes = Buffer.alloc(20 << 20, 'b');
const small = Buffer.alloc(500, 's');

/** The first request of a connection gets a large answer, the others get small ones. */
const largeThenSmall: Answer = ({ stream }) =>
  stream.respond(ok, [stream.id === 1 ? megabytes : small], okTrailers);

describe('next to a large response,', () => {
  test('small ones get their turns at the window of the connection', async () => {
    await using server = await TestServer.open({}, largeThenSmall);
    const peer = await server.connect();
    peer.greet(windows(windowMax), ...[1, 3, 5, 7].map((id) => request(id)));
    await peer.settled();
    expect(peer.bodyOf(1)).toHaveLength(65_535);
    // The large one takes what is left behind each small one, and goes to the end of the line.
    for (const [id, bytes] of [
      [1, 400],
      [3, 500],
      [5, 500],
      [7, 500],
    ] as const) {
      const before = peer.bodyOf(id).length;
      peer.write(windowUpdate(0, bytes));
      await peer.settled();
      expect(peer.bodyOf(id)).toHaveLength(before + bytes);
    }
    for (const id of [3, 5, 7]) expect(peer.isAnswered(id)).toBe(true);
    expect(peer.isAnswered(1)).toBe(false);
  });

  test('two large ones take turns, too', async () => {
    await using server = await TestServer.open({}, ({ stream }) =>
      stream.respond(ok, [megabytes], okTrailers),
    );
    const peer = await server.connect();
    peer.greet(windows(windowMax), request(1), request(3));
    await peer.settled();
    const before = peer.bodyOf(1).length;
    for (let turn = 0; turn < 10; turn++) {
      peer.write(windowUpdate(0, 1000));
      await peer.settled();
    }
    expect(peer.bodyOf(1)).toHaveLength(before + 5000);
    expect(peer.bodyOf(3)).toHaveLength(5000);
  });

  test('a small one does not wait if only the window of the large one is closed', async () => {
    await using server = await TestServer.open({}, largeThenSmall);
    const peer = await server.connect();
    peer.greet(windows(1000), request(1), request(3));
    expect(await peer.answer(3)).toHaveLength(500);
    expect(peer.bodyOf(1)).toHaveLength(1000);
  });

  test('a small one overtakes bytes that the socket has not taken yet', async () => {
    await using server = await TestServer.open({}, largeThenSmall);
    const peer = await server.connect();
    peer.greet(windows(windowMax), windowUpdate(0, windowMax - 65_535));
    await peer.settled();
    peer.client.pause();
    peer.write(request(1), request(3));
    await eventually(() => peer.requests.length === 2);
    peer.client.resume();
    await peer.answer(3);
    expect(peer.isAnswered(1)).toBe(false);
    expect(await peer.answer(1)).toHaveLength(megabytes.length);
  });
});

/** Has the member's side believe that so many bytes wait in its socket, and never that none do. */
function pretendToHold(peer: Peer, bytes: number): void {
  peer.socket.removeAllListeners('drain');
  Object.defineProperty(peer.socket, 'writableLength', { get: () => bytes, configurable: true });
}

describe('while a socket is never quite drained,', () => {
  test.for<readonly [string, (turn: number) => Buffer]>([
    ['its own stream', () => windowUpdate(1, 1)],
    ['all streams', (turn) => windows(windowMax - 100 + turn)],
  ])('a large response with a widened window of %s does not overtake', async ([, roomOf]) => {
    await using server = await TestServer.open({}, largeThenSmall);
    const peer = await server.connect();
    peer.greet(windows(windowMax - 100), windowUpdate(0, windowMax - 65_535), begun(1), begun(3));
    await peer.settled();
    pretendToHold(peer, 2 << 20);
    for (const { stream } of peer.requests) largeThenSmall({ stream, headers: [], told: [] });
    await peer.settled();
    expect(peer.bodyOf(1) + peer.bodyOf(3)).toBe('');
    pretendToHold(peer, 512 << 10);
    for (let turn = 1; turn <= 2; turn++) {
      peer.write(roomOf(turn));
      await peer.settled();
    }
    expect(peer.isAnswered(3)).toBe(true);
    expect(peer.isAnswered(1)).toBe(false);
  });
});
