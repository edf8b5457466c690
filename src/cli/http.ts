import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { ClientRequest } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { CliFailure, exitCodes } from './exit.ts';

/** Where a command asks by HTTP, and how. */
export interface HttpServer {
  /** `http://host:port`, `https://host:port` or `unix:///path`. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: HttpTls;
}

export interface HttpTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
  readonly verifyServer?: boolean;
}

export interface HttpCall {
  readonly method?: string;
  /** With its query. */
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly text: string;
}

/** The server was not reached, or did not answer in time. */
export class NoHttpAnswer extends Error {
  override readonly name = 'NoHttpAnswer';
  /** It cannot have taken the call: nothing was sent. */
  readonly wasRefused: boolean;
  readonly url: string;
  readonly reason: string;

  constructor(url: string, reason: string, wasRefused: boolean) {
    super(`${url}: ${reason}`);
    this.url = url;
    this.reason = reason;
    this.wasRefused = wasRefused;
  }
}

/** Node.js fires a longer timer at once. */
const timerMsMax = 2 ** 31 - 1;

/** An answer may be as large as all keys of a store. */
const answerBytesMax = 1 << 30;

/** Makes one call. Rejects with {@link NoHttpAnswer} if there is no answer; any status is one. */
export function callHttp(server: HttpServer, call: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const made = open(server, call);
    const stopWaiting = setTimeout(
      () => made.destroy(new Error(`no answer within ${call.timeoutMs / 1000} s`)),
      Math.min(call.timeoutMs, timerMsMax),
    );
    let isSent = false;
    made.on('finish', () => (isSent = true));
    made.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(stopWaiting);
      const wasRefused = !isSent || error.code === 'ECONNREFUSED';
      reject(new NoHttpAnswer(server.url, reasonOf(error), wasRefused));
    });
    made.on('response', (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        size += part.length;
        if (size > answerBytesMax) made.destroy(new Error('the answer is larger than 1 GiB'));
        parts.push(part);
      });
      response.on('error', (error) => made.destroy(error));
      response.on('end', () => {
        clearTimeout(stopWaiting);
        const body = Buffer.concat(parts);
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, body, text: body.toString('utf8') });
      });
    });
    made.end(call.body);
  });
}

function open(
  { url, headers = {}, tls = {} }: HttpServer,
  { method = 'GET', path, body, signal }: HttpCall,
): ClientRequest {
  const common = {
    method,
    path,
    headers: {
      ...headers,
      ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    },
    ...(signal === undefined ? {} : { signal }),
    agent: false as const,
  };
  if (url.startsWith('unix://'))
    return request({ ...common, socketPath: url.slice('unix://'.length) });
  const { hostname, port, protocol } = new URL(url);
  const place = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port };
  if (protocol !== 'https:') return request({ ...common, ...place, port: port === '' ? 80 : port });
  return requestOverTls({
    ...common,
    ...place,
    port: port === '' ? 443 : port,
    rejectUnauthorized: tls.verifyServer !== false,
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...Object.fromEntries(
      (['ca', 'cert', 'key'] as const).flatMap((name) => {
        const file = tls[name];
        return file === undefined ? [] : [[name, pemOf(file)]];
      }),
    ),
  });
}

function pemOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CliFailure(exitCodes.usage, `cannot read ${path}: ${reasonOf(error)}`);
  }
}

/** A failure to connect to several addresses of one name has its reasons in a list. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
