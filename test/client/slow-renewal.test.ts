import { once } from 'node:events';
import { createServer } from 'node:http2';
import { expect, onTestFinished, test } from 'vitest';
import { Rollcall } from '../../src/client/index.ts';
import { etcdserverpb as pb } from '../../src/gen/etcd.js';

/** A server that renews every lease but 1, and tells how many streams were opened. */
async function openServer(): Promise<{ readonly url: string; readonly streams: () => number }> {
  let streams = 0;
  const server = createServer();
  server.on('session', (session) => onTestFinished(() => session.destroy()));
  server.on('stream', (stream) => {
    streams++;
    stream.on('error', () => {});
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    let bytes = Buffer.alloc(0);
    stream.on('data', (piece: Buffer) => {
      bytes = Buffer.concat([bytes, piece]);
      while (bytes.length >= 5 && bytes.length >= 5 + bytes.readUInt32BE(1)) {
        const end = 5 + bytes.readUInt32BE(1);
        const { ID } = pb.LeaseKeepAliveRequest.decode(bytes.subarray(5, end));
        bytes = bytes.subarray(end);
        if (Number(ID) === 1) continue;
        const response = pb.LeaseKeepAliveResponse.encode({ ID, TTL: 10 }).finish();
        const head = Buffer.alloc(5);
        head.writeUInt32BE(response.length, 1);
        stream.write(Buffer.concat([head, response]));
      }
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}`, streams: () => streams };
}

test('a slow renewal does not end the stream while others are answered', async () => {
  const { url, streams } = await openServer();
  const client = new Rollcall({ endpoints: [url] });
  onTestFinished(() => client.close());
  const over = new AbortController();
  const slow = client.leases
    .renew(1n, { timeoutMs: 300 })
    .catch((error: unknown) => error)
    .finally(() => over.abort());
  while (!over.signal.aborted) expect(await client.leases.renew(2n)).toBe(10);
  expect(await slow).toMatchObject({ code: 'deadline-exceeded' });
  expect(streams()).toBe(1);
});

test('a stream on which nothing is answered is given up', async () => {
  const { url, streams } = await openServer();
  const client = new Rollcall({ endpoints: [url] });
  onTestFinished(() => client.close());
  const slow = client.leases.renew(1n, { timeoutMs: 300 });
  await expect(slow).rejects.toMatchObject({ code: 'deadline-exceeded' });
  expect(await client.leases.renew(2n)).toBe(10);
  expect(streams()).toBe(2);
});
