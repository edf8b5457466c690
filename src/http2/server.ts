import type { Socket } from 'node:net';
import type { Logger } from '../base/logger.ts';
import { ByteBudget } from '../base/byte-budget.ts';
import { Connection } from './connection.ts';
import type { ConnectionOptions } from './connection.ts';

export interface Http2Options extends Pick<
  ConnectionOptions,
  | 'accept'
  | 'clock'
  | 'streamsMax'
  | 'pingsMinTimeMs'
  | 'keepaliveIntervalMs'
  | 'keepaliveTimeoutMs'
  | 'streamWindow'
  | 'frameBytesMax'
  | 'idleMaxMs'
> {
  readonly logger: Logger;
}

/** Serves connections that speak HTTP/2. */
export interface Http2Server {
  /**
   * Serves a new connection, which is paused or has no reader. With the common name of its client's certificate, where it
   * identifies a user.
   */
  readonly take: (socket: Socket, certificateName?: string) => void;
  /**
   * Asks clients to begin no more requests, and closes each connection once its requests are answered; what is left
   * after `limitMs` is cut off. Resolves when all connections are closed.
   */
  close(limitMs: number): Promise<void>;
  /** Ends all connections at once, and takes no more. */
  destroy(): void;
}

/** Of responses that wait for their clients, over all connections; beyond it, those that hold much get no more requests. */
const pendingBytesMax = 2 ** 31;

export function createHttp2Server(options: Http2Options): Http2Server {
  const pending = new ByteBudget({ bytesMax: pendingBytesMax });
  const connections = new Set<Connection>();
  let isClosing = false;
  let allClosed: (() => void) | undefined;
  const onClose = (connection: Connection): void => {
    connections.delete(connection);
    if (connections.size === 0) allClosed?.();
  };
  const onBug = (error: unknown): void => {
    options.logger.error('the connection of a client failed unexpectedly', {
      error: error instanceof Error ? error.stack : String(error),
    });
  };
  return {
    take: (socket, certificateName) => {
      if (isClosing) {
        socket.destroy();
        return;
      }
      const own = { ...options, certificateName, pending, onClose, onBug };
      connections.add(new Connection(socket, own));
    },
    destroy: () => {
      isClosing = true;
      for (const connection of connections) connection.destroy();
    },
    close: async (limitMs) => {
      isClosing = true;
      for (const connection of connections) connection.leave();
      if (connections.size === 0) return;
      const cancel = options.clock.after(limitMs, () => {
        for (const connection of connections) connection.destroy();
      });
      await new Promise<void>((resolve) => (allClosed = resolve));
      cancel();
    },
  };
}
