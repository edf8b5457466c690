import { gzip } from 'node:zlib';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { printJson } from './json-out.ts';

/** The answer to one call. Without `json`, `text` and `bytes` it has no body. */
export interface Answer {
  /** 200 if not given. */
  readonly status?: number;
  readonly json?: unknown;
  /** Plain text. */
  readonly text?: string;
  readonly bytes?: Uint8Array;
  /** Bytes that come piece by piece. */
  readonly stream?: AsyncIterable<Uint8Array>;
  /** Of `bytes` and `stream`, or of `json` if it is not the usual one. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The newest revision that it depends on; for answers with an index. */
  readonly index?: number;
}

/** An answer that has an index. */
export interface IndexedAnswer extends Answer {
  readonly index: number;
}

export type Headers = Record<string, string | number>;

/** Smaller bodies are not worth it. */
const gzipBytesMin = 1400;

const textType = 'text/plain; charset=utf-8';

/** Sends an answer. `headers` are those of the frame. */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  { headers, pretty }: { readonly headers: Headers; readonly pretty: boolean },
): Promise<void> {
  Object.assign(headers, answer.headers);
  const status = answer.status ?? 200;
  if (answer.stream !== undefined) {
    headers['Content-Type'] = answer.contentType ?? 'application/octet-stream';
    await sendStream(response, status, headers, answer.stream);
    return;
  }
  const body = bodyOf(answer, pretty);
  if (body === undefined) headers['Content-Length'] = 0;
  else headers['Content-Type'] = body.type;
  if (body !== undefined && body.bytes.length >= gzipBytesMin && acceptsGzip(request)) {
    headers['Content-Encoding'] = 'gzip';
    const packed = await zipped(body.bytes);
    headers['Content-Length'] = packed.length;
    response.writeHead(status, headers).end(packed);
    return;
  }
  if (body !== undefined) headers['Content-Length'] = body.bytes.length;
  response.writeHead(status, headers).end(body?.bytes);
}

function bodyOf(
  { json, text, bytes, contentType }: Answer,
  pretty: boolean,
): { readonly bytes: Uint8Array; readonly type: string } | undefined {
  if (json !== undefined) {
    const type = contentType ?? 'application/json';
    return { bytes: Buffer.from(printJson(json, pretty)), type };
  }
  if (text !== undefined) return { bytes: Buffer.from(text), type: contentType ?? textType };
  if (bytes === undefined) return undefined;
  return { bytes, type: contentType ?? 'application/octet-stream' };
}

/** Sends as fast as the client reads. */
async function sendStream(
  response: ServerResponse,
  status: number,
  headers: Headers,
  stream: AsyncIterable<Uint8Array>,
): Promise<void> {
  response.writeHead(status, headers);
  for await (const piece of stream) {
    if (response.destroyed) return;
    if (response.write(piece)) continue;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        response.off('drain', go);
        response.off('close', go);
        resolve();
      };
      response.once('drain', go);
      response.once('close', go);
    });
  }
  response.end();
}

function acceptsGzip({ headers }: IncomingMessage): boolean {
  const accepted = headers['accept-encoding'];
  return (
    typeof accepted === 'string' && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accepted)
  );
}

function zipped(bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gzip(bytes, (error, packed) => (error === null ? resolve(packed) : reject(error)));
  });
}
