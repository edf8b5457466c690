import type { ReplicaContext } from './context.ts';
import type { ReplicaParts } from './parts.ts';
import { LossReport } from './loss-report.ts';
import { Ticker } from './ticker.ts';

type Parts = Pick<ReplicaParts, 'lessor' | 'reads' | 'forwarder' | 'persister' | 'watch'>;

/** State that waits for the disk waits for about this long at most. Backups and restarts profit; each flush is a sync. */
const flushEveryMs = 1000;

/** All that happens because time passes: once every heartbeat interval, one tick for raft and for each part. */
export class Ticks {
  readonly #context: ReplicaContext;
  readonly #raft: ReplicaContext['raft'];
  readonly #parts: Parts;
  readonly #ticker: Ticker;
  readonly #lossReport: LossReport;
  #ticksToProgress: number;
  #ticksToFlush = 0;

  constructor(context: ReplicaContext, parts: Parts) {
    const { clock, loop, options, raft } = context;
    this.#context = context;
    this.#raft = raft;
    this.#parts = parts;
    this.#lossReport = new LossReport(options);
    this.#ticksToProgress = this.#drawProgressTicks();
    this.#ticker = new Ticker(clock, options.heartbeatIntervalMs, (isLate) =>
      loop.guard(() => this.#tick(isLate)),
    );
  }

  start(): void {
    this.#ticker.start();
  }

  stop(): void {
    this.#ticker.stop();
  }

  /** Counts most of an election timeout as passed, so that a first election begins early. */
  advanceElection(): void {
    const { electionTimeoutMs, heartbeatIntervalMs } = this.#context.options;
    const ticks = Math.round(electionTimeoutMs / heartbeatIntervalMs);
    for (let tick = 1; tick < ticks; tick++) this.#raft.tick();
  }

  #tick(isLate: boolean): void {
    const { clock, counters, loop } = this.#context;
    const { lessor, persister } = this.#parts;
    if (isLate && this.#raft.role === 'leader') counters.lateHeartbeats++;
    this.#raft.tick();
    this.#expire(clock.nowMs());
    if (this.#raft.role === 'leader') {
      lessor.tick();
      this.#reportLosses();
    }
    this.#ticksToFlush--;
    if (this.#ticksToFlush <= 0) {
      this.#ticksToFlush = Math.round(flushEveryMs / this.#context.options.heartbeatIntervalMs);
      persister.flushSoon();
    }
    this.#ticksToProgress--;
    if (this.#ticksToProgress <= 0) {
      this.#ticksToProgress = this.#drawProgressTicks();
      this.#parts.watch.progressTick();
    }
    loop.wake();
  }

  #expire(nowMs: number): void {
    const { requests } = this.#context;
    const { forwarder, reads } = this.#parts;
    // First, because reads come back from a request that expires, and would be asked again before the next tick.
    requests.expire(nowMs);
    forwarder.expire(nowMs);
    reads.expire(nowMs);
  }

  #reportLosses(): void {
    const { state } = this.#context.applied;
    this.#lossReport.check(this.#raft.progress(), state.members);
  }

  /** Ticks until watchers hear of progress again: the interval, and up to a tenth more. */
  #drawProgressTicks(): number {
    const { progressNotifyIntervalMs, heartbeatIntervalMs, random } = this.#context.options;
    const ticks = progressNotifyIntervalMs / heartbeatIntervalMs;
    return Math.max(1, Math.round(ticks * (1 + random.between(0, 100) / 1000)));
  }
}
