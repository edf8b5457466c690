import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { destroyAfterLinger } from '../../base/linger.ts';

const statusOfError: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * For the `clientError` of an HTTP server: responds with the status of the error, and ends the connection. Bytes that are in
 * flight are read and dropped for a second, because closing over unread bytes takes the response back (RFC 9112, section
 * 9.6).
 */
export function refuseHttp(error: NodeJS.ErrnoException, socket: Socket, clock: Clock): void {
  // The connection has ended, or this is a further error on it.
  if (!socket.writable) return;
  // In the middle of another response the status would be taken for a part of it.
  if (socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const status = statusOfError[error.code ?? ''] ?? 400;
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`);
  socket.resume();
  destroyAfterLinger(socket, clock);
}
