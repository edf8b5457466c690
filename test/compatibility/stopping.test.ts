import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { onEachTarget } from './targets.ts';

/** A stream in JSON: its lines until the end, and whether it was a clean one. */
async function linesOf(url: string, body: string) {
  const asked = request(url, { method: 'POST' });
  asked.end(body);
  const [response]: IncomingMessage[] = await once(asked, 'response');
  let text = '';
  response!.setEncoding('utf8').on('data', (part: string) => (text += part));
  const ended = once(response!, 'end').then(() => ({
    lines: text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
    isComplete: response!.complete,
  }));
  return { ended };
}

onEachTarget(
  'a member that is asked to stop',
  (subject) => {
    test('ends its streams, those in JSON with a last line', async () => {
      const { raw } = subject;
      const [member] = subject.members;
      const watch = raw.watching();
      await watch.create({ key: 'key' });
      const keepAlive = raw.open('Lease.LeaseKeepAlive');
      keepAlive.say({ ID: await raw.grant() });
      await keepAlive.next();
      const observe = raw.listen('Election.Observe', { name: 'e' });
      await raw.ask('Lock.Lock', { name: 'l', lease: await raw.grant() });
      const waiting = raw.failure('Lock.Lock', { name: 'l', lease: await raw.grant() });
      while ((await raw.list('l/')).count !== '2');
      const url = `${member!.clientUrl}/v3/watch`;
      const json = await linesOf(url, '{"create_request":{"key":"aw=="}}');

      await member!.stop();

      const dropped = { code: 'UNAVAILABLE', details: 'Connection dropped' };
      const stopped = { code: 'UNAVAILABLE', details: 'etcdserver: server stopped' };
      for (const stream of [watch, keepAlive, observe]) {
        expect(await stream.ended()).toEqual(subject.isRollcall ? stopped : dropped);
      }
      expect(await waiting).toEqual(subject.isRollcall ? stopped : dropped);
      const { lines, isComplete } = await json.ended;
      expect(isComplete).toBe(true);
      const ours = { error: { code: 14, message: 'etcdserver: server stopped' } };
      const theirs = subject.since('3.7')
        ? { error: { code: 14, message: 'error reading from server: EOF' } }
        : { error: { message: expect.stringContaining('closing') } };
      expect(lines).toHaveLength(2);
      expect(lines).toMatchObject([
        { result: { created: true } },
        subject.isRollcall ? ours : theirs,
      ]);
      member!.start();
      await subject.cluster.ready();
      // No lock is held for the ended call, once the holder is gone.
      if (subject.isRollcall) expect((await raw.list('l/')).count).toBe('1');
    });
  },
  { size: 1 },
);
