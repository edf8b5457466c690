import { nothingToCancel } from '../base/clock.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import { hashOf } from '../base/hash.ts';
import { CheckJudge } from './check-judge.ts';
import type { Verdict } from './check-judge.ts';
import type { FlapDamping } from '../base/flap-damping.ts';
import type { RunRequest } from './check-runs.ts';
import { CheckSchedule } from './check-schedule.ts';
import type { RunTimes } from './check-schedule.ts';
import type { CheckPlan } from './check-plan.ts';
import type { CheckWrite } from './check-writer.ts';
import type { Prober, ProbeResult } from './prober.ts';
import type { Check } from './views.ts';

/** Where a task gets its time from, and leaves what it has decided. */
export interface TaskPorts {
  readonly clock: Clock;
  readonly prober: Prober;
  /** Milliseconds since 1970. */
  readonly wallTimeMs: () => number;
  readonly dampingOf: (check: Check) => FlapDamping | undefined;
  readonly write: (write: CheckWrite) => void;
  /** Its instance was critical for too long: for `criticalMs`. */
  readonly reap: (check: Check, criticalMs: number) => void;
  readonly ran: (check: Check, result: ProbeResult) => void;
  /** The status of an instance or a node that a check follows. */
  readonly statusOfAlias: (check: Check) => Verdict | undefined;
  /** A status was written. */
  readonly changed: (check: Check, verdict: Verdict) => void;
}

/** After a write that failed. */
const retryMs = 1000;

/** One check of the catalog for which the cluster has to do something, on each member; its owner does it. */
export class CheckTask {
  readonly hash: number;
  readonly plan: CheckPlan;
  /** Of the definition, to notice another one. */
  readonly fingerprint: string;
  readonly #ports: TaskPorts;
  #isRenewed: boolean;
  #check: Check;
  #isOwned = false;
  #schedule: CheckSchedule | undefined;
  #judge: CheckJudge | undefined;
  /** Decided, and not written yet. */
  #wanted: Verdict | undefined;
  #isWriting = false;
  #run: RunRequest | undefined;
  #cancelRetry: Cancel = nothingToCancel;
  #cancelReaping: Cancel = nothingToCancel;
  #isReaping = false;
  /** When it became critical, by the clock of this member; undefined: it is not. */
  #criticalAtMs: number | undefined;

  /** `isRenewed`: it has another definition now. */
  constructor(check: Check, plan: CheckPlan, ports: TaskPorts, isRenewed: boolean) {
    this.#check = check;
    this.#isRenewed = isRenewed;
    this.plan = plan;
    this.#ports = ports;
    this.hash = hashOf(check.key);
    this.fingerprint = fingerprintOf(check);
    if (check.status === 'critical') {
      this.#criticalAtMs = ports.clock.nowMs() - criticalMsOf(check, ports.wallTimeMs());
    }
  }

  get check(): Check {
    return this.#check;
  }

  get isOwned(): boolean {
    return this.#isOwned;
  }

  /** Undefined: it is not run here. */
  get times(): RunTimes | undefined {
    return this.#schedule?.times;
  }

  /** This member has become, or is no more, the one that runs it. */
  own(isOwned: boolean): void {
    if (isOwned === this.#isOwned) return;
    this.#isOwned = isOwned;
    if (isOwned) this.#begin();
    else this.#end();
  }

  /** The check has changed, but for its definition. */
  update(check: Check): void {
    this.#check = check;
    if (check.status !== 'critical') this.#criticalAtMs = undefined;
    else this.#criticalAtMs ??= this.#ports.clock.nowMs();
    if (!this.#isOwned) return;
    this.#watchForReaping();
    this.follow();
    this.#settle();
  }

  /** Looks at what an alias stands for. */
  follow(): void {
    if (this.plan.alias === undefined || !this.#isOwned) return;
    const verdict = this.#ports.statusOfAlias(this.#check);
    const { saidStatus, output } = this.#check;
    if (verdict === undefined) return;
    if (verdict.status === saidStatus && output !== '') return;
    this.#wanted = verdict;
    this.#settle();
  }

  /** Somebody wants it to run now. */
  runNow(run: RunRequest): void {
    if (this.#schedule === undefined) return;
    this.#run = run;
    this.#schedule.runNow();
  }

  #begin(): void {
    const { clock, prober, dampingOf } = this.#ports;
    const { probe, intervalMs, thresholds } = this.plan;
    if (probe !== undefined) {
      this.#judge = new CheckJudge(thresholds, () => dampingOf(this.#check));
      const isNew = this.#isRenewed || this.#check.output === '';
      this.#isRenewed = false;
      this.#schedule = new CheckSchedule(
        this.#check.key,
        { probe, intervalMs, isNew },
        { clock, prober },
        (result, wasAsked) => this.#take(result, wasAsked),
      );
    }
    this.#watchForReaping();
    this.follow();
  }

  #end(): void {
    this.#schedule?.stop();
    this.#schedule = undefined;
    this.#judge = undefined;
    this.#wanted = undefined;
    this.#run = undefined;
    this.#cancelRetry();
    this.#cancelReaping();
    this.#isReaping = false;
  }

  #take(result: ProbeResult, wasAsked: boolean): void {
    const check = this.#check;
    this.#ports.ran(check, result);
    const now = { status: check.saidStatus, output: check.output };
    const verdict = this.#judge?.take(result, now, this.#ports.clock.nowMs());
    const isAnswer = wasAsked && this.#run !== undefined;
    if (verdict !== undefined) this.#wanted = verdict;
    // The one who asked wants to see this run's output.
    else if (isAnswer) this.#wanted = { status: now.status, output: result.output };
    else this.#wanted = undefined;
    this.#settle(isAnswer);
  }

  /** Writes what is wanted, unless it is there. */
  #settle(isAnswer = false): void {
    const wanted = this.#wanted;
    if (wanted === undefined || this.#isWriting) return;
    const check = this.#check;
    const { saidStatus, output } = check;
    if (wanted.status === saidStatus && wanted.output === output && !isAnswer) {
      this.#wanted = undefined;
      return;
    }
    this.#isWriting = true;
    const run = isAnswer ? this.#run : undefined;
    this.#ports.write({
      check,
      verdict: wanted,
      run,
      done: (isWritten) => {
        this.#isWriting = false;
        if (isWritten) this.#written(check, wanted, run);
        else if (this.#isOwned) {
          this.#cancelRetry();
          this.#cancelRetry = this.#ports.clock.after(retryMs, () => this.#settle(isAnswer));
        }
      },
    });
  }

  #written(check: Check, verdict: Verdict, run: RunRequest | undefined): void {
    if (verdict.status !== check.saidStatus) this.#ports.changed(check, verdict);
    if (run !== undefined && run === this.#run) this.#run = undefined;
    if (this.#wanted === verdict) this.#wanted = undefined;
    else this.#settle();
  }

  /** Waits for its time to be over when the check is critical, and stops when it is not. */
  #watchForReaping(): void {
    const { isDrain, deregisterAfterMs } = this.plan;
    const { status, isHeard } = this.#check;
    const isReaping = isDrain ? !isHeard : deregisterAfterMs > 0 && status === 'critical';
    if (isReaping === this.#isReaping) return;
    this.#isReaping = isReaping;
    this.#cancelReaping();
    if (!isReaping) return;
    const { clock } = this.#ports;
    const dueMs = (this.#criticalAtMs ?? clock.nowMs()) + deregisterAfterMs;
    this.#reapAfter(isDrain ? 0 : Math.max(dueMs - clock.nowMs(), ownerGraceMs));
  }

  #reapAfter(delayMs: number): void {
    const { clock } = this.#ports;
    this.#cancelReaping = clock.after(delayMs, () => {
      this.#ports.reap(this.#check, clock.nowMs() - (this.#criticalAtMs ?? clock.nowMs()));
      // In case that fails, or is not to be now.
      this.#reapAfter(reapAgainMs);
    });
  }
}

const reapAgainMs = 30_000;
/**
 * A new owner looks for itself first, however long the check was critical: that is by the clock of another member, and the
 * failure may have been one of the former owner.
 */
const ownerGraceMs = 30_000;

/** For how long a check was critical when this member learns of it; 0 if only members that are gone saw it lapse. */
function criticalMsOf({ saidStatus, sinceMs }: Check, wallTimeMs: number): number {
  return saidStatus === 'critical' && sinceMs > 0 ? Math.max(0, wallTimeMs - sinceMs) : 0;
}

export function fingerprintOf({ type, definition }: Check): string {
  return `${type} ${JSON.stringify(definition)}`;
}
