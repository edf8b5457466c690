import type { ErrorCode } from '../base/errors.ts';
import type { Counter } from '../base/metrics.ts';
import type { Voucher } from '../raft/index.ts';
import { encodeCommand, originOfMember } from '../state/index.ts';
import type { Applied, Command, CommandResult, LeaseId, Origin } from '../state/index.ts';
import type { ReplicaContext } from './context.ts';
import { LeaseClock } from './lease-clock.ts';

/** Revokes proposed at once; the rest follows with the next ticks, so that a mass expiry does not crowd out writes. */
const revokesPerTick = 100;
const checkpointsPerTick = 1000;

/** Seconds that a renewed lease has again; 0 if there is no such lease; undefined if this is not the leader. */
export type Renewed = (ttlSeconds: readonly number[] | undefined) => void;

/**
 * Leases, as the leader keeps them. Deadlines are the leader's own, by its monotonic clock; renewing writes nothing
 * to the log. Before anything that others rely on (a renewal answered, a revoke proposed) leadership is confirmed,
 * so that a leader that was paused, cut off or deposed neither promises nor revokes.
 */
export class Lessor {
  readonly #context: LessorContext;
  readonly #clock: LessorContext['clock'];
  readonly #confirmations: LessorContext['confirmations'];
  readonly #applied: LessorContext['applied'];
  readonly #deadlines = new LeaseClock();
  /** Renewals of leases that have expired wait here for the revoke, which decides. */
  readonly #awaitingRevoke = new Map<LeaseId, ((gone: boolean) => void)[]>();
  readonly #takenBack = new TakenBack();
  #promoted = false;
  #expiring = false;
  readonly #expiredTotal: Counter;
  readonly #renewedTotal: Counter;

  constructor(context: LessorContext) {
    const { metrics } = context.options;
    this.#context = context;
    this.#clock = context.clock;
    this.#confirmations = context.confirmations;
    this.#applied = context.applied;
    this.#expiredTotal = metrics.counter(
      'etcd_debugging_server_lease_expired_total',
      'Leases that lapsed because nobody renewed them, revoked by this member as leader.',
    );
    this.#renewedTotal = metrics.counter(
      'etcd_debugging_lease_renewed_total',
      'Renewals of leases by this member as leader.',
    );
  }

  get promoted(): boolean {
    return this.#promoted;
  }

  /** This member leads, and its state holds everything of earlier terms: from now on it counts the time. */
  promote(): void {
    this.#promoted = true;
    this.#expiring = false;
    this.#deadlines.promote(this.#clock.nowMs(), this.#applied.state.leases.list());
  }

  demote(): void {
    this.#promoted = false;
    this.#deadlines.demote();
    const waiting = [...this.#awaitingRevoke.values()].flat();
    this.#awaitingRevoke.clear();
    for (const decided of waiting) decided(false);
    this.#takenBack.giveUp();
  }

  /** A command took effect. */
  onLeaseCommand(command: Command, { result }: Applied): void {
    if (command.kind === 'lease-grant') {
      if (this.#promoted && result.kind === 'lease-granted') {
        this.#deadlines.granted(result.id, result.ttlSeconds, this.#clock.nowMs());
      }
    } else if (command.kind === 'lease-revoke') {
      if (isDenied(result)) return;
      if (this.#promoted) this.#deadlines.revoked(command.id);
      const waiting = this.#awaitingRevoke.get(command.id);
      if (waiting === undefined) return;
      this.#awaitingRevoke.delete(command.id);
      for (const decided of waiting) decided(true);
    } else if (command.kind === 'lease-checkpoint') this.#takenBack.applied(command);
  }

  /** Once per raft tick, on the leader. */
  tick(): void {
    if (!this.#promoted) return;
    this.#revokeExpired();
    const due = this.#deadlines.dueCheckpoints(
      this.#clock.nowMs(),
      this.#context.options.leaseCheckpointIntervalMs,
      checkpointsPerTick,
    );
    if (due.length > 0) this.#propose([{ kind: 'lease-checkpoint', leases: due }]);
  }

  /** Renews the leases, once leadership is confirmed. */
  renew(ids: readonly LeaseId[], voucher: Voucher | undefined, done: Renewed): void {
    // A command that takes long must not let leases lapse whose holders renew in time; they are answered after it.
    const keepAlive = (): void => {
      for (const id of ids) this.#deadlines.renew(id, this.#clock.nowMs());
    };
    const renewNow = (index: number | undefined): void => {
      if (index === undefined || !this.#promoted) {
        done(undefined);
        return;
      }
      const nowMs = this.#clock.nowMs();
      const ttls = ids.map(() => 0);
      let open = 1;
      const settle = (): void => {
        open--;
        if (open === 0) done(ttls.every((ttl) => ttl >= 0) ? ttls : undefined);
      };
      for (const [at, id] of ids.entries()) {
        ttls[at] = 0;
        if (this.#applied.state.leases.get(id) === undefined) continue;
        const ttlSeconds = this.#deadlines.renew(id, nowMs);
        open++;
        if (ttlSeconds !== undefined) {
          this.#takeBackCheckpoint(id, (isTakenBack) => {
            ttls[at] = isTakenBack ? ttlSeconds : -1;
            if (isTakenBack) this.#renewedTotal.add();
            settle();
          });
          continue;
        }
        this.#awaitRevoke(id, (gone) => {
          ttls[at] = gone ? 0 : -1;
          settle();
        });
      }
      settle();
    };
    this.#confirmations.confirmApplied(voucher, renewNow, keepAlive);
  }

  /** Time left and granted, in whole seconds; undefined for a lease that does not exist. Leader only. */
  timeToLive(id: LeaseId): { ttlSeconds: number; grantedSeconds: number } | undefined {
    const lease = this.#applied.state.leases.get(id);
    if (lease === undefined) return undefined;
    const remainingMs = this.#deadlines.remainingMs(id, this.#clock.nowMs()) ?? 0;
    return {
      ttlSeconds: Math.max(0, Math.floor(remainingMs / 1000)),
      grantedSeconds: lease.ttlSeconds,
    };
  }

  /**
   * Calls back once the checkpoint is cleared in the log. Answering earlier would promise a full TTL that a new leader,
   * which starts from the checkpoint, would not honour.
   */
  #takeBackCheckpoint(id: LeaseId, done: (isTakenBack: boolean) => void): void {
    if (this.#deadlines.takeOutdated(id)) {
      const command: Command = { kind: 'lease-checkpoint', leases: [{ id, remainingSeconds: 0 }] };
      if (!this.#propose([command])) {
        this.#deadlines.stillOutdated(id);
        done(false);
        return;
      }
      this.#takenBack.proposed(id);
    }
    this.#takenBack.await(id, done);
  }

  #awaitRevoke(id: LeaseId, decided: (gone: boolean) => void): void {
    const waiting = this.#awaitingRevoke.get(id);
    if (waiting === undefined) this.#awaitingRevoke.set(id, [decided]);
    else waiting.push(decided);
  }

  #revokeExpired(): void {
    if (this.#expiring) return;
    const expired = this.#deadlines.expired(this.#clock.nowMs(), revokesPerTick);
    if (expired.length === 0) return;
    this.#expiring = true;
    this.#confirmations.confirmApplied(undefined, (index) => {
      this.#expiring = false;
      if (!this.#promoted) return;
      const origin = originOfMember(this.#applied.state);
      const commands = expired.map((id): Command => revokeOf(id, origin));
      if (index !== undefined && this.#propose(commands)) {
        this.#expiredTotal.add(commands.length);
      } else {
        for (const id of expired) this.#deadlines.retry(id);
      }
    });
  }

  /** Puts commands into the own log, in the own term; false if raft does not accept them now. */
  #propose(commands: readonly Command[]): boolean {
    const { raft, loop } = this.#context;
    const result = raft.propose(commands.map((command) => encodeCommand(command)));
    loop.wake();
    return result.kind === 'accepted';
  }
}

function revokeOf(id: LeaseId, origin: Origin | undefined): Command {
  return origin === undefined ? { kind: 'lease-revoke', id } : { kind: 'lease-revoke', id, origin };
}

/** A caller without the right has revoked nothing. */
function isDenied(result: CommandResult): boolean {
  return result.kind === 'error' && refusalsOfRights.has(result.code);
}

const refusalsOfRights: ReadonlySet<ErrorCode> = new Set([
  'user-empty',
  'permission-denied',
  'auth-revision-old',
]);

type LessorContext = Pick<
  ReplicaContext,
  'options' | 'clock' | 'loop' | 'raft' | 'applied' | 'confirmations'
>;

/** Checkpoints on their way into the log that say "the full time again", and who waits for them. */
class TakenBack {
  readonly #underWay = new Map<
    LeaseId,
    { count: number; readonly waiting: { behind: number; readonly done: (ok: boolean) => void }[] }
  >();

  proposed(id: LeaseId): void {
    const underWay = this.#underWay.get(id);
    if (underWay === undefined) this.#underWay.set(id, { count: 1, waiting: [] });
    else underWay.count++;
  }

  /** Waits for the last one that was proposed; not at all if there is none. */
  await(id: LeaseId, done: (ok: boolean) => void): void {
    const underWay = this.#underWay.get(id);
    if (underWay === undefined) done(true);
    else underWay.waiting.push({ behind: underWay.count, done });
  }

  applied({ leases }: Extract<Command, { readonly kind: 'lease-checkpoint' }>): void {
    for (const { id, remainingSeconds } of leases) {
      const underWay = this.#underWay.get(id);
      if (underWay === undefined || remainingSeconds !== 0) continue;
      underWay.count--;
      for (const waiting of underWay.waiting) waiting.behind--;
      while (underWay.waiting[0] !== undefined && underWay.waiting[0].behind <= 0) {
        underWay.waiting.shift()?.done(true);
      }
      if (underWay.count === 0) this.#underWay.delete(id);
    }
  }

  /** Leadership is lost, and with it the knowledge of what became of them. */
  giveUp(): void {
    const waiting = [...this.#underWay.values()].flatMap((underWay) => underWay.waiting);
    this.#underWay.clear();
    for (const { done } of waiting) done(false);
  }
}
