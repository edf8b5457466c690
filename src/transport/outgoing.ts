import { Client, credentials } from '@grpc/grpc-js';
import type { ClientDuplexStream, ClientWritableStream, ServiceError } from '@grpc/grpc-js';
import type { Cancel, Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Counter, Histogram, Meter } from '../base/meter.ts';
import type { Peer, PeerMessage, SnapshotHeader, SnapshotSource } from '../replica/index.ts';
import { decodeValue, encodeBatch, encodeValue } from './codec.ts';
import { introduce, peerMethods } from './service.ts';

/** Bytes that may wait for a peer; beyond it whole batches are dropped, and Raft sends again. */
const waitingBytesMax = 64 << 20;
/** A batch is split into frames of about this many bytes of entries. */
const frameBytesMax = 2 << 20;
const pingEveryMs = 1000;
/** A peer that has not echoed for so long is taken for dead, or paused, and dialled again. */
const silenceMaxMs = 5000;
const reconnectMinMs = 50;
const reconnectMaxMs = 2000;
/** A snapshot that does not move for so long is given up. */
const snapshotIdleMs = 30_000;
const connectMs = 5000;

const channelOptions = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // Reconnecting is done here, so that its pace is known.
  'grpc.initial_reconnect_backoff_ms': reconnectMinMs,
  'grpc.max_reconnect_backoff_ms': reconnectMaxMs,
  'grpc.use_local_subchannel_pool': 1,
};

export interface OutgoingOptions {
  readonly self: MemberId;
  readonly clusterId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly onDisconnected: (peer: MemberId) => void;
}

/** What this member says to one peer: a stream that is dialled again for as long as the peer is a member. */
export class Outgoing {
  readonly peer: Peer;
  readonly #options: OutgoingOptions;
  readonly #clients: readonly Client[];
  readonly #sentBytes: Counter;
  readonly #failures: Counter;
  readonly #roundTrip: Histogram;
  #stream: ClientDuplexStream<Buffer, Buffer> | undefined;
  #connectedSinceMs: number | undefined;
  #cancelTimer: Cancel = () => {};
  #reconnectMs = reconnectMinMs;
  #attempt = 0;
  #pings = new Map<number, number>();
  #lastPing = 0;
  #heardMs = 0;
  #toldProblem = '';
  #closed = false;

  constructor(peer: Peer, options: OutgoingOptions) {
    this.peer = peer;
    this.#options = options;
    const { meter } = options;
    const labels = { To: peer.id };
    this.#clients = peer.urls.map(
      (url) => new Client(addressOf(url), credentials.createInsecure(), channelOptions),
    );
    this.#sentBytes = meter.counter(
      'etcd_network_peer_sent_bytes_total',
      'Bytes sent to a peer.',
      labels,
    );
    this.#failures = meter.counter(
      'etcd_network_peer_sent_failures_total',
      'Batches that could not be sent to a peer.',
      labels,
    );
    this.#roundTrip = meter.histogram(
      'etcd_network_peer_round_trip_time_seconds',
      'Time to a peer and back.',
      Array.from({ length: 15 }, (_, power) => 0.0001 * 2 ** power),
      labels,
    );
    this.#dial();
  }

  get connectedSinceMs(): number | undefined {
    return this.#connectedSinceMs;
  }

  send(messages: readonly PeerMessage[]): void {
    const stream = this.#stream;
    if (stream === undefined || this.#connectedSinceMs === undefined) {
      this.#failures.add();
      return;
    }
    for (const part of inFrames(messages)) {
      if (stream.writableLength > waitingBytesMax) {
        this.#failures.add();
        return;
      }
      const frame = encodeBatch({ ping: 0, messages: part });
      this.#sentBytes.add(frame.length);
      stream.write(frame);
    }
  }

  async sendSnapshot(header: SnapshotHeader, source: SnapshotSource): Promise<void> {
    const client = this.#client();
    const { clock } = this.#options;
    let cancelIdle: Cancel = () => {};
    let call: ClientWritableStream<Buffer> | undefined;
    const taken = new Promise<void>((resolve, reject) => {
      call = client.makeClientStreamRequest(
        peerMethods.Snapshot.path,
        peerMethods.Snapshot.requestSerialize,
        peerMethods.Snapshot.responseDeserialize,
        introduce(this.#introduction()),
        (error: ServiceError | null) => {
          if (error === null) resolve();
          else reject(error);
        },
      );
    });
    // Seen when it is awaited; until then a failure must not count as unhandled.
    taken.catch(() => {});
    const stream = call as unknown as ClientWritableStream<Buffer>;
    stream.on('error', () => {});
    const stillMoving = (): void => {
      cancelIdle();
      cancelIdle = clock.after(snapshotIdleMs, () => stream.cancel());
    };
    const write = async (bytes: Buffer): Promise<void> => {
      stillMoving();
      this.#sentBytes.add(bytes.length);
      if (stream.write(bytes)) return;
      await Promise.race([new Promise((resolve) => stream.once('drain', resolve)), taken]);
    };
    try {
      await write(encodeValue(header));
      for await (const chunk of source.chunks()) await write(Buffer.from(chunk));
      stream.end();
      stillMoving();
      await taken;
    } catch (error) {
      stream.cancel();
      throw error;
    } finally {
      cancelIdle();
    }
  }

  close(): void {
    this.#closed = true;
    this.#cancelTimer();
    this.#stream?.cancel();
    this.#stream = undefined;
    this.#connectedSinceMs = undefined;
    for (const client of this.#clients) client.close();
  }

  #introduction() {
    return { clusterId: this.#options.clusterId, from: this.#options.self, to: this.peer.id };
  }

  /** The peer's addresses take turns. */
  #client(): Client {
    const client = this.#clients[this.#attempt % this.#clients.length];
    if (client === undefined) throw new Error(`member ${this.peer.id} has no peer URL`);
    return client;
  }

  #dial(): void {
    if (this.#closed || this.#clients.length === 0) return;
    const stream = this.#client().makeBidiStreamRequest(
      peerMethods.Stream.path,
      peerMethods.Stream.requestSerialize,
      peerMethods.Stream.responseDeserialize,
      introduce(this.#introduction()),
    );
    this.#attempt++;
    this.#stream = stream;
    this.#pings.clear();
    stream.on('data', (bytes: Buffer) => {
      if (this.#stream === stream) this.#echoed(Number(decodeValue(bytes)));
    });
    stream.on('error', (error: ServiceError) => this.#broken(stream, error.details));
    stream.on('end', () => this.#broken(stream, 'the peer ended the stream'));
    this.#heardMs = this.#options.clock.nowMs();
    this.#ping(stream, connectMs);
  }

  /** Asks for an echo; the first one tells that the stream works. */
  #ping(stream: ClientDuplexStream<Buffer, Buffer>, silenceMs: number): void {
    const { clock } = this.#options;
    const ping = ++this.#lastPing;
    this.#pings.set(ping, clock.nowMs());
    stream.write(encodeBatch({ ping, messages: [] }));
    this.#cancelTimer = clock.after(pingEveryMs, () => {
      if (this.#stream !== stream) return;
      if (clock.nowMs() - this.#heardMs > silenceMs) {
        this.#broken(stream, 'the peer does not answer');
        return;
      }
      this.#ping(stream, silenceMaxMs);
    });
  }

  #echoed(ping: number): void {
    const nowMs = this.#options.clock.nowMs();
    this.#heardMs = nowMs;
    const sentMs = this.#pings.get(ping);
    if (sentMs === undefined) return;
    for (const earlier of this.#pings.keys()) if (earlier <= ping) this.#pings.delete(earlier);
    this.#roundTrip.observe((nowMs - sentMs) / 1000);
    if (this.#connectedSinceMs !== undefined) return;
    this.#connectedSinceMs = nowMs;
    this.#reconnectMs = reconnectMinMs;
    this.#toldProblem = '';
    this.#options.logger.info('connected to peer', { peer: this.peer.id });
  }

  #broken(stream: ClientDuplexStream<Buffer, Buffer>, why: string): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    this.#cancelTimer();
    stream.cancel();
    const wasConnected = this.#connectedSinceMs !== undefined;
    this.#connectedSinceMs = undefined;
    if (this.#closed) return;
    if (wasConnected || why !== this.#toldProblem) {
      this.#toldProblem = why;
      this.#options.logger.warn('no connection to peer', { peer: this.peer.id, why });
    }
    this.#cancelTimer = this.#options.clock.after(this.#reconnectMs, () => this.#dial());
    this.#reconnectMs = Math.min(reconnectMaxMs, this.#reconnectMs * 2);
    if (wasConnected) this.#options.onDisconnected(this.peer.id);
  }
}

/** "http://host:port/" -> "host:port" */
export function addressOf(url: string): string {
  return new URL(url).host;
}

/** Messages in runs whose entries have about as many bytes as a frame may have. */
function inFrames(messages: readonly PeerMessage[]): readonly (readonly PeerMessage[])[] {
  const sizes = messages.map(sizeOf);
  if (sizes.reduce((sum, size) => sum + size, 0) <= frameBytesMax) return [messages];
  const frames: PeerMessage[][] = [];
  let bytes = Infinity;
  for (const [at, message] of messages.entries()) {
    const size = sizes[at] ?? 0;
    if (bytes + size > frameBytesMax) {
      frames.push([]);
      bytes = 0;
    }
    frames.at(-1)?.push(message);
    bytes += size;
  }
  return frames;
}

function sizeOf(message: PeerMessage): number {
  if (message.kind === 'question' && message.question.kind === 'propose') {
    return message.question.commands.reduce((sum, command) => sum + command.length, 100);
  }
  if (message.kind !== 'raft' || message.message.kind !== 'append-request') return 100;
  return message.message.entries.reduce((sum, entry) => sum + entry.data.length + 20, 100);
}
