import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ListenOptions as Place, Server, ServerOpts, Socket } from 'node:net';
import { assert } from '../../base/assert.ts';
import type { Cancel, Clock } from '../../base/clock.ts';
import { RegistryError } from '../../base/errors.ts';
import type { ConnectionSlots } from './connection-slots.ts';

/** A place where we listen. */
export interface Listening {
  /** With the real port, if the system chose it. */
  readonly url: string;
  /** Accepts no more connections; those that were not handed on yet are closed. */
  close(): void;
}

/**
 * For every connection of a client: small responses leave at once, and a peer that has vanished is detected after 30 s of
 * silence and ten probes, one a second.
 */
const socketOptions: ServerOpts = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };

/** Every connection that speaks HTTP/2 begins with these bytes (RFC 9113, section 3.4), and none of HTTP/1.1 does. */
const prefaceStart = Buffer.from('PRI ');

/** The time in which a new connection must show its protocol, so that those that do not cannot pile up. */
const recognitionMaxDefaultMs = 10_000;

/** Makes the handshakes of `https:` and `unixs:` URLs. */
export interface Encryption {
  /**
   * Calls back with the encrypted connection once its client was checked, and with the common name of the client's
   * certificate where it identifies a user. Otherwise the connection is closed.
   */
  accept(socket: Socket, take: (socket: Socket, certificateName: string | undefined) => void): void;
}

/** How to listen, and how errors name it. */
export interface ListenOptions {
  /** "clients", for errors. */
  readonly whom: string;
  /** The flag that chooses the URL, for errors. */
  readonly flag: string;
  /** A connection could not be accepted, for lack of file descriptors for instance; others will be. */
  readonly onError?: (error: Error) => void;
  readonly clock: Clock;
  /** The time in which a new connection must show its protocol, however much it sends. */
  readonly recognitionMaxMs?: number;
  /** Undefined: as many connections as the system takes. */
  readonly slots?: ConnectionSlots | undefined;
  /** Needed for URLs that ask for it. */
  readonly encryption?: Encryption | undefined;
}

/** Takes a new connection, with the common name of its client's certificate where it identifies a user. */
export type TakeConnection = (socket: Socket, certificateName?: string) => void;

/**
 * Listens on URLs, tells by the first bytes of a connection which protocol it speaks, and hands it on. As with etcd, an
 * `http:` and an `https:` URL of one address share it: whether a connection is encrypted is then told by its first byte.
 * Rejects if it cannot listen on one of them; those before it are closed then.
 */
export async function listenForClients(
  urls: readonly string[],
  take: { readonly http2: TakeConnection; readonly http1: TakeConnection },
  options: ListenOptions,
): Promise<readonly Listening[]> {
  const listening: Listening[] = [];
  try {
    for (const sharing of byAddress(urls)) {
      listening.push(...(await listenForSome(sharing, take, options)));
    }
  } catch (error) {
    for (const one of listening) one.close();
    throw error;
  }
  return listening;
}

/** Listens on one address, for one URL or two that share it. */
async function listenForSome(
  urls: readonly [string, ...string[]],
  take: { readonly http2: TakeConnection; readonly http1: TakeConnection },
  options: ListenOptions,
): Promise<readonly Listening[]> {
  const unknown = new Set<Socket>();
  const { encryption } = options;
  const sort = (socket: Socket, certificateName?: string): void => {
    unknown.add(socket);
    socket.once('close', () => unknown.delete(socket));
    recognize(socket, options, (protocol) => {
      unknown.delete(socket);
      take[protocol](socket, certificateName);
    });
  };
  const isEncrypted = urls.some(asksForTls);
  const isPlain = !urls.every(asksForTls);
  const secure = (socket: Socket): void => {
    assert(encryption !== undefined, `${urls.join()} is served with certificates only`);
    encryption.accept(socket, sort);
  };
  const either = (socket: Socket): void => {
    unknown.add(socket);
    socket.once('close', () => unknown.delete(socket));
    peek(socket, options, (first) => {
      unknown.delete(socket);
      if (first === handshakeRecord) secure(socket);
      else sort(socket);
    });
  };
  const begin = isEncrypted && isPlain ? either : isEncrypted ? secure : sort;
  const { slots, onError = () => {} } = options;
  // Connections stay paused, so that the server that takes them can read the bytes that were read here.
  const server = createServer({ ...socketOptions, pauseOnConnect: true }, (socket) => {
    if (slots === undefined || slots.admit(socket, onError)) begin(socket);
  });
  const listening = await listen(server, urls[0], options);
  const close = (): void => {
    listening.close();
    for (const socket of unknown) socket.destroy();
  };
  return urls.map((url) => ({ url: boundUrl(server, url), close }));
}

/** URLs in the order of their addresses; each with the other one of its address. */
function byAddress(urls: readonly string[]): readonly (readonly [string, ...string[]])[] {
  const found = new Map<string, [string, ...string[]]>();
  for (const url of urls) {
    const address = url.replace(/^(?:https?|unixs?):\/\//, '');
    // The system chooses a port for each of those.
    const key = address.endsWith(':0') ? url : address;
    const sharing = found.get(key);
    if (sharing === undefined) found.set(key, [url]);
    else sharing.push(url);
  }
  return [...found.values()];
}

function asksForTls(url: string): boolean {
  return /^(?:https|unixs):/.test(url);
}

/** The first byte of a connection that begins with a handshake of TLS (RFC 8446, section 5.1); none of HTTP begins with it. */
const handshakeRecord = 0x16;

/** Destroys the connection at an error, and when its time is over, unless the returned function is called before. */
function destroyUnlessInTime(
  socket: Socket,
  { clock, recognitionMaxMs = recognitionMaxDefaultMs }: ListenOptions,
): Cancel {
  const giveUp = (): void => void socket.destroy();
  const cancel = clock.after(recognitionMaxMs, giveUp);
  socket.on('error', giveUp);
  socket.once('close', cancel);
  return () => {
    cancel();
    socket.off('close', cancel);
  };
}

/** Reads the first byte of a connection, and puts it back. */
function peek(socket: Socket, options: ListenOptions, known: (first: number) => void): void {
  const inTime = destroyUnlessInTime(socket, options);
  const look = (): void => {
    const bytes: Buffer | null = socket.read();
    if (bytes === null) return;
    socket.off('readable', look);
    inTime();
    socket.unshift(bytes);
    known(bytes[0] ?? 0);
  };
  socket.on('readable', look);
}

/** Reads as many bytes as the protocol of a connection shows in, and puts them back. */
function recognize(
  socket: Socket,
  options: ListenOptions,
  known: (protocol: 'http1' | 'http2') => void,
): void {
  const inTime = destroyUnlessInTime(socket, options);
  let held: Buffer = Buffer.alloc(0);
  const look = (): void => {
    const bytes: Buffer | null = socket.read();
    if (bytes === null) return;
    held = Buffer.concat([held, bytes]);
    const length = Math.min(held.length, prefaceStart.length);
    const mayBeHttp2 = prefaceStart.subarray(0, length).equals(held.subarray(0, length));
    if (mayBeHttp2 && length < prefaceStart.length) return;
    const head = mayBeHttp2 ? undefined : bareHeadOf(held);
    if (head === 'unfinished') return;
    socket.off('readable', look);
    inTime();
    // Last, because bytes that are put back are readable again at once.
    socket.unshift(head ?? held);
    known(mayBeHttp2 ? 'http2' : 'http1');
  };
  socket.on('readable', look);
}

/** A request without a body that was written by hand: its lines end without a carriage return. */
const bareRequestLine = /^(?:GET|HEAD) [^\s]+ HTTP\/1\.[01]\n/;
const bareHeadBytesMax = 8 << 10;

/**
 * Health checks written in a shell (`printf 'GET /health HTTP/1.0\n\n' | nc …`) end their lines with a line feed alone.
 * RFC 9112, section 2.2, lets a server accept that; Node.js does so only together with much that is dangerous. So the head
 * is rewritten here, for the first request of a connection and only if it has no body, about whose length a proxy could
 * disagree. Undefined: it is no such request.
 */
function bareHeadOf(bytes: Buffer): Buffer | 'unfinished' | undefined {
  const text = bytes.toString('latin1', 0, bareHeadBytesMax);
  if (!bareRequestLine.test(text)) return undefined;
  const end = text.indexOf('\n\n');
  if (end === -1) return bytes.length < bareHeadBytesMax ? 'unfinished' : undefined;
  const head = text.slice(0, end);
  if (head.includes('\r') || /^(?:content-length|transfer-encoding)\s*:/im.test(head))
    return undefined;
  return Buffer.concat([
    Buffer.from(`${head.replaceAll('\n', '\r\n')}\r\n\r\n`, 'latin1'),
    bytes.subarray(end + 2),
  ]);
}

async function listen(
  server: Server,
  url: string,
  { whom, flag, onError = () => {} }: ListenOptions,
): Promise<Listening> {
  try {
    server.listen(placeOf(url));
    await once(server, 'listening');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RegistryError(
      'invalid-request',
      `cannot listen for ${whom} on ${url}: ${reason}; choose another with ${flag}`,
      { cause: error },
    );
  }
  server.on('error', onError);
  return { url: boundUrl(server, url), close: () => void server.close() };
}

/** A path of a `unix:` URL, or host and port. */
function placeOf(url: string): Place {
  if (url.startsWith('unix')) return { path: url.replace(/^unixs?:\/\//, '') };
  const [, host = '', port = ''] = /^https?:\/\/(.*):(\d+)$/.exec(url) ?? [];
  // Without a host, all addresses. `localhost` is taken as IPv4, so that clients of 127.0.0.1 get through.
  const address = host === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1');
  return { ...(address === '' ? {} : { host: address }), port: Number(port) };
}

function boundUrl(server: Server, url: string): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return url;
  return url.replace(/:0$/, `:${address.port}`);
}
