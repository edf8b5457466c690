import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ListenOptions, Server, Socket } from 'node:net';
import { RegistryError } from '../base/errors.ts';
import { isEncrypted, keepAliveAfterMs, pathOf, portOf } from './dial.ts';
import type { PeerEncryption } from './dial.ts';

export interface ListenerOptions {
  readonly encryption: PeerEncryption | undefined;
  /** Gets each connection, after its handshake if the URL asks for TLS. It has no reader yet. */
  readonly take: (socket: Socket) => void;
  /** A connection to a URL without TLS began with TLS. */
  readonly onUnexpectedTls: (socket: Socket) => void;
}

/** Listens for peers. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #servers: Server[] = [];

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Returns the URL with its actual port. Rejects with what to do if it cannot listen. */
  async listen(url: string): Promise<string> {
    const server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveAfterMs },
      isEncrypted(url) ? this.#encrypted(url) : this.#plain(),
    );
    this.#servers.push(server);
    try {
      await once(server.listen(placeOf(url)), 'listening');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RegistryError(
        'invalid-request',
        `cannot listen for peers on ${url}: ${reason}; is another member running there? Choose another with --listen-peer-urls`,
        { cause: error },
      );
    }
    const address = server.address();
    return boundUrlOf(url, typeof address === 'object' && address !== null ? address.port : 0);
  }

  #encrypted(url: string): (socket: Socket) => void {
    const { encryption, take } = this.#options;
    if (encryption === undefined) {
      throw new RegistryError(
        'invalid-request',
        `cannot listen for peers on ${url} without certificates: give --peer-cert-file and --peer-key-file`,
      );
    }
    return (socket) => encryption.handshakes.accept(socket, take);
  }

  #plain(): (socket: Socket) => void {
    const { take, onUnexpectedTls } = this.#options;
    return (socket) => {
      socket.once('data', (bytes: Buffer) => {
        if (bytes[0] === handshakeRecord) onUnexpectedTls(socket);
      });
      take(socket);
    };
  }

  /** Frees the ports at once; connections that were passed on stay open. */
  close(): void {
    for (const server of this.#servers) server.close();
  }
}

/** The first byte of a connection that begins with TLS (RFC 8446, section 5.1). */
const handshakeRecord = 22;

/** `localhost` means IPv4, as for client URLs. */
function placeOf(url: string): ListenOptions {
  const path = pathOf(url);
  if (path !== undefined) return { path };
  const { hostname } = new URL(url);
  const host = hostname === 'localhost' ? '127.0.0.1' : hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: portOf(url) };
}

/** The URL that is listened on, with its actual port. */
function boundUrlOf(url: string, port: number): string {
  if (pathOf(url) !== undefined) return url;
  const { protocol, hostname } = new URL(url);
  return `${protocol}//${hostname}:${port}`;
}
