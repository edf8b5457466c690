import type { Replica } from '../../src/replica/index.ts';
import { Client, foundOf } from './client.ts';
import type { KeyModel } from './key-model.ts';
import { checkLinearizable, stepsOf, withoutWhatNeverHappened } from './linearizability/index.ts';
import type { HistoryOperation } from './linearizability/index.ts';
import type { Machine } from './machine.ts';
import { Violation } from './trace.ts';
import type { World } from './world.ts';

/** After the healing a majority must have a leader within this many election timeouts. */
export const electionTimeoutsMax = 20;
/** And all members must serve, agree, and have sent all events within this many heartbeat intervals (30 s). */
export const convergenceTicksMax = 300;

/** The second phase: all faults are healed, and the cluster must recover in time. Then the final checks are done. */
export async function runFinalPhase(world: World): Promise<void> {
  const { scheduler, settings, trace } = world;
  const healed = chooseHealed(world);
  if (healed === undefined) trace.count('worlds without an intact majority');
  else {
    trace.tell('all', () => `healed: ${healed.map(({ name }) => name).join()}`);
    world.heal(healed);
    const beganMs = scheduler.nowMs;
    await within(world, electionTimeoutsMax * settings.electionTimeoutMs, 'a leader', () =>
      world.healed.some(({ replica }) => replica?.isLeader === true) ? undefined : 'nobody leads',
    );
    trace.count('elections after healing');
    const endMs = beganMs + convergenceTicksMax * settings.heartbeatIntervalMs;
    const served = serve(world, healed);
    await within(
      world,
      endMs - scheduler.nowMs,
      'to serve, agree and tell',
      () =>
        unfinished(world) ??
        (served.waiting.size > 0
          ? `${[...served.waiting].map(({ name }) => name).join()} serve nobody`
          : undefined),
    );
    world.isSettled = true;
    const members = membersAmong(world, world.healed);
    const isBusy = members.some(({ replica }) => (replica?.pendingProposals ?? 0) > 0);
    const restMs = scheduler.nowMs;
    // By then each call must have been answered, or have timed out.
    if (isBusy || world.unanswered.size > 0) await scheduler.run(restMs + 8000);
    const unanswered = [...world.unanswered].find(({ takenMs }) => takenMs <= restMs);
    if (unanswered !== undefined) {
      const { member, what } = unanswered;
      throw new Violation(`${member} has never answered this: ${what}`);
    }
    for (const machine of members) {
      // An operator's pending request may have removed it by now.
      if (machine.replica !== undefined) checkBounds(world, machine, machine.replica);
    }
  }
  if (world.failure === undefined) checkHistory(world);
}

/** The machines that are healed; undefined if too many disks are damaged for a majority. */
function chooseHealed(world: World): readonly Machine[] | undefined {
  const random = world.random.fork('finale');
  const intact = world
    .machinesById()
    .filter(({ state, disk }) => state !== 'broken' && state !== 'removed' && !disk.isRotten);
  const { newest, isSettled } = world.configuration();
  // The only disk with data is damaged, and no other member has received any.
  if (newest.voters.length === 0) return undefined;
  const isThere = (id: string): boolean => intact.some((machine) => machine.id === id);
  for (const group of [newest.voters, newest.outgoing]) {
    if (group.length > 0 && group.filter(isThere).length * 2 <= group.length) return undefined;
  }
  const isCalm = isSettled && newest.outgoing.length === 0 && world.operatorsAtWork === 0;
  const mayLeaveSome = world.settings.healsMajorityOnly && isCalm;
  if (!mayLeaveSome) return intact;
  const majority = Math.floor(newest.voters.length / 2) + 1;
  const chosen = random.shuffled(newest.voters.filter(isThere)).slice(0, majority);
  return intact.filter(
    ({ id }) => id === undefined || chosen.includes(id) || !newest.voters.includes(id),
  );
}

async function within(
  world: World,
  durationMs: number,
  what: string,
  missing: () => string | undefined,
): Promise<void> {
  const { scheduler } = world;
  const endMs = scheduler.nowMs + durationMs;
  for (;;) {
    await scheduler.run(scheduler.nowMs + 100);
    if (world.failure !== undefined) return;
    const still = missing();
    if (still === undefined) return;
    if (scheduler.nowMs >= endMs) {
      throw new Violation(
        `the healed cluster did not get ${what} within ${durationMs.toFixed(0)} ms: ${still}`,
      );
    }
  }
}

/** Asks every healed member to write and to read, until it does. */
function serve(world: World, healed: readonly Machine[]): { readonly waiting: Set<Machine> } {
  const waiting = new Set<Machine>();
  for (const machine of healed) {
    if (machine.state === 'removed' || machine.state === 'broken') continue;
    waiting.add(machine);
    const client = new Client(`final-${machine.name}`, world, world.random.fork(machine.name));
    const ask = async (): Promise<void> => {
      while (waiting.has(machine) && world.failure === undefined) {
        client.use(machine);
        const isMember = membersAmong(world, [machine]).length > 0;
        if (!isMember || machine.replica?.isLearner === true) {
          await world.scheduler.sleep(300);
          // Learners and removed members serve no client.
          if (world.leader() !== undefined) waiting.delete(machine);
          continue;
        }
        if ((await client.put('k1')) && (await client.get('k1'))) {
          waiting.delete(machine);
        } else await world.scheduler.sleep(100);
      }
    };
    ask().catch((error: unknown) => world.failed(error));
  }
  return { waiting };
}

/** The machines that are members according to the leader. */
function membersAmong(world: World, machines: readonly Machine[]): readonly Machine[] {
  const members = world.leader()?.replica?.state.members ?? [];
  return machines.filter((machine) => members.some(({ id }) => id === machine.id));
}

/** The condition that is not met yet. */
function unfinished(world: World): string | undefined {
  const leader = world.leader()?.replica;
  if (leader === undefined) return 'nobody leads';
  const members = membersAmong(world, world.healed);
  world.narrow(members.filter(({ replica }) => replica?.isLearner === false));
  for (const { name, replica, state } of members) {
    if (replica === undefined) return `${name} is ${state}`;
    if (replica.state.appliedIndex !== leader.commitIndex) {
      const progress = leader.progress.find(({ id }) => id === replica.id);
      return `${name} has applied ${replica.state.appliedIndex} of ${leader.commitIndex} (${JSON.stringify(progress)})`;
    }
    if (replica.leader !== leader.id) return `${name} follows ${replica.leader ?? 'nobody'}`;
  }
  const unaware = world.healed.find((machine) => isRemovedUnawares(machine, leader, members));
  if (unaware !== undefined) return `${unaware.name} was removed, and still runs`;
  for (const watcher of world.watchers) {
    const { missing } = watcher;
    if (missing.length > 0) return `${watcher.name} was not told of ${missing.join(', ')}`;
  }
  const leases = world.leases.live;
  if (leases.length > 0) {
    return `nobody keeps lease ${leases[0]?.toString(16) ?? ''} alive, and it lives`;
  }
  return undefined;
}

/** True if a removed member still runs although it could learn of its removal: any member that it knows can tell. */
function isRemovedUnawares(
  { replica }: Machine,
  leader: Replica,
  members: readonly Machine[],
): boolean {
  if (replica === undefined || !leader.state.removedMembers.includes(replica.id)) return false;
  return replica.state.members.some((known) => members.some(({ id }) => id === known.id));
}

/** An idle member holds no more than it was configured to. */
function checkBounds(world: World, { name, disk, process }: Machine, replica: Replica): void {
  world.model.compareDigest(name, replica.state);
  const { snapshotCount, snapshotCatchupEntries } = process!.config;
  const held = Math.max(disk.current.entries.length, replica.logLength);
  const heldMax = snapshotCount + snapshotCatchupEntries + 64;
  if (held > heldMax)
    throw new Violation(`${name} keeps ${held} log entries, more than ${heldMax}`);
  if (replica.pendingProposals > 0) {
    throw new Violation(`${name} still has ${replica.pendingProposals} proposals of nobody`);
  }
}

function checkHistory(world: World): void {
  const open = [...world.openCalls].map((call, at) => ({
    ...call,
    id: world.history.length + at,
    outcome: 'unknown' as const,
    returnedAt: world.scheduler.nowMs,
  }));
  const calls = [...world.history, ...open];
  const verdict = checkLinearizable(withKnownFates(calls, world.model));
  if (verdict.ok === 'undecided') world.trace.count('histories too hard to judge');
  if (verdict.ok === false)
    throw new Violation(`the history is not linearizable: ${verdict.reason}`);
}

/**
 * Resolves writes of unknown outcome by the log: what is not in it did not happen, and the revision of what is in it
 * is known. This spares the check most of its search; answers that clients got must still be explained.
 */
function withKnownFates(calls: readonly HistoryOperation[], model: KeyModel): HistoryOperation[] {
  const history = withoutWhatNeverHappened(
    calls,
    (_key, value) => model.written(value) !== undefined,
  );
  const unknown = history.filter(({ outcome }) => outcome === 'unknown');
  const written = unknown
    .flatMap(({ call }) => stepsOf(call))
    .map((step) => (step.kind === 'put' ? model.written(step.value) : undefined))
    .filter((kv) => kv !== undefined);
  const read = written.map((kv, at) => ({
    id: calls.length + at,
    client: 'log',
    call: { kind: 'get' as const, key: kv.key },
    outcome: { revision: kv.modRevision, results: [{ kind: 'get' as const, found: foundOf(kv) }] },
    invokedAt: 0,
    returnedAt: Infinity,
  }));
  return [...history, ...read];
}
