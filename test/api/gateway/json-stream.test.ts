import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';
import { etcdStatusOf } from '../../../src/api/etcd/errors.ts';
import { codecOf, serverStream } from '../../../src/api/methods.ts';
import type {
  CallContext,
  Method,
  RequestStream,
  ResponseStream,
} from '../../../src/api/methods.ts';
import { etcdserverpb as pb, mvccpb } from '../../../src/gen/etcd.js';
import { etcdHandler, fakeOperations, fakeOptions } from '../etcd/fake.ts';
import { responseTo, serve } from '../etcd/serve.ts';

/** A watch stream that records its requests and does nothing by itself. */
class FakeWatch implements RequestStream {
  readonly context: CallContext;
  readonly responses: ResponseStream;
  readonly told: string[] = [];
  onMessage: () => void = () => {};
  #waiting: { count: number; resolve: () => void } | undefined;

  constructor(context: CallContext, responses: ResponseStream) {
    this.context = context;
    this.responses = responses;
  }

  #tell(what: string): void {
    this.told.push(what);
    if (this.#waiting !== undefined && this.told.length >= this.#waiting.count) {
      this.#waiting.resolve();
    }
  }

  /** Waits until so many entries are recorded; returns them. */
  async toldTimes(count: number): Promise<readonly string[]> {
    if (this.told.length < count) {
      await new Promise<void>((resolve) => {
        this.#waiting = { count, resolve };
      });
    }
    return this.told;
  }

  message(bytes: Uint8Array): void {
    const { create_request: created } = pb.WatchRequest.decode(bytes);
    this.#tell(`create ${String(Buffer.from(created?.key ?? []))}`);
    this.onMessage();
  }

  halfClosed(): void {
    this.#tell('half closed');
  }

  drained(): void {
    this.#tell('drained');
  }

  closed(): void {
    this.#tell('closed');
  }

  push(response: pb.WatchResponse.$Properties): boolean {
    return this.responses.push(pb.WatchResponse.encode(response).finish());
  }
}

function create(key: string): string {
  return JSON.stringify({ create_request: { key: Buffer.from(key).toString('base64') } });
}

/** Serves methods until the test is over. */
function serveMethods(...methods: Method[]): Promise<string> {
  const byPath = new Map(methods.map((method) => [method.path, method]));
  return serve(etcdHandler(fakeOptions(fakeOperations(), { methods: byPath })));
}

interface Served {
  readonly base: string;
  /** The stream that the next request opens. */
  readonly opened: Promise<FakeWatch>;
}

async function serveWatch(onOpen: (watch: FakeWatch) => void = () => {}): Promise<Served> {
  let tellOpened: (watch: FakeWatch) => void;
  const opened = new Promise<FakeWatch>((resolve) => {
    tellOpened = resolve;
  });
  const base = await serveMethods({
    kind: 'stream',
    path: '/etcdserverpb.Watch/Watch',
    clientStreams: true,
    request: codecOf(pb.WatchRequest),
    response: codecOf(pb.WatchResponse),
    statusOf: etcdStatusOf,
    open: (context, responses) => {
      const watch = new FakeWatch(context, responses);
      onOpen(watch);
      tellOpened(watch);
      return watch;
    },
  });
  return { base, opened };
}

/** Begins a request whose body stays open. */
function begin(base: string, path = '/v3/watch'): ClientRequest {
  const asked = request(base + path, { method: 'POST' });
  asked.on('error', () => {});
  asked.flushHeaders();
  onTestFinished(() => void asked.destroy());
  return asked;
}

/** The lines of a response, one by one as they come. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<unknown, void> {
  let begun = '';
  for await (const part of response) {
    const [rest = '', ...lines] = String(part).split('\n');
    begun += rest;
    for (const line of lines) {
      yield JSON.parse(begun);
      begun = line;
    }
  }
}

async function nextOf(lines: AsyncGenerator<unknown, void>): Promise<unknown> {
  return (await lines.next()).value;
}

describe('a stream in both directions', () => {
  test('responds to requests while the body is still open', async () => {
    const { base, opened } = await serveWatch();
    const asked = begin(base);
    const watch = await opened;

    asked.write(create('a').slice(0, 10));
    asked.write(create('a').slice(10));
    await watch.toldTimes(1);
    watch.push({ created: true });
    const response = await responseTo(asked);
    const lines = linesOf(response);

    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('application/json');
    expect(await nextOf(lines)).toEqual({ result: { created: true } });

    asked.write(`${create('b')}\n${create('c')}`);
    expect(await watch.toldTimes(3)).toEqual(['create a', 'create b', 'create c']);
    watch.push({
      watch_id: 1,
      events: [{ type: mvccpb.Event.EventType.DELETE, kv: { key: Buffer.from('b') } }],
    });
    expect(await nextOf(lines)).toEqual({
      result: { watch_id: '1', events: [{ type: 'DELETE', kv: { key: 'Yg==' } }] },
    });
  });

  test('goes on after the body has ended', async () => {
    const { base, opened } = await serveWatch();
    const asked = begin(base);
    asked.end(create('a'));
    const watch = await opened;
    expect(await watch.toldTimes(2)).toEqual(['create a', 'half closed']);

    watch.push({ created: true });
    const lines = linesOf(await responseTo(asked));
    expect(await nextOf(lines)).toEqual({ result: { created: true } });
    watch.push({ watch_id: 5 });
    expect(await nextOf(lines)).toEqual({ result: { watch_id: '5' } });
    watch.responses.pushAlike({
      count: 2,
      tail: Buffer.from(pb.WatchResponse.encode({ cancel_reason: 'because' }).finish()),
      headBytes: () => 2,
      writeHead: (index, target, start) => target.writeUInt16BE(0x10_06 + index, start),
    });
    for (const watch_id of ['6', '7']) {
      expect(await nextOf(lines)).toEqual({ result: { watch_id, cancel_reason: 'because' } });
    }
    watch.responses.end();
    expect(await nextOf(lines)).toBeUndefined();
    expect(watch.told).toEqual(['create a', 'half closed', 'closed']);
  });

  test('is closed when the caller disconnects', async () => {
    const { base, opened } = await serveWatch();
    const asked = begin(base);
    asked.write(create('a'));
    const watch = await opened;
    await watch.toldTimes(1);
    const { signal } = watch.context;

    asked.destroy();

    expect(await watch.toldTimes(2)).toEqual(['create a', 'closed']);
    expect(signal.aborted).toBe(true);
    expect(watch.push({ created: true })).toBe(true);
    watch.responses.end(new RegistryError('no-leader', 'too late'));
    expect(watch.told).toEqual(['create a', 'closed']);
  });

  test('ends with an error at a request that cannot be read', async () => {
    const { base, opened } = await serveWatch();
    const asked = begin(base);
    asked.write(create('a'));
    const watch = await opened;
    await watch.toldTimes(1);
    watch.push({ created: true });
    const lines = linesOf(await responseTo(asked));
    await lines.next();

    asked.write(`${create('b')} {"create_request":5}${create('c')}`);

    expect(await nextOf(lines)).toEqual({
      error: { code: 3, message: 'proto: syntax error (line 1:19): unexpected token 5' },
    });
    expect(await nextOf(lines)).toBeUndefined();
    expect(watch.told).toEqual(['create a', 'create b', 'closed']);
  });

  test('that is refused before any response has the status of the refusal', async () => {
    const { base, opened } = await serveWatch();

    const response = await fetch(`${base}/v3/watch`, { method: 'POST', body: 'xx' });

    expect(response.status).toBe(400);
    expect(await response.text()).toBe(
      `{"error":{"code":3,"message":"invalid character 'x' looking for beginning of value"}}\n`,
    );
    expect((await opened).told).toEqual(['closed']);
  });

  test('may be refused as soon as it is opened', async () => {
    const { base, opened } = await serveWatch(({ responses }) => {
      responses.end(new RegistryError('no-leader', 'nobody leads'));
    });

    const response = await fetch(`${base}/v3/watch`, { method: 'POST', body: create('a') });

    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      error: { code: 14, message: 'etcdserver: no leader' },
    });
    expect((await opened).told).toEqual(['closed']);
  });

  test('gets no further request once it has ended', async () => {
    const { base, opened } = await serveWatch((watch) => {
      watch.onMessage = () => watch.responses.end();
    });

    await fetch(`${base}/v3/watch`, { method: 'POST', body: create('a') + create('b') });

    expect((await opened).told).toEqual(['create a', 'closed']);
  });

  test('may end without a response', async () => {
    const { base } = await serveWatch(({ responses }) => responses.end());

    const response = await fetch(`${base}/v3/watch`, { method: 'POST', body: create('a') });

    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  test.each(['drained', 'closed'] as const)(
    'whose method fails as it is %s ends, and the member goes on',
    async (when) => {
      const { base, opened } = await serveWatch();
      const asked = begin(base);
      asked.write(create('a'));
      const watch = await opened;
      await watch.toldTimes(1);
      const failed = new Promise<void>((resolve) => {
        watch[when] = () => {
          resolve();
          throw new TypeError('a bug of ours');
        };
      });
      watch.push({ cancel_reason: 'x'.repeat(30_000_000) });
      const response = await responseTo(asked);
      if (when === 'closed') response.destroy();
      else response.resume();
      await failed;
      expect((await fetch(`${base}/version`)).status).toBe(200);
    },
  );

  test('gets no requests while its caller does not read', async () => {
    const { base, opened } = await serveWatch();
    const asked = begin(base);
    asked.write(create('a'));
    const watch = await opened;
    await watch.toldTimes(1);

    // More than all buffers between the two can hold.
    expect(watch.push({ cancel_reason: 'x'.repeat(30_000_000) })).toBe(false);
    const response = await responseTo(asked);
    await new Promise<unknown>((resolve) => {
      asked.write(create('b'), resolve);
    });
    // Another request is served, so this one had its turn too.
    await fetch(`${base}/version`);
    expect(watch.told).toEqual(['create a']);

    await linesOf(response).next();
    expect(await watch.toldTimes(3)).toEqual(['create a', 'drained', 'create b']);
  });
});

function snapshots(answers: () => AsyncIterable<pb.SnapshotResponse.$Properties>): Method {
  return serverStream(
    '/etcdserverpb.Maintenance/Snapshot',
    pb.SnapshotRequest,
    pb.SnapshotResponse,
    answers,
  );
}

describe('a stream of responses to one request', () => {
  const path = '/v3/maintenance/snapshot';

  test('is one line for each, and ends', async () => {
    const base = await serveMethods(
      snapshots(async function* () {
        yield { blob: Buffer.from('a'), remaining_bytes: 1 };
        yield { blob: Buffer.from('b') };
      }),
    );

    const response = await fetch(base + path, { method: 'POST', body: '{}' });

    expect(await response.text()).toBe(
      '{"result":{"remaining_bytes":"1","blob":"YQ=="}}\n{"result":{"blob":"Yg=="}}\n',
    );
  });

  test('that fails in the middle has the error in its last line', async () => {
    const base = await serveMethods(
      snapshots(async function* () {
        yield { blob: Buffer.from('a') };
        throw new RegistryError('stopped', 'it stops');
      }),
    );

    const response = await fetch(base + path, { method: 'POST' });

    expect(response.status).toBe(200);
    expect(await response.text()).toBe(
      '{"result":{"blob":"YQ=="}}\n' +
        '{"error":{"code":14,"message":"etcdserver: server stopped"}}\n',
    );
  });

  test('is refused like a single call if its request cannot be read', async () => {
    const base = await serveMethods(
      snapshots(async function* () {
        yield {};
      }),
    );

    const response = await fetch(base + path, { method: 'POST', body: '[]' });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 3 });
  });

  test('is made no faster than it is read, and stops when its caller disconnects', async () => {
    const blob = Buffer.alloc(50_000);
    let made = 0;
    let ended: () => void;
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const base = await serveMethods(
      snapshots(async function* () {
        try {
          for (; made < 100_000; made++) yield { blob };
        } finally {
          ended();
        }
      }),
    );
    const asked = begin(base, path);
    asked.end('{}');
    const lines = linesOf(await responseTo(asked));
    await lines.next();
    await lines.next();
    asked.destroy();

    await end;
    expect(made).toBeGreaterThan(1);
    expect(made).toBeLessThan(10_000);
  });
});
