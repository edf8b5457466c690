import { expect, test } from 'vitest';
import { foundIn } from '../../../src/api/consul/catalog/query.ts';
import { foundAt } from '../../../src/api/consul/frame/key-requests.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { silentMetrics } from '../../../src/base/metrics.ts';
import { createOperations } from '../../../src/operations/index.ts';
import { followCatalog } from '../../../src/registry/index.ts';
import type { CatalogView } from '../../../src/registry/index.ts';
import { anonymous } from '../../simulation/callers.ts';
import type { Machine } from '../../simulation/machine.ts';
import { putOf, Stage } from '../../operations/stage.ts';

const find = (id: string) => (catalog: CatalogView) => catalog.instancesCalled(id)[0];

test('what another member has taken a moment ago is found, and what nobody has is not', async () => {
  const stage = await Stage.open({ members: 3 });
  const partsOf = async (machine: Machine) => {
    const core = stage.coreOf(machine);
    const followed = followCatalog(core, silentLogger, silentMetrics);
    await stage.until('the catalog', () => followed.catalog !== undefined);
    return { followed, operations: createOperations(core) };
  };
  const leader = await partsOf(stage.leader);
  const late = await partsOf(stage.followers[0]!);
  stage.isolate(stage.followers[0]!);
  const put = leader.operations.put(putOf('/services/web/w1', '10.0.0.1:80'), anonymous);
  await stage.settled(put);
  stage.network.healAll();
  expect(find('w1')(late.followed.catalog!)).toBeUndefined();
  const call = { options: anonymous };
  expect(await stage.settled(foundIn(late, call, find('w1')))).toMatchObject({ service: 'web' });
  expect(await stage.settled(foundIn(late, call, find('w2')))).toBeUndefined();
});

test.each([
  ['default', 'here', [true]],
  ['default', 'there', [true, false]],
  ['default', 'nowhere', [true, false]],
  ['stale', 'there', [true]],
  ['consistent', 'here', [false]],
] as const)('%s, what is %s takes the looks %j', async (mode, place, looks) => {
  const seen: boolean[] = [];
  const found = await foundAt(mode, async (serializable) => {
    seen.push(serializable);
    return place === 'here' || (place === 'there' && !serializable) ? place : undefined;
  });
  expect(seen).toEqual(looks);
  expect(found).toBe(place === 'nowhere' || mode === 'stale' ? undefined : place);
});
