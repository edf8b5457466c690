import { compareMemberIds } from '../../src/base/member-id.ts';
import type { Configuration, Entry, MembershipChange, Raft } from '../../src/raft/index.ts';
import { defaultConfig } from '../../src/server/config.ts';
import type { PeerMessage, Replica } from '../../src/replica/index.ts';
import type { Catalog } from '../../src/registry/index.ts';
import type { ServerConfig } from '../../src/server/config.ts';
import type { ClusterDescription } from '../../src/server/cluster-description.ts';
import { authLevel, knownLevel, originLevel } from '../../src/state/index.ts';
import type { Applied, Command, Engine, State } from '../../src/state/index.ts';
import type { OpenCall } from './caller.ts';
import { BulkClient } from './bulk.ts';
import { CatalogLedger } from './catalog-ledger.ts';
import { Crowd, crowdCallsMax } from './crowd.ts';
import { Client } from './client.ts';
import { Faults } from './faults.ts';
import { observe } from './hooks.ts';
import { KeyModel, textOf } from './key-model.ts';
import { LeaseHolder } from './lease-holder.ts';
import { LeaseLedger } from './lease-ledger.ts';
import type { HistoryOperation } from './linearizability/index.ts';
import { Machine } from './machine.ts';
import type { Surroundings } from './machine.ts';
import { Network } from './network.ts';
import { RaftLedger } from './raft-ledger.ts';
import { SeededRandom } from './random.ts';
import { Administrator } from './administrator.ts';
import { Registrar } from './registrar.ts';
import { Scheduler } from './scheduler.ts';
import { isAuthCommand } from './users/auth-model.ts';
import { UserAdministrator } from './users/user-administrator.ts';
import { UserClient } from './users/user-client.ts';
import { Users } from './users/users.ts';
import type { Settings } from './settings.ts';
import { Trace, Violation } from './trace.ts';
import { WatchClient } from './watcher.ts';

const firstLevel = 1;

/** Log entries beyond the configured number, while a slow disk or a missing majority delays truncation. */
const logSlackMax = 400;
/**
 * Each of the few clients has one call in flight, and its crowd many, twice: calls that were given up may still wait.
 */
const proposalsMax = 100;
/** Minimum size of an entry. */
const entryBytesMin = 64;
/** How often a member may forward one write within its caller's time. */
const asksMax = 60;

/** A whole cluster with its clients, operators and faults. */
export class World implements Surroundings {
  readonly settings: Settings;
  readonly scheduler: Scheduler = new Scheduler();
  readonly random: SeededRandom;
  readonly trace: Trace;
  readonly network: Network;
  readonly ledger: RaftLedger = new RaftLedger();
  readonly model: KeyModel;
  readonly leases: LeaseLedger;
  readonly catalogs: CatalogLedger;
  /** Undefined: nobody makes users. */
  readonly users: Users | undefined;
  readonly machines: Machine[] = [];
  readonly watchers: WatchClient[] = [];
  readonly history: HistoryOperation[] = [];
  readonly unanswered: Set<OpenCall> = new Set();
  /** Calls of the history that have no answer. */
  readonly openCalls: Set<Pick<HistoryOperation, 'client' | 'call' | 'invokedAt'>> = new Set();
  readonly writeMsMax: number;
  readonly workPerTurn: number;
  readonly recordsPerWrite: number;
  readonly openBytesMax: number;
  readonly quotaBytes: number = Infinity;
  /** The phase in which clients work and anything may fail. */
  isOpen = true;
  /** The healed cluster serves, and all is in order: nobody proposes anything any more. */
  isSettled = false;
  failure: unknown = undefined;
  /** Requests of operators that are not answered yet; they may still change the membership. */
  operatorsAtWork = 0;
  #ackedRevision = 1;
  /** Leaders that the others can do without, and since when, by the leader's clock. */
  readonly #behindSinceMs = new WeakMap<Replica, { sinceMs: number; lookedMs: number }>();
  readonly #asks = new WeakMap<Uint8Array, number>();
  readonly #neverWritten = new Map<string, string>();
  readonly #owners = new WeakMap<Engine | State, Machine>();
  readonly #initial: readonly string[];
  #fastMs = 0;
  #fastSinceMs = 0;
  #fastRate = 1;
  /** The leader that will crash in the middle of its membership change. */
  #losesChange: Machine | undefined;
  /** The machines that are healed in the end. */
  #healed: readonly Machine[] | undefined;
  #cluster: readonly Machine[] | undefined;

  constructor(settings: Settings, print?: (line: string) => void, keep = true) {
    this.settings = settings;
    this.random = new SeededRandom(settings.seed, 'world');
    this.trace = new Trace(this.scheduler, { print, keep, situation: () => this.#situation() });
    this.writeMsMax = settings.writeMsMax;
    this.workPerTurn = settings.workPerTurn;
    this.recordsPerWrite = settings.recordsPerWrite;
    this.openBytesMax = settings.openBytesMax;
    this.network = new Network(
      this.scheduler,
      this.random.fork('network'),
      this.trace,
      networkOf(settings),
    );
    this.leases = new LeaseLedger(() => this.fastMs());
    this.users = settings.users > 0 ? new Users(this, settings.tokenTtlMs) : undefined;
    this.model = new KeyModel((index, command, applied) =>
      this.#firstApplied(index, command, applied),
    );
    this.catalogs = new CatalogLedger((revision) => this.model.floorAt(revision));
    this.#initial = Array.from({ length: settings.members }, (_, at) => `m${at + 1}`);
    for (let at = 0; at < settings.members; at++) {
      this.newMachine('new', at < settings.oldMembers ? firstLevel : knownLevel);
    }
  }

  // Course of the world.

  /** Runs both phases. A violation is in `failure`. */
  async run(judge: (world: World) => Promise<void>): Promise<void> {
    observe({
      stepped: (raft) => this.#stepped(raft),
      committed: (raft, entries) => this.#committed(raft, entries),
      applied: (state, index, command, applied) => this.#applied(state, index, command, applied),
      failed: () => this.trace.count('commands that failed in the middle'),
      loaded: (engine, state) => this.#loaded(engine, state),
      jointly: (raft, change) => this.#jointly(raft, change),
      changedJointly: (raft) => this.#changedJointly(raft),
      cataloged: (catalog) => this.#cataloged(catalog),
      cacheBytesMax: this.settings.cacheBytesMax,
    });
    try {
      for (const machine of this.machines) machine.start();
      this.#supervise();
      this.#populate();
      await this.scheduler.run(this.settings.safetyMs);
      this.isOpen = false;
      if (this.failure === undefined) await judge(this);
    } catch (error) {
      this.failure ??= error;
    } finally {
      observe(undefined);
    }
  }

  #populate(): void {
    const { settings, random } = this;
    const begin = (life: { live(): Promise<void> }): void => {
      life.live().catch((error: unknown) => this.failed(error));
    };
    for (let at = 1; at <= settings.clients; at++) {
      begin(new Client(`c${at}`, this, random.fork(`client ${at}`)));
    }
    for (let at = 1; at <= settings.crowds; at++) {
      begin(new Crowd(`crowd${at}`, this, random.fork(`crowd ${at}`)));
    }
    for (let at = 1; at <= settings.readers; at++) {
      const reader = new Client(`r${at}`, this, random.fork(`reader ${at}`));
      begin({ live: () => reader.read() });
    }
    for (let at = 1; at <= settings.bulks; at++) {
      begin(new BulkClient(`b${at}`, this, random.fork(`bulk ${at}`)));
    }
    for (let at = 1; at <= settings.registrars; at++) {
      begin(new Registrar(`s${at}`, this, random.fork(`registrar ${at}`)));
    }
    for (let at = 1; at <= settings.administrators; at++) {
      begin(new Administrator(`a${at}`, this, random.fork(`administrator ${at}`)));
    }
    if (this.users !== undefined) this.#makeUsers(this.users, begin);
    for (let at = 1; at <= settings.leaseHolders; at++) {
      begin(new LeaseHolder(`l${at}`, this, random.fork(`keeper ${at}`)));
    }
    for (let at = 1; at <= settings.watchers; at++) {
      const watcher = new WatchClient(`w${at}`, this, random.fork(`watcher ${at}`));
      this.watchers.push(watcher);
      begin(watcher);
    }
    begin(new Faults(this, random.fork('faults')));
  }

  #makeUsers(users: Users, begin: (life: { live(): Promise<void> }) => void): void {
    const { settings, random } = this;
    for (let at = 1; at <= settings.users; at++) {
      begin(new UserClient(`u${at}`, this, users, random.fork(`user ${at}`)));
    }
    for (let at = 1; at <= settings.userAdministrators; at++) {
      begin(new UserAdministrator(`ua${at}`, this, users, random.fork(`user administrator ${at}`)));
    }
  }

  /** Starts a machine that is down after a while. */
  #supervise(): void {
    const random = this.random.fork('supervisor');
    const due = new Map<Machine, number>();
    const look = (): void => {
      for (const machine of this.healed) {
        if (machine.state !== 'down') due.delete(machine);
        else if (!due.has(machine)) {
          // Sometimes at once: messages in flight to the former process then reach the new one.
          const delayMs = random.chance(0.3) ? 0 : random.real(20, 3000);
          due.set(machine, this.scheduler.nowMs + (this.isOpen ? delayMs : 0));
        } else if (this.scheduler.nowMs >= (due.get(machine) ?? 0)) machine.start();
      }
      this.scheduler.after(20, look);
    };
    this.scheduler.after(20, look);
  }

  /** Ends the phase of faults. With a list, only those machines are healed, and the others are gone for good. */
  heal(machines: readonly Machine[]): void {
    this.#healed = machines;
    this.network.healAll();
    this.network.settings = {
      ...networkOf(this.settings),
      loss: 0,
      duplication: 0,
      reordering: 0,
      reset: 0,
    };
    for (const machine of this.machines) {
      machine.disk.isFull = false;
      machine.disk.slowMs = 0;
      machine.disk.hangsSinceMs = undefined;
      machine.disk.readsToFailure = 0;
      machine.crashAtBoundary = 0;
      this.setClockRate(machine, 1);
      if (machines.includes(machine)) machine.resume();
      else if (machine.state === 'running' || machine.state === 'starting') machine.crash('power');
    }
  }

  /** The healed machines, and those that operators have added since; all machines before the healing. */
  get healed(): readonly Machine[] {
    return this.#healed ?? this.machines;
  }

  /** Starts a machine that operators have added, and restarts it whenever it is down, even after the healing. */
  bringIn(machine: Machine): void {
    machine.state = 'down';
    if (this.#healed !== undefined) this.#healed = [...this.#healed, machine];
    machine.start();
  }

  /** In the end clients use only machines that are known members. */
  narrow(cluster: readonly Machine[]): void {
    if (cluster.length > 0) this.#cluster = cluster;
  }

  newMachine(initialClusterState: 'new' | 'existing', level: number = knownLevel): Machine {
    const name = `m${this.machines.length + 1}`;
    const machine = new Machine(name, this.#configOf(name, initialClusterState), this, level);
    this.machines.push(machine);
    return machine;
  }

  #configOf(name: string, initialClusterState: 'new' | 'existing'): ServerConfig {
    const { settings } = this;
    return {
      ...defaultConfig,
      name,
      dataDir: name,
      initialAdvertisePeerUrls: [urlOf(name)],
      advertiseClientUrls: [`http://${name}:2379`],
      initialCluster: this.#initial.map((one) => ({ name: one, peerUrl: urlOf(one) })),
      initialClusterState,
      heartbeatIntervalMs: settings.heartbeatIntervalMs,
      electionTimeoutMs: settings.electionTimeoutMs,
      preVote: settings.preVote,
      snapshotCount: settings.snapshotCount,
      snapshotCatchupEntries: settings.snapshotCatchupEntries,
      leaseCheckpointIntervalMs: settings.leaseCheckpointIntervalMs,
      watchProgressNotifyIntervalMs: 1000,
      compactionBatchLimit: settings.compactionBatchLimit,
      strictReconfigCheck: settings.strict,
    };
  }

  /** Members that a client may know of. */
  callable(): readonly Machine[] {
    const known = this.#cluster ?? this.machines;
    const members = known.filter(({ state }) => state !== 'removed' && state !== 'broken');
    return members.length > 0 ? members : this.machines;
  }

  /** The machine that claims to lead, with the highest term. */
  leader(): Machine | undefined {
    const leaders = this.machines.filter(({ replica }) => replica?.isLeader === true);
    return leaders.toSorted((a, b) => (b.replica?.term ?? 0) - (a.replica?.term ?? 0))[0];
  }

  async describeCluster(): Promise<ClusterDescription> {
    await this.scheduler.sleep(1);
    // The machine with the highest applied index, which knows the newest members.
    const replicas = this.machines.flatMap(({ replica }) =>
      replica === undefined ? [] : [replica],
    );
    const [best] = replicas.toSorted((a, b) => b.state.appliedIndex - a.state.appliedIndex);
    if (best === undefined) return { clusterId: '0', members: [] };
    return { clusterId: best.clusterId, members: best.state.members };
  }

  // Clocks.

  /** A clock that is never slower than any machine's. */
  fastMs(): number {
    return this.#fastMs + (this.scheduler.nowMs - this.#fastSinceMs) * this.#fastRate;
  }

  setClockRate(machine: Machine, rate: number): void {
    this.#fastMs = this.fastMs();
    this.#fastSinceMs = this.scheduler.nowMs;
    machine.clock.setRate(rate);
    this.#fastRate = Math.max(1, ...this.machines.map(({ clock }) => clock.rate));
  }

  jumpClock(machine: Machine, aheadMs: number): void {
    this.#fastMs += aheadMs;
    machine.clock.jump(aheadMs);
  }

  // Observations of clients.

  get ackedRevision(): number {
    return this.#ackedRevision;
  }

  /** A client has seen this revision: later linearizable reads must not show an older one. */
  acked(revision: number): void {
    this.#ackedRevision = Math.max(this.#ackedRevision, revision);
  }

  /** A client was told that its write did not happen. */
  neverWritten(value: string, who: string): void {
    this.#neverWritten.set(value, who);
    if (this.model.written(value) !== undefined) throw this.#writtenAfterAll(value, who);
  }

  #writtenAfterAll(value: string, who: string): Violation {
    return new Violation(`${who} was told that "${value}" was not written, and it was`);
  }

  // Checking.

  check(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error: unknown): void {
    this.failure ??= error;
    this.scheduler.stop();
  }

  belongs(engine: Engine, machine: Machine): void {
    this.#owners.set(engine, machine);
  }

  looked(machine: Machine): void {
    const { replica } = machine;
    if (replica === undefined) return;
    const { id, term, commitIndex } = replica;
    this.trace.mix(term, commitIndex, replica.state.revision);
    this.check(() => {
      if (replica.isLeader) this.ledger.leads(id, term);
      checkMemory(machine, replica, this.settings);
      this.#checkHangingDisk(machine, replica);
    });
  }

  /** A leader whose disk hangs must hand over or step down, if the others can do without it. */
  #checkHangingDisk({ disk, process, name, clock }: Machine, replica: Replica): void {
    const isBehind =
      replica.isLeader &&
      process?.isStopping === false &&
      disk.hangsSinceMs !== undefined &&
      replica.commitIndex > disk.durable.lastIndex;
    if (!isBehind) {
      this.#behindSinceMs.delete(replica);
      return;
    }
    const nowMs = clock.nowMs();
    const before = this.#behindSinceMs.get(replica);
    // A pause, or a jump of the clock, is no time in which it could act.
    const isOngoing = before !== undefined && nowMs - before.lookedMs < 500;
    const sinceMs = isOngoing ? before.sinceMs : nowMs;
    this.#behindSinceMs.set(replica, { sinceMs, lookedMs: nowMs });
    // Three election timeouts until the disk counts as hanging, one until that is checked, one to elect a successor.
    if (nowMs - sinceMs > 7 * process.config.electionTimeoutMs) {
      throw new Violation(`${name} goes on leading with a disk that hangs`);
    }
  }

  asked({ name }: Machine, message: PeerMessage): void {
    if (message.kind !== 'question' || message.question.kind !== 'propose') return;
    for (const command of message.question.commands) {
      const asks = (this.#asks.get(command) ?? 0) + 1;
      this.#asks.set(command, asks);
      if (asks > asksMax) {
        this.check(() => {
          throw new Violation(`${name} has asked for the same write ${asks} times`);
        });
      }
    }
  }

  /** What the observer throws here would be an error of the watch, and be survived. */
  #cataloged(catalog: Catalog): void {
    try {
      if (this.catalogs.look(catalog)) this.trace.count('catalogs compared');
    } catch (error) {
      this.failed(error);
    }
  }

  #stepped(raft: Raft): void {
    this.#loseLeaderWhileJoint(raft);
    this.#checked(() => {
      this.ledger.configured(raft);
      if (raft.role === 'leader') this.ledger.elected(raft);
    });
  }

  #committed(raft: Raft, entries: readonly Entry[]): void {
    this.#checked(() => this.ledger.committed(raft, entries));
  }

  #applied(state: State, index: number, command: Command, applied: Applied): void {
    const machine = this.#owners.get(state);
    const who = machine?.name ?? 'somebody';
    this.#checked(() => {
      if (command.origin !== undefined) {
        this.trace.count('commands of users applied');
        this.#checkKnows(machine, state, index, originLevel);
      }
      if (isAuthCommand(command)) this.#checkKnows(machine, state, index, authLevel);
      this.model.applied(who, state, index, command, applied);
      this.users?.applied(machine, state, index, command, applied);
    });
  }

  /** An older release would have stopped at such a command. */
  #checkKnows(machine: Machine | undefined, state: State, index: number, level: number): void {
    if (machine === undefined || machine.level >= level) return;
    // A removed member may go on for a moment, and nobody waits for it.
    if (machine.id !== undefined && state.removedMembers.includes(machine.id)) return;
    throw new Violation(
      `${machine.name} does not know the command at ${index} yet, of level ${level}`,
    );
  }

  #loaded(engine: Engine, state: State): void {
    const owner = this.#owners.get(engine);
    if (owner === undefined) return;
    this.#owners.set(state, owner);
    this.#checked(() => this.model.compareDigest(owner.name, state));
  }

  /** The violation is kept even if the product, through which it is thrown, catches it. */
  #checked(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  #firstApplied(index: number, command: Command, applied: Applied): void {
    this.trace.count('commands');
    this.users?.model.applied(index, command, applied);
    for (const { kv } of applied.events) {
      const value = textOf(kv.value);
      const who = this.#neverWritten.get(value);
      if (who !== undefined) throw this.#writtenAfterAll(value, who);
      this.users?.written(value, index);
    }
    if (command.kind === 'lease-grant' && applied.result.kind !== 'error') {
      this.leases.granted(command.id);
    }
    if (command.kind === 'lease-revoke' && applied.result.kind !== 'error') {
      this.leases.revoked(command.id);
      const left = this.model.at({ start: '', end: undefined }, applied.revision);
      const orphan = left.find(({ lease }) => lease === command.id);
      if (orphan !== undefined) {
        throw new Violation(`key ${orphan.key} has outlived its lease ${command.id.toString(16)}`);
      }
    }
  }

  /**
   * Operators change one member at a time, which needs no joint configuration. Here their request goes through one,
   * and a learner may become a voter as another member leaves; in the state it stays a learner until it is promoted.
   */
  #jointly({ configuration }: Raft, change: MembershipChange): MembershipChange | undefined {
    const { voters, learners } = configuration;
    // A sole voter could not get the vote of a second one that does not know of its own membership yet.
    if (!this.settings.joint || voters.length === 1) return undefined;
    const learner = learners.find((id) => !change.remove.includes(id));
    if (change.remove.length > 0 && learner !== undefined) {
      return { ...change, addVoters: [learner] };
    }
    // The product would have refused this voter, had the state known all voters.
    const { addVoters } = change;
    const alive = voters.filter((id) => this.machines.some((one) => one.replica?.id === id));
    if (addVoters.length === 0 || alive.length * 2 > voters.length + 1) return change;
    return { ...change, addVoters: [], addLearners: addVoters };
  }

  #changedJointly({ leader }: Raft): void {
    this.trace.count('fault joint change');
    if (this.random.chance(0.7)) this.#losesChange = this.machines.find(({ id }) => id === leader);
  }

  /** Crashes the leader at the worst moment: others have the joint configuration, and it is not committed. */
  #loseLeaderWhileJoint({ role, configuration }: Raft): void {
    const machine = this.#losesChange;
    if (machine === undefined || role === 'leader' || configuration.outgoing.length === 0) return;
    this.#losesChange = undefined;
    this.scheduler.after(0, () => {
      if (!this.isOpen || machine.state !== 'running') return;
      this.trace.count('fault crash while joint');
      machine.crash('process');
    });
  }

  /** The newest configuration in any log, and whether all logs agree on it. */
  configuration(): { newest: Configuration; isSettled: boolean } {
    let newest: Configuration = { voters: [], outgoing: [], learners: [] };
    let newestTerm = -1;
    let newestIndex = -1;
    const seen = new Set<string>();
    for (const { disk, state } of this.machines) {
      if (state === 'removed' || state === 'broken') continue;
      const { base, entries } = disk.durable;
      const entry = entries.findLast(({ kind }) => kind === 'membership');
      const configuration = entry?.configuration ?? base.configuration;
      const index = entry?.index ?? base.index;
      const term = entry?.term ?? base.term;
      if (base.index > 0) seen.add(JSON.stringify(configuration));
      if (term > newestTerm || (term === newestTerm && index > newestIndex)) {
        newest = configuration;
        newestTerm = term;
        newestIndex = index;
      }
    }
    return { newest, isSettled: seen.size <= 1 };
  }

  #situation(): string {
    const states = this.machines.map(({ state, isPaused, replica }) =>
      isPaused ? 'paused' : replica?.isLeader === true ? 'leading' : state,
    );
    return `${states.toSorted().join()}${this.network.hasCuts ? ' cut' : ''}`;
  }

  /** Machines in order of id, so that nothing depends on the order of their creation. */
  machinesById(): readonly Machine[] {
    return this.machines.toSorted((a, b) => compareMemberIds(a.id ?? '', b.id ?? ''));
  }
}

/** Nothing may grow without bound, whatever the faults. */
function checkMemory(
  { name, disk, process }: Machine,
  replica: Replica,
  { crowds, openBytesMax }: Settings,
): void {
  const { logLength, pendingProposals } = replica;
  const pendingMax = proposalsMax + 2 * crowds * crowdCallsMax;
  const openMax = Math.floor(openBytesMax / entryBytesMin) + pendingMax;
  const { snapshotCount, snapshotCatchupEntries } = process!.config;
  const held = Math.max(disk.current.entries.length, logLength);
  const openHere = crowds === 0 && openBytesMax >= 1 << 20 ? 0 : openMax;
  const heldMax = snapshotCount + snapshotCatchupEntries + logSlackMax + openHere;
  if (held > heldMax) throw new Violation(`${name} has let its log grow to ${held} entries`);
  const unwritten = replica.lastIndex - disk.durable.lastIndex;
  if (replica.isLeader && unwritten > openMax) {
    throw new Violation(`${name} has accepted ${unwritten} entries that its disk has not written`);
  }
  if (pendingProposals > pendingMax) {
    throw new Violation(`${name} has ${pendingProposals} proposals waiting`);
  }
}

function urlOf(name: string): string {
  return `http://${name}:2380`;
}

function networkOf({ delayMsMax, loss, duplication, reordering, reset }: Settings) {
  return { delayMsMax, loss, duplication, reordering, reset };
}
