/** A lean gRPC client for benchmarks: HTTP/2 by hand, because it shares the machine with the members. */
import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';

export interface Answer {
  /** gRPC's status code; -1 if the call ended without one. */
  readonly status: number;
  readonly text: string;
  /** Bytes of all messages. */
  readonly bytes: number;
  /** The first message, if it was to be kept. */
  readonly message: Buffer;
}

const windowBytes = 16 << 20;

export function openSession(endpoint: string): ClientHttp2Session {
  const session = connect(endpoint, { settings: { initialWindowSize: windowBytes } });
  session.once('connect', () => session.setLocalWindowSize(4 * windowBytes));
  // A broken connection shows in its calls.
  session.on('error', () => {});
  return session;
}

/** One call with one request. What comes back is counted, and only kept where `keep` says so. */
export function call(
  session: ClientHttp2Session,
  path: string,
  request: Uint8Array,
  { keep = false }: { readonly keep?: boolean } = {},
): Promise<Answer> {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(request.length, 1);
  return new Promise((resolve) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let status = -1;
    let text = '';
    let bytes = 0;
    const parts: Buffer[] = [];
    const note = (headers: Readonly<Record<string, unknown>>): void => {
      if (headers['grpc-status'] === undefined) return;
      status = Number(headers['grpc-status']);
      const message = headers['grpc-message'];
      if (typeof message === 'string') text = message;
    };
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('data', (part: Buffer) => {
      bytes += part.length;
      if (keep) parts.push(part);
    });
    stream.on('error', (error) => {
      text = error.message;
    });
    stream.on('close', () => resolve({ status, text, bytes, message: firstMessage(parts) }));
    stream.end(Buffer.concat([head, request]));
  });
}

function firstMessage(parts: readonly Buffer[]): Buffer {
  const all = Buffer.concat(parts);
  return all.length < 5 ? all : all.subarray(5, 5 + all.readUInt32BE(1));
}
