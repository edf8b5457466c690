import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ListenOptions, Server, Socket } from 'node:net';
import { ServerCredentials } from '@grpc/grpc-js';
import type { Server as GrpcServer } from '@grpc/grpc-js';
import { RegistryError } from '../base/errors.ts';
import { boundUrlOf } from './connection.ts';

/**
 * Listens for peers and passes their connections to a gRPC server. The library could listen itself, but gives no
 * access to its sockets, which need keep-alive probes: see `docs/limits.md`.
 */
export class Listener {
  readonly #inject: (socket: Socket) => void;
  readonly #servers: Server[] = [];

  constructor(grpc: GrpcServer) {
    const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    this.#inject = (socket) => injector.injectConnection(socket);
  }

  /** Returns the URL with its actual port. Rejects with what to do if it cannot listen. */
  async listen(url: string): Promise<string> {
    const server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 },
      this.#inject,
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
