import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ListenOptions, Server, Socket } from 'node:net';
import { ServerCredentials } from '@grpc/grpc-js';
import type { Server as GrpcServer } from '@grpc/grpc-js';
import { RegistryError } from '../base/errors.ts';
import { boundUrlOf } from './connection.ts';

/**
 * Listens for peers and hands their connections to a gRPC server. The library could listen by itself, but tells nothing
 * of its sockets, and these are to be probed by the system: see `docs/limits.md`.
 */
export class Listener {
  readonly #inject: (socket: Socket) => void;
  readonly #servers: Server[] = [];

  constructor(grpc: GrpcServer) {
    const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    this.#inject = (socket) => injector.injectConnection(socket);
  }

  /** Gives the URL with the port that it got. Rejects with what to do if that cannot be. */
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

  /** The ports are free at once; connections that were handed on stay. */
  close(): void {
    for (const server of this.#servers) server.close();
  }
}

/** `localhost` is taken as IPv4, as where clients are served. */
function placeOf(url: string): ListenOptions {
  if (url.startsWith('unix://')) return { path: url.slice('unix://'.length) };
  const { hostname, port } = new URL(url);
  const host = hostname === 'localhost' ? '127.0.0.1' : hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: port === '' ? 80 : Number(port) };
}
