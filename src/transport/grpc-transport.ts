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
  /** Where peers that do not know this member yet can reach it. */
  readonly advertiseUrls: readonly string[];
  /** How long a peer that left the list still hears what it is sent. */
  readonly drainMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** What a member that wants to join is told; anything that MessagePack can carry. */
  readonly describe: () => unknown;
}

export interface GrpcTransport extends Transport {
  /** Where it listens, with real ports; known once it is started. */
  readonly boundUrls: readonly string[];
}

/** Peers over gRPC streams. The port is open once `start` has resolved; it rejects if a port is in use. */
export function createGrpcTransport(options: GrpcTransportOptions): GrpcTransport {
  return new PeerPort(options);
}

class PeerPort implements GrpcTransport {
  readonly #options: GrpcTransportOptions;
  readonly #server: Server;
  readonly #listener: Listener;
  readonly #peers = new Map<MemberId, Outgoing>();
  /** Peers among them that are not on the list, and have called. */
  readonly #unlisted = new Set<MemberId>();
  /** Peers among them that have left the list, and are hung up on soon; the first one first. */
  readonly #draining = new Map<MemberId, Cancel>();
  /** Peers among them that have other addresses now, and are being looked for there; the old stream goes on until then. */
  readonly #moving = new Map<MemberId, Outgoing>();
  /** Streams to former addresses, on which what was sent before still gets there. */
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
   * A peer whose address has changed may still be at the old one, because it has not moved yet or because the new one is
   * a mistake. It is called at the new one, and the old stream is given up once it answers there.
   */
  #move(peer: Peer, present: Outgoing): void {
    const { id, urls } = peer;
    const moving = this.#moving.get(id);
    if (moving?.peer.urls.join() === urls.join()) return;
    moving?.close();
    this.#moving.delete(id);
    if (present.peer.urls.join() === urls.join()) return;
    if (present.connectedSinceMs === undefined) {
      // There is nothing to keep. Whoever cannot be reached is called where it is said to be.
      this.#disconnect(id);
      return;
    }
    const next: Outgoing = this.#open(peer, () => this.#hasMoved(id, next));
    this.#moving.set(id, next);
  }

  /** The peer answers at its new address: from now on it is spoken to there. */
  #hasMoved(id: MemberId, next: Outgoing): void {
    if (this.#moving.get(id) !== next) return;
    this.#moving.delete(id);
    const former = this.#peers.get(id);
    this.#peers.set(id, next);
    if (former === undefined) return;
    // Messages of a peer arrive in the order they were sent in: the new stream waits for the end of the old one.
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

  /** It may be about to hear that it was removed. Who is not there will hear it when it calls. */
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
   * Somebody calls whom this member has not heard of: it was away while the other joined, and may have to answer it
   * to learn of it, since the other may lead by now. It is called back for as long as it stays on the line.
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
    // Who is parted with is not to be asked anything any more.
    return this.#draining.has(peer) ? undefined : this.#peers.get(peer)?.connectedSinceMs;
  }

  stop(): Promise<void> {
    this.#receiver = undefined;
    for (const id of this.#peers.keys()) this.#disconnect(id);
    for (const outgoing of this.#retired) outgoing.close();
    return new Promise((resolve) => {
      this.#listener.close();
      // Its connections are not waited for.
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
      // What had arrived behind garbage still comes by.
      if (isClosed) return;
      received.add(bytes.length);
      const batch = this.#decoded(from, call, bytes);
      if (batch === undefined) {
        isClosed = true;
        return;
      }
      // Echoes for a peer that does not read them are left out: it takes this member for dead, and is right.
      if (batch.ping !== 0 && call.writableLength < echoesWaitingMax) {
        call.write(encodeValue(batch.ping));
      }
      // Pings come about every second, so that who was removed learns of it even if it has nothing to say.
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

  /** The peer that calls; or the call is refused, on both sides with the reason. */
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

  /** A peer that is refused tries again soon; the operator hears of it once a minute. */
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

/** More than a cluster could have taken in while this member was away. */
const unlistedPeersMax = 16;

/** More than an operator removes in so short a time. */
const drainingPeersMax = 16;

/** For what was sent to a peer at its former address, right before it answered at the next one. */
const retiringMs = 1000;

/** Echoes that may wait for a peer to read them. */
const echoesWaitingMax = 100;

/** What arrives of a snapshot. Throws if the sender goes away before its end, or sends nothing for too long. */
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
    // A call that was given up may end like one that is complete, but without its end.
    if (next.done === true) throw new RegistryError('canceled', 'the sender gave up');
    if (next.value.length === endOfSnapshot.length) return;
    yield next.value;
  }
}

function refusalError(code: status, details: string): Error & Partial<StatusObject> {
  return Object.assign(new Error(details), { code, details });
}

/** Asks the peer at this URL who is in its cluster. Rejects with a text that names the URL if it does not answer in time. */
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
