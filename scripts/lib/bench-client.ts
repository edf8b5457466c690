/** A lean gRPC client for benchmarks: HTTP/2 by hand, because it shares the machine with the members. */
import { connect } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';

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

/** A call that stays open: requests may follow, and `onMessage` is called for each message that comes. */
export function openStream(
  session: ClientHttp2Session,
  path: string,
  onMessage: () => void,
): { readonly stream: ClientHttp2Stream; readonly send: (request: Uint8Array) => void } {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  let rest: Buffer = Buffer.alloc(0);
  stream.on('data', (part: Buffer) => {
    rest = rest.length === 0 ? part : Buffer.concat([rest, part]);
    let at = 0;
    while (rest.length - at >= 5 && rest.length - at >= 5 + rest.readUInt32BE(at + 1)) {
      at += 5 + rest.readUInt32BE(at + 1);
      onMessage();
    }
    rest = rest.subarray(at);
  });
  // A broken stream shows in the messages that do not come.
  stream.on('error', () => {});
  return {
    stream,
    send: (request) => {
      const head = Buffer.alloc(5);
      head.writeUInt32BE(request.length, 1);
      stream.write(Buffer.concat([head, request]));
    },
  };
}

function firstMessage(parts: readonly Buffer[]): Buffer {
  const all = Buffer.concat(parts);
  return all.length < 5 ? all : all.subarray(5, 5 + all.readUInt32BE(1));
}
