import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { RegistryError } from '../../base/errors.ts';

export type MessageTransport = 'udp' | 'tcp';

/** The response to a message; undefined: none, and a connection that it came on is closed. */
export type Respond = (
  message: Buffer,
  transport: MessageTransport,
  client: string,
) => Buffer | undefined | Promise<Buffer | undefined>;

export interface MessagePortOptions {
  readonly host: string;
  /** 0: any free one, the same for UDP and TCP. */
  readonly port: number;
  /** Its clients, and the flag that chooses it; for errors. */
  readonly whom: string;
  readonly flag: string;
  readonly respond: Respond;
  readonly clock: Clock;
  readonly onError: (error: Error) => void;
}

export interface MessagePort {
  readonly port: number;
  close(): void;
}

/** A connection is closed after this silence (RFC 7766, section 6.2.3). */
const idleMs = 10_000;
const connectionsMax = 1000;
/** Of responses that a client does not read: its connection is not read until they are fewer. */
const unreadBytesMax = 256 << 10;
/** Responses to one connection in one turn. */
const turnMessagesMax = 32;
const turnBytesMax = 256 << 10;
/** Messages of one connection whose responses are being waited for: it is not read until they are fewer. */
const openMessagesMax = 32;
/** Bytes of datagrams that wait to be read, so that a burst is not lost; the system may give less. */
const datagramsBytes = 1 << 20;
/** A port that is free for TCP may be taken for UDP; then another one is tried. */
const triesMax = 10;

/**
 * Serves messages with one response each over UDP, and over TCP with their length in two bytes before each (RFC 1035,
 * section 4.2.2), on one port. Rejects if it cannot listen there.
 */
export async function listenForMessages(options: MessagePortOptions): Promise<MessagePort> {
  for (let left = options.port === 0 ? triesMax : 1; ; left--) {
    const port = new Messages(options);
    try {
      await port.listen();
      return port;
    } catch (error) {
      port.close();
      if (left > 1) continue;
      const reason = error instanceof Error ? error.message : String(error);
      const place = `${options.host}:${options.port}`;
      throw new RegistryError(
        'invalid-request',
        `cannot listen for ${options.whom} on ${place}: ${reason}; choose another with ${options.flag}`,
        { cause: error },
      );
    }
  }
}

class Messages implements MessagePort {
  readonly #options: MessagePortOptions;
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #connections = new Set<Socket>();
  #isClosed = false;

  constructor(options: MessagePortOptions) {
    this.#options = options;
    this.#udp = createSocket({
      type: options.host.includes(':') ? 'udp6' : 'udp4',
      recvBufferSize: datagramsBytes,
      // Addresses come from datagrams. The resolver of Node.js would look at each one, and answer in a later turn.
      lookup: (address, _, callback) => callback(null, address, 0),
    });
    this.#udp.on('message', (bytes, from) => this.#onDatagram(bytes, from));
    this.#tcp = createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
      this.#onConnection(socket),
    );
    this.#tcp.maxConnections = connectionsMax;
  }

  get port(): number {
    return this.#udp.address().port;
  }

  async listen(): Promise<void> {
    const { host, port, onError } = this.#options;
    this.#tcp.listen({ host, port });
    await once(this.#tcp, 'listening');
    const bound = once(this.#udp, 'listening');
    this.#udp.bind({ address: host, port: portOf(this.#tcp) });
    await bound;
    this.#tcp.on('error', onError);
    this.#udp.on('error', onError);
  }

  close(): void {
    this.#isClosed = true;
    this.#tcp.close();
    this.#udp.close();
    for (const socket of this.#connections) socket.destroy();
  }

  #onDatagram(message: Buffer, from: RemoteInfo): void {
    const response = this.#options.respond(message, 'udp', from.address);
    if (response instanceof Promise) {
      response.then((later) => this.#send(later, from), this.#options.onError);
    } else this.#send(response, from);
  }

  /** A failure to send, such as a client that is gone, concerns the client only: it asks again. Not called back, it is ignored. */
  #send(response: Buffer | undefined, { port, address }: RemoteInfo): void {
    if (response !== undefined && !this.#isClosed) this.#udp.send(response, port, address);
  }

  #onConnection(socket: Socket): void {
    const connection = new Connection(socket, this.#options);
    this.#connections.add(socket);
    socket.setTimeout(idleMs, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#connections.delete(socket));
    socket.on('data', (bytes) => connection.take(bytes));
    socket.on('drain', () => connection.answer());
    socket.on('end', () => connection.end());
  }
}

/**
 * Answers the messages of one connection, a bounded number in each turn. Responses that are there at once come in order;
 * others follow when they are there (RFC 7766, section 6.2.1.1).
 */
class Connection {
  readonly #socket: Socket;
  readonly #options: MessagePortOptions;
  /** Less than one message, unless the connection is paused. */
  #bytes: Buffer = Buffer.alloc(0);
  #isContinuing = false;
  #openMessages = 0;
  /** The client sends nothing more, and may still read. */
  #hasEnded = false;

  constructor(socket: Socket, options: MessagePortOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  take(bytes: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    this.answer();
  }

  answer(): void {
    const socket = this.#socket;
    let written = 0;
    for (let count = 0; !socket.destroyed; count++) {
      const message = nextMessage(this.#bytes);
      if (message === undefined) break;
      if (socket.writableLength > unreadBytesMax || this.#openMessages >= openMessagesMax) {
        socket.pause();
        return;
      }
      if (count >= turnMessagesMax || written > turnBytesMax) {
        socket.pause();
        this.#continueLater();
        return;
      }
      this.#bytes = this.#bytes.subarray(2 + message.length);
      const response = this.#options.respond(message, 'tcp', socket.remoteAddress ?? '');
      if (response instanceof Promise) this.#writeLater(response);
      else written += this.#write(response);
    }
    if (this.#hasEnded && this.#openMessages === 0) socket.end();
    socket.resume();
  }

  end(): void {
    this.#hasEnded = true;
    this.answer();
  }

  /** Returns the bytes of the response. */
  #write(response: Buffer | undefined): number {
    if (response === undefined) this.#socket.destroy();
    else if (!this.#socket.destroyed) this.#socket.write(framed(response));
    return response?.length ?? 0;
  }

  #writeLater(response: Promise<Buffer | undefined>): void {
    this.#openMessages++;
    response
      .then((later) => this.#write(later), this.#options.onError)
      .finally(() => {
        this.#openMessages--;
        this.answer();
      });
  }

  #continueLater(): void {
    if (this.#isContinuing) return;
    this.#isContinuing = true;
    this.#options.clock.after(0, () => {
      this.#isContinuing = false;
      this.answer();
    });
  }
}

/** The first message, if all of it has come. */
function nextMessage(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 2) return undefined;
  const end = 2 + bytes.readUInt16BE(0);
  return bytes.length < end ? undefined : bytes.subarray(2, end);
}

function framed(response: Buffer): Buffer {
  const framedBytes = Buffer.allocUnsafe(2 + response.length);
  framedBytes.writeUInt16BE(response.length);
  response.copy(framedBytes, 2);
  return framedBytes;
}

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}
