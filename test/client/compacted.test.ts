import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { expect, onTestFinished, test } from 'vitest';
import { Compacted, Rollcall } from '../../src/client/index.ts';
import { etcdserverpb as pb } from '../../src/gen/etcd.js';

/** Stands for a server whose history is compacted, and which does not answer reads. */
class CompactedServer {
  /** By path, in the order in which they were opened. */
  readonly streams: { readonly path: string; readonly closed: Promise<void> }[] = [];
  readonly #server = createServer();

  constructor() {
    this.#server.on('session', (session) => onTestFinished(() => session.destroy()));
    this.#server.on('stream', (stream, headers) => {
      const closed = new Promise<void>((resolve) => {
        stream.once('close', () => resolve());
      });
      this.streams.push({ path: String(headers[':path']), closed });
      stream.on('error', () => {});
      stream.resume();
      if (!String(headers[':path']).endsWith('/Watch')) return;
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      stream.once('data', () => {
        send(stream, { created: true });
        send(stream, { canceled: true, compact_revision: 5 });
      });
    });
  }

  async open(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void this.#server.close());
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }

  /** A stream whose path ends like this, once it is open. */
  async stream(end: string): Promise<{ readonly closed: Promise<void> }> {
    for (;;) {
      const found = this.streams.find(({ path }) => path.endsWith(end));
      if (found !== undefined) return found;
      await once(this.#server, 'stream');
    }
  }
}

function send(stream: ServerHttp2Stream, response: pb.WatchResponse.$Properties): void {
  const bytes = pb.WatchResponse.encode(response).finish();
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  stream.write(Buffer.concat([head, bytes]));
}

async function begin() {
  const server = new CompactedServer();
  const client = new Rollcall({ endpoints: [await server.open()] });
  onTestFinished(() => client.close());
  return { server, client };
}

test('a watch that fails because of a compaction leaves no stream open', async () => {
  const { server, client } = await begin();
  const watcher = client.watch('key', { fromRevision: 1 });
  await expect(watcher.next()).rejects.toBeInstanceOf(Compacted);
  await (
    await server.stream('/Watch')
  ).closed;
});

test('a watch that is left while it reads its keys afresh stops that', async () => {
  const { server, client } = await begin();
  const watcher = client.watch('key', { fromRevision: 1, onCompacted: 'resync' });
  const next = watcher.next();
  const read = await server.stream('/Range');

  await watcher.return();

  expect(await next).toMatchObject({ done: true });
  await read.closed;
  await (
    await server.stream('/Watch')
  ).closed;
});

test('closing the client ends a watch that reads its keys afresh, without an error', async () => {
  const { server, client } = await begin();
  const watcher = client.watch('key', { fromRevision: 1, onCompacted: 'resync' });
  const next = watcher.next();
  await server.stream('/Range');

  client.close();

  expect(await next).toMatchObject({ done: true });
});
