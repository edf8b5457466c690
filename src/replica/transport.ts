import type { MemberId } from '../base/member-id.ts';
import type { PeerMessage, SnapshotHeader } from './peer-protocol.ts';
import type { SnapshotSource } from './store.ts';

export interface Peer {
  readonly id: MemberId;
  readonly urls: readonly string[];
}

/** Called by the transport. */
export interface TransportReceiver {
  /** In the order they were sent by that peer, as far as they arrive at all. */
  receive(from: MemberId, messages: readonly PeerMessage[]): void;
  /** Resolves when the snapshot is in; a rejection goes back to the sender as a failure. */
  receiveSnapshot(
    from: MemberId,
    header: SnapshotHeader,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<void>;
  /** The stream to this peer broke: messages on their way may be lost. */
  disconnected(peer: MemberId): void;
  /** Nothing listens at the address of this peer: its process has ended. May come again and again. */
  gone(peer: MemberId): void;
  /** True for a removed member, as far as is known here: its messages are refused, with this reason. */
  isRemoved(peer: MemberId): boolean;
  /** This peer of the same cluster does not listen to this member, because it was removed. May come again and again. */
  refusedAsRemoved(by: MemberId): void;
}

/**
 * The network between members. Messages may be lost, never altered; memory per peer is bounded. Members of this cluster
 * that are missing from our possibly stale list are accepted, and called back while they are connected: otherwise a
 * member that was away could never answer a leader that joined meanwhile.
 */
export interface Transport {
  start(receiver: TransportReceiver): Promise<void>;
  /**
   * The other members, without this one; replaces the former list. Streams to peers that left go on for a while: longer
   * than a leader tells those who were removed, or else what is on its way to tell them would be lost.
   */
  setPeers(peers: readonly Peer[]): void;
  /**
   * Called a few times a turn for a peer: once at its end, and before what takes long in it, so that the peer need not
   * wait for that. Drops the batch when the peer is away or too much waits for it.
   */
  send(to: MemberId, messages: readonly PeerMessage[]): void;
  /** Rejects if the peer did not take the whole snapshot. */
  sendSnapshot(to: MemberId, header: SnapshotHeader, source: SnapshotSource): Promise<void>;
  /** Since when (by the clock) there is a working stream to this peer; undefined if there is none. */
  connectedSinceMs(peer: MemberId): number | undefined;
  stop(): Promise<void>;
}
