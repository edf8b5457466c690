import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';

/** An HTTP request as pages see it: that of Node.js for HTTP/1.1, or `over-http2.ts`'. Its body is what it reads as a stream. */
export interface HttpRequest extends Readable {
  readonly method?: string | undefined;
  /** As it was sent: a path, or a whole URL. */
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The body has come whole. */
  readonly complete: boolean;
  /** Over HTTP/2 the connection belongs to other requests, too, and only its ends are known. */
  readonly socket: Socket | ConnectionEnds;
}

export interface ConnectionEnds {
  readonly remoteAddress: string | undefined;
  readonly encrypted: boolean;
}

/** The response to it. It closes when it is sent, and when its client disconnects before. */
export interface HttpResponse extends Writable {
  readonly headersSent: boolean;
  setHeader(name: string, value: string | number | readonly string[]): unknown;
  /** Takes headers by name, or names and values in turn. */
  writeHead(status: number, headers?: Record<string, string | number> | (string | number)[]): this;
  flushHeaders(): void;
}
