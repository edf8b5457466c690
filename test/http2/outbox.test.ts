import { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { Outbox } from '../../src/http2/outbox.ts';

test('what is added in one turn leaves in one write, before and after its promises', async () => {
  const socket = new Socket();
  const write = vi.spyOn(socket, 'write').mockReturnValue(true);
  const out = new Outbox(socket, () => {});
  const add = (text: string): void => out.add(Buffer.from(text));
  const responses = async (): Promise<void> => {
    for (let hop = 0; hop < 10; hop++) await Promise.resolve();
    add('response ');
  };

  await new Promise<void>((resolve) => {
    setImmediate(() => {
      add('event ');
      void responses();
      setImmediate(resolve);
    });
  });
  expect(write.mock.calls.map(([bytes]) => String(bytes))).toEqual(['event response ']);
});

test('what is held leaves with its flush, and nothing is left for the end of the turn', async () => {
  const socket = new Socket();
  const write = vi.spyOn(socket, 'write').mockReturnValue(true);
  const out = new Outbox(socket, () => {});
  out.hold();
  out.add(Buffer.from('message'));
  expect(write).not.toHaveBeenCalled();
  out.flush();
  const laterFlush = vi.spyOn(out, 'flush');
  await new Promise(setImmediate);
  expect(write.mock.calls.map(([bytes]) => String(bytes))).toEqual(['message']);
  expect(laterFlush).not.toHaveBeenCalled();

  out.add(Buffer.from('after it'));
  await new Promise(setImmediate);
  expect(write.mock.calls.map(([bytes]) => String(bytes))).toEqual(['message', 'after it']);
});
