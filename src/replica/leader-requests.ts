import { unreachable } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Raft } from '../raft/index.ts';
import { decodeCommand, encodeCommand } from '../state/index.ts';
import type { Command, LeaseId, State } from '../state/index.ts';
import type { Lessor } from './lessor.ts';
import { membershipCommand } from './membership.ts';
import type { MembershipFacts, MembershipRequest, MembershipRules } from './membership.ts';
import type { PeerResponse, LeaderRequest } from './peer-protocol.ts';
import { refusedBusy, refusedNotLeader, refusedUnsupported } from './refusals.ts';

/** A member counts as healthy when it has been connected for this long. */
const healthyAfterMs = 5000;

/** What the desk needs from its replica. */
export interface LeaderRequestsOwner {
  state(): State;
  /** Joins the next confirmation round. */
  confirm(confirmed: (index: number | undefined) => void): void;
  /** The same, called back when the state holds everything that was agreed on before. */
  confirmApplied(confirmed: (index: number | undefined) => void): void;
  connectedSinceMs(peer: MemberId): number | undefined;
}

interface MembershipChange {
  readonly request: MembershipRequest;
  readonly expiresMs: number;
  readonly answered: (answer: PeerResponse) => void;
}

/** Answers what only the leader can, to this member's own callers and to the followers alike. */
export class LeaderRequests {
  readonly #raft: Raft;
  readonly #lessor: Lessor;
  readonly #clock: Clock;
  readonly #rules: MembershipRules;
  readonly #owner: LeaderRequestsOwner;
  /** Membership changes that could not be put into the log yet. */
  #changes: MembershipChange[] = [];

  constructor(options: {
    readonly raft: Raft;
    readonly lessor: Lessor;
    readonly clock: Clock;
    readonly rules: MembershipRules;
    readonly owner: LeaderRequestsOwner;
  }) {
    this.#raft = options.raft;
    this.#lessor = options.lessor;
    this.#clock = options.clock;
    this.#rules = options.rules;
    this.#owner = options.owner;
  }

  /** Answers exactly once; a refusal means that nothing was done. */
  answer(
    question: LeaderRequest,
    expiresMs: number,
    answered: (answer: PeerResponse) => void,
  ): void {
    if (this.#raft.role !== 'leader') {
      answered(refusedNotLeader);
      return;
    }
    switch (question.kind) {
      case 'propose':
        answered(this.#propose(question.commands));
        break;
      case 'read-index':
        this.#owner.confirm((index) =>
          answered(index === undefined ? refusedNotLeader : { kind: 'read-index', index }),
        );
        break;
      case 'lease-keep-alive':
        this.#lessor.renew(question.ids, (ttlSeconds) =>
          answered(
            ttlSeconds === undefined ? refusedNotLeader : { kind: 'lease-keep-alive', ttlSeconds },
          ),
        );
        break;
      case 'lease-time-to-live':
        this.#owner.confirmApplied((index) => answered(this.#leaseTime(question.id, index)));
        break;
      case 'change-membership':
        this.#changes.push({ request: question.request, expiresMs, answered });
        break;
      case 'unsupported':
        answered(refusedUnsupported(question.asked));
        break;
    }
  }

  /** Puts membership changes into the log that had to wait for an earlier one. Call once a turn. */
  handOverChanges(): void {
    if (this.#changes.length === 0) return;
    const waiting = this.#changes;
    this.#changes = [];
    for (const change of waiting) {
      if (this.#raft.role !== 'leader') change.answered(refusedNotLeader);
      else if (this.#clock.nowMs() >= change.expiresMs) change.answered(changeUnderWay);
      else if (!this.#tryChange(change)) this.#changes.push(change);
    }
  }

  #propose(commands: readonly Uint8Array[]): PeerResponse {
    // In the log, a command that nobody can read would stop every member.
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
  #tryChange({ request, answered }: MembershipChange): boolean {
    // Judged by a state that holds every change made so far; raft refuses while one is under way.
    if (this.#raft.configurationIndex > this.#owner.state().appliedIndex) return false;
    let command: Command;
    try {
      command = membershipCommand(request, this.#facts(), this.#rules);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      answered({ kind: 'refused', code: error.code, message: error.message });
      return true;
    }
    const result = this.#raft.changeMembership(raftChange(request), encodeCommand(command));
    if (result.kind === 'change-in-progress' || result.kind === 'busy') return false;
    answered(
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
      members: this.#owner.state().members,
      isHealthy: (id) => {
        const sinceMs = this.#owner.connectedSinceMs(id);
        return sinceMs !== undefined && sinceMs <= healthySinceMs;
      },
      isReachable: (id) => this.#owner.connectedSinceMs(id) !== undefined,
      isCaughtUp: (id) => (matched.get(id) ?? 0) >= this.#raft.lastIndex * 0.9,
    };
  }
}

const changeUnderWay: PeerResponse = {
  kind: 'refused',
  code: 'timeout',
  message: 'another membership change did not finish in time; look at the members and try again',
};

function isCommand(bytes: Uint8Array): boolean {
  try {
    decodeCommand(bytes);
    return true;
  } catch {
    return false;
  }
}

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
