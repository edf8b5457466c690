import type { Clock } from './clock.ts';

/** A socket, as far as it matters here. */
interface Closable {
  once(event: 'close', listener: () => void): unknown;
  destroy(): unknown;
}

const lingerMs = 1000;

/**
 * Destroys a socket that we have ended, a second later at the latest. Until then its peer can read the last bytes, as
 * long as what it still sends is read and dropped: closing over unread bytes takes back what was sent (RFC 9112, 9.6).
 */
export function destroyAfterLinger(socket: Closable, clock: Clock): void {
  socket.once(
    'close',
    clock.after(lingerMs, () => socket.destroy()),
  );
}
