import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Outbox } from '../../../src/api/http2/outbox.ts';

test('what is added in one turn leaves in one write, before and after its promises', async () => {
  const writes: string[] = [];
  const socket = Object.assign(new EventEmitter(), {
    writable: true,
    writableLength: 0,
    write: (bytes: Buffer) => writes.push(bytes.toString()),
  });
  // Only what the outbox uses of a socket.
  const out = new Outbox(socket as unknown as Socket, () => {});
  const add = (text: string): void => out.add(Buffer.from(text));
  const responses = async (): Promise<void> => {
    for (let hop = 0; hop < 10; hop++) await undefined;
    add('response ');
  };

  await new Promise<void>((resolve) => {
    setImmediate(() => {
      add('event ');
      void responses();
      setImmediate(resolve);
    });
  });
  expect(writes).toEqual(['event response ']);
});
