import type { Cancel, Clock } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Counter, Metrics } from '../base/metrics.ts';
import { createHttp2Server } from '../http2/index.ts';
import type { Http2Server } from '../http2/index.ts';
import type {
  Peer,
  PeerMessage,
  SnapshotHeader,
  SnapshotSource,
  Transport,
  TransportReceiver,
} from '../replica/index.ts';
import { BatchEncoder } from './batch-encoder.ts';
import type { PeerEncryption } from './dial.ts';
import { Incoming } from './incoming.ts';
import type { Caller } from './incoming.ts';
import { Listener } from './listener.ts';
import { Outgoing } from './outgoing.ts';
import { frameBytesMax, streamWindow } from './peer-call.ts';

export interface GrpcTransportOptions {
  readonly self: MemberId;
  readonly clusterId: string;
  readonly listenUrls: readonly string[];
  /** This member's peer URLs, for peers that do not know it yet. */
  readonly advertiseUrls: readonly string[];
  /** Time during which a peer that left the list still gets messages. */
  readonly drainMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** For URLs with https:// and unixs://; without it, only other members may have such URLs. */
  readonly encryption?: PeerEncryption | undefined;
  /** The description of the cluster for a member that wants to join; any value that MessagePack can encode. */
  readonly describe: () => unknown;
}

export interface GrpcTransport extends Transport {
  /** The URLs that it listens on, with actual ports; known once it is started. */
  readonly boundUrls: readonly string[];
}

/** Peers over gRPC streams. The ports are open once `start` has resolved; it rejects if a port is in use. */
export function createGrpcTransport(options: GrpcTransportOptions): GrpcTransport {
  return new PeerPort(options);
}

class PeerPort implements GrpcTransport {
  readonly #options: GrpcTransportOptions;
  readonly #incoming: Incoming;
  readonly #server: Http2Server;
  readonly #listener: Listener;
  readonly #peers = new Map<MemberId, Outgoing>();
  /** Unlisted peers: they have called, and are not on the list given to `setPeers`. */
  readonly #unlisted = new Set<MemberId>();
  /** Draining peers: they have left the list, and are disconnected soon; the one that drains longest first. */
  readonly #draining = new Map<MemberId, Cancel>();
  /** Streams being opened to new addresses of peers; the old stream of each stays in use until the new one works. */
  readonly #moving = new Map<MemberId, Outgoing>();
  /** Streams to former addresses that still deliver what was sent before. */
  readonly #retired = new Set<Outgoing>();
  readonly #received = new Map<MemberId, Counter>();
  readonly #encoder = new BatchEncoder();
  #receiver: TransportReceiver | undefined;
  #boundUrls: readonly string[] = [];

  constructor(options: GrpcTransportOptions) {
    this.#options = options;
    this.#incoming = this.#openIncoming();
    this.#server = createHttp2Server({
      accept: this.#incoming.accept,
      clock: options.clock,
      logger: options.logger,
      streamsMax: streamsOfCallerMax,
      streamWindow,
      frameBytesMax,
      idleMaxMs: callerWithoutCallMaxMs,
      // Each stream has its own pings.
      pingsMinTimeMs: 0,
      keepaliveIntervalMs: 0,
      keepaliveTimeoutMs: 0,
    });
    this.#listener = new Listener({
      encryption: options.encryption,
      take: this.#server.take,
      onUnexpectedTls: ({ remoteAddress = '' }) => this.#incoming.refusedTls(remoteAddress),
    });
    options.metrics.gauge(
      'etcd_network_active_peers',
      'Peers to which there is a working connection.',
      () => [...this.#peers.values()].filter((peer) => peer.connectedSinceMs !== undefined).length,
    );
  }

  get boundUrls(): readonly string[] {
    return this.#boundUrls;
  }

  async start(receiver: TransportReceiver): Promise<void> {
    this.#receiver = receiver;
    try {
      this.#boundUrls = await Promise.all(
        this.#options.listenUrls.map((url) => this.#listener.listen(url)),
      );
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  setPeers(peers: readonly Peer[]): void {
    const wanted = new Map(peers.map((peer) => [peer.id, peer]));
    for (const [id, outgoing] of this.#peers) {
      const peer = wanted.get(id);
      if (peer === undefined && this.#unlisted.has(id)) continue;
      this.#unlisted.delete(id);
      if (peer === undefined) this.#drain(id, outgoing);
      else if (this.#draining.has(id)) this.#disconnect(id);
      else this.#move(peer, outgoing);
    }
    for (const peer of peers) if (!this.#peers.has(peer.id)) this.#call(peer);
  }

  /**
   * A peer whose URLs have changed may still be at the old ones: it has not moved yet, or the new ones are a mistake.
   * The old stream stays in use until the peer answers at a new URL.
   */
  #move(peer: Peer, present: Outgoing): void {
    const { id, urls } = peer;
    const moving = this.#moving.get(id);
    if (moving?.peer.urls.join() === urls.join()) return;
    moving?.close();
    this.#moving.delete(id);
    if (present.peer.urls.join() === urls.join()) return;
    if (present.connectedSinceMs === undefined) {
      // No working stream to keep: call the new URLs.
      this.#disconnect(id);
      return;
    }
    const next: Outgoing = this.#open(peer, () => this.#hasMoved(id, next));
    this.#moving.set(id, next);
  }

  /** The peer answers at its new address, which is used from now on. */
  #hasMoved(id: MemberId, next: Outgoing): void {
    if (this.#moving.get(id) !== next) return;
    this.#moving.delete(id);
    const former = this.#peers.get(id);
    this.#peers.set(id, next);
    if (former === undefined) return;
    // Messages must arrive in the order in which they were sent: the new stream waits for the end of the old one.
    next.hold();
    this.#retired.add(former);
    const over = (): void => {
      cancel();
      if (!this.#retired.delete(former)) return;
      former.close();
      next.release();
    };
    const cancel = this.#options.clock.after(retiringMs, over);
    former.retire(over);
  }

  #call(peer: Peer): void {
    this.#peers.set(peer.id, this.#open(peer));
  }

  #open(peer: Peer, onConnected: () => void = () => {}): Outgoing {
    const { self, clusterId, advertiseUrls, clock, logger, metrics, encryption } = this.#options;
    const encoder = this.#encoder;
    const outgoing: Outgoing = new Outgoing(peer, {
      self,
      clusterId,
      ownUrls: advertiseUrls,
      clock,
      logger,
      metrics,
      encoder,
      encryption,
      onConnected,
      onDisconnected: (id) => {
        if (this.#peers.get(id) !== outgoing) return;
        if (this.#draining.has(id)) this.#disconnect(id);
        this.#receiver?.disconnected(id);
      },
      onGone: (id) => {
        // The new address of a peer may not be there yet.
        if (this.#peers.get(id) === outgoing) this.#receiver?.gone(id);
      },
      onRefusedAsRemoved: (id) => this.#receiver?.refusedAsRemoved(id),
    });
    return outgoing;
  }

  /**
   * Keeps the stream open for a while, so that the entry that removes the peer can be delivered. An offline peer
   * learns of its removal when it connects.
   */
  #drain(id: MemberId, outgoing: Outgoing): void {
    if (this.#draining.has(id)) return;
    this.#moving.get(id)?.close();
    this.#moving.delete(id);
    if (outgoing.connectedSinceMs === undefined) {
      this.#disconnect(id);
      return;
    }
    const { clock, drainMs } = this.#options;
    this.#draining.set(
      id,
      clock.after(drainMs, () => this.#disconnect(id)),
    );
    const [first] = this.#draining.keys();
    if (first !== undefined && this.#draining.size > drainingPeersMax) this.#disconnect(first);
  }

  #disconnect(id: MemberId): void {
    this.#draining.get(id)?.();
    this.#draining.delete(id);
    this.#moving.get(id)?.close();
    this.#moving.delete(id);
    this.#peers.get(id)?.close();
    this.#peers.delete(id);
  }

  /**
   * Calls an unlisted peer back while it is connected: this member was away when the peer joined, and may have to
   * respond to the peer, which may lead by now, to learn of it.
   */
  #callBack({ from: id, urls }: Caller): () => void {
    const isKnown = this.#peers.has(id) || this.#unlisted.size >= unlistedPeersMax;
    if (this.#receiver === undefined || urls.length === 0 || isKnown) return () => {};
    this.#unlisted.add(id);
    this.#call({ id, urls });
    return () => {
      if (this.#unlisted.delete(id)) this.#disconnect(id);
    };
  }

  send(to: MemberId, messages: readonly PeerMessage[]): void {
    this.#peers.get(to)?.send(messages);
  }

  async sendSnapshot(to: MemberId, header: SnapshotHeader, source: SnapshotSource): Promise<void> {
    const peer = this.#peers.get(to);
    if (peer === undefined) throw new RegistryError('member-not-found', `there is no peer ${to}`);
    await peer.sendSnapshot(header, source);
  }

  connectedSinceMs(peer: MemberId): number | undefined {
    // A draining peer must not get requests any more.
    return this.#draining.has(peer) ? undefined : this.#peers.get(peer)?.connectedSinceMs;
  }

  stop(): Promise<void> {
    this.#receiver = undefined;
    for (const id of this.#peers.keys()) this.#disconnect(id);
    for (const outgoing of this.#retired) outgoing.close();
    this.#listener.close();
    // Connections are not awaited.
    this.#server.destroy();
    return Promise.resolve();
  }

  #openIncoming(): Incoming {
    const { self, clusterId, clock, logger, describe } = this.#options;
    return new Incoming({
      self,
      clusterId,
      clock,
      logger,
      describe,
      isRemoved: (id) => this.#receiver?.isRemoved(id) === true,
      isDraining: (id) => this.#draining.has(id),
      opened: (caller) => {
        this.#peers.get(caller.from)?.peerCalled();
        this.#moving.get(caller.from)?.peerCalled();
        return this.#callBack(caller);
      },
      receivedBytes: (from) => this.#receivedFrom(from),
      receive: (from, messages) => this.#receiver?.receive(from, messages),
      receiveSnapshot: async (from, header, chunks) => {
        if (this.#receiver === undefined) {
          throw new RegistryError('stopped', 'this member has stopped');
        }
        await this.#receiver.receiveSnapshot(from, header, chunks);
      },
    });
  }

  #receivedFrom(peer: MemberId): Counter {
    let counter = this.#received.get(peer);
    if (counter === undefined) {
      counter = this.#options.metrics.counter(
        'etcd_network_peer_received_bytes_total',
        'Bytes received from a peer.',
        { From: peer },
      );
      this.#received.set(peer, counter);
    }
    return counter;
  }
}

/** More than could have joined while this member was away. */
const unlistedPeersMax = 16;

/** More than an operator removes in this time. */
const drainingPeersMax = 16;

/** Time to deliver what was sent to a peer's former address. */
const retiringMs = 1000;

/** A peer keeps a stream open while it is connected. A connection without a call for this long is no peer's. */
const callerWithoutCallMaxMs = 60_000;

/** Calls that one connection may have under way. Members of this release have one on each. */
const streamsOfCallerMax = 100;
