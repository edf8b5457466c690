import type { MemberId } from '../../src/base/member-id.ts';
import type {
  Peer,
  PeerMessage,
  SnapshotHeader,
  SnapshotSource,
  Transport,
  TransportReceiver,
} from '../../src/replica/index.ts';
import type { SeededRandom } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** Faults of the network. */
export interface NetworkSettings {
  readonly delayMsMax: number;
  /** Probabilities per batch or message. */
  readonly loss: number;
  readonly duplication: number;
  readonly reordering: number;
  readonly reset: number;
}

/** One process on the network. */
export interface Endpoint {
  readonly id: MemberId;
  /** For the trace. */
  readonly name: string;
  isAlive(): boolean;
  nowMs(): number;
  deliver(action: () => void): void;
  onSend(to: MemberId, messages: readonly PeerMessage[]): void;
}

/** How long a draining peer still gets messages: three of the longest election timeouts. */
const drainMs = 3000;
/** How soon a peer notices that it is refused. */
const refusalMs = 1000;

/** A one-way stream from one process to another. */
interface Link {
  readonly to: MemberId;
  connectedSinceMs: number | undefined;
  /** Messages of a stream arrive in order, unless reordering is on. */
  lastArrivalMs: number;
  /** Incremented when the stream breaks: messages in flight on the old one are lost. */
  generation: number;
  dialing: boolean;
  /** The peer has left the list, and will be disconnected. */
  isDraining: boolean;
}

/**
 * The network between members. A batch may be late, lost without notice, duplicated, or overtaken; streams break and
 * reconnect; directions are cut one by one. Peer requests are never duplicated: no stream does that, and only raft's
 * own messages claim to tolerate it.
 */
export class Network {
  settings: NetworkSettings;
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #trace: Trace;
  readonly #transports = new Map<MemberId, SimulatedTransport>();
  /** "from>to" of cut directions. */
  readonly #cut = new Set<string>();

  constructor(scheduler: Scheduler, random: SeededRandom, trace: Trace, settings: NetworkSettings) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#trace = trace;
    this.settings = settings;
  }

  transportFor(endpoint: Endpoint): Transport {
    return new SimulatedTransport(this, endpoint);
  }

  cut(from: MemberId, to: MemberId): void {
    this.#cut.add(`${from}>${to}`);
    // The sender notices after a while that there is no response.
    const transport = this.#transports.get(from);
    this.#scheduler.after(this.#random.real(1000, 4000), () => {
      if (this.isCut(from, to) || this.isCut(to, from)) transport?.breakLink(to);
    });
    const back = this.#transports.get(to);
    this.#scheduler.after(this.#random.real(1000, 4000), () => {
      if (this.isCut(from, to) || this.isCut(to, from)) back?.breakLink(from);
    });
  }

  heal(from: MemberId, to: MemberId): void {
    this.#cut.delete(`${from}>${to}`);
  }

  healAll(): void {
    this.#cut.clear();
  }

  isCut(from: MemberId, to: MemberId): boolean {
    return this.#cut.size > 0 && this.#cut.has(`${from}>${to}`);
  }

  get hasCuts(): boolean {
    return this.#cut.size > 0;
  }

  /** A process has ended; its peers notice sooner or later. */
  ended(id: MemberId): void {
    this.#transports.delete(id);
    for (const transport of this.#transports.values()) {
      const generation = transport.generationOf(id);
      this.#scheduler.after(this.#random.real(0.5, this.#random.chance(0.8) ? 20 : 2000), () => {
        // Its successor knows nothing of the old connection.
        if (transport.generationOf(id) === generation) transport.breakLink(id);
      });
    }
  }

  /** @internal */
  began(transport: SimulatedTransport): void {
    this.#transports.set(transport.id, transport);
  }

  /** Opens a stream; calls back when it works. @internal */
  dial(transport: SimulatedTransport, to: MemberId, connected: () => void): void {
    const attempt = (): void => {
      if (!transport.wants(to)) return;
      const called = this.#transports.get(to);
      const reachable =
        called?.isAlive() === true &&
        !this.isCut(transport.id, to) &&
        !this.isCut(to, transport.id);
      if (reachable && called.hasRemoved(transport.id)) {
        transport.refusedBy(to);
        this.#scheduler.after(refusalMs, attempt);
      } else if (reachable) {
        connected();
        called.callBack(transport.id);
      } else {
        if (called?.isAlive() !== true && !this.isCut(transport.id, to)) transport.goneBy(to);
        this.#scheduler.after(this.#random.real(50, 400), attempt);
      }
    };
    this.#scheduler.after(this.#random.real(0.5, 10), attempt);
  }

  /** @internal */
  carry(from: SimulatedTransport, link: Link, messages: readonly PeerMessage[]): void {
    const { settings } = this;
    const random = this.#random;
    if (this.isCut(from.id, link.to)) {
      this.#trace.count('messages cut off', messages.length);
      return;
    }
    if (random.chance(settings.reset)) {
      this.#trace.fault('connection reset', from.name, () => `to ${link.to}`);
      from.breakLink(link.to);
      return;
    }
    let carried = messages;
    if (random.chance(settings.loss)) {
      this.#trace.count('fault message loss');
      carried = random.chance(0.5) ? [] : messages.filter(() => random.chance(0.5));
    }
    if (carried.length === 0) return;
    if (random.chance(settings.duplication)) {
      this.#trace.count('fault message duplication');
      const again = carried.filter(({ kind }) => kind !== 'question');
      if (again.length > 0) this.#arrive(from, link, again, false);
    }
    const inOrder = !random.chance(settings.reordering);
    if (!inOrder) this.#trace.count('fault message reordering');
    this.#arrive(from, link, carried, inOrder);
  }

  #arrive(
    from: SimulatedTransport,
    link: Link,
    messages: readonly PeerMessage[],
    inOrder: boolean,
  ): void {
    const { delayMsMax } = this.settings;
    const random = this.#random;
    const delayMs = random.real(0.05, inOrder ? delayMsMax : 3 * delayMsMax);
    let atMs = this.#scheduler.nowMs + delayMs;
    if (inOrder) {
      atMs = Math.max(atMs, link.lastArrivalMs);
      link.lastArrivalMs = atMs;
    }
    const { generation } = link;
    const receiver = this.#transports.get(link.to);
    this.#scheduler.at(atMs, () => {
      if (receiver === undefined || link.generation !== generation) return;
      if (this.isCut(from.id, link.to)) return;
      receiver.arrived(from.id, messages);
    });
  }

  /** Disconnects a draining peer, which then notices that it is refused. @internal */
  drain(transport: SimulatedTransport, from: MemberId): void {
    this.#scheduler.after(drainMs, () => {
      transport.disconnect(from);
      this.refuse(transport, from);
    });
  }

  /** Lets a peer notice that it is refused; when it calls again, it gets the reason. @internal */
  refuse(transport: SimulatedTransport, from: MemberId): void {
    this.#scheduler.after(refusalMs, () => {
      if (transport.isAlive() && transport.hasRemoved(from)) {
        this.#transports.get(from)?.breakLink(transport.id);
      }
    });
  }

  /** Delivers one chunk, or the end, of a snapshot; false if it is lost. @internal */
  chunk(from: SimulatedTransport, to: MemberId): Promise<boolean> {
    const delayMs = this.#random.real(0.1, 4 * this.settings.delayMsMax);
    const isLost = this.#random.chance(this.settings.loss);
    if (isLost) this.#trace.count('fault snapshot cut short');
    return new Promise((resolve) => {
      this.#scheduler.after(delayMs, () => {
        const receiver = this.#transports.get(to);
        const isUp = from.isAlive() && receiver?.isAlive() === true;
        resolve(isUp && !isLost && !this.isCut(from.id, to) && !this.isCut(to, from.id));
      });
    });
  }

  /** @internal */
  afterIdle(giveUp: () => void): void {
    this.#scheduler.after(8000, giveUp);
  }

  /** @internal */
  transportOf(id: MemberId): SimulatedTransport | undefined {
    return this.#transports.get(id);
  }
}

class SimulatedTransport implements Transport {
  readonly #network: Network;
  readonly #endpoint: Endpoint;
  readonly #links = new Map<MemberId, Link>();
  /** Unlisted peers that have called. */
  readonly #unlisted = new Set<MemberId>();
  #receiver: TransportReceiver | undefined;

  constructor(network: Network, endpoint: Endpoint) {
    this.#network = network;
    this.#endpoint = endpoint;
  }

  get id(): MemberId {
    return this.#endpoint.id;
  }

  get name(): string {
    return this.#endpoint.name;
  }

  isAlive(): boolean {
    return this.#endpoint.isAlive();
  }

  start(receiver: TransportReceiver): Promise<void> {
    this.#receiver = receiver;
    this.#network.began(this);
    return Promise.resolve();
  }

  setPeers(peers: readonly Peer[]): void {
    if (!this.isAlive()) return;
    const ids = new Set(peers.map(({ id }) => id));
    for (const [id, link] of this.#links) {
      if (ids.has(id)) this.#unlisted.delete(id);
      if (ids.has(id)) this.disconnect(id);
      const isUnlisted = this.#unlisted.has(id) && !this.hasRemoved(id);
      if (ids.has(id) || isUnlisted || link.isDraining) continue;
      link.isDraining = true;
      this.#network.drain(this, id);
    }
    for (const id of ids) this.#linkTo(id);
  }

  /** @internal */
  hasRemoved(id: MemberId): boolean {
    return this.#receiver?.isRemoved(id) === true;
  }

  /** @internal */
  refusedBy(peer: MemberId): void {
    this.#endpoint.deliver(() => this.#receiver?.refusedAsRemoved(peer));
  }

  /** @internal */
  goneBy(peer: MemberId): void {
    this.#endpoint.deliver(() => this.#receiver?.gone(peer));
  }

  /** @internal */
  disconnect(id: MemberId): void {
    const link = this.#links.get(id);
    if (link?.isDraining !== true) return;
    link.generation++;
    this.#links.delete(id);
    this.#unlisted.delete(id);
  }

  #linkTo(id: MemberId): void {
    if (this.#links.has(id)) return;
    const link: Link = {
      to: id,
      connectedSinceMs: undefined,
      lastArrivalMs: 0,
      generation: 0,
      dialing: false,
      isDraining: false,
    };
    this.#links.set(id, link);
    this.#dial(link);
  }

  send(to: MemberId, messages: readonly PeerMessage[]): void {
    if (!this.isAlive()) return;
    this.#endpoint.onSend(to, messages);
    const link = this.#links.get(to);
    if (link?.connectedSinceMs === undefined) return;
    this.#network.carry(this, link, messages);
  }

  async sendSnapshot(to: MemberId, header: SnapshotHeader, source: SnapshotSource): Promise<void> {
    const from = this.id;
    const receiver = this.#network.transportOf(to);
    if (receiver === undefined) throw new Error(`${to} is not there`);
    const ask = (): Promise<boolean> => this.#network.chunk(this, to);
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for await (const chunk of source.chunks()) {
        if (!(await ask())) throw new Error('the snapshot was cut short');
        yield chunk;
      }
    }
    await receiver.takeSnapshot(from, header, chunks());
    if (!(await ask())) throw new Error('the answer to the snapshot got lost');
    // A process that has ended gets no more events.
    if (!this.isAlive()) await new Promise<never>(() => {});
  }

  connectedSinceMs(peer: MemberId): number | undefined {
    const link = this.#links.get(peer);
    return link?.isDraining === true ? undefined : link?.connectedSinceMs;
  }

  stop(): Promise<void> {
    this.#network.ended(this.id);
    return Promise.resolve();
  }

  /** @internal */
  wants(peer: MemberId): boolean {
    return this.isAlive() && this.#links.get(peer)?.isDraining === false;
  }

  /** Calls an unlisted peer of the same cluster back. @internal */
  callBack(from: MemberId): void {
    if (this.#links.has(from)) return;
    this.#unlisted.add(from);
    this.#linkTo(from);
  }

  /** @internal */
  arrived(from: MemberId, messages: readonly PeerMessage[]): void {
    if (this.hasRemoved(from) && this.#links.get(from)?.isDraining !== true) {
      this.#network.refuse(this, from);
      return;
    }
    // This process may be the successor of the one that was called.
    this.callBack(from);
    this.#endpoint.deliver(() => this.#receiver?.receive(from, messages));
  }

  /** @internal */
  takeSnapshot(
    from: MemberId,
    header: SnapshotHeader,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const receiver = this.#receiver;
    if (receiver === undefined) return Promise.reject(new Error('not started'));
    return new Promise((resolve, reject) => {
      // If the process ends meanwhile, nothing else reports it.
      this.#network.afterIdle(() => reject(new Error('the peer takes nothing more')));
      this.#endpoint.deliver(() => {
        receiver.receiveSnapshot(from, header, chunks).then(resolve, reject);
      });
    });
  }

  /** Counts the connections to this peer so far. @internal */
  generationOf(peer: MemberId): number | undefined {
    return this.#links.get(peer)?.generation;
  }

  /** The stream to a peer breaks: its messages are lost, and it is dialled again. @internal */
  breakLink(to: MemberId): void {
    const link = this.#links.get(to);
    if (link === undefined || !this.isAlive()) return;
    link.generation++;
    link.lastArrivalMs = 0;
    const wasConnected = link.connectedSinceMs !== undefined;
    link.connectedSinceMs = undefined;
    if (wasConnected) this.#endpoint.deliver(() => this.#receiver?.disconnected(to));
    this.#dial(link);
  }

  #dial(link: Link): void {
    if (link.dialing) return;
    link.dialing = true;
    this.#network.dial(this, link.to, () => {
      link.dialing = false;
      if (link.connectedSinceMs === undefined) link.connectedSinceMs = this.#endpoint.nowMs();
    });
  }
}
