import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import type { Logger } from '../../src/base/logger.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import type { Metrics } from '../../src/base/metrics.ts';
import { systemClock } from '../../src/platform/index.ts';
import type { PeerMessage, SnapshotHeader } from '../../src/replica/index.ts';
import { BatchEncoder } from '../../src/transport/batch-encoder.ts';
import { createGrpcTransport } from '../../src/transport/index.ts';
import type { GrpcTransport, PeerEncryption } from '../../src/transport/index.ts';

export { SteppedClock } from '../lib/stepped-clock.ts';

/** Messages and events that a member received from its transport. */
export interface Member {
  readonly transport: GrpcTransport;
  readonly url: string;
  readonly received: { readonly from: string; readonly message: PeerMessage }[];
  readonly disconnected: string[];
  /** Peers at whose address nothing listened. */
  readonly gone: string[];
  /** Peers that refused it as removed. */
  readonly refusedAsRemovedBy: string[];
  readonly log: { readonly message: string; readonly why: string }[];
  /** Bytes and failures, by the end of the metric's name. */
  count(name: string): number;
}

export interface MemberOptions {
  readonly clusterId?: string;
  readonly listenUrls?: readonly string[];
  readonly advertiseUrls?: readonly string[];
  readonly clock?: Clock;
  readonly drainMs?: number;
  readonly encryption?: PeerEncryption | undefined;
  /** Removed members, as this member knows. */
  readonly removed?: ReadonlySet<string>;
  readonly takeSnapshot?: (
    header: SnapshotHeader,
    chunks: AsyncIterable<Uint8Array>,
  ) => Promise<void>;
}

/** A transport that is started, and stops when the test is over. */
export async function startMember(id: string, options: MemberOptions = {}): Promise<Member> {
  const received: Member['received'] = [];
  const disconnected: string[] = [];
  const gone: string[] = [];
  const refusedAsRemovedBy: string[] = [];
  const log: Member['log'] = [];
  const counts = new Map<string, number>();
  const note = (message: string, fields: { readonly why?: unknown } = {}): void => {
    log.push({ message, why: typeof fields.why === 'string' ? fields.why : '' });
  };
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const metrics: Metrics = {
    ...silentMetrics,
    counter: (name) => ({
      add: (amount = 1) => void counts.set(name, (counts.get(name) ?? 0) + amount),
    }),
  };
  const transport = createGrpcTransport({
    self: id,
    clusterId: options.clusterId ?? 'c1',
    listenUrls: options.listenUrls ?? ['http://127.0.0.1:0'],
    advertiseUrls: options.advertiseUrls ?? [],
    drainMs: options.drainMs ?? 60_000,
    clock: options.clock ?? systemClock(),
    logger,
    metrics,
    encryption: options.encryption,
    describe: () => ({ id }),
  });
  onTestFinished(() => transport.stop());
  await transport.start({
    receive: (from, messages) => {
      for (const message of messages) received.push({ from, message });
    },
    receiveSnapshot: async (_from, header, chunks) => options.takeSnapshot?.(header, chunks),
    disconnected: (peer) => void disconnected.push(peer),
    gone: (peer) => void gone.push(peer),
    isRemoved: (peer) => options.removed?.has(peer) === true,
    refusedAsRemoved: (by) => void refusedAsRemovedBy.push(by),
  });
  return {
    transport,
    url: transport.boundUrls[0] ?? '',
    received,
    disconnected,
    gone,
    refusedAsRemovedBy,
    log,
    count: (name) => counts.get(`etcd_network_peer_${name}`) ?? 0,
  };
}

export function questionOf(id: number): PeerMessage {
  return { kind: 'question', id, term: 3, question: { kind: 'read-index' } };
}

/** A message of about so many bytes. */
export function largeOf(index: number, bytes: number): PeerMessage {
  return {
    kind: 'raft',
    message: {
      kind: 'append-request',
      from: 'm1',
      to: 'm2',
      term: 1,
      previousIndex: index - 1,
      previousTerm: 1,
      commit: 0,
      entries: [{ index, term: 1, kind: 'command', data: Buffer.alloc(bytes, index) }],
    },
  };
}

/** A batch of messages as one buffer. */
export function encodeBatch(batch: {
  readonly ping: number;
  readonly messages: readonly PeerMessage[];
}): Buffer {
  return Buffer.concat(new BatchEncoder().encode(batch.ping, batch.messages));
}

/** A link between two members that can be stalled. */
export interface Wire {
  readonly url: string;
  hold(): void;
  release(): void;
}

export async function wireTo(url: string): Promise<Wire> {
  const sockets = new Set<Socket>();
  let isHeld = false;
  const server = createServer((near) => {
    const far = connect(Number(new URL(url).port), '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        if (!other.write(bytes)) socket.pause();
      });
      other.on('drain', () => {
        if (!isHeld) socket.resume();
      });
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      if (isHeld) socket.pause();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address: string | AddressInfo | null = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    hold: () => {
      isHeld = true;
      for (const socket of sockets) socket.pause();
    },
    release: () => {
      isHeld = false;
      for (const socket of sockets) socket.resume();
    },
  };
}
