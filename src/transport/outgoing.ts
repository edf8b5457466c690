import type { Cancel, Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Counter, Histogram, Metrics } from '../base/metrics.ts';
import { statusCodes } from '../http2/index.ts';
import type { Peer, PeerMessage, SnapshotHeader, SnapshotSource } from '../replica/index.ts';
import type { BatchEncoder } from './batch-encoder.ts';
import { decodeEcho } from './codec.ts';
import type { PeerEncryption } from './dial.ts';
import { PeerCall } from './peer-call.ts';
import type { CallEnd } from './peer-call.ts';
import { peerPaths, saysRemoved } from './service.ts';
import type { Handshake } from './service.ts';
import { SnapshotCall } from './snapshot-call.ts';

/** Bytes that may wait for a peer. Beyond it whole frames are dropped, and Raft sends again. */
const waitingBytesMax = 64 << 20;
/** A batch is split into frames with about this many bytes of entries. */
const frameBytesMax = 2 << 20;
const pingEveryMs = 1000;
/** A peer without an echo for this long is taken for dead or paused, and is dialled again. */
const silenceMaxMs = 5000;
const reconnectMinMs = 50;
const reconnectMaxMs = 2000;

export interface OutgoingOptions {
  readonly self: MemberId;
  readonly clusterId: string;
  /** This member's peer URLs. */
  readonly ownUrls: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Of all peers, so that what several of them get is encoded once. */
  readonly encoder: BatchEncoder;
  readonly encryption: PeerEncryption | undefined;
  /** The stream works, for the first time or again. */
  readonly onConnected: (peer: MemberId) => void;
  /** The stream broke. It is dialled again, unless this is closed now. */
  readonly onDisconnected: (peer: MemberId) => void;
  /** Nothing listens at the address of the peer. May come again and again. */
  readonly onGone: (peer: MemberId) => void;
  /** The peer says that this member was removed from the cluster. */
  readonly onRefusedAsRemoved: (peer: MemberId) => void;
}

/**
 * The stream to one peer, dialled again for as long as the peer is a member. Each dial opens a connection of its own,
 * so that none waits for a dial to an address that does not answer.
 */
export class Outgoing {
  readonly peer: Peer;
  readonly #options: OutgoingOptions;
  readonly #sentBytes: Counter;
  readonly #failures: Counter;
  readonly #roundTrip: Histogram;
  #stream: PeerCall | undefined;
  #connectedSinceMs: number | undefined;
  #cancelTimer: Cancel | undefined;
  #reconnectMs = reconnectMinMs;
  /** The next dial waits, and may be advanced. */
  #isWaiting = false;
  #attempt = 0;
  #pings = new Map<number, number>();
  #lastPing = 0;
  #heardMs = 0;
  #toldProblem = '';
  #closed = false;
  /** Messages for a peer whose former stream has not ended yet. */
  #held: PeerMessage[] | undefined;
  #heldBytes = 0;
  /** Called when the stream has ended, once `retire` was called. */
  #retired: (() => void) | undefined;
  readonly #snapshots = new Set<SnapshotCall>();

  constructor(peer: Peer, options: OutgoingOptions) {
    this.peer = peer;
    this.#options = options;
    const { metrics } = options;
    const labels = { To: peer.id };
    this.#sentBytes = metrics.counter(
      'etcd_network_peer_sent_bytes_total',
      'Bytes sent to a peer.',
      labels,
    );
    this.#failures = metrics.counter(
      'etcd_network_peer_sent_failures_total',
      'Batches that could not be sent to a peer.',
      labels,
    );
    this.#roundTrip = metrics.histogram(
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

  /** From now on messages wait for `release`. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#heldBytes = 0;
    if (held.length > 0) this.send(held);
  }

  #hold(held: PeerMessage[], messages: readonly PeerMessage[]): void {
    for (const message of messages) this.#heldBytes += sizeOf(message);
    if (this.#heldBytes > waitingBytesMax) this.#failures.add();
    else held.push(...messages);
  }

  send(messages: readonly PeerMessage[]): void {
    if (this.#held !== undefined) {
      this.#hold(this.#held, messages);
      return;
    }
    const stream = this.#stream;
    if (stream === undefined || this.#connectedSinceMs === undefined) {
      this.#failures.add();
      return;
    }
    for (const part of inFrames(messages)) {
      if (stream.waitingBytes > waitingBytesMax) {
        this.#failures.add();
        return;
      }
      this.#write(stream, 0, part);
    }
  }

  async sendSnapshot(header: SnapshotHeader, source: SnapshotSource): Promise<void> {
    const call = new SnapshotCall(this.#urlOfAttempt(this.#attempt - 1), this.#handshake(), {
      clock: this.#options.clock,
      encryption: this.#options.encryption,
      sentBytes: this.#sentBytes,
    });
    this.#snapshots.add(call);
    try {
      await call.send(header, source);
    } finally {
      this.#snapshots.delete(call);
      call.close();
    }
  }

  /**
   * The peer has called, so it is up: dial it soon, however long it was away. Not at once, or two members whose calls
   * break would call each other back in a tight loop.
   */
  peerCalled(): void {
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.clock.after(reconnectMinMs, () => this.#dial());
  }

  /** Ends the stream. Calls `retired` when all that was sent has been delivered, or can no longer be. */
  retire(retired: () => void): void {
    this.#closed = true;
    this.#isWaiting = false;
    this.#cancelTimer?.();
    const stream = this.#stream;
    if (stream === undefined) {
      retired();
      return;
    }
    // The peer ends its side once it has received everything.
    this.#retired = retired;
    stream.finish();
  }

  close(): void {
    this.#closed = true;
    this.#isWaiting = false;
    this.#cancelTimer?.();
    this.#disconnect();
    for (const call of this.#snapshots) call.close();
  }

  #handshake(): Handshake {
    const { clusterId, self, ownUrls } = this.#options;
    return { clusterId, from: self, to: this.peer.id, urls: ownUrls };
  }

  /** The peer's URLs take turns. */
  #urlOfAttempt(attempt: number): string {
    const url = this.peer.urls[Math.max(0, attempt) % this.peer.urls.length];
    if (url === undefined) throw new Error(`member ${this.peer.id} has no peer URL`);
    return url;
  }

  #dial(): void {
    this.#isWaiting = false;
    if (this.#closed || this.peer.urls.length === 0) return;
    const stream: PeerCall = new PeerCall({
      url: this.#urlOfAttempt(this.#attempt++),
      path: peerPaths.stream,
      handshake: this.#handshake(),
      clock: this.#options.clock,
      encryption: this.#options.encryption,
      listener: {
        message: (bytes) => this.#echoed(decodeEcho(bytes)),
        drained: () => {},
        ended: (end) => this.#ended(stream, end),
      },
    });
    this.#stream = stream;
    this.#pings.clear();
    this.#heardMs = this.#options.clock.nowMs();
    this.#ping(stream);
  }

  #ended(stream: PeerCall, { code, text, isRefused, trailers }: CallEnd): void {
    const isCurrent = this.#stream === stream;
    this.#broken(stream, code === statusCodes.ok ? 'the peer ended the stream' : text);
    this.#retired?.();
    if (isCurrent && isRefused === true && !this.#closed) this.#options.onGone(this.peer.id);
    if (isCurrent && saysRemoved(trailers, this.#handshake())) {
      this.#options.onRefusedAsRemoved(this.peer.id);
    }
  }

  #write(stream: PeerCall, ping: number, messages: readonly PeerMessage[]): void {
    const parts = this.#options.encoder.encode(ping, messages);
    for (const part of parts) this.#sentBytes.add(part.length);
    stream.send(parts);
  }

  /** Requests an echo; the first one shows that the stream works. */
  #ping(stream: PeerCall): void {
    const { clock } = this.#options;
    const ping = ++this.#lastPing;
    this.#pings.set(ping, clock.nowMs());
    this.#write(stream, ping, []);
    this.#cancelTimer = clock.after(pingEveryMs, () => {
      if (this.#stream !== stream) return;
      if (clock.nowMs() - this.#heardMs > silenceMaxMs) {
        this.#broken(stream, 'the peer does not answer');
        return;
      }
      this.#ping(stream);
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
    this.#options.onConnected(this.peer.id);
  }

  #broken(stream: PeerCall, why: string): void {
    if (this.#stream !== stream) return;
    this.#cancelTimer?.();
    const wasConnected = this.#connectedSinceMs !== undefined;
    this.#disconnect();
    if (wasConnected && !this.#closed) this.#options.onDisconnected(this.peer.id);
    if (this.#closed) return;
    if (wasConnected || why !== this.#toldProblem) {
      this.#toldProblem = why;
      this.#options.logger.warn('no connection to peer', { peer: this.peer.id, why });
    }
    this.#cancelTimer = this.#options.clock.after(this.#reconnectMs, () => this.#dial());
    this.#isWaiting = true;
    this.#reconnectMs = Math.min(reconnectMaxMs, this.#reconnectMs * 2);
  }

  #disconnect(): void {
    this.#stream?.cancel();
    this.#stream = undefined;
    this.#connectedSinceMs = undefined;
  }
}

/** Splits messages into runs that have about as many bytes as a frame may have. */
function inFrames(messages: readonly PeerMessage[]): readonly (readonly PeerMessage[])[] {
  if (messages.length === 1) return [messages];
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
