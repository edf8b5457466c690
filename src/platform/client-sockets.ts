import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

const silenceMs = 30_000;

/**
 * Turns on TCP keep-alive probes, after 30 s of silence, for every connection that this process opens from now on.
 * gRPC's library gives no access to its sockets, so Node.js' diagnostics channel is used.
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
