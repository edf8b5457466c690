import { expect, test } from 'vitest';
import { singleKey } from '../../src/base/key.ts';
import { systemClock, systemRandom } from '../../src/platform/index.ts';
import type { Command } from '../../src/state/index.ts';
import { createMemoryStore } from '../../src/storage/index.ts';
import type { EventsMessage } from '../../src/watch/index.ts';
import { putOf } from '../operations/stage.ts';
import { requestOf } from '../watch/history.ts';
import { startOneMember } from './one-member.ts';

function put(value: string): Command {
  return { kind: 'put', request: { ...putOf('a', value), ignoreValue: false } };
}

/** The values in a message, each behind the one before. */
function valuesOf({ events }: EventsMessage): string[] {
  return events.map(
    ({ event, previous }) => `${String(previous?.value)} ${String(event.kv.value)}`,
  );
}

async function startMember() {
  const { replica } = await startOneMember(['m1'], {
    store: createMemoryStore(),
    clock: systemClock(),
    random: systemRandom(),
    onFatal: () => {},
  });
  const propose = (command: Command): Promise<unknown> =>
    new Promise((resolve) => replica.propose(command, Infinity, resolve));
  return { replica, propose };
}

test('the revisions of a turn come in one message, with versions that the turn also compacts', async () => {
  const { replica, propose } = await startMember();
  await propose(put('1'));
  const told: EventsMessage[] = [];
  const stream = replica.watch.open({
    push: (message) => {
      if (message.kind === 'events') told.push(message);
      return true;
    },
    failed: () => {},
  });
  stream.create(requestOf(singleKey('a'), { prevKv: true }));
  const { revision } = replica.state;

  const compact: Command = { kind: 'compact', revision: revision + 2 };
  await Promise.all([put('2'), put('3'), compact, put('4'), put('5')].map(propose));

  expect(told.map(valuesOf)).toEqual([
    ['1 2', '2 3'],
    ['3 4', '4 5'],
  ]);
  expect(told.map((message) => message.revision)).toEqual([revision + 2, revision + 4]);
  await replica.stop();
});

test('what comes before a change of roles in a turn is sent before it takes effect', async () => {
  const { replica, propose } = await startMember();
  const seen: string[] = [];
  const stream = replica.watch.open({
    push: (message) => {
      if (message.kind !== 'events') return true;
      seen.push(`${valuesOf(message).join()} with ${replica.state.auth.revision - before}`);
      return true;
    },
    failed: () => {},
  });
  stream.create(requestOf(singleKey('a')));
  const before = replica.state.auth.revision;

  const addRole: Command = { kind: 'role-add', name: 'r' };
  await Promise.all([put('1'), addRole, put('2')].map(propose));

  expect(seen).toEqual(['undefined 1 with 0', 'undefined 2 with 1']);
  await replica.stop();
});
