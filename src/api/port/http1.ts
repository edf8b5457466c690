import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { refuseHttp } from './refuse-http.ts';

/** Serves connections that speak HTTP/1.1. */
export interface Http1Server {
  /** Serves a connection from which nothing has been read, or whose bytes were put back. */
  readonly take: (socket: Socket) => void;
  /**
   * Closes idle connections at once, the others after the response under way, and all that are left after `limitMs`.
   * Resolves when all are closed.
   */
  close(limitMs: number): Promise<void>;
}

/** The time that the headers of a request may take, so that slow ones cannot pile up; checked every second. */
const headersMaxMs = 10_000;
const headersLookMs = 1000;
/** Of one request, its first line included. */
const headersBytesMax = 64 << 10;
/**
 * How long a connection may be idle. Clients and load balancers keep idle connections for some minutes and must be the
 * ones that close them: a request that crosses our close on its way is lost. Dead peers are found by TCP keep-alive.
 */
const idleMaxMs = 60 * 60_000;

/** The defaults of Node.js that we choose ourselves; see `docs/limits.md`. */
const serverOptions: ServerOptions = {
  headersTimeout: headersMaxMs,
  connectionsCheckingInterval: headersLookMs,
  maxHeaderSize: headersBytesMax,
  keepAliveTimeout: idleMaxMs,
  // A watch lasts as long as its client likes, so no request has a time limit.
  requestTimeout: 0,
  requireHostHeader: true,
  insecureHTTPParser: false,
};

export function createHttp1Server(handler: RequestListener, clock: Clock): Http1Server {
  const sockets = new Set<Socket>();
  const answering = new Set<ServerResponse>();
  let closing = false;
  let allClosed: (() => void) | undefined;

  const server = createServer(serverOptions, (request, response) => {
    answering.add(response);
    // A broken connection is noticed by its end; an error without a listener would end the process.
    request.on('error', ignore);
    response.on('error', ignore);
    response.once('close', () => {
      answering.delete(response);
      if (closing) server.closeIdleConnections();
    });
    if (closing) response.setHeader('Connection', 'close');
    else sayNothingOfKeepAlive(request, response);
    handler(request, response);
  });
  server.on('clientError', (error, socket: Socket) => refuseHttp(error, socket, clock));
  // It does not listen itself: connections are given to it. It checks the time of headers only after this event.
  server.emit('listening');

  return {
    take: (socket) => {
      if (closing) {
        socket.destroy();
        return;
      }
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
        if (sockets.size === 0) allClosed?.();
      });
      server.emit('connection', socket);
    },
    close: async (limitMs) => {
      closing = true;
      for (const response of answering) {
        if (!response.headersSent) response.setHeader('Connection', 'close');
      }
      server.close();
      if (sockets.size === 0) return;
      const cancel = clock.after(limitMs, () => {
        for (const socket of sockets) socket.destroy();
      });
      await new Promise<void>((resolve) => (allClosed = resolve));
      cancel();
    },
  };
}

const ignore = (): void => {};

/**
 * Node.js announces when it will close an idle connection (`Keep-Alive: timeout=…`), and clients then close theirs
 * before. Servers in Go do not. In HTTP/1.1 a connection stays open unless a header says otherwise.
 */
function sayNothingOfKeepAlive(request: IncomingMessage, response: ServerResponse): void {
  if (!response.shouldKeepAlive) return;
  if (request.httpVersion === '1.0') response.setHeader('Connection', 'keep-alive');
  else response.removeHeader('Connection');
}
