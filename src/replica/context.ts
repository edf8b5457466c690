import type { Clock } from '../base/clock.ts';
import type { MemberId } from '../base/member-id.ts';
import { Raft } from '../raft/index.ts';
import type { State } from '../state/index.ts';
import { AppliedState } from './applied-state.ts';
import { Confirmations } from './confirmations.ts';
import { Counters } from './counters.ts';
import type { EventLoop } from './event-loop.ts';
import { LeaderObserver } from './leader-observer.ts';
import { declareMetrics } from './metrics.ts';
import type { ReplicaMetrics } from './metrics.ts';
import { raftOptions } from './options.ts';
import type { ReplicaOptions } from './options.ts';
import { PeerOutbox } from './peer-outbox.ts';
import { PeerRequests } from './peer-requests.ts';
import type { Recovered } from './store.ts';

/**
 * Shared by all parts of a replica. It is complete before the first part is built, and knows none of them, so that the
 * parts can be built in one pass, each given the earlier parts that it calls.
 */
export class ReplicaContext {
  readonly options: ReplicaOptions;
  readonly clock: Clock;
  readonly loop: EventLoop;
  readonly raft: Raft;
  /** The state and how far it is applied. The applier alone changes it. */
  readonly applied: AppliedState;
  /** Read-index rounds: "is this member still the leader, and what is committed?" */
  readonly confirmations: Confirmations;
  /** Messages of this turn to the peers. */
  readonly outbox: PeerOutbox;
  /** Open requests of this member to its peers. */
  readonly requests: PeerRequests;
  readonly leaderObserver: LeaderObserver;
  readonly metrics: ReplicaMetrics;
  readonly counters: Counters = new Counters();

  /** `state` and `recovered` are what the store holds. */
  constructor(options: ReplicaOptions, recovered: Recovered, state: State, loop: EventLoop) {
    this.options = options;
    this.clock = options.clock;
    this.loop = loop;
    this.metrics = declareMetrics(options.metrics);
    this.raft = new Raft(raftOptions(options), recovered);
    this.applied = new AppliedState(state);
    this.confirmations = new Confirmations(this.raft, this.applied, loop);
    this.outbox = new PeerOutbox(options.transport);
    // Different from start to start: a response to a request of the time before a restart must match nothing.
    const firstId = options.random.between(1, 2 ** 40);
    this.requests = new PeerRequests(firstId, this.outbox, this.raft);
    this.leaderObserver = new LeaderObserver(options, this.metrics, (id) => this.isConnected(id));
  }

  /** True for this member itself, and for a peer with a working stream. */
  isConnected(peer: MemberId): boolean {
    const { id, transport } = this.options;
    return peer === id || transport.connectedSinceMs(peer) !== undefined;
  }

  /** Calls back from the event loop, half a heartbeat interval from now. */
  retryLater(callback: () => void): void {
    const delayMs = this.options.heartbeatIntervalMs / 2;
    this.clock.after(delayMs, () => this.loop.guard(callback));
  }
}
