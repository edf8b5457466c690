import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Rollcall, UnknownOutcome } from '../../src/client/index.ts';
import { freePorts } from '../ports.ts';
import { startCluster } from './server.ts';

describe('fail-over', () => {
  test('a member that refuses connections is passed over, for reads and writes', async () => {
    await using cluster = await startCluster();
    const [port] = await freePorts(1);
    await using client = new Rollcall({
      endpoints: [`127.0.0.1:${port}`, ...cluster.endpoints],
      timeoutMs: 5000,
    });

    for (let number = 0; number < 10; number++) await client.put('/f/key', String(number));

    expect((await client.get('/f/key'))?.version).toBe(10);
  });

  test('a call waits for a server that is restarting', async () => {
    await using cluster = await startCluster();
    const [server] = cluster.servers;
    await using client = new Rollcall({ endpoints: cluster.endpoints, timeoutMs: 20_000 });
    await client.put('/f/key', 'before');
    await server.kill();

    const put = client.put('/f/key', 'after');
    await server.start();

    await put;
    expect(await client.get('/f/key')).toMatchObject({ value: 'after', version: 2 });
  });

  test('a member that hangs is passed over by reads', async () => {
    await using cluster = await startCluster();
    await using hanging = await startHangingServer();
    await using client = new Rollcall({
      endpoints: [hanging.endpoint, ...cluster.endpoints],
      timeoutMs: 2000,
    });

    expect(await client.get('/f/none')).toBeUndefined();
    expect(hanging.requests).toBe(1);
  });
});

describe('without an answer', () => {
  test('a write that was sent has an unknown outcome, and is not sent again', async () => {
    await using hanging = await startHangingServer();
    await using client = new Rollcall({ endpoints: [hanging.endpoint], timeoutMs: 300 });

    const put = client.put('/key', 'value');

    await expect(put).rejects.toBeInstanceOf(UnknownOutcome);
    await expect(put).rejects.toMatchObject({ code: 'unknown-outcome' });
    expect(hanging.requests).toBe(1);
    await expect(client.get('/key')).rejects.toMatchObject({ code: 'deadline-exceeded' });
  });

  test('a write whose connection broke has an unknown outcome, and is not sent again', async () => {
    await using breaking = await startHangingServer('break');
    await using client = new Rollcall({ endpoints: [breaking.endpoint], timeoutMs: 2000 });

    await expect(client.put('/key', 'value')).rejects.toBeInstanceOf(UnknownOutcome);
    expect(breaking.requests).toBe(1);
  });

  test('a read whose connection broke is sent again', async () => {
    await using breaking = await startHangingServer('break');
    await using client = new Rollcall({ endpoints: [breaking.endpoint], timeoutMs: 1000 });

    await expect(client.get('/key')).rejects.toMatchObject({ code: 'unavailable' });
    expect(breaking.requests).toBeGreaterThan(1);
  });

  test('a write that is canceled after it was sent has an unknown outcome; a read is canceled', async () => {
    await using hanging = await startHangingServer();
    await using client = new Rollcall({ endpoints: [hanging.endpoint] });
    const stop = new AbortController();

    const put = client.put('/key', 'value', { signal: stop.signal });
    const get = client.get('/key', { signal: stop.signal });
    await hanging.received(2);
    stop.abort();

    await expect(put).rejects.toBeInstanceOf(UnknownOutcome);
    await expect(get).rejects.toMatchObject({ code: 'canceled' });
  });

  test('a write that reached no server says so, with each server and its reason', async () => {
    const [port] = await freePorts(1);
    await using client = new Rollcall({ endpoints: [`127.0.0.1:${port}`], timeoutMs: 300 });

    const put = client.put('/key', 'value');

    await expect(put).rejects.toMatchObject({ code: 'unavailable' });
    await expect(put).rejects.toThrow(`127.0.0.1:${port} (connect ECONNREFUSED`);
  });

  test('invalid endpoints are refused', () => {
    expect(() => new Rollcall({ endpoints: [] })).toThrow('at least one endpoint');
    expect(() => new Rollcall({ endpoints: ['localhost'] })).toThrow('"localhost" is not');
  });

  test('a call of a closed client fails as closed', async () => {
    const client = new Rollcall({ endpoints: ['127.0.0.1:1'] });
    client.close();

    await expect(client.get('/key')).rejects.toMatchObject({ code: 'closed' });
  });
});

interface HangingServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly requests: number;
  /** Resolves when so many requests have come. */
  received(count: number): Promise<void>;
}

/** Accepts every request and never answers; with `break` it cuts the connection instead. */
async function startHangingServer(manner: 'hang' | 'break' = 'hang'): Promise<HangingServer> {
  const server: Http2Server = createHttp2Server();
  let requests = 0;
  server.on('stream', (stream) => {
    requests++;
    stream.on('error', () => {});
    server.emit('counted');
    if (manner === 'break') stream.session?.destroy();
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    endpoint: `127.0.0.1:${port}`,
    get requests() {
      return requests;
    },
    async received(count) {
      for (;;) {
        if (requests >= count) return;
        await once(server, 'counted');
      }
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
