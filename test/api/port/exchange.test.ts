import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { exchangeMessages, listenForMessages } from '../../../src/api/port/index.ts';
import type { Exchange, Respond } from '../../../src/api/port/index.ts';
import { systemClock } from '../../../src/platform/index.ts';

async function server(respond: Respond): Promise<number> {
  const opened = await listenForMessages({
    host: '127.0.0.1',
    port: 0,
    whom: 'tests',
    flag: '--test',
    respond,
    clock: systemClock(),
    onError: () => {},
  });
  onTestFinished(() => opened.close());
  return opened.port;
}

function exchange(port: number, more: Partial<Exchange> = {}): Promise<Buffer> {
  return exchangeMessages({
    host: '127.0.0.1',
    port,
    transport: 'udp',
    message: Buffer.from('hello'),
    isResponse: () => true,
    timeoutMs: 10_000,
    clock: systemClock(),
    ...more,
  });
}

test.each(['udp', 'tcp'] as const)('a message over %s gets its response', async (transport) => {
  const port = await server((message, by) => Buffer.from(`${by} ${message.toString()}`));
  expect((await exchange(port, { transport })).toString()).toBe(`${transport} hello`);
});

test('over UDP what is no response is passed over, and the time is bounded', async () => {
  const port = await server((message) => message);
  let looked = 0;
  const isResponse = (): boolean => ++looked > 1;
  await expect(exchange(port, { isResponse, timeoutMs: 50 })).rejects.toThrow(
    'no response within 50 ms',
  );
  expect(looked).toBe(1);
});

test('a server that is not there is noticed before the time is over', async () => {
  const gone = createServer();
  gone.listen(0, '127.0.0.1');
  await once(gone, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = gone.address() as AddressInfo;
  gone.close();
  for (const transport of ['udp', 'tcp'] as const) {
    await expect(exchange(port, { transport })).rejects.toThrow('ECONNREFUSED');
  }
});

test('over TCP a connection that ends without a response, or with a wrong one, is a failure', async () => {
  const port = await server((message) => (message.length > 5 ? undefined : message));
  const transport = 'tcp';
  await expect(exchange(port, { transport, message: Buffer.from('longer') })).rejects.toThrow(
    'the connection was closed before a response came',
  );
  await expect(exchange(port, { transport, isResponse: () => false })).rejects.toThrow(
    'what came is no response',
  );
});
