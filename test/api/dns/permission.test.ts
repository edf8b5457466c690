import { expect, test } from 'vitest';
import { dnsSight } from '../../../src/api/dns/permission.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { silentMetrics } from '../../../src/base/metrics.ts';
import { createOperations } from '../../../src/operations/index.ts';
import { followCatalog, rangesOfService } from '../../../src/registry/index.ts';
import type { CatalogView } from '../../../src/registry/index.ts';
import { Stage } from '../../operations/stage.ts';
import { turnAuthOn } from '../../operations/users.ts';
import { Asking, queryFor } from './asking.ts';

function reads(service: string) {
  return rangesOfService({ namespace: 'default', service }).map(
    (range) => ['read', range] as const,
  );
}

const namesOf = (view: CatalogView | 'refused'): unknown =>
  view === 'refused' ? view : [...view.services()].map(({ service }) => service).toSorted();

test('clients of DNS see what the role anonymous may read, or the user of the flag, from the moment of a change on', async () => {
  const stage = await Stage.open();
  const core = stage.coreOf(stage.leader);
  const operations = createOperations(core);
  const followed = followCatalog(core, silentLogger, silentMetrics);
  for (const key of ['/services/web/1', '/services/db/1']) {
    const request = { key, value: Buffer.from('10.0.0.1:80'), lease: 0n, prevKv: false };
    await stage.settled(
      core.propose({
        kind: 'put',
        request: { ...request, ignoreValue: false, ignoreLease: false },
      }),
    );
  }
  await stage.until('the catalog', () => followed.catalog?.serviceCount === 2);
  const catalog = followed.catalog!;
  const [sight, sightOfBob, sightOfNobody] = [undefined, 'bob', 'gone'].map((user) =>
    dnsSight(operations, user),
  );
  const seen = (): unknown[] =>
    [sight, sightOfBob, sightOfNobody].map((of) => namesOf(of!(catalog)));
  expect(seen()).toEqual([
    ['db', 'web'],
    ['db', 'web'],
    ['db', 'web'],
  ]);
  await turnAuthOn(stage, core, {
    anonymous: reads('web'),
    bob: [...reads('web'), ...reads('db')],
  });
  expect(seen()).toEqual([['web'], ['db', 'web'], 'refused']);
  expect(sight!(catalog)).toBe(sight!(catalog));
  await stage.settled(core.propose({ kind: 'role-delete', name: 'anonymous' }));
  expect(seen()).toEqual([[], ['db', 'web'], 'refused']);
});

test.each([
  ['refused', 'REFUSED'],
  [undefined, 'SERVFAIL'],
] as const)('where answers are %s, each question ends with %s', async (state, rcode) => {
  const dns = new Asking({ answers: () => state });
  dns.put({ 'web/1': '10.0.0.1:80' });
  expect(await dns.ask('web.service.consul')).toMatchObject({ rcode, answers: [] });
  expect((await dns.bytes(queryFor('absent.consul', 'A'))).readUInt16BE(2) & 0xf).toBe(
    rcode === 'REFUSED' ? 5 : 2,
  );
});
