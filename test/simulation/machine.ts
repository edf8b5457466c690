import { createHash } from 'node:crypto';
import { plainLogin } from '../lib/plain-login.ts';
import type { Clock } from '../../src/base/clock.ts';
import { RegistryError } from '../../src/base/errors.ts';
import type { Logger } from '../../src/base/logger.ts';
import type { MemberId } from '../../src/base/member-id.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import { Core, createOperations, startTokenExpiry } from '../../src/operations/index.ts';
import type { Operations } from '../../src/operations/index.ts';
import { followCatalog } from '../../src/registry/index.ts';
import type { PeerMessage, Replica } from '../../src/replica/index.ts';
import type { ServerConfig } from '../../src/server/config.ts';
import { startSelfRegistration } from '../../src/server/self-registration.ts';
import { addedMemberId } from '../../src/server/identity.ts';
import { createReplica } from '../../src/server/create-replica.ts';
import { establish } from '../../src/server/establish.ts';
import type { ClusterDescription } from '../../src/server/cluster-description.ts';
import { Disk } from './disk.ts';
import { MachineClock, processClock } from './member-clock.ts';
import type { Network } from './network.ts';
import type { SeededRandom } from './random.ts';
import type { RaftLedger } from './raft-ledger.ts';
import type { Scheduler } from './scheduler.ts';
import { DiskFault, SimulatedStore } from './store.ts';
import { Violation } from './trace.ts';
import type { Trace } from './trace.ts';
import { knownLevel } from '../../src/state/index.ts';
import type { Engine } from '../../src/state/index.ts';
import type { Users } from './users/users.ts';

/** Dependencies shared by all machines. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly trace: Trace;
  readonly network: Network;
  readonly ledger: RaftLedger;
  readonly writeMsMax: number;
  /** Units of long work per turn. */
  readonly workPerTurn: number;
  /** Appended records per write of a store. */
  readonly recordsPerWrite: number;
  readonly openBytesMax: number;
  /** This member sends that message. */
  asked(machine: Machine, message: PeerMessage): void;
  readonly quotaBytes: number;
  /** Undefined: nobody makes users. */
  readonly users: Users | undefined;
  describeCluster(): Promise<ClusterDescription>;
  /** A state will be loaded from this engine, on this machine. */
  belongs(engine: Engine, machine: Machine): void;
  /** Something happened on this machine: check the invariants. */
  looked(machine: Machine): void;
  /** A violation was found. */
  failed(error: unknown): void;
}

/** A running member process. */
export interface Process {
  isAlive: boolean;
  /** It only waits for its disk. */
  isStopping: boolean;
  /** The configuration that it was started with; the machine's is that of the next start. */
  readonly config: ServerConfig;
  readonly clock: Clock;
  replica: Replica | undefined;
  operations: Operations | undefined;
  stopSelfRegistration: () => void;
  /** Called when the process ends, in any way. */
  readonly onEnd: Set<() => void>;
}

export type MachineState = 'down' | 'starting' | 'running' | 'broken' | 'removed';

/** One machine with its disk, its clock, and at most one member process on it. */
export class Machine {
  readonly name: string;
  readonly disk: Disk = new Disk();
  readonly clock: MachineClock;
  config: ServerConfig;
  state: MachineState = 'down';
  process: Process | undefined;
  id: MemberId | undefined;
  /** The feature level of the release on this machine; the next start may be one of a newer release. */
  level: number;
  /** Crash at one of the next boundaries between the effect of a write and its completion in the process. */
  crashAtBoundary = 0;
  readonly #world: Surroundings;
  readonly #random: SeededRandom;
  readonly #releases: SeededRandom;
  #backlog: (() => void)[] | undefined;

  constructor(name: string, config: ServerConfig, world: Surroundings, level: number = knownLevel) {
    this.name = name;
    this.level = level;
    this.config = config;
    this.#world = world;
    this.#random = world.random.fork(name);
    this.#releases = world.random.fork(`releases of ${name}`);
    this.clock = new MachineClock(world.scheduler, this.#random.real(1000, 1_000_000));
  }

  get replica(): Replica | undefined {
    return this.state === 'running' ? this.process?.replica : undefined;
  }

  get operations(): Operations | undefined {
    return this.state === 'running' ? this.process?.operations : undefined;
  }

  get isPaused(): boolean {
    return this.#backlog !== undefined;
  }

  // Faults.

  start(): void {
    if (this.state !== 'down') return;
    this.state = 'starting';
    if (this.level < knownLevel && this.id !== undefined && this.#releases.chance(0.5)) {
      this.level = knownLevel;
      this.#world.trace.count('members upgraded');
    }
    this.#world.trace.count('starts');
    this.#world.trace.tell(this.name, () => 'starts');
    const process: Process = {
      isAlive: true,
      isStopping: false,
      config: this.config,
      clock: processClock(this.clock, this.#world.scheduler, this.#random, (action) =>
        this.#deliver(process, action),
      ),
      replica: undefined,
      operations: undefined,
      stopSelfRegistration: () => {},
      onEnd: new Set(),
    };
    this.process = process;
    this.#boot(process).catch((error: unknown) => {
      if (process.isAlive) this.#fatal(process, error);
    });
  }

  /** The process is killed. If the power fails, unsynced writes may be lost. */
  crash(what: 'process' | 'power'): void {
    if (this.state !== 'running' && this.state !== 'starting') return;
    this.#end('down');
    if (what === 'process') {
      this.disk.settle();
      this.#world.trace.fault('process crash', this.name, () => 'killed');
      return;
    }
    const { lost, survived } = this.disk.crash(this.#random);
    if (lost > 0) this.#world.trace.count('fault unsynced write lost', lost);
    if (survived > 0) this.#world.trace.count('fault unsynced write survived', survived);
    this.#world.trace.fault('power loss', this.name, () => `${lost} writes lost, ${survived} kept`);
  }

  /** Stops gracefully; resolves when it is down. */
  async stop(): Promise<void> {
    const { process } = this;
    if (this.state !== 'running' || process?.replica === undefined) return;
    await this.#stopParts(process);
    this.#stopped(process, 'down');
  }

  /** The process ends by itself, as the product does it. */
  async #stopParts(process: Process): Promise<void> {
    process.stopSelfRegistration();
    process.isStopping = true;
    await process.replica?.stop();
  }

  #stopped(process: Process, state: MachineState): void {
    if (!process.isAlive) return;
    this.#end(state);
    this.disk.settle();
    this.#world.trace.tell(this.name, () => 'stopped');
  }

  pause(): void {
    if (this.state === 'running') this.#backlog ??= [];
  }

  resume(): void {
    const backlog = this.#backlog;
    const { process } = this;
    this.#backlog = undefined;
    if (backlog === undefined || process === undefined) return;
    // All that waited is processed at once, as when a real process resumes.
    for (const action of backlog) this.#deliver(process, action);
  }

  /** Runs a callback in the process once it is not paused; never, if the process ends before. */
  run(action: (process: Process) => void): void {
    const { process } = this;
    if (process !== undefined) this.#deliver(process, () => action(process));
  }

  #deliver(process: Process, action: () => void): void {
    if (!process.isAlive) return;
    if (this.#backlog !== undefined) {
      this.#backlog.push(action);
      return;
    }
    try {
      action();
    } catch (error) {
      this.#world.failed(error);
    }
    this.#world.looked(this);
  }

  #end(state: MachineState): void {
    const { process } = this;
    this.state = state;
    this.#backlog = undefined;
    this.crashAtBoundary = 0;
    if (process === undefined || !process.isAlive) return;
    process.isAlive = false;
    process.stopSelfRegistration();
    if (this.id !== undefined) this.#world.network.ended(this.id);
    for (const ended of process.onEnd) ended();
    this.process = undefined;
  }

  // Builds a process as `server/` does.

  async #boot(process: Process): Promise<void> {
    const { scheduler, trace, network, ledger } = this.#world;
    const store = new SimulatedStore({
      disk: this.disk,
      scheduler,
      random: this.#random,
      writeMsMax: this.#world.writeMsMax,
      recordsPerWrite: this.#world.recordsPerWrite,
      deliver: (action) => this.#deliver(process, action),
      isAlive: () => process.isAlive,
      onEngine: (engine) => this.#world.belongs(engine, this),
      onWrite: ({ entries }) => {
        const first = entries[0]?.index ?? 0;
        const before = first === 0 ? undefined : this.disk.current.termAt(first - 1);
        if (this.id !== undefined) ledger.written(this.id, entries, before);
      },
      onBoundary: (boundary) => this.#boundary(boundary),
    });
    const established = await establish(
      store,
      process.config,
      () => this.#world.describeCluster(),
      (config) => Promise.resolve(config),
    );
    if (!process.isAlive) return;
    const { memberId } = established.identity;
    this.id = memberId;
    ledger.register(memberId, this.disk);
    const replica = createReplica(
      process.config,
      {
        store,
        applyWorkPerTurn: this.#world.workPerTurn,
        watchEventsPerTurn: this.#world.workPerTurn,
        openBytesMax: this.#world.openBytesMax,
        clock: process.clock,
        random: this.#random,
        logger: this.#logger(),
        metrics: silentMetrics,
        transport: network.transportFor({
          id: memberId,
          name: this.name,
          isAlive: () => process.isAlive,
          nowMs: () => this.clock.nowMs(),
          deliver: (action) => this.#deliver(process, action),
          onSend: (_to, messages) => {
            for (const message of messages) {
              this.#world.asked(this, message);
              if (message.kind === 'raft') ledger.sends(memberId, message.message);
            }
          },
        }),
        onFatal: (error) => this.#fatal(process, error),
        onRemoved: () => this.#removed(process),
      },
      established,
    );
    process.replica = replica;
    const core = new Core({
      replica,
      store,
      clock: process.clock,
      random: this.#random,
      logger: this.#logger(),
      metrics: silentMetrics,
      limits: {
        maxRequestBytes: process.config.maxRequestBytes,
        maxTxnOps: process.config.maxTxnOps,
        quotaBytes: this.#world.quotaBytes,
      },
      heartbeatIntervalMs: process.config.heartbeatIntervalMs,
      electionTimeoutMs: process.config.electionTimeoutMs,
      reportEtcdVersion: process.config.reportEtcdVersion,
      newMemberId: (urls, isTaken) =>
        addedMemberId(urls, Math.floor(this.clock.nowMs() * 1000), isTaken),
      sha256: () => createHash('sha256'),
      readWorkPerTurn: this.#world.workPerTurn,
      login: this.#world.users?.loginOptions(process, this.#random) ?? plainLogin,
    });
    process.operations = createOperations(core);
    await replica.start();
    if (!process.isAlive) return;
    this.state = 'running';
    trace.tell(this.name, () => `runs as ${memberId}, applied ${replica.state.appliedIndex}`);
    const selfRegistration = startSelfRegistration({
      replica,
      clock: process.clock,
      logger: this.#logger(),
      name: this.name,
      clientUrls: process.config.advertiseClientUrls,
      clusterVersion: '3.7.0',
      level: this.level,
    });
    process.stopSelfRegistration = selfRegistration.stop;
    followCatalog(core, this.#logger(), silentMetrics);
    if (this.#world.users !== undefined) process.onEnd.add(startTokenExpiry(core));
  }

  #boundary(boundary: 'issued' | 'durable'): void {
    if (this.crashAtBoundary === 0) return;
    this.crashAtBoundary--;
    if (this.crashAtBoundary > 0) return;
    this.#world.trace.fault(`crash when a write was ${boundary}`, this.name, () => 'as planned');
    this.crash('power');
  }

  #fatal(process: Process, error: unknown): void {
    if (!process.isAlive) return;
    if (error instanceof DiskFault) {
      this.#world.trace.tell(this.name, () => `stops: ${error.message}`);
      this.#world.trace.count('members stopped by their disk');
      const stopped = this.#stopParts(process);
      stopped.then(
        () => this.#stopped(process, /damaged/.test(error.message) ? 'broken' : 'down'),
        (failure: unknown) => this.#world.failed(failure),
      );
      return;
    }
    if (error instanceof RegistryError && error.code === 'member-not-found') {
      // The cluster does not know it yet, or any more.
      this.#end('down');
      return;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#world.failed(
      error instanceof Violation ? error : new Violation(`${this.name} stopped itself: ${text}`),
    );
  }

  #removed(process: Process): void {
    this.#world.trace.tell(this.name, () => 'was removed from the cluster');
    this.#world.scheduler.after(this.#random.real(1, 50), () => {
      if (process.isAlive) this.#end('removed');
    });
  }

  #logger(): Logger {
    const say = (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      this.#world.trace.tell(this.name, () =>
        fields === undefined ? message : `${message} ${JSON.stringify(withoutStack(fields))}`,
      );
    return { debug: say, info: say, warn: say, error: say };
  }
}

function withoutStack({
  stack: _stack,
  ...fields
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return fields;
}
