import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** "http://host:port" -> "host:port". The port is always given. A socket in the file system has no address. */
export function authorityOf(url: string): string {
  if (url.startsWith('unix://')) return 'localhost';
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? 80 : port}`;
}

/** A socket that is being connected. Members connect directly, whatever proxy the environment names. */
export function dial(url: string): Socket {
  if (url.startsWith('unix://')) return connect({ path: url.slice('unix://'.length) });
  const { hostname, port } = new URL(url);
  return connect({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 80 : Number(port),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveAfterMs,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: addressMaxMs,
  });
}

/** A connection that is silent for so long is probed by the system. */
export const keepAliveAfterMs = 30_000;

/** How long one address of a name may take to connect before the next one is tried. */
const addressMaxMs = 1000;
