import type { Socket } from 'node:net';

/**
 * Calls `listener` with all bytes that the socket reads, as `data` does. Node.js gives a socket its bytes by `push`. While the
 * socket flows, holds none and has no other listener of `data`, they do not go through the queue of `Readable`, which costs a tick
 * and some thirty calls for each piece. A paused socket keeps them, as always; a socket that gets its bytes in another way has
 * its `data`.
 */
export function readDirectly(socket: Socket, listener: (bytes: Buffer) => void): void {
  socket.on('data', listener);
  const push = socket.push.bind(socket);
  socket.push = (chunk: unknown, encoding) => {
    const isDirect =
      chunk instanceof Buffer &&
      socket.readableFlowing === true &&
      socket.readableLength === 0 &&
      socket.listenerCount('data') === 1;
    if (!isDirect) return push(chunk, encoding);
    listener(chunk);
    return true;
  };
}
