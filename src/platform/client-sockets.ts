import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

const silenceMs = 30_000;

/**
 * Has the system probe every connection that this process opens from now on, once it was silent for 30 s. gRPC's library
 * opens them out of reach, so that Node.js itself is asked to tell of them.
 */
export function probeClientSockets(): void {
  subscribe('net.client.socket', (message) => {
    const socket = isRecord(message) ? message['socket'] : undefined;
    if (socket instanceof Socket) socket.setKeepAlive(true, silenceMs);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
