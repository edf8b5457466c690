import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  encodedKeepAlive,
  encodedPut,
  encodedRange,
} from '../../../src/api/etcd/small-responses.ts';
import { headerOf, keyValueOf, longOfBigint } from '../../../src/api/etcd/wire.ts';
import { keyOfText } from '../../../src/base/key.ts';
import { etcdserverpb as pb } from '../../../src/gen/etcd.js';
import type { Header, KeyValue } from '../../../src/operations/index.ts';
import { anyNumber, anyValue } from './arbitraries.ts';

const anyHeader: fc.Arbitrary<Header> = fc.record({
  clusterId: fc.constantFrom('1', 'fedcba9876543210', '80'),
  memberId: fc.constantFrom('2', 'ffffffffffffffff'),
  revision: anyNumber,
  raftTerm: anyNumber,
});
const anyKeyValue: fc.Arbitrary<KeyValue> = fc.record({
  key: fc.string({ minLength: 1, maxLength: 200 }).map(keyOfText),
  value: anyValue,
  createRevision: anyNumber,
  modRevision: anyNumber,
  version: anyNumber,
  lease: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
});

test('responses to ranges and puts are, byte for byte, those of the general codec', () => {
  fc.assert(
    fc.property(
      anyHeader,
      fc.array(anyKeyValue, { maxLength: 4 }),
      fc.boolean(),
      anyNumber,
      (header, kvs, more, count) => {
        const range = encodedRange(header, { kind: 'range', kvs, more, count });
        const wanted = { header: headerOf(header), kvs: kvs.map(keyValueOf), more, count };
        expect(Buffer.compare(range, pb.RangeResponse.encode(wanted).finish()) === 0).toBe(true);

        const [previous] = kvs;
        const put = encodedPut(header, previous);
        const answer = {
          header: headerOf(header),
          ...(previous !== undefined && { prev_kv: keyValueOf(previous) }),
        };
        expect(Buffer.compare(put, pb.PutResponse.encode(answer).finish()) === 0).toBe(true);
      },
    ),
  );
});

test('responses to renewals are, byte for byte, those of the general codec', () => {
  const anyLease = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.nat({ max: 63 }).map((bits) => BigInt.asIntN(64, 1n << BigInt(bits))),
    fc.nat().map(BigInt),
  );
  fc.assert(
    fc.property(anyHeader, anyLease, anyNumber, (header, lease, ttlSeconds) => {
      const { ID } = pb.LeaseKeepAliveRequest.decode(
        pb.LeaseKeepAliveRequest.encode({ ID: longOfBigint(lease) }).finish(),
      );
      const wanted = { header: headerOf(header), ID, TTL: ttlSeconds };
      expect(encodedKeepAlive(header, ID, ttlSeconds)).toEqual(
        Buffer.from(pb.LeaseKeepAliveResponse.encode(wanted).finish()),
      );
    }),
  );
});
