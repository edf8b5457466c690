import { Server, status } from '@grpc/grpc-js';
import type {
  sendUnaryData,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServiceError,
  StatusObject,
} from '@grpc/grpc-js';
import type { Cancel, Clock } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Counter, Metrics } from '../base/metrics.ts';
import type {
  Peer,
  PeerMessage,
  SnapshotHeader,
  SnapshotSource,
  Transport,
  TransportReceiver,
} from '../replica/index.ts';
import { decodeBatch, decodeSnapshotHeader, decodeValue, encodeValue } from './codec.ts';
import type { Batch } from './codec.ts';
import { openClient, serverOptions } from './connection.ts';
import { Listener } from './listener.ts';
import { Outgoing } from './outgoing.ts';
import { endOfSnapshot, snapshotIdleMs } from './snapshot-call.ts';
import {
  handshakeMetadata,
  peerMethods,
  peerService,
  checkHandshake,
  refusalOfRemoved,
} from './service.ts';
import type { Refusal } from './service.ts';

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
  readonly #server: Server;
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
  readonly #toldRefusals = new Map<string, number>();
  #receiver: TransportReceiver | undefined;
  #boundUrls: readonly string[] = [];

  constructor(options: GrpcTransportOptions) {
    this.#options = options;
    this.#server = new Server(serverOptions);
    this.#listener = new Listener(this.#server);
    this.#server.addService(peerService, {
      Stream: (call: ServerDuplexStream<Buffer, Buffer>) => this.#onStream(call),
      Snapshot: (call: ServerReadableStream<Buffer, Buffer>, done: sendUnaryData<Buffer>) =>
        this.#onSnapshot(call, done),
      Describe: (_call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) =>
        done(null, encodeValue(options.describe())),
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
    const { self, clusterId, advertiseUrls, clock, logger, metrics } = this.#options;
    const outgoing: Outgoing = new Outgoing(peer, {
      self,
      clusterId,
      ownUrls: advertiseUrls,
      clock,
      logger,
      metrics,
      onConnected,
      onDisconnected: (id) => {
        if (this.#peers.get(id) !== outgoing) return;
        if (this.#draining.has(id)) this.#disconnect(id);
        this.#receiver?.disconnected(id);
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
  #callBack(id: MemberId, urls: readonly string[], call: ServerDuplexStream<Buffer, Buffer>): void {
    if (this.#receiver === undefined || urls.length === 0) return;
    if (this.#peers.has(id) || this.#unlisted.size >= unlistedPeersMax) return;
    this.#unlisted.add(id);
    this.#call({ id, urls });
    call.on('close', () => {
      if (this.#unlisted.delete(id)) this.#disconnect(id);
    });
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
    return new Promise((resolve) => {
      this.#listener.close();
      // Connections are not awaited.
      this.#server.tryShutdown(() => resolve());
      this.#server.forceShutdown();
    });
  }

  #onStream(call: ServerDuplexStream<Buffer, Buffer>): void {
    call.on('error', () => {});
    const caller = this.#checked(call);
    if (caller === undefined) return;
    const { from } = caller;
    this.#peers.get(from)?.peerCalled();
    this.#moving.get(from)?.peerCalled();
    this.#callBack(from, caller.urls, call);
    const received = this.#receivedFrom(from);
    let isClosed = false;
    call.on('data', (bytes: Buffer) => {
      // Data that had arrived after garbage is still emitted.
      if (isClosed) return;
      received.add(bytes.length);
      const batch = this.#decoded(from, call, bytes);
      if (batch === undefined) {
        isClosed = true;
        return;
      }
      // No echoes for a peer that does not read them: it then takes this member for dead, and is right.
      if (batch.ping !== 0 && call.writableLength < echoesWaitingMax) {
        call.write(encodeValue(batch.ping));
      }
      // Pings come about every second, so a removed peer learns of its removal even if it sends nothing else.
      if (batch.ping !== 0 && this.#isRemoved(from) && !this.#draining.has(from)) {
        isClosed = true;
        this.#refuse(call, refusalOfRemoved({ ...this.#identity(), from }));
        return;
      }
      if (batch.messages.length > 0) this.#receiver?.receive(from, batch.messages);
    });
    call.on('end', () => call.end());
  }

  #decoded(
    from: MemberId,
    call: ServerDuplexStream<Buffer, Buffer>,
    bytes: Buffer,
  ): Batch | undefined {
    try {
      return decodeBatch(bytes);
    } catch (error) {
      this.#options.logger.warn('closed the stream of a peer that sends garbage', {
        peer: from,
        error: String(error),
      });
      call.emit('error', refusalError(status.INVALID_ARGUMENT, 'this is not a batch of messages'));
      return undefined;
    }
  }

  #onSnapshot(call: ServerReadableStream<Buffer, Buffer>, done: sendUnaryData<Buffer>): void {
    call.on('error', () => {});
    const from = this.#checked(call)?.from;
    if (from === undefined) return;
    const answer = (error: unknown): void => {
      if (error === undefined) done(null, Buffer.alloc(0));
      else done({ code: status.ABORTED, details: error instanceof Error ? error.message : '' });
    };
    this.#takeSnapshot(from, call).then(() => answer(undefined), answer);
  }

  async #takeSnapshot(from: MemberId, call: ServerReadableStream<Buffer, Buffer>): Promise<void> {
    const receiver = this.#receiver;
    if (receiver === undefined) throw new RegistryError('stopped', 'this member has stopped');
    const pieces = piecesOf(call, this.#options.clock);
    const first = await pieces.next();
    if (first.done === true) throw new TypeError('a snapshot without a header');
    await receiver.receiveSnapshot(from, decodeSnapshotHeader(first.value), pieces);
  }

  /** Returns the caller, or refuses the call; both sides log the reason. */
  #checked(
    call: ServerDuplexStream<Buffer, Buffer> | ServerReadableStream<Buffer, Buffer>,
  ): { readonly from: MemberId; readonly urls: readonly string[] } | undefined {
    const caller = checkHandshake(call.metadata, {
      ...this.#identity(),
      isRemoved: (id) => this.#isRemoved(id),
    });
    if ('from' in caller) return caller;
    this.#refuse(call, caller);
    return undefined;
  }

  #identity(): { readonly id: MemberId; readonly clusterId: string } {
    const { self, clusterId } = this.#options;
    return { id: self, clusterId };
  }

  #isRemoved(id: MemberId): boolean {
    return this.#receiver?.isRemoved(id) === true;
  }

  #refuse(
    call: ServerDuplexStream<Buffer, Buffer> | ServerReadableStream<Buffer, Buffer>,
    { code, refusal, metadata }: Refusal,
  ): void {
    this.#tellRefusal(refusal);
    const error = refusalError(code, refusal);
    call.emit('error', metadata === undefined ? error : Object.assign(error, { metadata }));
  }

  /** A refused peer soon tries again; the refusal is logged once a minute. */
  #tellRefusal(refusal: string): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - (this.#toldRefusals.get(refusal) ?? -Infinity) < 60_000) return;
    if (this.#toldRefusals.size > 100) this.#toldRefusals.clear();
    this.#toldRefusals.set(refusal, nowMs);
    this.#options.logger.warn('refused a peer', { why: refusal });
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

/** Echoes that may wait for a peer to read them. */
const echoesWaitingMax = 100;

/** The chunks of a snapshot. Throws if the sender ends early, or sends nothing for too long. */
async function* piecesOf(
  call: ServerReadableStream<Buffer, Buffer>,
  clock: Clock,
): AsyncGenerator<Buffer> {
  const pieces: AsyncIterator<Buffer> = call[Symbol.asyncIterator]();
  for (;;) {
    const cancelIdle = clock.after(snapshotIdleMs, () => {
      call.destroy(refusalError(status.ABORTED, 'the rest of the snapshot did not come'));
    });
    let next: IteratorResult<Buffer>;
    try {
      next = await pieces.next();
    } finally {
      cancelIdle();
    }
    // A canceled call may end like a complete one, but without the end mark.
    if (next.done === true) throw new RegistryError('canceled', 'the sender aborted the snapshot');
    if (next.value.length === endOfSnapshot.length) return;
    yield next.value;
  }
}

function refusalError(code: status, details: string): Error & Partial<StatusObject> {
  return Object.assign(new Error(details), { code, details });
}

/**
 * Asks the peer at this URL for the members of its cluster. Rejects with a text that names the URL if it does not
 * answer in time.
 */
export async function describeCluster(peerUrl: string, timeoutMs: number): Promise<unknown> {
  const client = openClient(peerUrl);
  try {
    const answer = await new Promise<Buffer>((resolve, reject) => {
      client.makeUnaryRequest(
        peerMethods.Describe.path,
        peerMethods.Describe.requestSerialize,
        peerMethods.Describe.responseDeserialize,
        Buffer.alloc(0),
        handshakeMetadata({ clusterId: '', from: '', to: '', urls: [] }),
        { deadline: Date.now() + timeoutMs },
        (error: ServiceError | null, bytes?: Buffer) => {
          if (error === null && bytes !== undefined) resolve(bytes);
          else reject(error ?? new Error('no answer'));
        },
      );
    });
    return decodeValue(answer);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new RegistryError('invalid-request', `${peerUrl}: ${problem}`, { cause: error });
  } finally {
    client.close();
  }
}
