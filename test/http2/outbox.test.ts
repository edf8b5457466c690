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
