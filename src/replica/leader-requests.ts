import { unreachable } from '../base/assert.ts';
import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Raft, Voucher } from '../raft/index.ts';
import { encodeCommand, isCommand } from '../state/index.ts';
import type { Command, LeaseId } from '../state/index.ts';
import type { ReplicaContext } from './context.ts';
import type { Lessor } from './lessor.ts';
import { membershipCommand } from './membership.ts';
import type { MembershipFacts, MembershipRequest } from './membership.ts';
import type { PeerResponse, LeaderRequest } from './peer-protocol.ts';
import { refusedBusy, refusedNotLeader, refusedUnsupported } from './refusals.ts';

/** A member counts as healthy when it has been connected for this long. */
const healthyAfterMs = 5000;

interface MembershipChange {
  readonly request: MembershipRequest;
  readonly expiresMs: number;
  readonly done: (response: PeerResponse) => void;
}

interface Circumstances {
  readonly expiresMs: number;
  /** The follower that asks; undefined for this member's own callers. */
  readonly voucher: Voucher | undefined;
}

/** Carries out what only the leader can, for this member's own callers and for the followers alike. */
export class LeaderRequests {
  readonly #context: LeaderContext;
  readonly #raft: LeaderContext['raft'];
  readonly #clock: LeaderContext['clock'];
  readonly #applied: LeaderContext['applied'];
  readonly #confirmations: LeaderContext['confirmations'];
  readonly #lessor: Lessor;
  /** Membership changes that wait for an earlier one to be applied. Each ends at its deadline. */
  #changes: MembershipChange[] = [];

  constructor(context: LeaderContext, lessor: Lessor) {
    this.#context = context;
    this.#raft = context.raft;
    this.#clock = context.clock;
    this.#applied = context.applied;
    this.#confirmations = context.confirmations;
    this.#lessor = lessor;
  }

  /** Calls back exactly once. A refusal means that nothing was done. */
  handle(
    request: LeaderRequest,
    { expiresMs, voucher }: Circumstances,
    done: (response: PeerResponse) => void,
  ): void {
    if (this.#raft.role !== 'leader') {
      done(refusedNotLeader);
      return;
    }
    switch (request.kind) {
      case 'propose':
        done(this.#propose(request.commands));
        break;
      case 'read-index':
        this.#confirmations.confirm(voucher, (index) =>
          done(index === undefined ? refusedNotLeader : { kind: 'read-index', index }),
        );
        break;
      case 'lease-keep-alive':
        this.#lessor.renew(request.ids, voucher, (ttlSeconds) =>
          done(
            ttlSeconds === undefined ? refusedNotLeader : { kind: 'lease-keep-alive', ttlSeconds },
          ),
        );
        break;
      case 'lease-time-to-live':
        this.#confirmations.confirmApplied(voucher, (index) =>
          done(this.#leaseTime(request.id, index)),
        );
        break;
      case 'change-membership':
        this.#changes.push({ request: request.request, expiresMs, done });
        break;
      case 'unsupported':
        done(refusedUnsupported(request.asked));
        break;
    }
  }

  /** Puts membership changes into the log that had to wait for an earlier one. Once a turn. */
  retryMembershipChanges(): void {
    if (this.#changes.length === 0) return;
    const waiting = this.#changes;
    this.#changes = [];
    for (const change of waiting) {
      if (this.#raft.role !== 'leader') change.done(refusedNotLeader);
      else if (this.#clock.nowMs() >= change.expiresMs) change.done(changeUnderWay);
      else if (!this.#tryChange(change)) this.#changes.push(change);
    }
  }

  #propose(commands: readonly Uint8Array[]): PeerResponse {
    // In the log, a command that no member can read would stop every member.
    if (!commands.every(isCommand)) return refusedUnsupported('propose, with such a command');
    const result = this.#raft.propose(commands);
    if (result.kind === 'busy') return refusedBusy;
    if (result.kind !== 'accepted') return refusedNotLeader;
    return { kind: 'proposed', index: result.index, term: result.term };
  }

  #leaseTime(id: LeaseId, index: number | undefined): PeerResponse {
    if (index === undefined || !this.#lessor.promoted) return refusedNotLeader;
    const time = this.#lessor.timeToLive(id) ?? { ttlSeconds: -1, grantedSeconds: 0 };
    return { kind: 'lease-time-to-live', ...time };
  }

  /** False: another change is still under way; ask again. */
  #tryChange({ request, done }: MembershipChange): boolean {
    // Judged by a state that holds every change made so far; raft refuses while one is under way.
    if (this.#raft.configurationIndex > this.#applied.appliedIndex) return false;
    let command: Command;
    try {
      command = membershipCommand(request, this.#facts(), this.#context.options.membership);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      done({ kind: 'refused', code: error.code, message: error.message });
      return true;
    }
    const result = this.#raft.changeMembership(raftChange(request), encodeCommand(command));
    if (result.kind === 'change-in-progress' || result.kind === 'busy') return false;
    done(
      result.kind === 'accepted'
        ? { kind: 'proposed', index: result.index, term: result.term }
        : refusedNotLeader,
    );
    return true;
  }

  #facts(): MembershipFacts {
    const healthySinceMs = this.#clock.nowMs() - healthyAfterMs;
    const matched = new Map(this.#raft.progress().map(({ id, match }) => [id, match]));
    return {
      members: this.#applied.state.members,
      isHealthy: (id) => {
        const sinceMs = this.#connectedSinceMs(id);
        return sinceMs !== undefined && sinceMs <= healthySinceMs;
      },
      isReachable: (id) => this.#connectedSinceMs(id) !== undefined,
      isCaughtUp: (id) => (matched.get(id) ?? 0) >= this.#raft.lastIndex * 0.9,
    };
  }

  #connectedSinceMs(peer: MemberId): number | undefined {
    const { id, transport } = this.#context.options;
    return peer === id ? -Infinity : transport.connectedSinceMs(peer);
  }
}

type LeaderContext = Pick<
  ReplicaContext,
  'options' | 'clock' | 'raft' | 'applied' | 'confirmations'
>;

const changeUnderWay: PeerResponse = {
  kind: 'refused',
  code: 'timeout',
  message: 'another membership change did not finish in time; look at the members and try again',
};

function raftChange(request: MembershipRequest): Parameters<Raft['changeMembership']>[0] {
  const nothing = { addVoters: [], addLearners: [], remove: [] };
  switch (request.kind) {
    case 'add':
      return request.member.isLearner
        ? { ...nothing, addLearners: [request.member.id] }
        : { ...nothing, addVoters: [request.member.id] };
    case 'remove':
      return { ...nothing, remove: [request.id] };
    case 'promote':
      return { ...nothing, addVoters: [request.id] };
    default:
      return unreachable(request);
  }
}
