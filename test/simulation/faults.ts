import type { MemberId } from '../../src/base/member-id.ts';
import { callMember } from './caller.ts';
import type { Machine } from './machine.ts';
import type { SeededRandom } from './random.ts';
import type { FaultKind } from './settings.ts';
import { Session } from './users/session.ts';
import type { World } from './world.ts';

/** Maximum number of members. */
const membersMax = 7;

/** Injects faults one after the other, and ends some of them. */
export class Faults {
  readonly #world: World;
  readonly #session: Session;
  readonly #random: SeededRandom;
  /** The machine whose disk is damaged. From then on operators remove only this one. */
  #rotten: Machine | undefined;

  constructor(world: World, random: SeededRandom) {
    this.#world = world;
    this.#session = new Session(world, 'operators', 'operator');
    this.#random = random;
  }

  async live(): Promise<void> {
    const { settings, scheduler } = this.#world;
    for (let learner = 0; learner < settings.learners; learner++) {
      scheduler.after(this.#random.real(800, 3000), () => this.#operate(() => this.#add(true)));
    }
    if (settings.faults.length === 0) return;
    while (this.#world.isOpen) {
      await scheduler.sleep(this.#random.real(1, 2 * settings.faultEveryMs));
      if (this.#world.isOpen) this.#inject(this.#random.pick(settings.faults));
    }
  }

  #inject(kind: FaultKind): void {
    const { trace } = this.#world;
    const random = this.#random;
    const running = this.#world.machines.filter(({ state }) => state === 'running');
    if (running.length === 0) return;
    const leader = running.find(({ replica }) => replica?.isLeader === true);
    // Faults of the leader matter most.
    const machine = leader !== undefined && random.chance(0.35) ? leader : random.pick(running);
    const told = (text: string): void => trace.fault(kind, machine.name, () => text);
    switch (kind) {
      case 'partition':
      case 'one-way partition':
      case 'partial partition':
        this.#cut(kind, machine, running);
        break;
      case 'process crash':
        machine.crash('process');
        break;
      case 'power loss':
        for (const one of random.chance(0.15) ? running : [machine]) one.crash('power');
        break;
      case 'crash at a write boundary':
        machine.crashAtBoundary = random.between(1, 8);
        break;
      case 'pause': {
        const pauseMs = random.real(100, 4000);
        told(`for ${pauseMs.toFixed(0)} ms`);
        machine.pause();
        this.#later(pauseMs, () => machine.resume());
        break;
      }
      case 'clock drift': {
        const rate = random.real(0.75, 1.4);
        told(`runs at ${rate.toFixed(2)}`);
        this.#world.setClockRate(machine, rate);
        break;
      }
      case 'clock jump': {
        const aheadMs = random.real(50, 6000);
        told(`${aheadMs.toFixed(0)} ms ahead`);
        this.#world.jumpClock(machine, aheadMs);
        break;
      }
      case 'slow disk':
        machine.disk.slowMs = random.real(20, 900);
        told(`up to ${machine.disk.slowMs.toFixed(0)} ms`);
        this.#later(random.real(500, 4000), () => {
          machine.disk.slowMs = 0;
        });
        break;
      case 'hanging disk': {
        // At one member at a time: the others must continue without it.
        if (running.some(({ disk }) => disk.hangsSinceMs !== undefined)) return;
        const hangsMs = random.chance(0.5) ? random.real(500, 5000) : 30_000;
        machine.disk.hangsSinceMs = this.#world.scheduler.nowMs;
        told(`for ${hangsMs.toFixed(0)} ms`);
        this.#later(hangsMs, () => {
          machine.disk.hangsSinceMs = undefined;
        });
        break;
      }
      case 'full disk':
        machine.disk.isFull = true;
        told('until somebody makes room');
        this.#later(random.real(300, 3000), () => {
          machine.disk.isFull = false;
        });
        break;
      case 'failed read':
        machine.disk.readsToFailure = random.between(1, 3);
        told(`at read ${machine.disk.readsToFailure} from now`);
        break;
      case 'bit rot':
        this.#rot(machine, running);
        break;
      case 'member added':
        this.#operate(() => this.#add(random.chance(0.5)));
        break;
      case 'member removed':
        this.#operate(() => this.#remove(machine));
        break;
      case 'member replaced':
        this.#operate(() => this.#replace(machine));
        break;
      case 'learner promoted':
        this.#operate(() => this.#promote(machine));
        break;
      case 'leader transfer':
        this.#operate(() => this.#transfer());
        break;
      case 'compaction':
        this.#operate(() => this.#compact(machine));
        break;
      case 'rolling restart':
        this.#operate(() => this.#rollingRestart(running));
        break;
      case 'bad network':
        this.#spoilNetwork();
        break;
    }
  }

  /** Runs later, if the phase of faults still lasts; its end heals everything anyway. */
  #later(delayMs: number, action: () => void): void {
    this.#world.scheduler.after(delayMs, () => {
      if (this.#world.isOpen) action();
    });
  }

  #cut(kind: FaultKind, machine: Machine, running: readonly Machine[]): void {
    const { network, trace } = this.#world;
    const random = this.#random;
    const others = random.shuffled(
      running.filter((one) => one.id !== undefined && one !== machine),
    );
    const all = [machine, ...others];
    if (all.length < 2) return;
    const pairs: (readonly [Machine, Machine])[] = [];
    if (kind === 'partition') {
      const size = random.chance(0.5) ? 1 : random.between(1, all.length - 1);
      for (const one of all.slice(0, size)) {
        for (const other of all.slice(size)) pairs.push([one, other], [other, one]);
      }
    } else if (kind === 'one-way partition') {
      const isOutward = random.chance(0.5);
      for (const other of others) pairs.push(isOutward ? [machine, other] : [other, machine]);
    } else {
      for (const [at, one] of all.entries()) {
        for (const other of all.slice(at + 1)) {
          if (random.chance(0.3)) pairs.push([one, other], [other, one]);
        }
      }
    }
    trace.fault(
      kind,
      'net',
      () => pairs.map(([from, to]) => `${from.name}>${to.name}`).join(' ') || 'nobody',
    );
    const ids = pairs.map(([from, to]) => [from.id!, to.id!] as const);
    for (const [from, to] of ids) network.cut(from, to);
    this.#later(random.real(100, 5000), () => {
      for (const [from, to] of ids) network.heal(from, to);
    });
  }

  #spoilNetwork(): void {
    const { network, trace } = this.#world;
    const random = this.#random;
    const usual = network.settings;
    if (usual.loss > 0.2) return;
    network.settings = {
      delayMsMax: random.pick([20, 100, 300]),
      loss: random.real(0, 0.4),
      duplication: random.real(0, 0.3),
      reordering: random.real(0, 0.5),
      reset: random.real(0, 0.05),
    };
    trace.fault('bad network', 'net', () => JSON.stringify(network.settings));
    this.#later(random.real(500, 4000), () => {
      network.settings = usual;
    });
  }

  /** At one member at most, and only if the others have a majority without it. */
  #rot(machine: Machine, running: readonly Machine[]): void {
    if (this.#rotten !== undefined || running.length < 3 || this.#world.operatorsAtWork > 0) return;
    const what = machine.disk.rot(this.#random);
    if (what === undefined) return;
    this.#rotten = machine;
    this.#world.trace.fault('bit rot', machine.name, () => what);
    this.#later(this.#random.real(100, 2000), () => machine.crash('process'));
    this.#later(this.#random.real(3000, 5000), () => {
      if (machine.state === 'broken') this.#operate(() => this.#replace(machine));
    });
  }

  // Actions of operators.

  #operate(work: () => Promise<unknown>): void {
    const world = this.#world;
    world.operatorsAtWork++;
    work().then(
      () => world.operatorsAtWork--,
      (error: unknown) => world.failed(error),
    );
  }

  async #add(isLearner: boolean): Promise<boolean> {
    const world = this.#world;
    const members = world.machines.filter(({ state }) => state !== 'removed');
    if (members.length >= membersMax) return false;
    const machine = world.newMachine('existing');
    // It does not belong to the cluster before it is added.
    machine.state = 'removed';
    const peerUrls = machine.config.initialAdvertisePeerUrls;
    const reply = await callMember(this.#session, this.#anyone(), (operations, as) =>
      operations.memberAdd({ peerUrls, isLearner }, as),
    );
    if (reply.kind === 'refused' || reply.kind === 'unreachable') return false;
    world.trace.fault('member added', machine.name, () => (isLearner ? 'as a learner' : 'to vote'));
    world.bringIn(machine);
    return true;
  }

  async #remove(machine: Machine): Promise<boolean> {
    const world = this.#world;
    const { id } = machine;
    const members = world.machines.filter(({ state }) => state !== 'removed');
    if (id === undefined || members.length <= 1) return false;
    if (this.#rotten !== undefined && this.#rotten !== machine) return false;
    const reply = await callMember(this.#session, this.#anyone(machine), (operations, as) =>
      operations.memberRemove(id, as),
    );
    if (reply.kind !== 'ok') return false;
    world.trace.fault('member removed', machine.name, () => id);
    if (machine.state === 'broken') machine.state = 'removed';
    return true;
  }

  async #replace(machine: Machine): Promise<void> {
    if (!(await this.#remove(machine))) return;
    if (await this.#add(this.#random.chance(0.5))) {
      this.#world.trace.fault('member replaced', machine.name, () => 'by a new one');
    }
  }

  async #promote(machine: Machine): Promise<void> {
    const world = this.#world;
    const learner = machine.replica?.state.members.find(({ isLearner }) => isLearner);
    if (learner === undefined) return;
    const reply = await callMember(this.#session, this.#anyone(), (operations, as) =>
      operations.memberPromote(learner.id, as),
    );
    if (reply.kind === 'ok') world.trace.fault('learner promoted', 'op', () => learner.id);
  }

  async #transfer(): Promise<void> {
    const world = this.#world;
    const leader = world.machines.find(({ replica }) => replica?.isLeader === true);
    const others = world.machines.filter((one) => one !== leader && one.id !== undefined);
    if (leader === undefined || others.length === 0) return;
    const target: MemberId = this.#random.pick(others).id!;
    world.trace.fault('leader transfer', leader.name, () => `to ${target}`);
    await callMember(this.#session, leader, (operations, as) => operations.moveLeader(target, as));
  }

  async #compact(machine: Machine): Promise<void> {
    const world = this.#world;
    const revision = Math.max(1, world.model.revision - this.#random.between(0, 40));
    world.trace.fault('compaction', machine.name, () => `to revision ${revision}`);
    await callMember(this.#session, machine, (operations, as) =>
      operations.compact({ revision, physical: this.#random.chance(0.3) }, as),
    );
  }

  async #rollingRestart(running: readonly Machine[]): Promise<void> {
    const world = this.#world;
    world.trace.fault('rolling restart', 'op', () => 'with a changed configuration');
    const random = this.#random;
    const changed = {
      preVote: random.chance(0.7),
      electionTimeoutMs: random.pick([500, 800, 1000]),
      snapshotCount: random.pick([5, 20, 100]),
      snapshotCatchupEntries: random.pick([0, 5, 20]),
      compactionBatchLimit: random.pick([1, 3, 1000]),
    };
    for (const machine of running) {
      if (!world.isOpen) return;
      machine.config = { ...machine.config, ...changed };
      if (random.chance(0.7)) {
        const left = machine.replica?.leave(2000);
        await Promise.race([left, world.scheduler.sleep(3000)]);
        world.trace.count('members that left before they stopped');
      }
      await Promise.race([machine.stop(), world.scheduler.sleep(3000)]);
      machine.start();
      await world.scheduler.sleep(random.real(100, 1500));
    }
  }

  /** A member that an operator asks, other than this one. */
  #anyone(except?: Machine): Machine {
    const others = this.#world.callable().filter((machine) => machine !== except);
    return this.#random.pick(others.length > 0 ? others : this.#world.callable());
  }
}
