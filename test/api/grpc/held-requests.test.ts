import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { CallHead } from '../../../src/api/grpc/call-head.ts';
import { UnaryCall } from '../../../src/api/grpc/calls.ts';
import { ByteBudget } from '../../../src/base/byte-budget.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { messageHead } from '../../../src/http2/index.ts';
import { Stream } from '../../../src/http2/stream.ts';
import type { StreamOwner } from '../../../src/http2/stream.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { unaryMethod } from './server.ts';

const bytesMax = 10_000;

function messageOf(length: number): Buffer {
  return Buffer.concat([messageHead(length), Buffer.alloc(length, 'x')]);
}

/** Calls of one member, whose requests may hold `bytesMax` bytes. */
class Calls {
  readonly answered: number[] = [];
  readonly unread = new ByteBudget({ bytesMax });
  readonly #head: CallHead;
  readonly #method = unaryMethod('/s.S/Length', (request) => {
    this.answered.push(request.length);
    return Promise.resolve(request);
  });
  readonly #owner: StreamOwner = {
    callerAddress: undefined,
    sendWindow: 1 << 30,
    frameBytesMax: 16_384,
    isCongested: false,
    send() {},
    respond() {},
    takeWindow() {},
    holds() {},
    queue() {},
    finished() {},
  };

  constructor(encoding = 'identity') {
    const headers = [
      { name: ':path', value: this.#method.path },
      { name: 'grpc-encoding', value: encoding },
    ];
    this.#head = new CallHead(headers, new Map([[this.#method.path, this.#method]]));
  }

  begin(): UnaryCall {
    const stream = new Stream(1, this.#owner, { send: 1 << 20, receive: 1 << 20 });
    const call = new UnaryCall(stream, this.#method, this.#head, {
      clock: systemClock(),
      logger: silentLogger,
      messageBytesMax: 1 << 20,
      unread: this.unread,
    });
    stream.listener = call;
    return call;
  }

  /** True if more cannot be held. */
  get areFull(): boolean {
    this.unread.add(bytesMax);
    const { isExceeded } = this.unread;
    this.unread.add(-bytesMax);
    return isExceeded;
  }
}

test('whole messages of requests that do not end have a bound, and leave it however they end', () => {
  for (const end of [
    (call: UnaryCall) => call.ended(),
    (call: UnaryCall) => call.closed(),
    (call: UnaryCall) => call.expire(),
    (call: UnaryCall) => call.data(messageOf(1), false),
  ]) {
    const calls = new Calls();
    const held = [calls.begin(), calls.begin(), calls.begin()];
    for (const call of held) call.data(messageOf(4000), false);
    expect(held.map(({ isOver }) => isOver)).toEqual([false, false, true]);
    expect(calls.areFull).toBe(true);
    for (const call of held) end(call);
    expect(calls.areFull).toBe(false);
  }
});

test('a message that is compressed counts with what it becomes', () => {
  const calls = new Calls('gzip');
  const packed = gzipSync(Buffer.alloc(8000));
  const head = messageHead(packed.length);
  head[0] = 1;
  const held = [calls.begin(), calls.begin()];
  for (const call of held) call.data(Buffer.concat([head, packed]), false);
  expect(held.map(({ isOver }) => isOver)).toEqual([false, true]);
});

test('a request that ends with its message is answered while others hold all there is', () => {
  const calls = new Calls();
  for (let count = 0; count < 3; count++) calls.begin().data(messageOf(4000), false);
  const call = calls.begin();
  call.data(messageOf(5), true);
  call.ended();
  expect(calls.answered).toEqual([5]);
});
