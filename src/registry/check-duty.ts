import type { Cancel, Clock } from '../base/clock.ts';
import type { Key } from '../base/key.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Steps } from '../base/steps.ts';
import { followRanges } from '../operations/index.ts';
import type { CallOptions, Core, KeyEvent, KeyValue, Operations } from '../operations/index.ts';
import type { Catalog, SubjectListener } from './catalog.ts';
import { verdictOfAlias } from './check-alias.ts';
import type { Verdict } from './check-judge.ts';
import { flapDampingFor } from '../base/flap-damping.ts';
import type { FlapDamping } from '../base/flap-damping.ts';
import { CheckOwners } from './check-owners.ts';
import { planOf } from './check-plan.ts';
import { Presence } from './check-presence.ts';
import { CheckReports } from './check-reports.ts';
import { RunRequests } from './check-runs.ts';
import type { RunRequest } from './check-runs.ts';
import type { RunTimes } from './check-schedule.ts';
import { CheckTask, fingerprintOf } from './check-task.ts';
import type { TaskPorts } from './check-task.ts';
import { CheckWriter } from './check-writer.ts';
import type { FollowedCatalog } from './follow-catalog.ts';
import { dutyPlaceOf, dutyRanges, folded, instanceIdOf } from './keys.ts';
import type { Subject } from './keys.ts';
import type { Prober } from './prober.ts';
import type { Check } from './views.ts';

export interface CheckDutyOptions {
  readonly core: Core;
  readonly operations: Operations;
  readonly followed: FollowedCatalog;
  readonly prober: Prober;
  readonly memberId: string;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallTimeMs: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** For checks that do not say it themselves; 0: each failure counts. */
  readonly failuresBeforeCritical: number;
  /** Of checks whose registration does not say it. */
  readonly flapDamping: FlapDamping | undefined;
  readonly maxTxnOps: number;
  /**
   * Removes the instance of a check that was critical for `criticalMs`. False: it is critical no more, gone, or kept as its
   * service is protected.
   */
  readonly deregister: (check: Check, criticalMs: number) => Promise<boolean>;
}

/** What a member knows of the runs of a check. */
export interface CheckRuns {
  /** The id of the member that runs it; undefined: none does now. */
  readonly owner: string | undefined;
  /** Only on its owner. */
  readonly times: RunTimes | undefined;
}

/** What APIs need of the checks that the cluster runs. */
export interface CheckDuty {
  /** Undefined: nobody runs this check, as its status comes from outside. */
  runsOf(check: Check): CheckRuns | undefined;
  /** Has the owner of a check run it now. Resolves when its result is in the catalog; false: nobody runs this check. */
  runNow(check: Check, options: CallOptions): Promise<boolean>;
  /** Gives the checks away; waits for that so long. */
  stop(limitMs?: number): Promise<void>;
}

/** A run that was asked for is waited for so long, beyond the time limit of the check. */
const runGraceMs = 5000;
const stopLimitMs = 1000;
/** Changes of others are looked at for aliases at most this often. */
const aliasEveryMs = 100;

/**
 * Runs the checks of the catalog together with the other members: each check has one owner. An owner looks, and writes a
 * status when it changes; all members see what is written.
 */
export function startCheckDuty(options: CheckDutyOptions): CheckDuty {
  return new Duty(options);
}

class Duty implements CheckDuty {
  readonly #options: CheckDutyOptions;
  readonly #reports: CheckReports;
  readonly #ports: TaskPorts;
  readonly #presence: Presence;
  readonly #requests: RunRequests;
  readonly #tasks = new Map<Key, CheckTask>();
  /** The keys of the tasks of an instance or a node. */
  readonly #keysOf = new Map<string, readonly Key[]>();
  readonly #aliases = new Set<CheckTask>();
  readonly #members = new Set<string>();
  readonly #stopFollowing: Cancel;
  #owners = new CheckOwners([]);
  #changed = new Map<string, Subject>();
  #isAllChanged = true;
  #isDue = false;
  #isAliasDue = false;
  #isStopped = false;

  constructor(options: CheckDutyOptions) {
    this.#options = options;
    const { core, followed, operations, clock, logger, metrics, memberId } = options;
    this.#reports = new CheckReports(logger, metrics);
    this.#requests = new RunRequests(operations, clock);
    this.#ports = this.#makePorts();
    this.#presence = new Presence({
      operations,
      clock,
      logger,
      memberId,
      isVoter: () => !core.replica.isLearner,
      onChange: () => this.#ownAll(),
    });
    this.#declareMetrics();
    const cancel = followed.onSubjects((changed) => this.#note(changed));
    const follow = followRanges(core, dutyRanges, {
      load: (kvs, _, revision) => this.#loadDuties(kvs, revision),
      apply: (events) => this.#applyDuties(events),
    });
    this.#stopFollowing = () => {
      cancel();
      follow.stop();
    };
    this.#workSoon();
  }

  runsOf(check: Check): CheckRuns | undefined {
    const task = this.#tasks.get(check.key);
    if (task?.plan.probe === undefined) return undefined;
    return { owner: this.#owners.ownerOf(task.hash), times: task.times };
  }

  async runNow({ key }: Check, options: CallOptions): Promise<boolean> {
    const probe = this.#tasks.get(key)?.plan.probe;
    if (probe === undefined) return false;
    await this.#requests.ask(key, this.#presence.lease, probe.timeoutMs + runGraceMs, options);
    return true;
  }

  async stop(limitMs = stopLimitMs): Promise<void> {
    this.#isStopped = true;
    this.#stopFollowing();
    for (const task of this.#tasks.values()) task.own(false);
    await this.#presence.stop(limitMs);
  }

  // The catalog.

  #note(changed: Parameters<SubjectListener>[0]): void {
    if (changed === 'all') this.#isAllChanged = true;
    else for (const subject of changed) this.#changed.set(idOf(subject), subject);
    this.#workSoon();
  }

  #workSoon(): void {
    if (this.#isDue || this.#isStopped) return;
    this.#isDue = true;
    this.#options.clock.endOfTurn(() => {
      this.#isDue = false;
      if (!this.#isStopped) this.#work();
    });
  }

  #work(): void {
    const { catalog } = this.#options.followed;
    if (catalog === undefined) return;
    const changed = this.#isAllChanged ? this.#everything(catalog) : this.#changed;
    this.#isAllChanged = false;
    this.#changed = new Map();
    for (const [id, subject] of changed) this.#refresh(catalog, id, subject);
    this.#presence.want(this.#tasks.size > 0);
    this.#followAliases();
  }

  #everything(catalog: Catalog): Map<string, Subject> {
    const all = new Map<string, Subject>();
    for (const { subject } of catalog.checks()) all.set(idOf(subject), subject);
    for (const { check } of this.#tasks.values()) all.set(idOf(check.subject), check.subject);
    return all;
  }

  /** Makes the tasks of an instance or a node those of its checks. Checks of an instance that is gone are nobody's. */
  #refresh(catalog: Catalog, id: string, subject: Subject): void {
    const checks = catalog.isThere(subject) ? catalog.checksOf(subject) : [];
    const keys = checks.filter((check) => this.#refreshCheck(check)).map(({ key }) => key);
    for (const key of this.#keysOf.get(id) ?? []) if (!keys.includes(key)) this.#drop(key);
    if (keys.length > 0) this.#keysOf.set(id, keys);
    else this.#keysOf.delete(id);
  }

  /** False: there is nothing to do for it. */
  #refreshCheck(check: Check): boolean {
    const known = this.#tasks.get(check.key);
    if (known?.fingerprint === fingerprintOf(check)) {
      known.update(check);
      return true;
    }
    this.#drop(check.key);
    const plan = planOf(check, this.#options);
    if (typeof plan === 'string') {
      this.#reports.wrongDefinition(check, plan);
      return false;
    }
    const { probe, alias, isDrain, deregisterAfterMs } = plan;
    const isPassive = probe === undefined && alias === undefined;
    if (isPassive && !isDrain && deregisterAfterMs === 0) return false;
    const task = new CheckTask(check, plan, this.#ports, known !== undefined);
    this.#tasks.set(check.key, task);
    if (alias !== undefined) this.#aliases.add(task);
    this.#own(task);
    return true;
  }

  #drop(key: Key): void {
    const task = this.#tasks.get(key);
    if (task === undefined) return;
    task.own(false);
    this.#tasks.delete(key);
    this.#aliases.delete(task);
  }

  #followAliases(): void {
    if (this.#isAliasDue || this.#aliases.size === 0) return;
    this.#isAliasDue = true;
    this.#options.clock.after(aliasEveryMs, () => {
      this.#isAliasDue = false;
      for (const task of this.#aliases) task.follow();
    });
  }

  // Owners, and runs that were asked for.

  #ownAll(): void {
    for (const task of this.#tasks.values()) this.#own(task);
  }

  #own(task: CheckTask): void {
    const { memberId } = this.#options;
    const isOwner = this.#presence.isPresent && this.#owners.ownerOf(task.hash) === memberId;
    task.own(isOwner && !this.#isStopped);
    this.#answer(task.check.key);
  }

  /** Runs a check if it is ours and somebody asked for it. */
  #answer(check: Key): void {
    const request = this.#requests.of(check);
    const task = this.#tasks.get(check);
    if (request !== undefined && task?.isOwned === true) task.runNow(request);
  }

  *#loadDuties(kvs: readonly KeyValue[], revision: number): Steps<void> {
    yield kvs.length;
    const requests = new Map<Key, RunRequest>();
    this.#members.clear();
    for (const kv of kvs) {
      const place = dutyPlaceOf(kv.key);
      if (place?.kind === 'member') this.#members.add(place.member);
      else if (place?.kind === 'run') requests.set(place.check, kv);
    }
    this.#requests.reset(requests, revision);
    this.#setOwners();
  }

  #applyDuties(events: readonly KeyEvent[]): void {
    const { memberId } = this.#options;
    let isOther = false;
    for (const { kind, kv } of events) {
      const place = dutyPlaceOf(kv.key);
      if (place === undefined) continue;
      if (place.kind === 'member') {
        isOther = true;
        if (kind === 'put') this.#members.add(place.member);
        else this.#members.delete(place.member);
        if (kind === 'delete' && place.member === memberId) this.#presence.keyIsGone();
      } else if (kind === 'put') {
        this.#requests.put(place.check, kv);
        this.#answer(place.check);
      } else this.#requests.delete(place.check, kv.modRevision);
    }
    if (isOther) this.#setOwners();
  }

  #setOwners(): void {
    this.#owners = new CheckOwners(this.#members);
    this.#ownAll();
  }

  // What tasks leave.

  #makePorts(): TaskPorts {
    const { clock, prober, logger, operations, wallTimeMs } = this.#options;
    const writer = new CheckWriter(operations, clock, logger, this.#options);
    return {
      clock,
      prober,
      wallTimeMs,
      dampingOf: (check) => this.#dampingOf(check),
      write: (write) => writer.write(write),
      reap: (check, criticalMs) => void this.#reap(check, criticalMs),
      ran: (check, { status }) => this.#reports.ran(check, status),
      statusOfAlias: (check): Verdict | undefined => {
        const { catalog } = this.#options.followed;
        return catalog && verdictOfAlias(catalog, check);
      },
      changed: (check, verdict) => this.#reports.changed(check, verdict),
    };
  }

  /** As the registration of its instance says. */
  #dampingOf({ subject }: Check): FlapDamping | undefined {
    const { followed, flapDamping } = this.#options;
    const registrations = followed.catalog?.registrationsOf(subject) ?? [];
    const said = registrations.find((instance) => instance.flapDamping !== '');
    return flapDampingFor(said?.flapDamping ?? '', flapDamping);
  }

  async #reap(check: Check, criticalMs: number): Promise<void> {
    try {
      if (await this.#options.deregister(check, criticalMs)) this.#reports.deregistered(check);
    } catch (error) {
      this.#reports.notDeregistered(check, error);
    }
  }

  #declareMetrics(): void {
    const { metrics } = this.#options;
    metrics.gauge('rollcall_checks_owned', 'Health checks that this member runs.', () => {
      let count = 0;
      for (const { isOwned } of this.#tasks.values()) if (isOwned) count++;
      return count;
    });
    const help = 'Members that run health checks, as this member sees them.';
    metrics.gauge('rollcall_check_members', help, () => this.#members.size);
  }
}

function idOf(subject: Subject): string {
  return subject.kind === 'node'
    ? `node ${folded(subject.node)}`
    : `instance ${instanceIdOf(subject.name)}`;
}
