import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { expect } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { ByteBudget } from '../../src/base/byte-budget.ts';
import { Connection } from '../../src/http2/index.ts';
import type { ConnectionOptions, HeaderField, Stream } from '../../src/http2/index.ts';
import {
  ack,
  endStream,
  frame,
  literal,
  ping,
  preface,
  request,
  reset,
  settings,
  types,
} from './frames.ts';

/** A frame that the member's side sent. */
export interface SeenFrame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly content: Buffer;
}

/** A request that a server accepted, and what its listener was told since. */
export interface SeenRequest {
  readonly headers: readonly HeaderField[];
  readonly stream: Stream;
  readonly told: string[];
}

/** Responds to a request once it is complete; by default, not at all. */
export type Answer = (request: SeenRequest) => void;

export interface ServerOptions extends Partial<ConnectionOptions> {
  /** False: bytes of bodies are never consumed, so that the window is not widened. */
  readonly consumes?: boolean;
}

/** `:status: 200`, and the trailers that end a good answer. */
export const ok: Buffer = Buffer.from([0x88]);
export const okTrailers: Buffer = literal('grpc-status', '0');

/** Responds with these bytes. */
export function bodyOf(body: Buffer | string): Answer {
  return ({ stream }) => stream.respond(ok, [Buffer.from(body)], okTrailers);
}

/** How long a test waits for an event, on a busy machine. */
const patience = { timeout: 20_000, interval: 5 };

/** Waits for a change on the server's side that its client does not notice. */
export async function eventually(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, patience).toBe(true);
}

/** A server that takes connections as a member does, without anything behind it. */
export class TestServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #peers: Peer[] = [];
  readonly #options: ServerOptions;
  readonly #answer: Answer;
  /** Errors on the server's side that are bugs. */
  readonly mistakes: unknown[] = [];

  private constructor(server: Server, options: ServerOptions, answer: Answer) {
    this.#server = server;
    this.#options = options;
    this.#answer = answer;
  }

  static async open(options: ServerOptions = {}, answer: Answer = () => {}): Promise<TestServer> {
    const server = createServer({ noDelay: true });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new TestServer(server, options, answer);
  }

  /** A client that has connected, and sent nothing yet. */
  async connect(): Promise<Peer> {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const taken = new Promise<Socket>((resolve) => this.#server.once('connection', resolve));
    const client = connect({ port: address.port, host: '127.0.0.1', noDelay: true });
    const socket = await taken;
    const requests: SeenRequest[] = [];
    const peer: Peer = new Peer(client, socket, requests, this.#connectionOf(socket, requests));
    this.#peers.push(peer);
    return peer;
  }

  #connectionOf(socket: Socket, requests: SeenRequest[]): Connection {
    const { consumes = true, ...options } = this.#options;
    const accept: ConnectionOptions['accept'] = (headers, stream, isComplete) => {
      const seen: SeenRequest = { headers, stream, told: [] };
      requests.push(seen);
      const ended = (): void => {
        seen.told.push('(ended)');
        this.#answer(seen);
      };
      if (isComplete) ended();
      return {
        data: (bytes) => {
          seen.told.push(bytes.toString());
          if (consumes) stream.consumed(bytes.length);
        },
        ended,
        drained: () => void seen.told.push('(drained)'),
        closed: () => void seen.told.push('(closed)'),
      };
    };
    return new Connection(socket, {
      clock: systemClock(),
      streamsMax: Infinity,
      pending: new ByteBudget({ bytesMax: Infinity }),
      pingsMinTimeMs: 0,
      keepaliveIntervalMs: 0,
      keepaliveTimeoutMs: 1000,
      accept,
      onClose: () => {},
      onBug: (error) => void this.mistakes.push(error),
      ...options,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers) peer.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** A client that writes its frames by hand, and keeps those that come. */
export class Peer {
  readonly client: Socket;
  /** The member's side. */
  readonly socket: Socket;
  readonly connection: Connection;
  readonly requests: readonly SeenRequest[];
  readonly frames: SeenFrame[] = [];
  isClosed = false;
  /** Every real client does; most tests count the frames that they send. */
  answersPings = false;
  /** Streams whose response is complete. */
  readonly #answered = new Set<number>();
  #held: Buffer = Buffer.alloc(0);
  #marks = 0;
  readonly #changes = new EventTarget();

  constructor(
    client: Socket,
    socket: Socket,
    requests: readonly SeenRequest[],
    connection: Connection,
  ) {
    this.client = client;
    this.socket = socket;
    this.requests = requests;
    this.connection = connection;
    client.on('error', () => {});
    client.on('data', (bytes: Buffer) => this.#read(bytes));
    client.on('close', () => {
      this.isClosed = true;
      this.#changes.dispatchEvent(new Event('change'));
    });
  }

  /** Sends the preface and settings of a client, and then these frames. */
  greet(...frames: readonly Buffer[]): void {
    this.write(preface, settings(), ...frames);
  }

  write(...frames: readonly Buffer[]): void {
    this.client.write(Buffer.concat(frames));
  }

  /** Waits until the received frames fulfil a condition. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.isClosed) throw new Error(`closed, after ${this.frames.length} frames`);
      await once(this.#changes, 'change');
    }
  }

  async closed(): Promise<void> {
    await this.until(() => this.isClosed);
  }

  async frame(isIt: (frame: SeenFrame) => boolean): Promise<SeenFrame> {
    let at = 0;
    // Each frame is looked at once, as there may be very many.
    await this.until(() => {
      while (at < this.frames.length && !isIt(this.frames[at]!)) at++;
      return at < this.frames.length;
    });
    return this.frames[at]!;
  }

  /** Waits until the server has handled all that was written so far, and its responses are here. */
  async settled(): Promise<void> {
    const mark = `m${String(++this.#marks).padStart(7, '0')}`;
    this.write(ping(mark));
    await this.frame(
      ({ type, flags, content }) =>
        type === types.ping && flags === ack && content.toString() === mark,
    );
  }

  /** The code and the reason that the whole connection ended with; waits until it is closed. */
  async failure(): Promise<{ readonly code: number; readonly reason: string }> {
    const { content } = await this.frame(({ type }) => type === types.goAway);
    await this.closed();
    return { code: content.readUInt32BE(4), reason: content.subarray(8).toString() };
  }

  /** The code that a stream ended with. */
  async resetOf(id: number): Promise<number> {
    const seen = await this.frame((found) => found.type === types.rstStream && found.id === id);
    return seen.content.readUInt32BE();
  }

  /** Waits for the end of a response; returns its body. */
  async answer(id: number): Promise<string> {
    await this.until(() => this.isAnswered(id));
    return this.bodyOf(id);
  }

  /** Whether a response is complete. */
  isAnswered(id: number): boolean {
    return this.#answered.has(id);
  }

  /** The part of a response's body that has come so far. */
  bodyOf(id: number): string {
    const parts = this.of(id).filter(({ type }) => type === types.data);
    return Buffer.concat(parts.map(({ content }) => content)).toString();
  }

  /** All frames of a stream so far. */
  of(id: number): readonly SeenFrame[] {
    return this.frames.filter((seen) => seen.id === id);
  }

  #read(bytes: Buffer): void {
    let rest = Buffer.concat([this.#held, bytes]);
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3);
      const [type = 0, flags = 0] = [rest[3], rest[4]];
      const id = rest.readUInt32BE(5);
      const content = rest.subarray(9, end);
      this.frames.push({ type, flags, id, content });
      if (this.answersPings && type === types.ping && flags !== ack) {
        this.write(frame(types.ping, ack, 0, content));
      }
      if (isEnd(type, flags)) this.#answered.add(id);
      rest = rest.subarray(end);
    }
    this.#held = rest;
    this.#changes.dispatchEvent(new Event('change'));
  }

  destroy(): void {
    this.connection.destroy();
    this.client.destroy();
  }
}

function isEnd(type: number, flags: number): boolean {
  return (type === types.data || type === types.headers) && (flags & endStream) !== 0;
}

/** Proves that a connection still works. */
export async function expectAlive(peer: Peer, id: number): Promise<void> {
  const before = peer.requests.length;
  peer.write(request(id));
  await peer.settled();
  expect(peer.requests).toHaveLength(before + 1);
  expect(peer.frames.some(({ type }) => type === types.goAway)).toBe(false);
  peer.write(reset(id));
}
