import { printJson } from './json-out.ts';
import { SharedJson } from './shared-json.ts';
import { zipped } from './zip.ts';
import type { HttpRequest, HttpResponse } from '../../http/index.ts';

/** The answer to one call. Without `json`, `text` and `bytes` it has no body. */
export interface Answer {
  /** 200 if not given. */
  readonly status?: number;
  /** A `SharedJson` is printed once for all answers that have it. */
  readonly json?: unknown;
  /** Plain text. */
  readonly text?: string;
  readonly bytes?: Uint8Array;
  /** Bytes that come piece by piece. */
  readonly stream?: AsyncIterable<Uint8Array>;
  /** Of `bytes` and `stream`, or of `json` if it is not the usual one. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The newest revision that it depends on; for answers with an index. */
  readonly index?: number;
}

/** An answer that has an index. */
export interface IndexedAnswer extends Answer {
  readonly index: number;
}

export type Headers = Record<string, string | number>;

/** Names and values of headers in turn: of many answers at once, an object for each is slow to make and to read. */
export type HeaderList = (string | number)[];

/** Smaller bodies are not worth it. */
const gzipBytesMin = 1400;

const jsonType = 'application/json';
const textType = 'text/plain; charset=utf-8';

/** Sends an answer. `headers` are those of the frame; others are added to them. */
export async function sendAnswer(
  request: HttpRequest,
  response: HttpResponse,
  answer: Answer,
  { headers, pretty }: { readonly headers: HeaderList; readonly pretty: boolean },
): Promise<void> {
  addHeaders(headers, answer.headers ?? {});
  const status = answer.status ?? 200;
  if (answer.stream !== undefined) {
    headers.push('Content-Type', answer.contentType ?? 'application/octet-stream');
    await sendStream(response, status, headers, answer.stream);
    return;
  }
  const body = bodyOf(answer, pretty);
  if (body === undefined) headers.push('Content-Length', 0);
  else headers.push('Content-Type', body.type);
  if (body !== undefined && body.bytes.length >= gzipBytesMin && acceptsGzip(request)) {
    const packed = await (body.shared?.zipped() ?? zipped(body.bytes));
    headers.push('Content-Encoding', 'gzip', 'Content-Length', packed.length);
    response.writeHead(status, headers).end(packed);
    return;
  }
  if (body !== undefined) headers.push('Content-Length', body.bytes.length);
  response.writeHead(status, headers).end(body?.bytes);
}

export function addHeaders(list: HeaderList, headers: Readonly<Headers>): void {
  for (const name in headers) list.push(name, headers[name] ?? '');
}

interface Body {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly shared?: SharedJson;
}

function bodyOf({ json, text, bytes, contentType }: Answer, pretty: boolean): Body | undefined {
  if (json instanceof SharedJson && !pretty) {
    return { bytes: json.bytes, type: jsonType, shared: json };
  }
  if (json !== undefined) {
    const value = json instanceof SharedJson ? json.value() : json;
    return { bytes: Buffer.from(printJson(value, pretty)), type: contentType ?? jsonType };
  }
  if (text !== undefined) return { bytes: Buffer.from(text), type: contentType ?? textType };
  if (bytes === undefined) return undefined;
  return { bytes, type: contentType ?? 'application/octet-stream' };
}

/** Sends as fast as the client reads. */
async function sendStream(
  response: HttpResponse,
  status: number,
  headers: HeaderList,
  stream: AsyncIterable<Uint8Array>,
): Promise<void> {
  response.writeHead(status, headers);
  // The first piece may be a long time coming.
  response.flushHeaders();
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

function acceptsGzip({ headers }: HttpRequest): boolean {
  const accepted = headers['accept-encoding'];
  return (
    typeof accepted === 'string' && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accepted)
  );
}
