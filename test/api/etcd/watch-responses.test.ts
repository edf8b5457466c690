import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { alikeMessage, bytesOfAlike } from '../../../src/api/alike-messages.ts';
import { eventlessResponse, responsesWith } from '../../../src/api/etcd/watch-responses.ts';
import { framedAlike } from '../../../src/api/grpc/messages.ts';
import { MessageReader } from '../../../src/http2/index.ts';
import { ByteBudget } from '../../../src/base/byte-budget.ts';
import { keyOfText } from '../../../src/base/key.ts';
import { etcdserverpb as pb } from '../../../src/gen/etcd.js';
import type { Header, KeyValue, WatchedEvent } from '../../../src/operations/index.ts';
import { anyNumber, anyValue } from './arbitraries.ts';

const header: Header = { clusterId: 'fedcba9876543210', memberId: '1', revision: 9, raftTerm: 3 };

const anyKeyValue: fc.Arbitrary<KeyValue> = fc.record({
  key: fc.string({ minLength: 1, maxLength: 5 }).map(keyOfText),
  value: fc.oneof(fc.uint8Array({ maxLength: 6000 }), anyValue),
  createRevision: anyNumber,
  modRevision: anyNumber,
  version: anyNumber,
  lease: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
});
const anyEvent: fc.Arbitrary<WatchedEvent> = fc.record({
  event: fc.record({ kind: fc.constantFrom('put' as const, 'delete' as const), kv: anyKeyValue }),
  previous: fc.option(anyKeyValue, { nil: undefined }),
});
const anyId = fc.oneof(fc.nat({ max: 300 }), fc.maxSafeInteger());

/** As the general codec reads it. */
function read(bytes: Uint8Array) {
  const { header: head, watch_id, events, ...others } = pb.WatchResponse.decode(bytes);
  return {
    head: [String(head?.cluster_id), String(head?.revision), String(head?.raft_term)],
    id: Number(watch_id),
    events: events.map(({ type, kv, prev_kv }) => ({
      type: type ?? 0,
      kv: kv && readKeyValue(kv),
      previous: prev_kv ? readKeyValue(prev_kv) : undefined,
    })),
    others,
  };
}

function readKeyValue(kv: NonNullable<pb.WatchResponse['events'][number]['kv']>) {
  return [
    Buffer.from(kv.key ?? []).toString('latin1'),
    Buffer.from(kv.value ?? []).toString('hex'),
    ...[kv.create_revision, kv.mod_revision, kv.version, kv.lease].map((number) =>
      String(number ?? 0),
    ),
  ];
}

function expectedOf(kv: KeyValue): string[] {
  return [
    kv.key,
    Buffer.from(kv.value).toString('hex'),
    ...[kv.createRevision, kv.modRevision, kv.version, kv.lease].map(String),
  ];
}

/** The response of each watcher, as a carrier sends it and as the gateway takes it. */
function responsesTo(revision: number, ids: readonly number[], events: readonly WatchedEvent[]) {
  const responses = responsesWith(
    { kind: 'events', watchIds: ids, revision, events, isPart: false, fragment: false },
    header,
  );
  const reader = new MessageReader({
    bytesMax: 1 << 30,
    encoding: undefined,
    unread: new ByteBudget({ bytesMax: 1 << 30 }),
  });
  reader.add(Buffer.concat(framedAlike(responses)));
  const framed = ids.map(() => read(reader.next() ?? new Uint8Array()));
  expect(reader.pendingBytes).toBe(0);
  const whole = ids.map((_, index) => alikeMessage(responses, index));
  expect(whole.map(read)).toEqual(framed);
  expect(whole.reduce((sum, { length }) => sum + length, 0)).toBe(bytesOfAlike(responses));
  return framed;
}

function expected(revision: number, id: number, events: readonly WatchedEvent[]) {
  return {
    head: ['18364758544493064720', String(revision), '3'],
    id,
    events: events.map(({ event, previous }) => ({
      type: event.kind === 'put' ? 0 : 1,
      kv: expectedOf(event.kv),
      previous: previous && expectedOf(previous),
    })),
    others: {},
  };
}

test('each watcher of a message gets a response of its own, with the events that all share', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyId, { minLength: 1, maxLength: 20 }),
      fc.array(anyEvent, { maxLength: 3 }),
      (ids, events) => {
        // The second time with another newest revision, of which nothing may be kept.
        for (const revision of [7, 8]) {
          const told = ids.map((id) => expected(revision, id, events));
          expect(responsesTo(revision, ids, events)).toEqual(told);
        }
      },
    ),
  );
});

test('an id below zero is written as protobuf writes it', () => {
  const message = { watchIds: [-5, 1], revision: 2, events: [], isPart: false, fragment: false };
  const responses = responsesWith({ kind: 'events', ...message }, header);
  const ids = [0, 1].map((at) =>
    Number(pb.WatchResponse.decode(alikeMessage(responses, at)).watch_id),
  );
  expect(ids).toEqual([-5, 1]);
});

test('responses without events say which watcher they are about, and whether it was created', () => {
  fc.assert(
    fc.property(
      fc.oneof(anyId, fc.constant(-1)),
      fc.nat(),
      fc.constantFrom('created', 'progress'),
      (watchId, revision, kind) => {
        const response = read(eventlessResponse(kind, { watchId, revision }, header));
        const others = kind === 'created' ? { created: true } : {};
        expect(response).toEqual({ ...expected(revision, watchId, []), others });
      },
    ),
  );
});
