import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ListenOptions, Server, Socket } from 'node:net';
import { RegistryError } from '../base/errors.ts';
import { keepAliveAfterMs } from './dial.ts';

/** Listens for peers. */
export class Listener {
  readonly #take: (socket: Socket) => void;
  readonly #servers: Server[] = [];

  /** `take` gets each connection, which has no reader yet. */
  constructor(take: (socket: Socket) => void) {
    this.#take = take;
  }

  /** Returns the URL with its actual port. Rejects with what to do if it cannot listen. */
  async listen(url: string): Promise<string> {
    const server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveAfterMs },
      this.#take,
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

  /** Frees the ports at once; connections that were passed on stay open. */
  close(): void {
    for (const server of this.#servers) server.close();
  }
}

/** `localhost` means IPv4, as for client URLs. */
function placeOf(url: string): ListenOptions {
  if (url.startsWith('unix://')) return { path: url.slice('unix://'.length) };
  const { hostname, port } = new URL(url);
  const host = hostname === 'localhost' ? '127.0.0.1' : hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: port === '' ? 80 : Number(port) };
}

/** The URL that is listened on, with its actual port. */
function boundUrlOf(url: string, port: number): string {
  if (url.startsWith('unix://')) return url;
  return `http://${new URL(url).hostname}:${port}`;
}
