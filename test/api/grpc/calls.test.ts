import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { etcdStatusOf } from '../../../src/api/etcd/errors.ts';
import { StatusError } from '../../../src/api/status.ts';
import type { CallContext } from '../../../src/api/methods.ts';
import { RegistryError } from '../../../src/base/errors.ts';
import { Deferred, ServerAndCaller, endingOf, FakeStream, unaryMethod } from './server.ts';

/** A method that never answers, and its context. */
function unanswered() {
  const context = new Deferred<CallContext>();
  const method = unaryMethod('/s.S/M', (_request, given) => {
    context.resolve(given);
    return new Promise(() => {});
  });
  return { context: context.promise, method };
}

test('calls and streams know the address of their caller', async () => {
  const method = unaryMethod('/s.S/M', (_request, { address }) =>
    Promise.resolve(Buffer.from(String(address))),
  );
  const stream = new FakeStream();
  await using pair = await ServerAndCaller.open([method, stream.methodAt('/s.S/Stream')]);
  expect(await pair.ask('/s.S/M', 'hello')).toBe('127.0.0.1');
  pair.stream('/s.S/Stream').end();
  await stream.hears('(opened)');
  expect(stream.context?.address).toBe('127.0.0.1');
});

describe('a unary call', () => {
  test('takes a message and metadata, and returns a message', async () => {
    const method = unaryMethod('/s.S/M', (request, context) =>
      Promise.resolve(Buffer.from(`${Buffer.from(request).toString()} ${context.metadata('who')}`)),
    );
    await using pair = await ServerAndCaller.open([method]);
    expect(await pair.ask('/s.S/M', 'hello', { metadata: { who: 'you' } })).toBe('hello you');
    expect(await pair.ask('/s.S/M', 'hello')).toBe('hello undefined');
    expect(await pair.ask('/s.S/M', '')).toBe(' undefined');
  });

  test.each([
    [new RegistryError('lease-not-found', 'own words'), 2, 'own words'],
    [new RegistryError('invalid-request', 'own words'), 3, 'own words'],
    [new RegistryError('too-many-requests', 'own words'), 8, 'own words'],
    [new StatusError(12, 'not yet'), 12, 'not yet'],
    [new TypeError('a bug of ours'), 13, 'a bug of ours'],
  ])('that fails with %s has the status of the default table', async (error, code, details) => {
    const method = unaryMethod('/s.S/M', () => {
      throw error;
    });
    await using pair = await ServerAndCaller.open([method]);
    expect(await pair.ask('/s.S/M')).toEqual({ code, details });
  });

  test('that fails has the status of the table that its method brings', async () => {
    const failing = unaryMethod('/s.S/M', () => {
      throw new RegistryError('lease-not-found', 'own words');
    });
    await using pair = await ServerAndCaller.open([{ ...failing, statusOf: etcdStatusOf }]);
    expect(await pair.ask('/s.S/M')).toEqual({
      code: 5,
      details: 'etcdserver: requested lease not found',
    });
  });

  test('of an unknown method is unimplemented', async () => {
    await using pair = await ServerAndCaller.open([]);
    expect(await pair.ask('/s.S/Other')).toMatchObject({ code: 12 });
  });

  test('with a message that is too large is refused before its method is called', async () => {
    let calls = 0;
    const method = unaryMethod('/s.S/M', (request) => {
      calls++;
      return Promise.resolve(request);
    });
    await using pair = await ServerAndCaller.open([method], { messageBytesMax: 100 });
    expect(await pair.ask('/s.S/M', 'x'.repeat(101))).toMatchObject({ code: 8 });
    expect(await pair.ask('/s.S/M', 'x'.repeat(100))).toBe('x'.repeat(100));
    expect(calls).toBe(1);
  });

  test('whose caller disconnects has its signal aborted, also if the signal is first read then', async () => {
    const { context, method } = unanswered();
    await using pair = await ServerAndCaller.open([method]);
    const gone = new AbortController();
    const ending = pair.ask('/s.S/M', '', { signal: gone.signal });
    const { signal } = await context;
    expect(signal.aborted).toBe(false);
    gone.abort();
    expect(await ending).toMatchObject({ code: 1 });
    if (!signal.aborted) await once(signal, 'abort');
    expect((await context).signal.aborted).toBe(true);
  });

  test('whose deadline passes has its signal aborted', async () => {
    const { context, method } = unanswered();
    await using pair = await ServerAndCaller.open([method]);
    const ending = pair.ask('/s.S/M', '', { deadlineMs: 50 });
    const { signal } = await context;
    expect(await ending).toMatchObject({ code: 4 });
    if (!signal.aborted) await once(signal, 'abort');
  });
});

describe('a stream', () => {
  test('carries messages both ways, in order, until both sides have ended', async () => {
    const fake = new FakeStream();
    await using pair = await ServerAndCaller.open([fake.methodAt('/s.S/M')]);
    const stream = pair.stream('/s.S/M');
    const ending = endingOf(stream);
    for (const text of ['a', 'b', 'c']) stream.write(Buffer.from(text));
    await fake.hears('c');
    for (const text of ['1', '2']) fake.responses!.push(Buffer.from(text));
    stream.end();
    await fake.hears('(half-closed)');
    fake.responses!.end();
    expect((await stream.toArray()).map(String)).toEqual(['1', '2']);
    expect(await ending).toMatchObject({ code: 0 });
    expect(fake.told).toEqual(['(opened)', 'a', 'b', 'c', '(half-closed)', '(closed)']);
  });

  test.each([10, 5000, 200_000])(
    'carries messages with a common tail of %d bytes one by one, and waits for a slow caller',
    async (tailBytes) => {
      const fake = new FakeStream();
      await using pair = await ServerAndCaller.open([fake.methodAt('/s.S/M')]);
      const stream = pair.stream('/s.S/M');
      stream.write(Buffer.from('begin'));
      await fake.hears('begin');
      const tail = Buffer.alloc(tailBytes, 't');
      const more = fake.responses!.pushAlike({
        count: 3,
        tail,
        headBytes: (index) => index + 1,
        writeHead: (index, target, start) =>
          target.write('h'.repeat(index + 1), start, 'latin1') + start,
      });
      expect(more).toBe(tailBytes < 200_000);
      fake.responses!.push(Buffer.from('and so on'));
      fake.responses!.end();
      const heads = ['h', 'hh', 'hhh'].map((head) => `${head}${String(tail)}`);
      expect((await stream.toArray()).map(String)).toEqual([...heads, 'and so on']);
    },
  );

  test('to one request is half-closed at once', async () => {
    const fake = new FakeStream();
    await using pair = await ServerAndCaller.open([fake.methodAt('/s.S/M', false)]);
    const stream = pair.listen('/s.S/M', 'tell me');
    await fake.hears('(half-closed)');
    fake.responses!.push(Buffer.from('so'));
    fake.responses!.end();
    expect((await stream.toArray()).map(String)).toEqual(['so']);
    expect(fake.told).toEqual(['(opened)', 'tell me', '(half-closed)', '(closed)']);
  });

  test('that ends with an error sends it behind its messages', async () => {
    const fake = new FakeStream();
    await using pair = await ServerAndCaller.open([fake.methodAt('/s.S/M')]);
    const stream = pair.stream('/s.S/M');
    const heard: string[] = [];
    stream.on('data', (bytes: Buffer) => heard.push(bytes.toString()));
    const ending = endingOf(stream);
    stream.write(Buffer.from('a'));
    await fake.hears('a');
    fake.responses!.push(Buffer.from('1'));
    fake.responses!.end(new RegistryError('stopped', 'own words'));
    expect(await ending).toEqual({ code: 14, details: 'own words' });
    expect(heard).toEqual(['1']);
    // Messages and errors after the end are dropped.
    expect(fake.responses!.push(Buffer.from('2'))).toBe(true);
    fake.responses!.end();
    expect(fake.told.filter((what) => what === '(closed)')).toHaveLength(1);
  });

  test('that is refused when it is opened is closed', async () => {
    const fake = new FakeStream();
    const method = fake.methodAt('/s.S/M');
    const refusing = {
      ...method,
      open: (...args: Parameters<typeof method.open>) => {
        const requests = method.open(...args);
        args[1].end(new RegistryError('not-supported-for-learner', 'own words'));
        return requests;
      },
    };
    await using pair = await ServerAndCaller.open([refusing]);
    const stream = pair.stream('/s.S/M');
    stream.resume();
    expect(await endingOf(stream)).toMatchObject({ code: 2 });
    expect(fake.told).toEqual(['(opened)', '(closed)']);
  });

  test('whose caller disconnects is closed, and its signal aborted', async () => {
    const fake = new FakeStream();
    await using pair = await ServerAndCaller.open([fake.methodAt('/s.S/M')]);
    const stream = pair.stream('/s.S/M');
    stream.write(Buffer.from('a'));
    await fake.hears('a');
    const { signal } = fake.context!;
    stream.cancel();
    await fake.hears('(closed)');
    if (!signal.aborted) await once(signal, 'abort');
    expect(fake.responses!.push(Buffer.from('to nobody'))).toBe(true);
    expect(fake.told.at(-1)).toBe('(closed)');
  });

  test('whose connection breaks is closed', async () => {
    const fake = new FakeStream();
    await using pair = await ServerAndCaller.open([fake.methodAt('/s.S/M')]);
    const stream = pair.stream('/s.S/M');
    stream.write(Buffer.from('a'));
    await fake.hears('a');
    pair.breakConnections();
    await fake.hears('(closed)');
  });

  test('whose caller does not read has to wait and gets no requests, until the caller reads', async () => {
    const fake = new FakeStream();
    await using pair = await ServerAndCaller.open([fake.methodAt('/s.S/M')]);
    const stream = pair.stream('/s.S/M');
    stream.write(Buffer.from('begin'));
    await fake.hears('begin');

    const piece = Buffer.alloc(100_000, 'x');
    let pushed = 0;
    do pushed++;
    while (fake.responses!.push(piece));
    stream.write(Buffer.from('not heard yet'));
    expect(pushed).toBeLessThan(100);
    expect(fake.told).not.toContain('(drained)');

    let readBytes = 0;
    const all = new Promise<void>((resolve) => {
      stream.on('data', (bytes: Buffer) => {
        readBytes += bytes.length;
        if (readBytes === pushed * piece.length) resolve();
      });
    });
    await fake.hears('(drained)');
    await fake.hears('not heard yet');
    await all;
    expect(fake.told).toEqual(['(opened)', 'begin', '(drained)', 'not heard yet']);
  });
});

test('a call beyond the limit of a connection waits until another one ends', async () => {
  const [first, second] = [new FakeStream(), new FakeStream()];
  const methods = [first.methodAt('/s.S/First'), second.methodAt('/s.S/Second')];
  await using pair = await ServerAndCaller.open(methods, { streamsMax: 1 });
  const holding = pair.stream('/s.S/First');
  holding.write(Buffer.from('a'));
  await first.hears('a');
  const waiting = pair.stream('/s.S/Second');
  waiting.write(Buffer.from('b'));
  first.responses!.push(Buffer.from('1'));
  await once(holding, 'data');
  expect(second.told).toEqual([]);

  first.responses!.end();
  await second.hears('b');
  waiting.cancel();
});

test('a server that closes lets calls end within the grace time, and ends the others', async () => {
  const fake = new FakeStream();
  const asked = new Deferred<void>();
  const answer = new Deferred<Uint8Array>();
  const slow = unaryMethod('/s.S/Slow', () => {
    asked.resolve();
    return answer.promise;
  });
  await using pair = await ServerAndCaller.open([slow, fake.methodAt('/s.S/M')]);
  const stream = pair.stream('/s.S/M');
  const ending = endingOf(stream);
  stream.resume();
  stream.write(Buffer.from('a'));
  const asking = pair.ask('/s.S/Slow');
  await fake.hears('a');
  await asked.promise;

  const closed = pair.grpc.close(200);
  answer.resolve(Buffer.from('in time'));
  expect(await asking).toBe('in time');
  expect((await ending).code).not.toBe(0);
  await fake.hears('(closed)');
  await closed;
});
