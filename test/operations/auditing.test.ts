import { expect, test } from 'vitest';
import type { AuditRecord } from '../../src/base/audit.ts';
import { RegistryError } from '../../src/base/errors.ts';
import { prefixRange, singleKey } from '../../src/base/key.ts';
import { Core, createOperations, member } from '../../src/operations/index.ts';
import { anonymous } from '../simulation/callers.ts';
import { getOf, putOf, Stage } from './stage.ts';
import { callAs, callOf, turnAuthOn } from './users.ts';

async function open(withWrites: boolean) {
  const stage = await Stage.open();
  const records: AuditRecord[] = [];
  const audit = {
    audit: { record: (record: AuditRecord) => void records.push(record) },
    withWrites,
  };
  const core = new Core({ ...stage.coreOf(stage.leader).options, audit });
  const operations = createOperations(core);
  const ended = (call: Promise<unknown>): Promise<unknown> =>
    stage.settled(call.catch((error: unknown) => error));
  const said = (): readonly string[] =>
    records
      .splice(0)
      .map(
        ({ user = '-', operation, outcome, subject }) =>
          `${user} ${operation} ${outcome} ${JSON.stringify(subject ?? {})}`,
      );
  return { stage, core, operations, ended, said, records };
}

const grants = { ann: [['readwrite', prefixRange('own/')]] } as const;

test('calls that need root, refusals and nothing else are recorded', async () => {
  const { stage, core, operations, ended, said } = await open(false);
  await ended(operations.put(putOf('before'), anonymous));
  await ended(operations.hash({}, anonymous));
  expect(said()).toEqual(['- hash done {}']);

  await turnAuthOn(stage, core, grants);
  const ann = callOf(core, 'ann');
  await ended(operations.put(putOf('own/1'), ann));
  await ended(operations.range(getOf('own/1'), ann));
  expect(said()).toEqual([]);

  await ended(operations.put(putOf('other'), ann));
  await ended(operations.range(getOf('other'), ann));
  await ended(operations.range(getOf('other'), anonymous));
  await ended(operations.memberRemove('abc', ann));
  await ended(operations.leaseRevoke(255n, ann));
  expect(said()).toEqual([
    'ann put refused {"writes":["other"]}',
    'ann range refused {"reads":["other"]}',
    '- range refused {"reads":["other"]}',
    'ann memberRemove refused {"member":"abc"}',
  ]);

  await ended(operations.memberRemove('abc', callOf(core, 'root')));
  expect(said()).toEqual(['root memberRemove failed {"member":"abc"}']);
  const token = new RegistryError('invalid-auth-token', 'planted');
  await ended(operations.status({}, callAs({ kind: 'refused', error: token })));
  expect(said()).toEqual(['- status refused {}']);
});

test('writes are recorded if they are asked for, and those of the member itself never', async () => {
  const { operations, ended, said } = await open(true);
  await ended(operations.put(putOf('key'), anonymous));
  await ended(operations.put(putOf('key'), callAs(member)));
  await ended(operations.range(getOf('key'), anonymous));
  await ended(operations.leaseGrant({ id: 7n, ttlSeconds: 60 }, anonymous));
  const many = Array.from({ length: 18 }, (_, at) => ({
    kind: 'put' as const,
    request: putOf(`${at}`.padStart(400, 'k')),
  }));
  await ended(
    operations.txn({ compares: [], success: many, failure: [], serializable: false }, anonymous),
  );
  const [put, grant, txn = '', ...more] = said();
  expect([put, grant, more]).toEqual(['- put done {"writes":["key"]}', '- leaseGrant done {}', []]);
  expect(txn).toContain('"and 2 more"');
  expect(txn.length).toBeLessThan(16 * 300);
});

test('a watcher, and a stream that loses its right, are recorded when they are refused', async () => {
  const { stage, core, operations, ended, said } = await open(false);
  await turnAuthOn(stage, core, grants);
  const ann = callOf(core, 'ann');
  operations.watch({ push: () => true, failed: () => {} }, ann).create({
    range: singleKey('other'),
    startRevision: 0,
    watchId: 0,
    prevKv: false,
    progressNotify: false,
    noPut: false,
    noDelete: false,
    fragment: false,
  });
  expect(said()).toEqual(['ann watch refused {"reads":["other"]}']);
  await ended(operations.rangeStream(getOf('other'), ann)[Symbol.asyncIterator]().next());
  expect(said()).toEqual(['ann rangeStream refused {"reads":["other"]}']);
});
