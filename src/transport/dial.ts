import { connect, isIP } from 'node:net';
import type { Socket, TcpSocketConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SecureServer, TlsMaterial } from '../tls/index.ts';

/** Encryption between members: for connections to others, and for those of others. */
export interface PeerEncryption {
  readonly material: TlsMaterial;
  readonly handshakes: SecureServer;
}

/** Whether connections to this URL are encrypted. */
export function isEncrypted(url: string): boolean {
  return /^(?:https|unixs):/.test(url);
}

/** "http://host:port" -> "host:port". The port is always given. A socket in the file system has no address. */
export function authorityOf(url: string): string {
  if (pathOf(url) !== undefined) return 'localhost';
  const { hostname } = new URL(url);
  return `${hostname}:${portOf(url)}`;
}

/** The path of a socket in the file system. */
export function pathOf(url: string): string | undefined {
  return /^unixs?:\/\/(.*)$/.exec(url)?.[1];
}

export function portOf(url: string): number {
  const { port } = new URL(url);
  if (port !== '') return Number(port);
  return isEncrypted(url) ? 443 : 80;
}

/**
 * A socket that is being connected. Members connect directly, whatever proxy the environment names. Without certificates of
 * its own, a member trusts the authorities of its system.
 */
export function dial(url: string, encryption: PeerEncryption | undefined): Socket {
  const path = pathOf(url);
  const host = path === undefined ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : 'localhost';
  const place = path === undefined ? placeOf(host, portOf(url)) : { path };
  if (!isEncrypted(url)) return connect({ ...place, ...options });
  const socket = connectTls({
    ...(encryption?.material.connectOptions(host) ?? { host }),
    ...place,
    ALPNProtocols: ['h2'],
    ...(isIP(host) === 0 && { servername: host }),
  });
  return socket.once('connect', () => {
    socket.setNoDelay(true).setKeepAlive(true, keepAliveAfterMs);
  });
}

/** A connection that is silent for so long is probed by the system. */
export const keepAliveAfterMs = 30_000;

const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveAfterMs };

/** How long one address of a name may take to connect before the next one is tried. */
const addressMaxMs = 1000;

function placeOf(host: string, port: number): TcpSocketConnectOpts {
  return { host, port, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: addressMaxMs };
}
