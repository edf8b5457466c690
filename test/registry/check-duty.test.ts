import { expect, test } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import { CheckSchedule } from '../../src/registry/check-schedule.ts';
import { CheckWriter } from '../../src/registry/check-writer.ts';
import { followCatalog, Registrar, startCheckDuty } from '../../src/registry/index.ts';
import type {
  Check,
  CheckDuty,
  CheckStatus,
  FollowedCatalog,
  Probe,
  Prober,
  ProbeResult,
} from '../../src/registry/index.ts';
import { idOf, operationsOf, putOf, Stage } from '../operations/stage.ts';
import type { Machine } from '../simulation/machine.ts';
import { anonymous } from '../simulation/callers.ts';

/** Targets whose state a test sets, and a list of who looked at them when. */
class Targets {
  readonly states = new Map<string, ProbeResult>();
  readonly looks: { readonly member: string; readonly target: string; readonly ms: number }[] = [];
  /** Looks under way, by target. */
  readonly open = new Map<string, number>();
  openMax = 0;
  delayMs = 5;

  proberOf(stage: Stage, member: string): Prober {
    return { run: (probe, signal) => this.#look(stage, member, probe, signal) };
  }

  async #look(
    stage: Stage,
    member: string,
    probe: Probe,
    signal: AbortSignal,
  ): Promise<ProbeResult | undefined> {
    const target = 'target' in probe ? probe.target : '';
    this.looks.push({ member, target, ms: stage.nowMs });
    const now = (this.open.get(target) ?? 0) + 1;
    this.open.set(target, now);
    this.openMax = Math.max(this.openMax, now);
    await stage.scheduler.sleep(this.delayMs);
    this.open.set(target, (this.open.get(target) ?? 1) - 1);
    if (signal.aborted) return undefined;
    return this.states.get(target) ?? { status: 'passing', output: 'well' };
  }
}

interface Part {
  readonly machine: Machine;
  readonly followed: FollowedCatalog;
  readonly duty: CheckDuty;
}

interface World {
  readonly stage: Stage;
  readonly targets: Targets;
  readonly parts: readonly Part[];
}

async function open(members = 3, given: { failuresBeforeCritical?: number } = {}): Promise<World> {
  const stage = await Stage.open({ members });
  const targets = new Targets();
  const parts = stage.machines.map((machine) => partOf(stage, targets, machine, given));
  return { stage, targets, parts };
}

function partOf(
  stage: Stage,
  targets: Targets,
  machine: Machine,
  given: { failuresBeforeCritical?: number } = {},
): Part {
  const core = stage.coreOf(machine);
  const followed = followCatalog(core, silentLogger, silentMetrics);
  const operations = operationsOf(machine);
  const registrar = new Registrar({
    operations,
    followed,
    nowMs: () => core.clock.nowMs(),
    wallTimeMs: () => stage.nowMs,
    memberName: 'm1',
  });
  const duty = startCheckDuty({
    core,
    operations,
    followed,
    prober: targets.proberOf(stage, machine.name),
    memberId: idOf(machine),
    clock: core.clock,
    wallTimeMs: () => stage.nowMs,
    logger: silentLogger,
    metrics: silentMetrics,
    failuresBeforeCritical: given.failuresBeforeCritical ?? 0,
    flapDamping: undefined,
    maxTxnOps: 128,
    deregister: (check, ms) => registrar.deregisterCritical(check, ms, anonymous),
  });
  return { machine, followed, duty };
}

interface Definition {
  readonly [field: string]: unknown;
}

/** Registers an instance with one check, as an etcd client would. */
async function register(
  { stage }: World,
  name: string,
  definition: Definition,
  value: Record<string, unknown> = {},
  registration: Record<string, unknown> = {},
): Promise<void> {
  const operations = operationsOf(stage.leader);
  const place = JSON.stringify({ address: '10.0.0.1', port: 80, ...registration });
  await stage.settled(operations.put(putOf(`/services/web/${name}`, place), anonymous));
  await stage.settled(
    operations.put(
      putOf(`/checks/web/${name}/c`, JSON.stringify({ ...value, definition })),
      anonymous,
    ),
  );
}

const tcp = (name: string, interval = '10s'): Definition => ({ TCP: name, Interval: interval });

function checkOn({ followed }: Part, name: string): Check | undefined {
  const subject = {
    kind: 'instance',
    name: { namespace: 'default', service: 'web', instance: name },
  } as const;
  return followed.catalog?.checksOf(subject)[0];
}

const statusesOf = (world: World, name: string): (CheckStatus | undefined)[] =>
  world.parts
    .filter(({ machine }) => machine.replica !== undefined)
    .map((part) => checkOn(part, name)?.status);

const isAll = (world: World, name: string, status: CheckStatus): boolean =>
  statusesOf(world, name).every((one) => one === status);

const ownerOf = ({ parts }: World, name: string): Part => {
  const check = checkOn(parts[0]!, name)!;
  const owner = parts[0]!.duty.runsOf(check)?.owner;
  return parts.find(({ machine }) => idOf(machine) === owner)!;
};

test('a check runs within two seconds, on one member, and its status is seen on all', async () => {
  const world = await open();
  await register(world, 'i1', tcp('t1'));
  await world.stage.until('passing', () => isAll(world, 'i1', 'passing'), 4000);
  const { looks } = world.targets;
  await world.stage.pass(60_000);
  expect(new Set(looks.map(({ member }) => member)).size).toBe(1);
  // The first two runs, and then one in 10 s.
  expect(looks.length).toBeGreaterThanOrEqual(6);
  expect(looks.length).toBeLessThanOrEqual(8);
  expect(checkOn(world.parts[0]!, 'i1')?.output).toBe('well');
});

test('a target that dies is critical on all members within an interval', async () => {
  const world = await open();
  await register(world, 'i1', tcp('t1'));
  await world.stage.until('passing', () => isAll(world, 'i1', 'passing'));
  world.targets.states.set('t1', { status: 'critical', output: 'refused' });
  await world.stage.until('critical', () => isAll(world, 'i1', 'critical'), 10_500);
  expect(checkOn(world.parts[1]!, 'i1')?.output).toBe('refused');
});

test('nothing is written while nothing changes, and no key is there without checks', async () => {
  const world = await open();
  const { state } = world.stage.leader.replica!;
  await world.stage.pass(10_000);
  expect(state.revision).toBe(1);
  await register(world, 'i1', tcp('t1'));
  await world.stage.until('passing', () => isAll(world, 'i1', 'passing'));
  await world.stage.pass(5000);
  const { revision } = state;
  await world.stage.pass(120_000);
  expect(state.revision).toBe(revision);
  const operations = operationsOf(world.stage.leader);
  const range = { start: '/services/web/i1', end: '/services/web/i1\0' };
  await world.stage.settled(operations.deleteRange({ range, prevKv: false }, anonymous));
  const looks = world.targets.looks.length;
  await world.stage.pass(30_000);
  expect(world.targets.looks.length).toBe(looks);
});

test('many checks are spread over the members, and when one dies the others take over', async () => {
  const world = await open();
  const names = Array.from({ length: 30 }, (_, at) => `i${at}`);
  for (const name of names) await register(world, name, tcp(name));
  await world.stage.until('all passing', () =>
    names.every((name) => isAll(world, name, 'passing')),
  );
  await world.stage.pass(10_000);
  const ownersNow = new Map(names.map((name) => [name, ownerOf(world, name).machine]));
  expect(new Set(ownersNow.values()).size).toBe(3);
  const victim = world.stage.followers[0]!;
  const lost = names.filter((name) => ownersNow.get(name) === victim);
  expect(lost.length).toBeGreaterThan(3);
  const diedMs = world.stage.nowMs;
  victim.crash('process');
  await world.stage.pass(10_000);
  const after = world.targets.looks.filter(({ ms }) => ms > diedMs);
  const takenOver = new Set(after.map(({ target }) => target));
  expect(lost.filter((name) => !takenOver.has(name))).toEqual([]);
  expect(after.some(({ member }) => member === victim.name)).toBe(false);
  // The others kept theirs.
  for (const [name, machine] of ownersNow) {
    if (machine === victim) continue;
    const members = after.filter(({ target }) => target === name).map(({ member }) => member);
    expect(new Set(members)).toEqual(new Set([machine.name]));
  }
});

test('a member that is cut off stops running checks when the others take over', async () => {
  const world = await open();
  const names = Array.from({ length: 20 }, (_, at) => `i${at}`);
  for (const name of names) await register(world, name, tcp(name, '1s'));
  await world.stage.pass(10_000);
  const [victim] = world.stage.followers;
  world.stage.isolate(victim!);
  await world.stage.pass(10_000);
  const sinceMs = world.stage.nowMs;
  await world.stage.pass(10_000);
  const late = world.targets.looks.filter(({ ms }) => ms > sinceMs);
  expect(late.some(({ member }) => member === victim!.name)).toBe(false);
  expect(new Set(late.map(({ target }) => target)).size).toBe(20);
});

test('a member that stops gives its checks away at once', async () => {
  const world = await open();
  await register(world, 'i1', tcp('t1', '1s'));
  await world.stage.pass(5000);
  const owner = ownerOf(world, 'i1');
  await world.stage.settled(owner.duty.stop());
  const stoppedMs = world.stage.nowMs;
  await world.stage.pass(1600);
  const after = world.targets.looks.filter(({ ms }) => ms > stoppedMs);
  expect(after.length).toBeGreaterThan(0);
  expect(after.some(({ member }) => member === owner.machine.name)).toBe(false);
});

test('a check never runs twice at once, even if it takes longer than its interval', async () => {
  const world = await open();
  world.targets.delayMs = 2500;
  await register(world, 'i1', tcp('t1', '1s'));
  await world.stage.pass(30_000);
  expect(world.targets.openMax).toBe(1);
  expect(world.targets.looks.length).toBeGreaterThan(8);
});

test('the default of failures before critical counts', async () => {
  const world = await open(1, { failuresBeforeCritical: 3 });
  await register(world, 'i1', tcp('t1', '1s'));
  await world.stage.until('passing', () => isAll(world, 'i1', 'passing'));
  const before = world.targets.looks.length;
  world.targets.states.set('t1', { status: 'critical', output: 'refused' });
  await world.stage.until('critical', () => isAll(world, 'i1', 'critical'));
  expect(world.targets.looks.length - before).toBeGreaterThanOrEqual(3);
});

test('a check whose definition changes runs anew, and one that is removed runs no more', async () => {
  const world = await open();
  await register(world, 'i1', tcp('t1', '5m'));
  await world.stage.until('passing', () => isAll(world, 'i1', 'passing'));
  await register(world, 'i1', tcp('t2', '5m'), { status: 'passing' });
  await world.stage.pass(2000);
  expect(world.targets.looks.map(({ target }) => target)).toEqual(['t1', 't2']);
  const operations = operationsOf(world.stage.leader);
  const range = { start: '/checks/web/i1/c', end: '/checks/web/i1/c\0' };
  await world.stage.settled(operations.deleteRange({ range, prevKv: false }, anonymous));
  await world.stage.pass(600_000);
  expect(world.targets.looks).toHaveLength(2);
});

test('a check runs now when somebody asks any member, and the output of that run is there', async () => {
  const world = await open();
  await register(world, 'i1', tcp('t1', '5m'));
  await world.stage.until('passing', () => isAll(world, 'i1', 'passing'));
  for (const [at, part] of world.parts.entries()) {
    world.targets.states.set('t1', { status: 'passing', output: `look ${at}` });
    const asked = part.duty.runNow(checkOn(part, 'i1')!, anonymous);
    expect(await world.stage.settled(asked)).toBe(true);
    expect(checkOn(part, 'i1')?.output).toBe(`look ${at}`);
  }
  world.targets.states.set('t1', { status: 'critical', output: 'gone' });
  const [part] = world.parts;
  await world.stage.settled(part!.duty.runNow(checkOn(part!, 'i1')!, anonymous));
  expect(checkOn(part!, 'i1')).toMatchObject({ status: 'critical', output: 'gone' });
});

test('a TTL check cannot be run, and asks for no owner', async () => {
  const world = await open(1);
  await register(world, 'i1', { TTL: '10s' });
  await world.stage.pass(3000);
  const check = checkOn(world.parts[0]!, 'i1')!;
  expect(world.parts[0]!.duty.runsOf(check)).toBeUndefined();
  expect(await world.parts[0]!.duty.runNow(check, anonymous)).toBe(false);
  expect(world.stage.leader.replica!.state.revision).toBe(3);
});

test('an instance that is critical for too long is deregistered, and not before', async () => {
  const world = await open();
  const definition = { ...tcp('t1', '5s'), DeregisterCriticalServiceAfter: '1m' };
  await register(world, 'i1', definition);
  await world.stage.until('passing', () => isAll(world, 'i1', 'passing'));
  world.targets.states.set('t1', ill);
  await world.stage.until('critical', () => isAll(world, 'i1', 'critical'));
  await world.stage.pass(50_000);
  world.targets.states.delete('t1');
  await world.stage.until('passing again', () => isAll(world, 'i1', 'passing'));
  await world.stage.pass(60_000);
  expect(checkOn(world.parts[0]!, 'i1')).toBeDefined();
  world.targets.states.set('t1', ill);
  await world.stage.until('critical again', () => isAll(world, 'i1', 'critical'));
  await world.stage.pass(62_000);
  expect(checkOn(world.parts[0]!, 'i1')).toBeUndefined();
  expect(world.parts[0]!.followed.catalog?.instancesById('i1')).toEqual([]);
});

const ill: ProbeResult = { status: 'critical', output: 'refused' };
const shortLived = (name: string): Definition => ({
  ...tcp(name, '5s'),
  DeregisterCriticalServiceAfter: '1m',
});

test('the time of an instance that is critical goes on when the owner of its check dies', async () => {
  const world = await open();
  const names = Array.from({ length: 6 }, (_, at) => `i${at}`);
  for (const name of names) await register(world, name, shortLived(name));
  await world.stage.until('passing', () => names.every((one) => isAll(world, one, 'passing')));
  for (const name of names) world.targets.states.set(name, ill);
  await world.stage.until('critical', () => names.every((one) => isAll(world, one, 'critical')));
  const [victim] = world.stage.followers;
  const lost = names.filter((name) => ownerOf(world, name).machine === victim);
  expect(lost).not.toEqual([]);
  await world.stage.pass(25_000);
  victim!.crash('process');
  const others = world.parts.filter(({ machine }) => machine !== victim);
  await world.stage.pass(28_000);
  expect(lost.every((name) => checkOn(others[0]!, name) !== undefined)).toBe(true);
  await world.stage.pass(10_000);
  expect(lost.filter((name) => checkOn(others[0]!, name) !== undefined)).toEqual([]);
});

test('it goes on when the member restarts, which looks for itself for a while first', async () => {
  const world = await open(1);
  await register(world, 'i1', shortLived('t1'));
  await world.stage.until('passing', () => isAll(world, 'i1', 'passing'));
  world.targets.states.set('t1', ill);
  await world.stage.until('critical', () => isAll(world, 'i1', 'critical'));
  await world.stage.pass(55_000);
  const [first] = world.parts;
  await world.stage.settled(first!.duty.stop());
  first!.followed.stop();
  const second = partOf(world.stage, world.targets, first!.machine);
  await world.stage.pass(27_000);
  expect(checkOn(second, 'i1')?.status).toBe('critical');
  await world.stage.pass(10_000);
  expect(checkOn(second, 'i1')).toBeUndefined();
});

test('a service that fails as a whole is not emptied by it', async () => {
  const world = await open(1);
  const names = ['i1', 'i2', 'i3'];
  for (const name of names) {
    await register(world, name, shortLived(name), {}, { protectShare: 0.5 });
  }
  await world.stage.until('passing', () => names.every((one) => isAll(world, one, 'passing')));
  for (const name of names) world.targets.states.set(name, ill);
  await world.stage.until('critical', () => names.every((one) => isAll(world, one, 'critical')));
  await world.stage.pass(150_000);
  expect(names.every((name) => checkOn(world.parts[0]!, name) !== undefined)).toBe(true);
  world.targets.states.delete('i1');
  world.targets.states.delete('i2');
  await world.stage.pass(36_000);
  expect(names.filter((name) => checkOn(world.parts[0]!, name) !== undefined)).toEqual([
    'i1',
    'i2',
  ]);
});

test('a registration says how much its checks may flap', async () => {
  const world = await open(1);
  await register(world, 'i1', tcp('t1', '1s'), {}, { flapDamping: '1/1m' });
  for (const _ of [1, 2]) {
    await world.stage.until('passing', () => isAll(world, 'i1', 'passing'));
    world.targets.states.set('t1', ill);
    await world.stage.until('critical', () => isAll(world, 'i1', 'critical'));
    world.targets.states.delete('t1');
  }
  await world.stage.pass(10_000);
  expect(checkOn(world.parts[0]!, 'i1')?.status).toBe('critical');
  const place = JSON.stringify({ address: '10.0.0.1', port: 80, flapDamping: 'off' });
  const change = operationsOf(world.stage.leader).put(putOf('/services/web/i1', place), anonymous);
  await world.stage.settled(change);
  await world.stage.pass(2000);
  expect(checkOn(world.parts[0]!, 'i1')?.status).toBe('passing');
});

test('an alias follows the checks of another instance', async () => {
  const world = await open();
  await register(world, 'i1', tcp('t1', '1s'));
  await register(world, 'i2', { AliasService: 'i1' });
  await world.stage.until('passing', () => isAll(world, 'i2', 'passing'));
  world.targets.states.set('t1', { status: 'critical', output: 'refused' });
  await world.stage.until('critical', () => isAll(world, 'i2', 'critical'));
  expect(checkOn(world.parts[0]!, 'i2')?.output).toBe('Aliased check "c" failing: refused');
  await register(world, 'i3', { AliasService: 'nobody' });
  await world.stage.until('an output', () => (checkOn(world.parts[0]!, 'i3')?.output ?? '') !== '');
  expect(checkOn(world.parts[0]!, 'i3')).toMatchObject({
    status: 'critical',
    output: 'Service nobody could not be found on node rollcall',
  });
});

test('aliases in a circle are as well as the checks that are really made', async () => {
  const world = await open();
  await register(world, 'i1', { AliasService: 'i2' });
  await register(world, 'i2', { AliasService: 'i3' });
  await register(world, 'i3', { AliasService: 'i1' });
  const names = ['i1', 'i2', 'i3'];
  await world.stage.until('passing', () => names.every((one) => isAll(world, one, 'passing')));
  const operations = operationsOf(world.stage.leader);
  const value = JSON.stringify({ status: 'passing', definition: tcp('t1', '1s') });
  await world.stage.settled(operations.put(putOf('/checks/web/i2/real', value), anonymous));
  await world.stage.pass(2000);
  world.targets.states.set('t1', ill);
  await world.stage.until('critical', () => names.every((one) => isAll(world, one, 'critical')));
  expect(checkOn(world.parts[0]!, 'i3')?.output).toBe(
    'Aliased check "c" failing: Aliased check "real" failing: refused',
  );
  world.targets.states.delete('t1');
  await world.stage.until('passing', () => names.every((one) => isAll(world, one, 'passing')));
});

test('a write that somebody else came before is decided anew', async () => {
  const world = await open(1);
  await register(world, 'i1', tcp('t1', '1s'));
  await world.stage.until('passing', () => isAll(world, 'i1', 'passing'));
  await register(world, 'i1', tcp('t1', '1s'), { status: 'critical', notes: 'by hand' });
  await world.stage.until('passing', () => isAll(world, 'i1', 'passing'), 3000);
  expect(checkOn(world.parts[0]!, 'i1')?.notes).toBe('by hand');
});

test('a key of a member that somebody deletes is written again', async () => {
  const world = await open(1);
  await register(world, 'i1', tcp('t1', '1s'));
  await world.stage.until('passing', () => isAll(world, 'i1', 'passing'));
  const operations = operationsOf(world.stage.leader);
  const range = { start: '/consul/', end: '/consul0' };
  await world.stage.settled(operations.deleteRange({ range, prevKv: false }, anonymous));
  await world.stage.pass(3000);
  const sinceMs = world.stage.nowMs;
  await world.stage.pass(3000);
  expect(world.targets.looks.filter(({ ms }) => ms > sinceMs).length).toBeGreaterThan(1);
});

test('a change of the notes does not begin the time until deregistration anew', async () => {
  const world = await open(1);
  const definition = { ...tcp('t1', '5s'), DeregisterCriticalServiceAfter: '1m' };
  world.targets.states.set('t1', { status: 'critical', output: 'refused' });
  await register(world, 'i1', definition);
  await world.stage.pass(50_000);
  await register(world, 'i1', definition, { notes: 'looking at it' });
  await world.stage.pass(15_000);
  expect(checkOn(world.parts[0]!, 'i1')).toBeUndefined();
});

test('what was decided on an older revision of a check is not written', async () => {
  const { stage, parts } = await open(1);
  const world = { stage, parts, targets: new Targets() };
  await register(world, 'i1', { TTL: '10s' });
  await stage.until('the check', () => checkOn(parts[0]!, 'i1') !== undefined);
  const old = checkOn(parts[0]!, 'i1')!;
  await register(world, 'i1', { TTL: '20s' }, { status: 'warning' });
  await stage.pass(100);
  const core = stage.coreOf(stage.leader);
  const writer = new CheckWriter(operationsOf(stage.leader), core.clock, silentLogger, {
    maxTxnOps: 128,
    wallTimeMs: () => 0,
  });
  const verdict = { status: 'passing', output: 'well' } as const;
  const write = (check: Check): Promise<boolean> =>
    new Promise((done) => writer.write({ check, verdict, run: undefined, done }));
  expect(await stage.settled(write(old))).toBe(false);
  expect(checkOn(parts[0]!, 'i1')).toMatchObject({ saidStatus: 'warning', output: 'TTL expired' });
  expect(await stage.settled(write(checkOn(parts[0]!, 'i1')!))).toBe(true);
  await stage.pass(100);
  expect(checkOn(parts[0]!, 'i1')).toMatchObject({
    saidStatus: 'passing',
    output: expect.stringMatching(/: well$/),
  });
});

test('writes of one turn share a transaction', async () => {
  const { stage, parts, targets } = await open(1);
  const world = { stage, parts, targets };
  const names = ['i1', 'i2', 'i3', 'i4'];
  for (const name of names) await register(world, name, { TTL: '10s' });
  await stage.pass(100);
  const core = stage.coreOf(stage.leader);
  const writer = new CheckWriter(operationsOf(stage.leader), core.clock, silentLogger, {
    maxTxnOps: 128,
    wallTimeMs: () => 0,
  });
  const before = core.state.revision;
  const verdict = { status: 'passing', output: 'well' } as const;
  const written = names.map(
    (name) =>
      new Promise((done) =>
        writer.write({ check: checkOn(parts[0]!, name)!, verdict, run: undefined, done }),
      ),
  );
  await stage.settled(Promise.all(written));
  expect(core.state.revision).toBe(before + 1);
});

function withResolvers<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
} {
  let resolve: ((value: T) => void) | undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve: (value) => resolve?.(value) };
}

test('a run that ends after its check was given away says nothing', async () => {
  const { stage } = await open(1);
  const { clock } = stage.coreOf(stage.leader);
  const { promise, resolve: finish } = withResolvers<ProbeResult>();
  const prober = { run: () => promise };
  const results: ProbeResult[] = [];
  const probe = { kind: 'udp', target: 't', timeoutMs: 1, outputBytesMax: 1 } as const;
  const scheduled = { probe, intervalMs: 1000, isNew: true };
  const schedule = new CheckSchedule('c', scheduled, { clock, prober }, (result) =>
    results.push(result),
  );
  await stage.pass(1100);
  schedule.stop();
  finish({ status: 'critical', output: '' });
  await stage.pass(5000);
  expect(results).toEqual([]);
});
