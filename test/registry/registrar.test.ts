import { expect, test } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import { createOperations } from '../../src/operations/index.ts';
import type { Operations } from '../../src/operations/index.ts';
import { followCatalog, Registrar } from '../../src/registry/index.ts';
import type { Catalog, NewCheck, RegisterRequest, Registration } from '../../src/registry/index.ts';
import { registrationOf } from '../../src/registry/instance.ts';
import { Stage } from '../operations/stage.ts';
import type { Machine } from '../simulation/machine.ts';
import { anonymous } from '../simulation/callers.ts';

interface Desk {
  readonly registrar: Registrar;
  readonly operations: Operations;
  readonly catalog: () => Catalog;
}

async function deskAt(stage: Stage, machine: Machine): Promise<Desk> {
  const core = stage.coreOf(machine);
  const operations = createOperations(core);
  const followed = followCatalog(core, silentLogger, silentMetrics);
  await stage.until('the catalog', () => followed.catalog !== undefined);
  const registrar = new Registrar({
    operations,
    followed,
    nowMs: () => stage.nowMs,
    wallTimeMs: () => stage.nowMs,
    memberName: 'm1',
  });
  return { registrar, operations, catalog: () => followed.catalog! };
}

function registration(fields: object = {}): Registration {
  const value = { address: '10.0.0.1', port: 80, ...fields };
  const read = registrationOf(Buffer.from(JSON.stringify(value)));
  if (typeof read === 'string') throw new Error(read);
  return read;
}

const ttlCheck = (status?: 'passing' | 'critical', ttl = '10s'): NewCheck => ({
  id: 'service:p1',
  record: { name: 'alive', status, notes: '', type: 'ttl', definition: { TTL: ttl } },
});

function requestOf(service: string, more: Partial<RegisterRequest> = {}): RegisterRequest {
  return {
    name: { namespace: 'default', service, instance: 'p1' },
    registration: registration(),
    checks: [],
    replacesChecks: false,
    ...more,
  };
}

const byId = (id: string) => (catalog: Catalog) => catalog.instancesById(id);
const check = (catalog: Catalog) => catalog.checkById('service:p1');

test('an instance comes with its checks at one revision, and goes with them', async () => {
  const stage = await Stage.open();
  const { registrar, catalog, operations } = await deskAt(stage, stage.leader);
  await stage.settled(registrar.register(requestOf('pay', { checks: [ttlCheck()] }), anonymous));
  expect(catalog().instanceById('p1')).toMatchObject({ status: 'critical', modRevision: 2 });
  expect(check(catalog())).toMatchObject({ modRevision: 2, type: 'ttl' });
  expect(await stage.settled(registrar.deregister(byId('P1'), anonymous))).toBe(true);
  expect(catalog().instanceById('p1')).toBeUndefined();
  expect([...catalog().checks()]).toEqual([]);
  expect(operations.header().revision).toBe(3);
  expect(await stage.settled(registrar.deregister(byId('p1'), anonymous))).toBe(false);
});

test('what is registered already writes nothing', async () => {
  const stage = await Stage.open();
  const { registrar, operations, catalog } = await deskAt(stage, stage.leader);
  const request = requestOf('pay', { checks: [ttlCheck('passing')] });
  await stage.settled(registrar.register(request, anonymous));
  const { revision } = operations.header();
  await stage.settled(registrar.register(request, anonymous));
  expect(operations.header().revision).toBe(revision);
  await stage.settled(
    registrar.register({ ...request, registration: registration({ port: 81 }) }, anonymous),
  );
  expect(operations.header().revision).toBe(revision + 1);
  expect(catalog().instanceById('p1')).toMatchObject({ port: 81, createRevision: 2 });
});

test('registering again keeps the status of a check, and checks that are not named', async () => {
  const stage = await Stage.open();
  const { registrar, catalog } = await deskAt(stage, stage.leader);
  const other: NewCheck = { ...ttlCheck('passing'), id: 'other' };
  await stage.settled(
    registrar.register(requestOf('pay', { checks: [ttlCheck(), other] }), anonymous),
  );
  const report = { status: 'passing', output: 'well' } as const;
  await stage.settled(registrar.report(check, report, anonymous));
  await stage.settled(registrar.register(requestOf('pay', { checks: [ttlCheck()] }), anonymous));
  expect(check(catalog())).toMatchObject({ status: 'passing', output: 'well' });
  expect(catalog().checkById('other')).toBeDefined();
  const request = requestOf('pay', { checks: [ttlCheck()], replacesChecks: true });
  await stage.settled(registrar.register(request, anonymous));
  expect(catalog().checkById('other')).toBeUndefined();
  expect(check(catalog())?.status).toBe('passing');
});

test('an id is in one service only', async () => {
  const stage = await Stage.open();
  const { registrar, catalog } = await deskAt(stage, stage.leader);
  await stage.settled(registrar.register(requestOf('a', { checks: [ttlCheck()] }), anonymous));
  await stage.settled(registrar.register(requestOf('b'), anonymous));
  expect(
    catalog()
      .instancesById('p1')
      .map(({ service }) => service),
  ).toEqual(['b']);
});

test('the checks of an instance go with it to another service, as they are', async () => {
  const stage = await Stage.open();
  const { registrar, catalog, operations } = await deskAt(stage, stage.leader);
  const hold: NewCheck = {
    id: '_hold',
    record: { name: 'hold', status: 'critical', notes: '', type: '', definition: {} },
  };
  const ill: NewCheck = { ...ttlCheck('critical'), id: 'ill' };
  const checks = [ttlCheck('passing'), ill, hold];
  await stage.settled(registrar.register(requestOf('a', { checks }), anonymous));
  const report = { status: 'passing', output: 'well' } as const;
  await stage.settled(registrar.report(check, report, anonymous));
  const { revision } = operations.header();
  const again = requestOf('b', { checks: [{ ...ttlCheck(), id: 'SERVICE:P1' }] });
  await stage.settled(registrar.register(again, anonymous));
  expect(operations.header().revision).toBe(revision + 1);
  expect(catalog().instanceById('p1')).toMatchObject({
    service: 'b',
    status: 'maintenance',
    checks: [
      { id: '_hold', status: 'critical' },
      { id: 'ill', status: 'critical' },
      { id: 'service:p1', status: 'passing', output: 'well' },
    ],
  });
  expect([...catalog().checks()]).toHaveLength(3);
  // It lives on with its TTL.
  await stage.pass(5000);
  expect(check(catalog())?.status).toBe('passing');
  await stage.until('the lapse', () => check(catalog())?.status === 'critical', 20_000);
  // Only an operator's word stays where the checks are replaced.
  const replaced = requestOf('c', { replacesChecks: true });
  await stage.settled(registrar.register(replaced, anonymous));
  expect([...catalog().checks()].map(({ id }) => id)).toEqual(['_hold']);
});

test('IDs of checks that differ in the case of letters are one check', async () => {
  const stage = await Stage.open();
  const { registrar, catalog } = await deskAt(stage, stage.leader);
  const other: NewCheck = { ...ttlCheck('passing'), id: 'Service:P1' };
  const checks = [ttlCheck('passing'), other];
  await stage.settled(registrar.register(requestOf('a', { checks }), anonymous));
  expect([...catalog().checks()].map(({ id }) => id)).toEqual(['service:p1']);
  const again = requestOf('a', { checks: [other], replacesChecks: true });
  await stage.settled(registrar.register(again, anonymous));
  expect([...catalog().checks()]).toMatchObject([{ id: 'service:p1', status: 'passing' }]);
});

test('a status that is one of new checks leaves that of an old one', async () => {
  const stage = await Stage.open();
  const { registrar, catalog } = await deskAt(stage, stage.leader);
  const asAgent: NewCheck = { ...ttlCheck('passing'), keepsStatus: true };
  const request = requestOf('a', { checks: [asAgent] });
  await stage.settled(registrar.register(request, anonymous));
  expect(check(catalog())?.status).toBe('passing');
  const report = { status: 'critical', output: 'ill' } as const;
  await stage.settled(registrar.report(check, report, anonymous));
  await stage.settled(registrar.register(request, anonymous));
  expect(check(catalog())).toMatchObject({ status: 'critical', output: 'ill' });
  await stage.settled(
    registrar.register(requestOf('a', { checks: [ttlCheck('passing')] }), anonymous),
  );
  expect(check(catalog())?.status).toBe('passing');
});

test('a check that gets a TTL is heard from then on', async () => {
  const stage = await Stage.open();
  const { registrar, catalog } = await deskAt(stage, stage.leader);
  const probed: NewCheck = {
    id: 'service:p1',
    record: { name: 'alive', status: 'passing', notes: '', type: 'http', definition: {} },
  };
  await stage.settled(registrar.register(requestOf('a', { checks: [probed] }), anonymous));
  await stage.settled(registrar.register(requestOf('a', { checks: [ttlCheck()] }), anonymous));
  expect(check(catalog())?.status).toBe('passing');
  await stage.until('the lapse', () => check(catalog())?.status === 'critical', 20_000);
});

test('a check with a TTL is passing while it is heard, and its heartbeats write nothing', async () => {
  const stage = await Stage.open({ members: 3 });
  const { registrar, catalog, operations } = await deskAt(stage, stage.followers[0]!);
  const other = await deskAt(stage, stage.leader);
  await stage.settled(registrar.register(requestOf('pay', { checks: [ttlCheck()] }), anonymous));
  const report = { status: 'passing', output: '' } as const;
  await stage.settled(registrar.report(check, report, anonymous));
  const { revision } = operations.header();
  for (let seconds = 0; seconds < 60; seconds += 5) {
    await stage.pass(5000);
    await stage.settled(registrar.report(check, report, anonymous));
    expect(check(catalog())?.status).toBe('passing');
  }
  expect(operations.header().revision).toBe(revision);
  await stage.until('the lapse', () => check(catalog())?.status === 'critical', 20_000);
  await stage.until('the lapse elsewhere', () => check(other.catalog())?.status === 'critical');
  const service = { namespace: 'default', service: 'pay' };
  expect(catalog().service(service)?.revision).toBe(other.catalog().service(service)?.revision);
  // It lives again with the next heartbeat.
  await stage.settled(registrar.report(check, report, anonymous));
  expect(check(catalog())?.status).toBe('passing');
});

test('a new output is written with a new status, and alone once in five minutes', async () => {
  const stage = await Stage.open();
  const { registrar, catalog, operations } = await deskAt(stage, stage.leader);
  const request = requestOf('pay', { checks: [ttlCheck(undefined, '20m')] });
  await stage.settled(registrar.register(request, anonymous));
  const say = (status: 'passing' | 'critical', output: string) =>
    stage.settled(registrar.report(check, { status, output }, anonymous));
  await say('passing', 'one');
  const { revision } = operations.header();
  await say('passing', 'two');
  expect(check(catalog())?.output).toBe('one');
  expect(operations.header().revision).toBe(revision);
  await say('critical', 'three');
  expect(check(catalog())).toMatchObject({ output: 'three', status: 'critical' });
  await stage.pass(301_000);
  await say('critical', 'four');
  expect(check(catalog())?.output).toBe('four');
});

test('a member whose catalog is behind refuses nothing that another one has acknowledged', async () => {
  const stage = await Stage.open({ members: 3 });
  const [first, second] = stage.followers;
  const here = await deskAt(stage, first!);
  const there = await deskAt(stage, second!);
  stage.isolate(second!);
  await stage.settled(here.registrar.register(requestOf('pay'), anonymous));
  expect(there.catalog().instanceById('p1')).toBeUndefined();
  stage.network.healAll();
  expect(await stage.settled(there.registrar.deregister(byId('p1'), anonymous))).toBe(true);
  await stage.until('the deregistration', () => here.catalog().instanceById('p1') === undefined);
});

test('a report that comes while its instance goes leaves nothing behind', async () => {
  const stage = await Stage.open({ members: 3 });
  const [one, two] = await Promise.all(stage.machines.map((machine) => deskAt(stage, machine)));
  const report = { status: 'warning', output: 'late' } as const;
  for (let round = 0; round < 10; round++) {
    const request = requestOf('pay', { checks: [ttlCheck()] });
    await stage.settled(one!.registrar.register(request, anonymous));
    await stage.pass(20);
    await stage.settled(
      Promise.all([
        one!.registrar.deregister(byId('p1'), anonymous),
        two!.registrar.report(check, { ...report, output: `late ${round}` }, anonymous),
      ]),
    );
    await stage.pass(20);
    expect([...one!.catalog().checks()]).toEqual([]);
    expect(one!.catalog().instanceById('p1')).toBeUndefined();
  }
});

test('registrations at the same time through several members all take effect', async () => {
  const stage = await Stage.open({ members: 3 });
  const desks = await Promise.all(stage.machines.map((machine) => deskAt(stage, machine)));
  const calls = desks.flatMap(({ registrar }, at) => [
    registrar.register(
      requestOf('pay', { registration: registration({ tags: [`${at}`] }) }),
      anonymous,
    ),
    registrar.registerNode(
      { name: 'db', id: '', address: `10.0.0.${at}`, taggedAddresses: {}, meta: {} },
      anonymous,
    ),
  ]);
  await stage.settled(Promise.all(calls));
  await stage.pass(1000);
  const seen = desks.map(({ catalog }) => {
    const instance = catalog().instanceById('p1');
    return [instance?.tags, instance?.modRevision, catalog().node('db')?.address];
  });
  expect(seen[1]).toEqual(seen[0]);
  expect(seen[2]).toEqual(seen[0]);
});

test('a node goes with its checks and all instances on it, however many', async () => {
  const stage = await Stage.open();
  const { registrar, catalog } = await deskAt(stage, stage.leader);
  const record = { name: 'DB', id: '', address: '10.0.0.9', taggedAddresses: {}, meta: {} };
  await stage.settled(registrar.registerNode(record, anonymous));
  await stage.settled(
    registrar.registerChecks({ kind: 'node', node: 'db' }, [ttlCheck()], anonymous),
  );
  for (let at = 0; at < 150; at++) {
    const name = { namespace: 'default', service: `s${at % 3}`, instance: `i${at}` };
    const request = requestOf('', { name, registration: registration({ node: 'db' }) });
    await stage.settled(registrar.register(request, anonymous));
  }
  expect(catalog().node('db')).toMatchObject({ name: 'DB', checks: [{ id: 'service:p1' }] });
  expect(await stage.settled(registrar.deregisterNode('Db', anonymous))).toBe(true);
  expect(catalog().node('db')).toBeUndefined();
  expect([...catalog().services()]).toEqual([]);
  expect(await stage.settled(registrar.deregisterNode('db', anonymous))).toBe(false);
});

test('maintenance is a check of its own, which a registration leaves alone', async () => {
  const stage = await Stage.open();
  const { registrar, catalog } = await deskAt(stage, stage.leader);
  await stage.settled(registrar.register(requestOf('pay'), anonymous));
  const { name } = requestOf('pay');
  const maintenance = {
    subject: { kind: 'instance', name },
    id: '_service_maintenance:p1',
    record: {
      name: 'Service Maintenance Mode',
      status: 'critical',
      notes: 'cleaning',
      type: 'maintenance',
      definition: {},
    },
  } as const;
  expect(await stage.settled(registrar.setMaintenance(maintenance, true, anonymous))).toBe(true);
  await stage.settled(registrar.register(requestOf('pay', { replacesChecks: true }), anonymous));
  expect(catalog().instanceById('p1')?.status).toBe('maintenance');
  await stage.settled(registrar.setMaintenance(maintenance, false, anonymous));
  expect(catalog().instanceById('p1')?.status).toBe('passing');
});

test('an unknown instance has no checks and no maintenance', async () => {
  const stage = await Stage.open();
  const { registrar } = await deskAt(stage, stage.leader);
  const subject = { kind: 'instance', name: requestOf('none').name } as const;
  expect(await stage.settled(registrar.registerChecks(subject, [ttlCheck()], anonymous))).toBe(
    false,
  );
  const report = { status: 'passing', output: '' } as const;
  expect(await stage.settled(registrar.report(check, report, anonymous))).toBeUndefined();
  expect(await stage.settled(registrar.deregisterCheck(check, anonymous))).toBe(false);
});

const departureKey = '/consul/departures/pay%2Fp1';
const nameOf = (service: string) => ({ namespace: 'default', service, instance: 'p1' });

test('an instance leaves its reason behind at the revision at which it goes, with a lease that others share', async () => {
  const stage = await Stage.open({ members: 3 });
  const { registrar, operations } = await deskAt(stage, stage.followers[0]!);
  const other = await deskAt(stage, stage.leader);
  const caller = { caller: { api: 'consul', address: '10.0.0.9', identity: undefined } };
  await stage.settled(registrar.register(requestOf('pay', { checks: [ttlCheck()] }), caller));
  await stage.settled(
    registrar.register(requestOf('pay', { name: { ...nameOf('pay'), instance: 'p2' } }), caller),
  );
  await stage.settled(registrar.deregister(byId('p1'), caller));
  const { revision } = operations.header();
  await stage.until('the other catalog', () => other.catalog().revision === revision);
  expect(other.catalog().departure(nameOf('pay'))).toMatchObject({
    reason: 'deregistered',
    actor: { api: 'consul', address: '10.0.0.9', member: 'm1' },
    check: { id: 'service:p1', status: 'critical' },
    revision,
  });
  await stage.settled(other.registrar.deregister(byId('p2'), caller));
  const { ids } = await stage.settled(operations.leaseList({}, anonymous));
  const leases = await Promise.all(
    ids.map((id) => stage.settled(operations.leaseTimeToLive({ id, keys: true }, anonymous))),
  );
  expect(leases.map(({ keys, grantedSeconds }) => [keys, grantedSeconds])).toEqual([
    [[departureKey, '/consul/departures/pay%2Fp2'], 25 * 3600],
  ]);
});

test('registering again removes the reason, and being moved or taken with its node leaves one', async () => {
  const stage = await Stage.open();
  const { registrar, catalog } = await deskAt(stage, stage.leader);
  const reasonOf = (service: string) => catalog().departure(nameOf(service))?.reason;
  const onNode = { registration: registration({ node: 'n1' }) };
  await stage.settled(registrar.register(requestOf('pay'), anonymous));
  await stage.settled(registrar.deregister(byId('p1'), anonymous));
  expect(reasonOf('pay')).toBe('deregistered');
  await stage.settled(registrar.register(requestOf('pay'), anonymous));
  expect(reasonOf('pay')).toBeUndefined();
  await stage.settled(registrar.register(requestOf('shop', onNode), anonymous));
  expect(reasonOf('pay')).toBe('moved');
  await stage.settled(registrar.deregisterNode('n1', anonymous));
  expect(reasonOf('shop')).toBe('node-deregistered');
});

test('an instance leaves its reason behind also after somebody revoked the lease of the last ones', async () => {
  const stage = await Stage.open();
  const { registrar, catalog, operations } = await deskAt(stage, stage.leader);
  const gone = async (): Promise<string | undefined> => {
    await stage.settled(registrar.register(requestOf('pay'), anonymous));
    expect(await stage.settled(registrar.deregister(byId('p1'), anonymous))).toBe(true);
    expect(catalog().instanceById('p1')).toBeUndefined();
    return catalog().departure(nameOf('pay'))?.reason;
  };
  expect(await gone()).toBe('deregistered');
  const { ids } = await stage.settled(operations.leaseList({}, anonymous));
  for (const id of ids) await stage.settled(operations.leaseRevoke(id, anonymous));
  expect(catalog().departureCount).toBe(0);
  expect(await gone()).toBe('deregistered');
});

test('a departure wakes no query of the service, and moves no index, when it lapses', async () => {
  const stage = await Stage.open();
  const { registrar, catalog, operations } = await deskAt(stage, stage.leader);
  await stage.settled(registrar.register(requestOf('pay'), anonymous));
  await stage.settled(registrar.deregister(byId('p1'), anonymous));
  const revisions = () => {
    const { servicesRevision, checksRevision, nodesRevision } = catalog();
    return [
      servicesRevision,
      checksRevision,
      nodesRevision,
      catalog().service(nameOf('pay'))?.revision,
    ];
  };
  const before = [...revisions(), catalog().wakeUps];
  catalog().on(
    ['services', 'checks', 'nodes', 'health/default/pay', 'registrations/default/pay'],
    () => {},
  );
  const { ids } = await stage.settled(operations.leaseList({}, anonymous));
  for (const id of ids) await stage.settled(operations.leaseRevoke(id, anonymous));
  expect(catalog().departureCount).toBe(0);
  expect([...revisions(), catalog().wakeUps]).toEqual(before);
});

test('what is critical for a day goes, though its service fails as a whole', async () => {
  const stage = await Stage.open();
  const { registrar, catalog } = await deskAt(stage, stage.leader);
  for (const instance of ['p1', 'p2']) {
    const name = { namespace: 'default', service: 'pay', instance };
    const request: RegisterRequest = {
      name,
      registration: registration({ protectShare: 0.5 }),
      checks: [{ ...ttlCheck('passing'), id: instance }],
      replacesChecks: false,
    };
    await stage.settled(registrar.register(request, anonymous));
    const find = (known: Catalog) => known.checkById(instance);
    const ill = { status: 'critical', output: '' } as const;
    await stage.settled(registrar.report(find, ill, anonymous));
  }
  expect(catalog().service({ namespace: 'default', service: 'pay' })?.protection).toBeDefined();
  const hour = 3600 * 1000;
  const goes = (hours: number): Promise<boolean> =>
    stage.settled(
      registrar.deregisterCritical(catalog().checkById('p1')!, hours * hour, anonymous),
    );
  expect(await goes(23)).toBe(false);
  expect(await goes(25)).toBe(true);
  expect(catalog().instanceById('p1')).toBeUndefined();
});

test('a check keeps the time of its status, and the status before it, until it gets another', async () => {
  const stage = await Stage.open();
  const { registrar, catalog } = await deskAt(stage, stage.leader);
  const register = (): Promise<unknown> =>
    stage.settled(registrar.register(requestOf('pay', { checks: [ttlCheck()] }), anonymous));
  const report = (status: 'passing' | 'critical') =>
    stage.settled(registrar.report(check, { status, output: status }, anonymous));
  await register();
  const bornMs = check(catalog())?.sinceMs;
  expect(bornMs).toBeGreaterThan(0);
  expect(check(catalog())?.before).toBeUndefined();
  await stage.pass(1000);
  await report('passing');
  expect(check(catalog())).toMatchObject({ before: 'critical' });
  const wellMs = check(catalog())?.sinceMs;
  expect(wellMs).toBeGreaterThanOrEqual((bornMs ?? 0) + 1000);
  await stage.pass(1000);
  await report('passing');
  await register();
  expect(check(catalog())).toMatchObject({ before: 'critical', sinceMs: wellMs });
  await report('critical');
  expect(check(catalog())).toMatchObject({ before: 'passing' });
});

test('an instance and a node may have very many checks, and go with them', async () => {
  const stage = await Stage.open();
  const { registrar, catalog } = await deskAt(stage, stage.leader);
  const checks = Array.from({ length: 1000 }, (_, at): NewCheck => {
    return { ...ttlCheck('critical'), id: `c${at}`, output: 'ill' };
  });
  await stage.settled(registrar.register(requestOf('a', { checks }), anonymous));
  const node = { kind: 'node', node: 'n9' } as const;
  await stage.settled(registrar.registerChecks(node, checks, anonymous));
  const more: NewCheck = { ...ttlCheck(), id: 'more' };
  const instance = { namespace: 'default', service: 'a', instance: 'p1' };
  for (const subject of [node, { kind: 'instance', name: instance } as const]) {
    const refused = registrar.registerChecks(subject, [more], anonymous);
    await expect(stage.settled(refused)).rejects.toThrow('at most 1000 checks');
  }
  expect(await stage.settled(registrar.deregister(byId('p1'), anonymous))).toBe(true);
  expect([...catalog().checks()]).toHaveLength(1000);
  await stage.settled(
    registrar.registerNode(
      { name: 'n9', id: '', address: '10.0.0.9', taggedAddresses: {}, meta: {} },
      anonymous,
    ),
  );
  expect(await stage.settled(registrar.deregisterNode('n9', anonymous))).toBe(true);
  expect([...catalog().checks()]).toEqual([]);
});
