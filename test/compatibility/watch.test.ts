import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { endOf, revisionOf } from './raw.ts';
import type { Conversation, Reply } from './raw.ts';
import { onEachTarget } from './targets.ts';

/** Events as text: "put a=1" or "delete a". */
function eventsOf(reply: Reply): string[] {
  return reply.events.map(({ type, kv }) =>
    type === 'PUT' ? `put ${kv.key}=${kv.value}` : `delete ${kv.key}`,
  );
}

/** Events as they come, until there are that many. */
async function read(stream: Conversation, count: number): Promise<Reply['events'][number][]> {
  const events: Reply['events'][number][] = [];
  while (events.length < count) events.push(...(await stream.next()).events);
  return events;
}

const interval = 'watch-progress-notify-interval';
const flags = (subject: { since(release: string): boolean }): string[] => [
  subject.since('3.6') ? `--${interval}=200ms` : `--experimental-${interval}=200ms`,
];

onEachTarget(
  'watching keys',
  (subject) => {
    describe('a watcher', () => {
      test('gets its creation, and then events', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const stream = raw.watching();
        const created = await stream.create({ key });
        expect(created).toMatchObject({
          watch_id: '0',
          created: true,
          canceled: false,
          compact_revision: '0',
          events: [],
        });
        expect(revisionOf(created)).toBe(await raw.revision());
        const put = revisionOf(await raw.put(key, 'a'));
        const told = await stream.next();
        expect(told).toMatchObject({ watch_id: '0', created: false, fragment: false });
        expect(told.header).toMatchObject({ revision: `${put}` });
        expect(told.events).toEqual([
          {
            type: 'PUT',
            kv: {
              key,
              value: 'a',
              create_revision: `${put}`,
              mod_revision: `${put}`,
              version: '1',
              lease: '0',
            },
            prev_kv: null,
          },
        ]);
        await raw.remove(key);
        expect((await stream.next()).events).toEqual([
          {
            type: 'DELETE',
            kv: {
              key,
              value: '',
              create_revision: '0',
              mod_revision: `${put + 1}`,
              version: '0',
              lease: '0',
            },
            prev_kv: null,
          },
        ]);
        stream.hangUp();
      });

      test('gets events of its range only', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const stream = raw.watching();
        await stream.create({ key: `${key}b`, range_end: `${key}d` });
        for (const name of ['a', 'b', 'c', 'd']) await raw.put(`${key}${name}`, '1');
        expect(eventsOf(await stream.next())).toEqual([`put ${key}b=1`]);
        expect(eventsOf(await stream.next())).toEqual([`put ${key}c=1`]);
        stream.hangUp();
      });

      test('without a key and with an open end watches everything', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const stream = raw.watching();
        await stream.create({ range_end: '\0' });
        await raw.put(key, '1');
        expect(eventsOf(await stream.next())).toEqual([`put ${key}=1`]);
        stream.hangUp();
      });

      test('gets previous values, if requested', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const stream = raw.watching();
        await stream.create({ key, prev_kv: true });
        await raw.put(key, 'a');
        await raw.put(key, 'b');
        await raw.remove(key);
        const events = await read(stream, 3);
        expect(events.map(({ prev_kv }) => prev_kv?.value)).toEqual([undefined, 'a', 'b']);
        expect(events[2]?.prev_kv).toMatchObject({ key, version: '2' });
        stream.hangUp();
      });

      test('can leave out puts or deletions', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const noPuts = raw.watching();
        await noPuts.create({ key, filters: ['NOPUT'] });
        const noDeletions = raw.watching();
        await noDeletions.create({ key, filters: ['NODELETE'] });
        const neither = raw.watching();
        await neither.create({ key, filters: ['NOPUT', 'NODELETE'] });
        await raw.put(key, '1');
        await raw.remove(key);
        await raw.put(key, '2');
        await raw.remove(key);
        expect(eventsOf(await noPuts.next())).toEqual([`delete ${key}`]);
        expect(eventsOf(await noPuts.next())).toEqual([`delete ${key}`]);
        expect(eventsOf(await noDeletions.next())).toEqual([`put ${key}=1`]);
        expect(eventsOf(await noDeletions.next())).toEqual([`put ${key}=2`]);
        // The third one got nothing: the response to this request is its next message.
        expect(await neither.create({ key })).toMatchObject({ created: true, watch_id: '1' });
        for (const stream of [noPuts, noDeletions, neither]) stream.hangUp();
      });

      test('gets one revision in one response', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const stream = raw.watching();
        await stream.create({ key, range_end: endOf(key) });
        await raw.ask('KV.Txn', {
          success: ['c', 'a', 'b'].map((name) => ({
            request_put: { key: `${key}${name}`, value: '1' },
          })),
        });
        expect(eventsOf(await stream.next())).toEqual(
          ['c', 'a', 'b'].map((name) => `put ${key}${name}=1`),
        );
        await raw.remove(key, { range_end: endOf(key) });
        expect(eventsOf(await stream.next())).toEqual(
          ['a', 'b', 'c'].map((name) => `delete ${key}${name}`),
        );
        stream.hangUp();
      });

      test('at any member sees writes through any other', async () => {
        const key = subject.freshKey();
        const streams = subject.members.map((member) => subject.rawOf(member).watching());
        for (const stream of streams) await stream.create({ key });
        for (const member of subject.members) await subject.rawOf(member).put(key, member.name);
        const names = subject.members.map(({ name }) => name);
        for (const stream of streams) {
          const events = await read(stream, names.length);
          expect(events.map(({ kv }) => kv.value)).toEqual(names);
          stream.hangUp();
        }
      });
    });

    describe('a start revision', () => {
      test('in the past gets everything since, and then new events', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        await raw.put(key, '0');
        const first = revisionOf(await raw.put(key, '1'));
        await raw.remove(key);
        await raw.put(key, '2');
        const stream = raw.watching();
        expect(await stream.create({ key, start_revision: first, prev_kv: true })).toMatchObject({
          created: true,
          events: [],
        });
        await raw.put(key, '3');
        const events = await read(stream, 4);
        expect(events.map(({ type, kv }) => [type, kv.value, Number(kv.mod_revision)])).toEqual([
          ['PUT', '1', first],
          ['DELETE', '', first + 1],
          ['PUT', '2', first + 2],
          ['PUT', '3', first + 3],
        ]);
        expect(events.map(({ prev_kv }) => prev_kv?.value)).toEqual(['0', '1', undefined, '2']);
        stream.hangUp();
      });

      test('of now begins with the last write', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const last = revisionOf(await raw.put(key, 'last'));
        const stream = raw.watching();
        await stream.create({ key, start_revision: last });
        expect(eventsOf(await stream.next())).toEqual([`put ${key}=last`]);
        stream.hangUp();
      });

      test('in the future waits for it', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const now = await raw.revision();
        const stream = raw.watching();
        expect(await stream.create({ key, start_revision: now + 3 })).toMatchObject({
          created: true,
          canceled: false,
        });
        for (const value of ['1', '2', '3', '4']) await raw.put(key, value);
        const events = await read(stream, 2);
        expect(events.map(({ kv }) => kv.value)).toEqual(['3', '4']);
        stream.hangUp();
      });

      test('that was compacted cancels the watcher, with the revision at which it can continue', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const first = revisionOf(await raw.put(key, '1'));
        await raw.put(key, '2');
        await raw.put(key, '3');
        await raw.ask('KV.Compact', { revision: first + 1 });
        const stream = raw.watching();
        expect(await stream.create({ key, start_revision: first })).toMatchObject({
          watch_id: '0',
          created: true,
          canceled: false,
        });
        expect(await stream.next()).toMatchObject({
          watch_id: '0',
          created: false,
          canceled: true,
          compact_revision: `${first + 1}`,
          cancel_reason: '',
          events: [],
        });
        // The revision of the compaction itself can still be watched from.
        await stream.create({ key, start_revision: first + 1, prev_kv: true });
        const events = await read(stream, 2);
        expect(events.map(({ kv }) => kv.value)).toEqual(['2', '3']);
        // The previous version of the first event is compacted.
        expect(events.map(({ prev_kv }) => prev_kv?.value)).toEqual([undefined, '2']);
        stream.hangUp();
      });

      if (subject.since('3.7')) {
        test('below zero is refused', async () => {
          const stream = subject.raw.watching();
          expect(await stream.create({ key: 'a', start_revision: -1 })).toMatchObject({
            watch_id: '-1',
            created: true,
            canceled: true,
            cancel_reason: 'etcdserver: mvcc: required revision has been compacted',
          });
          stream.hangUp();
        });
      }

      test('lets a watcher read on while others write, without gap or repetition', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const put = (at: number): Promise<Reply> => raw.put(`${key}${at % 7}`, String(at));
        const first = revisionOf(await put(0));
        for (let at = 1; at < 100; at++) await put(at);
        const stream = raw.watching();
        stream.say({ create_request: { key, range_end: endOf(key), start_revision: first } });
        const rest = Promise.all(Array.from({ length: 200 }, (_, at) => put(100 + at)));
        const events = await read(stream, 300);
        await rest;
        expect(events.map(({ kv }) => Number(kv.mod_revision))).toEqual(
          Array.from({ length: 300 }, (_, at) => first + at),
        );
        stream.hangUp();
      });
    });

    describe('a stream', () => {
      test('numbers its watchers from 0, and leaves out numbers that are taken', async () => {
        const stream = subject.raw.watching();
        const ids: string[] = [];
        for (const watch_id of [0, 2, 0, 0, 9]) {
          ids.push((await stream.create({ key: 'a', watch_id })).watch_id);
        }
        expect(ids).toEqual(['0', '2', '1', '3', '9']);
        stream.hangUp();
      });

      test('refuses a number that is taken, and keeps its watcher', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const stream = raw.watching();
        await stream.create({ key, watch_id: 4 });
        expect(await stream.create({ key: 'b', watch_id: 4 })).toMatchObject({
          watch_id: '-1',
          created: true,
          canceled: true,
          cancel_reason: 'mvcc: duplicate watch ID provided on the WatchStream',
        });
        await raw.put(key, '1');
        expect(await stream.next()).toMatchObject({ watch_id: '4', canceled: false });
        stream.hangUp();
      });

      const empty: readonly [key: string, range_end: string][] = [
        ['b', 'a'],
        ['b', 'b'],
      ];
      test.each(empty)('refuses the range from %s to %s, which is empty', async (key, end) => {
        const stream = subject.raw.watching();
        expect(await stream.create({ key, range_end: end })).toMatchObject({
          watch_id: '-1',
          created: true,
          canceled: true,
          cancel_reason: 'mvcc: watcher range is empty',
        });
        expect(await stream.create({ key })).toMatchObject({ created: true, canceled: false });
        stream.hangUp();
      });

      test('cancels a watcher, and says nothing about one that it does not know', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const stream = raw.watching();
        await stream.create({ key });
        await stream.create({ key });
        stream.say({ cancel_request: { watch_id: 0 } });
        expect(await stream.next()).toMatchObject({
          watch_id: '0',
          canceled: true,
          created: false,
          compact_revision: '0',
        });
        stream.say({ cancel_request: { watch_id: 0 } });
        stream.say({ cancel_request: { watch_id: 77 } });
        await raw.put(key, '1');
        expect(await stream.next()).toMatchObject({ watch_id: '1', canceled: false });
        stream.hangUp();
      });

      test('answers creations in the order of asking', async () => {
        const stream = subject.raw.watching();
        const count = 50;
        for (let at = 0; at < count; at++) {
          stream.say({ create_request: { key: `order${at}`, watch_id: 1000 - at } });
        }
        for (let at = 0; at < count; at++) {
          expect(await stream.next()).toMatchObject({ watch_id: `${1000 - at}`, created: true });
        }
        stream.hangUp();
      });

      test('carries many watchers, each of which gets everything', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const stream = raw.watching();
        const count = 100;
        for (let at = 0; at < count; at++) await stream.create({ key, range_end: endOf(key) });
        await raw.put(`${key}a`, '1');
        await raw.put(`${key}b`, '2');
        const seen = new Map<string, string[]>();
        for (let told = 0; told < 2 * count;) {
          const reply = await stream.next();
          told += reply.events.length;
          seen.set(reply.watch_id, [...(seen.get(reply.watch_id) ?? []), ...eventsOf(reply)]);
        }
        expect(seen.size).toBe(count);
        const both = [`put ${key}a=1`, `put ${key}b=2`];
        expect([...seen.values()].every((events) => events.join() === both.join())).toBe(true);
        stream.hangUp();
      });

      test('gets a revision of thousands of events in one response', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const count = 3000;
        for (let at = 0; at < count; at += 100) {
          const puts = Array.from({ length: 100 }, (_, more) => raw.put(`${key}${at + more}`, 'x'));
          await Promise.all(puts);
        }
        const stream = raw.watching();
        await stream.create({ key, range_end: endOf(key) });
        const removed = await raw.remove(key, { range_end: endOf(key) });
        const told = await stream.next();
        expect(told.events).toHaveLength(count);
        expect(told).toMatchObject({ watch_id: '0', fragment: false });
        expect(revisionOf(told)).toBe(revisionOf(removed));
        expect(new Set(eventsOf(told)).size).toBe(count);
        // The next message is another response.
        await raw.put(`${key}next`, '1');
        expect(eventsOf(await stream.next())).toEqual([`put ${key}next=1`]);
        stream.hangUp();
        await raw.remove(key, { range_end: endOf(key) });
      });

      test('that is not read delays no other, and loses nothing', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const slow = subject.members[0]!.client.stream('Watch', 'Watch');
        slow.on('error', () => {});
        slow.write({ create_request: { key: Buffer.from(key), range_end: endBytes(key) } });
        await once(slow, 'readable');
        const quick = raw.watching();
        await quick.create({ key, range_end: endOf(key) });
        const count = 60;
        const value = 'x'.repeat(200_000);
        for (let at = 0; at < count; at++) await raw.put(`${key}${at}`, value);
        const keys = Array.from({ length: count }, (_, at) => `${key}${at}`);
        expect((await read(quick, count)).map(({ kv }) => kv.key)).toEqual(keys);
        const late: string[] = [];
        for await (const reply of slow) {
          const { events }: { events: readonly { kv: { key: Buffer } }[] } = reply;
          late.push(...events.map(({ kv }) => kv.key.toString()));
          if (late.length >= count) break;
        }
        expect(late).toEqual(keys);
        slow.cancel();
        quick.hangUp();
        await raw.remove(key, { range_end: endOf(key) });
      });

      test('splits a revision that is too large for one response, if fragments are requested', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const range = { key, range_end: endOf(key) };
        for (const name of ['1', '2', '3']) await raw.put(`${key}${name}`, 'x'.repeat(900_000));
        const whole = raw.watching();
        await whole.create({ ...range, prev_kv: true });
        const stream = raw.watching();
        await stream.create({ ...range, prev_kv: true, fragment: true });
        await raw.remove(key, { range_end: endOf(key) });
        const removed = ['1', '2', '3'].map((name) => `delete ${key}${name}`);

        const parts = [await stream.next()];
        while (parts.at(-1)?.fragment === true) parts.push(await stream.next());
        expect(parts.length).toBeGreaterThan(1);
        expect(parts.flatMap(eventsOf)).toEqual(removed);
        const together = await whole.next();
        expect(together.fragment).toBe(false);
        expect(eventsOf(together)).toEqual(removed);
        whole.hangUp();
        stream.hangUp();
      });

      test('continues after the client has ended its side', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const stream = raw.watching();
        await stream.create({ key });
        stream.finish();
        await raw.put(key, '1');
        expect(eventsOf(await stream.next())).toEqual([`put ${key}=1`]);
        stream.hangUp();
        expect(await stream.ended()).toMatchObject({ code: 'CANCELLED' });
      });

      test('continues when it requires a leader and there is one', async () => {
        const stream = subject.raw.open('Watch.Watch', { hasleader: 'true' });
        expect(await stream.create({ key: 'a' })).toMatchObject({ created: true });
        stream.hangUp();
      });
    });

    describe('progress', () => {
      test('of all watchers is sent on request', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const stream = raw.watching();
        await stream.create({ key });
        await stream.create({ key: `${key}2` });
        const revision = revisionOf(await raw.put(subject.freshKey(), '1'));
        stream.say({ progress_request: {} });
        const progress = await stream.next();
        expect(progress).toMatchObject({ watch_id: '-1', created: false, canceled: false });
        expect(progress.events).toEqual([]);
        expect(revisionOf(progress)).toBe(revision);
        stream.hangUp();
      });

      test('comes after the events that it covers', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const stream = raw.watching();
        await stream.create({ key });
        for (let round = 0; round < 20; round++) {
          const revision = revisionOf(await raw.put(key, String(round)));
          stream.say({ progress_request: {} });
          const event = await stream.next();
          expect(event.events[0]?.kv.mod_revision).toBe(`${revision}`);
          expect(await stream.next()).toMatchObject({ watch_id: '-1', events: [] });
        }
        stream.hangUp();
      });

      if (subject.since('3.7')) {
        test('is not told for a watcher that waits for the future, nor without watchers', async () => {
          const { raw } = subject;
          const key = subject.freshKey();
          const stream = raw.watching();
          stream.say({ progress_request: {} });
          const start_revision = (await raw.revision()) + 100;
          expect(await stream.create({ key, start_revision })).toMatchObject({ created: true });
          stream.say({ progress_request: {} });
          expect(await stream.create({ key })).toMatchObject({ created: true, watch_id: '1' });
          stream.hangUp();
        });
      }

      test('is sent periodically, if requested', async () => {
        const { raw } = subject;
        const key = subject.freshKey();
        const stream = raw.watching();
        await stream.create({ key, progress_notify: true });
        const revision = revisionOf(await raw.put(subject.freshKey(), '1'));
        let progress = await stream.next();
        while (revisionOf(progress) < revision) progress = await stream.next();
        expect(progress).toMatchObject({ watch_id: '0', created: false, events: [] });
        await raw.put(key, '1');
        let reply = await stream.next();
        while (reply.events.length === 0) reply = await stream.next();
        expect(eventsOf(reply)).toEqual([`put ${key}=1`]);
        stream.hangUp();
      });
    });
  },
  { flags },
);

function endBytes(prefix: string): Buffer {
  return Buffer.from(endOf(prefix));
}
