import { expect, test } from 'vitest';
import { ReplicaContext } from '../../src/replica/context.ts';
import { EventLoop } from '../../src/replica/event-loop.ts';
import { buildParts } from '../../src/replica/parts.ts';
import { State } from '../../src/state/index.ts';
import type { Member } from '../../src/state/index.ts';
import { createMemoryStore, MemoryDisk } from '../../src/storage/index.ts';
import { optionsOf, silentTransport } from './one-member.ts';

const clock = { nowMs: () => 0, after: () => () => {}, endOfTurn: () => {} };
const random = { between: (low: number) => low, positiveInt63: () => 1n };

function member(id: string): Member {
  return { id, name: id, peerUrls: [`http://${id}`], clientUrls: [], isLearner: false };
}

/** Whether a3 counts as removed by a member whose committed configuration has these outgoing voters. */
async function isRemovedWith(outgoing: readonly string[]): Promise<boolean> {
  const store = createMemoryStore(new MemoryDisk());
  await store.load();
  State.create(store.engine, { members: ['a1', 'a2', 'a3'].map(member) });
  const configuration = { voters: ['a1', 'a2'], outgoing, learners: [] };
  await store.create({ clusterId: 'c1', memberId: 'a1' }, { index: 1, term: 1, configuration });
  const recovered = await store.load();
  const state = await State.load(store.engine, recovered.appliedIndex);
  state.apply(2, { kind: 'member-remove', id: 'a3' });
  const loop = new EventLoop(
    clock,
    () => {},
    (error) => {
      throw error;
    },
  );
  const transport = silentTransport(() => {});
  const options = optionsOf({ id: 'a1', store, transport, clock, random });
  const { applier } = buildParts(new ReplicaContext(options, recovered, state, loop), 1);
  return applier.isRemoved('a3');
}

test('a removed voter counts as a member while the committed joint configuration still needs it', async () => {
  expect(await isRemovedWith(['a1', 'a2', 'a3'])).toBe(false);
  expect(await isRemovedWith([])).toBe(true);
});
