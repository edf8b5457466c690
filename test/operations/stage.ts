import { createHash } from 'node:crypto';
import { plainLogin } from '../lib/plain-login.ts';
import { setImmediate as turn } from 'node:timers/promises';
import { silentLogger } from '../../src/base/logger.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import { Core } from '../../src/operations/index.ts';
import type { Limits, Operations } from '../../src/operations/index.ts';
import { defaultConfig } from '../../src/server/config.ts';
import type { ServerConfig } from '../../src/server/config.ts';
import type { ClusterDescription } from '../../src/server/cluster-description.ts';
import { keyOfText, singleKey } from '../../src/base/key.ts';
import type { KeyRange } from '../../src/base/key.ts';
import type { PutRequest, RangeRequest } from '../../src/state/index.ts';
import { Machine } from '../simulation/machine.ts';
import type { Surroundings } from '../simulation/machine.ts';
import { Network } from '../simulation/network.ts';
import { RaftLedger } from '../simulation/raft-ledger.ts';
import { SeededRandom } from '../simulation/random.ts';
import { Scheduler } from '../simulation/scheduler.ts';
import { SimulatedStore } from '../simulation/store.ts';
import { Trace } from '../simulation/trace.ts';
import { putRequest, rangeRequest } from '../state/requests.ts';

export interface StageOptions extends Partial<ServerConfig> {
  readonly members?: number;
  readonly quotaBytes?: number;
  readonly workPerTurn?: number;
}

const urlOf = (name: string): string => `http://${name}:2380`;

/** Whole members of a cluster, on time that passes only when a test lets it, and a network that loses nothing by itself. */
export class Stage implements Surroundings {
  readonly scheduler: Scheduler = new Scheduler();
  readonly random: SeededRandom = new SeededRandom(1, 'stage');
  readonly trace: Trace = new Trace(this.scheduler, { keep: false, situation: () => '' });
  readonly network: Network = new Network(this.scheduler, this.random.fork('network'), this.trace, {
    delayMsMax: 1,
    loss: 0,
    duplication: 0,
    reordering: 0,
    reset: 0,
  });
  readonly ledger: RaftLedger = new RaftLedger();
  readonly machines: Machine[] = [];
  readonly writeMsMax: number = 0.5;
  readonly workPerTurn: number;
  readonly recordsPerWrite: number = 100;
  readonly openBytesMax: number = 64 << 20;
  readonly users: undefined = undefined;
  readonly quotaBytes: number;
  readonly #config: Partial<ServerConfig>;

  private constructor(options: StageOptions) {
    const { members = 1, quotaBytes = Infinity, workPerTurn = 500, ...config } = options;
    this.workPerTurn = workPerTurn;
    this.quotaBytes = quotaBytes;
    this.#config = config;
    const names = Array.from({ length: members }, (_, at) => `m${at + 1}`);
    const initialCluster = names.map((name) => ({ name, peerUrl: urlOf(name) }));
    for (const name of names) this.#add(name, { initialCluster });
  }

  /** Starts members and lets them find a leader. */
  static async open(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(options);
    for (const machine of stage.machines) machine.start();
    await stage.until('a leader', () =>
      stage.machines.every(({ replica }) => replica?.leader !== undefined),
    );
    await stage.pass(1000);
    return stage;
  }

  /** A machine for a member that the cluster knows already. */
  join(name: string): Machine {
    const machine = this.#add(name, {
      initialCluster: [{ name: 'm1', peerUrl: urlOf('m1') }],
      initialClusterState: 'existing',
    });
    machine.start();
    return machine;
  }

  #add(name: string, more: Partial<ServerConfig>): Machine {
    const config: ServerConfig = {
      ...defaultConfig,
      name,
      dataDir: name,
      initialAdvertisePeerUrls: [urlOf(name)],
      advertiseClientUrls: [`http://${name}:2379`],
      ...this.#config,
      ...more,
    };
    const machine = new Machine(name, config, this);
    this.machines.push(machine);
    return machine;
  }

  get nowMs(): number {
    return this.scheduler.nowMs;
  }

  get leader(): Machine {
    const leader = this.machines.find(({ replica }) => replica?.isLeader === true);
    if (leader === undefined) throw new Error('nobody leads');
    return leader;
  }

  get followers(): Machine[] {
    return this.machines.filter(({ replica }) => replica?.isLeader === false);
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    for (const untilMs = this.nowMs + ms; this.nowMs < untilMs;) {
      await this.scheduler.run(Math.min(untilMs, this.nowMs + 5));
      await turn();
    }
  }

  /** Lets time pass until the condition holds. */
  async until(what: string, holds: () => boolean, withinMs = 60_000): Promise<void> {
    for (const untilMs = this.nowMs + withinMs; !holds();) {
      if (this.nowMs >= untilMs) throw new Error(`${what} did not come about`);
      await this.pass(5);
    }
  }

  /** Lets time pass until the promise is settled, and gives what came of it. */
  async settled<T>(promise: Promise<T>): Promise<T> {
    let isOver = false;
    const over = promise.finally(() => {
      isOver = true;
    });
    over.catch(() => {});
    await this.until('an end of the call', () => isOver);
    return promise;
  }

  /** The error of a call that is refused. */
  async refusal(promise: Promise<unknown>): Promise<unknown> {
    return this.settled(
      promise.then(
        () => 'not refused',
        (error: unknown) => error,
      ),
    );
  }

  /** Nobody and this machine hear each other any more. */
  isolate(machine: Machine): void {
    for (const other of this.machines) {
      if (other === machine) continue;
      this.network.cut(idOf(machine), idOf(other));
      this.network.cut(idOf(other), idOf(machine));
    }
  }

  /** What stands behind the operations of a machine, for parts that are started beside them. */
  coreOf(machine: Machine, limits: Partial<Limits> = {}): Core {
    const { process } = machine;
    if (process?.replica === undefined) throw new Error(`${machine.name} does not run`);
    return new Core({
      replica: process.replica,
      store: this.#storeOf(machine),
      clock: process.clock,
      random: this.random,
      logger: silentLogger,
      metrics: silentMetrics,
      limits: { maxRequestBytes: 1 << 20, maxTxnOps: 128, quotaBytes: Infinity, ...limits },
      heartbeatIntervalMs: 100,
      electionTimeoutMs: 1000,
      reportEtcdVersion: '3.7.1',
      newMemberId: () => 'abc',
      sha256: () => createHash('sha256'),
      login: plainLogin,
    });
  }

  #storeOf({ disk }: Machine): SimulatedStore {
    return new SimulatedStore({
      disk,
      scheduler: this.scheduler,
      random: this.random,
      writeMsMax: this.writeMsMax,
      recordsPerWrite: this.recordsPerWrite,
      deliver: (action) => action(),
      isAlive: () => true,
      onEngine: () => {},
      onWrite: () => {},
      onBoundary: () => {},
    });
  }

  async describeCluster(): Promise<ClusterDescription> {
    await this.scheduler.sleep(1);
    const { replica } = this.leader;
    return { clusterId: replica?.clusterId ?? '', members: replica?.state.members ?? [] };
  }

  belongs(): void {}
  asked(): void {}
  looked(): void {}

  failed(error: unknown): void {
    throw error;
  }
}

export function idOf(machine: Machine): string {
  if (machine.id === undefined) throw new Error(`${machine.name} has no id yet`);
  return machine.id;
}

/** What a member that runs can be asked. */
export function operationsOf({ name, operations }: Machine): Operations {
  if (operations === undefined) throw new Error(`${name} does not run`);
  return operations;
}

export function putOf(key: string, value = 'v', lease = 0n): PutRequest {
  return { ...putRequest(keyOfText(key), '', { lease }), value: Buffer.from(value) };
}

type Range = RangeRequest & { readonly serializable: boolean };

export function rangeOf(range: KeyRange, more: Partial<Range> = {}): Range {
  return { ...rangeRequest(range), serializable: false, ...more };
}

export function getOf(key: string, more: Partial<Range> = {}): Range {
  return rangeOf(singleKey(keyOfText(key)), more);
}
