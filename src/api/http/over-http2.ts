import type { IncomingHttpHeaders } from 'node:http';
import { Readable, Writable } from 'node:stream';
import type { ByteBudget } from '../../base/byte-budget.ts';
import { named } from '../../http2/index.ts';
import type { AcceptRequest, HeaderField, Stream, StreamListener } from '../../http2/index.ts';
import type { HttpHandler } from './handler.ts';
import type { ConnectionEnds, HttpRequest, HttpResponse } from './message.ts';

export interface OverHttp2Options {
  readonly handler: HttpHandler;
  /** Of bodies of requests, over all of them. */
  readonly bodies: ByteBudget;
  readonly wallTimeMs: () => number;
}

/** Gives requests that come over HTTP/2 to a handler of HTTP. */
export function acceptHttp(options: OverHttp2Options): AcceptRequest {
  return (headers, stream, isComplete) => {
    const exchange = new Exchange(headers, stream, options);
    if (isComplete) exchange.ended();
    // When the stream has its listener.
    queueMicrotask(() => exchange.begin());
    return exchange;
  };
}

/** One request and its response on a stream. */
class Exchange implements StreamListener {
  readonly #stream: Stream;
  readonly #request: Http2Request;
  readonly #response: Http2Response;
  readonly #handler: HttpHandler;
  readonly #bodies: ByteBudget;
  /** Of the body; they count as long as the exchange lasts. */
  #bytes = 0;

  constructor(
    headers: readonly HeaderField[],
    stream: Stream,
    { handler, bodies, wallTimeMs }: OverHttp2Options,
  ) {
    this.#stream = stream;
    this.#handler = handler;
    this.#bodies = bodies;
    this.#request = new Http2Request(headers, stream);
    const isBare = this.#request.method === 'HEAD';
    this.#response = new Http2Response(stream, { isBare, wallTimeMs });
    // A broken connection is noticed by its end; an error without a listener would end the process.
    this.#request.on('error', ignore);
    this.#response.on('error', ignore);
    this.#response.once('close', () => {
      this.#bodies.add(-this.#bytes);
      this.#bytes = 0;
    });
  }

  begin(): void {
    if (!this.#response.destroyed) this.#handler(this.#request, this.#response);
  }

  data(bytes: Buffer): void {
    this.#bytes += bytes.length;
    this.#bodies.add(bytes.length);
    if (!this.#bodies.isExceeded) this.#request.add(bytes);
    // Nobody is kept waiting for memory that requests without an end hold.
    else this.#stream.reset();
  }

  ended(): void {
    this.#request.finish();
  }

  drained(): void {
    this.#response.drained();
  }

  closed(): void {
    this.#request.destroy();
    if (!this.#response.isEnding) this.#response.destroy();
  }
}

class Http2Request extends Readable implements HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly socket: ConnectionEnds;
  readonly #stream: Stream;
  complete = false;
  /** Bytes that wait to be read, and are not given back to the client's window. */
  #unread = 0;

  constructor(fields: readonly HeaderField[], stream: Stream) {
    super({ highWaterMark: bufferedBytes });
    this.#stream = stream;
    const { headers, pseudo } = sorted(fields);
    this.method = pseudo.get(':method') ?? '';
    this.url = pseudo.get(':path') ?? '';
    this.headers = headers;
    this.socket = {
      remoteAddress: stream.callerAddress,
      encrypted: stream.isEncrypted,
    };
  }

  add(bytes: Buffer): void {
    if (this.destroyed) return;
    this.#unread += bytes.length;
    if (this.push(bytes)) this.#giveBack();
  }

  finish(): void {
    this.complete = true;
    this.push(null);
  }

  override _read(): void {
    this.#giveBack();
  }

  #giveBack(): void {
    if (this.#unread > 0) this.#stream.consumed(this.#unread);
    this.#unread = 0;
  }
}

class Http2Response extends Writable implements HttpResponse {
  readonly #stream: Stream;
  /** The response to HEAD has no body, but the headers of the one to GET. */
  readonly #isBare: boolean;
  readonly #wallTimeMs: () => number;
  readonly #headers = new Map<string, Buffer[]>();
  #hasBody = true;
  /** All of it was given to the stream. */
  isEnding = false;
  #headersSent = false;
  #continue: (() => void) | undefined;

  constructor(
    stream: Stream,
    { isBare, wallTimeMs }: { readonly isBare: boolean; readonly wallTimeMs: () => number },
  ) {
    super({ highWaterMark: bufferedBytes });
    this.#stream = stream;
    this.#isBare = isBare;
    this.#wallTimeMs = wallTimeMs;
  }

  get headersSent(): boolean {
    return this.#headersSent;
  }

  setHeader(name: string, value: string | number | readonly string[]): void {
    const lower = name.toLowerCase();
    if (ofConnections.has(lower)) return;
    const values = typeof value === 'object' ? value : [String(value)];
    if (values.some((one) => /[\0\r\n]/.test(one))) {
      throw new Error(`the header ${lower} would have a line end`);
    }
    this.#headers.set(
      lower,
      values.map((one) => named(lower, one)),
    );
  }

  writeHead(
    status: number,
    headers: Record<string, string | number> | (string | number)[] = {},
  ): this {
    if (Array.isArray(headers)) {
      for (let at = 0; at + 1 < headers.length; at += 2) {
        this.setHeader(String(headers[at]), headers[at + 1] ?? '');
      }
    } else for (const [name, value] of Object.entries(headers)) this.setHeader(name, value);
    this.#hasBody = !this.#isBare && status >= 200 && status !== 204 && status !== 304;
    this.#sendHead(status);
    return this;
  }

  flushHeaders(): void {
    this.#sendHead(200);
  }

  /** The client has room again. */
  drained(): void {
    const go = this.#continue;
    this.#continue = undefined;
    go?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#sendHead(200);
    if (!this.#hasBody || this.#stream.write(chunk)) done();
    else this.#continue = done;
  }

  override _final(done: () => void): void {
    this.#sendHead(200);
    this.isEnding = true;
    this.#stream.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // A response that was begun and is not complete; nothing else shows that.
    if (!this.isEnding) this.#stream.reset();
    done(error);
  }

  #sendHead(status: number): void {
    if (this.#headersSent) return;
    this.#headersSent = true;
    if (!this.#headers.has('date')) {
      this.setHeader('date', new Date(this.#wallTimeMs()).toUTCString());
    }
    const fields = [...this.#headers.values()].flat();
    this.#stream.headers(Buffer.concat([named(':status', String(status)), ...fields]));
  }
}

/** Beyond it a body is not read, or a response not written, until its reader has gone on. */
const bufferedBytes = 64 << 10;

/** Headers about a connection of HTTP/1.1 (RFC 9113, section 8.2.2). */
const ofConnections: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

const ignore = (): void => {};

/** Headers as Node.js has them for HTTP/1.1: the first of some counts, cookies and others are joined. */
function sorted(fields: readonly HeaderField[]): {
  readonly headers: IncomingHttpHeaders;
  readonly pseudo: ReadonlyMap<string, string>;
} {
  const pseudo = new Map<string, string>();
  const found = new Map<string, string>();
  for (const { name, value } of fields) {
    const before = found.get(name);
    if (name.startsWith(':')) pseudo.set(name, value);
    else if (before === undefined) found.set(name, value);
    else if (!single.has(name))
      found.set(name, `${before}${name === 'cookie' ? ';' : ','} ${value}`);
  }
  const authority = pseudo.get(':authority');
  // It counts in place of a Host header (section 8.3.1).
  if (authority !== undefined) found.set('host', authority);
  return { headers: Object.fromEntries(found), pseudo };
}

/** Of these, Node.js drops all but the first. */
const single: ReadonlySet<string> = new Set([
  'authorization',
  'content-length',
  'content-type',
  'host',
  'if-none-match',
  'origin',
  'range',
  'referer',
  'user-agent',
]);
