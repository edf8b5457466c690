import * as packet from 'dns-packet';
import type { Packet, Question as PacketQuestion } from 'dns-packet';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameOf, textOfName } from '../../../src/api/dns/name.ts';
import { decodeQuery } from '../../../src/api/dns/query.ts';
import { Reader } from '../../../src/api/dns/reader.ts';
import type { Query } from '../../../src/api/dns/query.ts';
import { empty } from '../../../src/api/dns/resolver.ts';
import { addressBytes, encodeResponse } from '../../../src/api/dns/response.ts';
import type { DnsRecord, Frame } from '../../../src/api/dns/response.ts';

function queryFor(name: string, more: Partial<Packet> = {}): Buffer {
  const questions: PacketQuestion[] = [{ type: 'SRV', name }];
  return packet.encode({
    type: 'query',
    id: 7,
    flags: packet.RECURSION_DESIRED,
    questions,
    ...more,
  });
}

function queryOf(bytes: Uint8Array): Query {
  const query = decodeQuery(bytes);
  if (!('opcode' in query)) throw new Error('malformed');
  return query;
}

/** The name at the end of a chain of pointers, each of which leads to the one before. */
function endOfChain(pointers: number): readonly string[] {
  // The first one leads to the root at byte 12.
  const bytes = Buffer.alloc(13 + 2 * pointers);
  for (let at = 0; at < pointers; at++) {
    bytes.writeUInt16BE(0xc000 | (at === 0 ? 12 : 11 + 2 * at), 13 + 2 * at);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new Reader(bytes, view).nameAt(11 + 2 * pointers);
}

describe('a query', () => {
  test('is read with the case of its name kept', () => {
    const query = queryOf(queryFor('Payment.Service.consul'));
    expect(query).toMatchObject({ id: 7, opcode: 0, edns: undefined });
    expect(query.question).toEqual({
      name: ['Payment', 'Service', 'consul'],
      lower: ['payment', 'service', 'consul'],
      type: 33,
      class: 1,
    });
  });

  test('may have an OPT record', () => {
    const additionals: Packet['additionals'] = [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: 1232,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ];
    expect(queryOf(queryFor('a', { additionals })).edns).toEqual({ version: 0, udpBytes: 1232 });
  });

  test('with two OPT records is malformed', () => {
    const opt = {
      type: 'OPT',
      name: '.',
      udpPayloadSize: 512,
      extendedRcode: 0,
      ednsVersion: 0,
      flags: 0,
      flag_do: false,
      options: [],
    } as const;
    expect(
      decodeQuery(
        queryFor('a', {
          additionals: [
            { ...opt, options: [] },
            { ...opt, options: [] },
          ],
        }),
      ),
    ).toEqual({ id: 7 });
  });

  test('of several questions has none', () => {
    const questions: PacketQuestion[] = [
      { type: 'A', name: 'a' },
      { type: 'A', name: 'b' },
    ];
    expect(queryOf(queryFor('', { questions })).question).toBeUndefined();
  });

  test('that is a response, or has no header, is not answered', () => {
    const response = packet.encode({
      type: 'response',
      id: 7,
      questions: [{ type: 'A', name: 'a' }],
    });
    expect(decodeQuery(response)).toEqual({ id: undefined });
    expect(decodeQuery(Buffer.alloc(11))).toEqual({ id: undefined });
  });

  test.each([
    ['a pointer to itself', [0xc0, 12]],
    ['a pointer forwards', [0xc0, 14, 1, 97, 0]],
    ['a label of a kind that is not defined', [0x80, 97, 0]],
    ['no end', [3, 97, 98, 99]],
    ['a label beyond the message', [63, 97]],
    [
      'more than 255 bytes',
      Array.from({ length: 5 }, () => [63, ...Array.from({ length: 63 }, () => 97)]).flat(),
    ],
  ])('whose name has %s is malformed', (_, name) => {
    const head = Buffer.from([0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect(decodeQuery(Buffer.concat([head, Buffer.from([...name])]))).toEqual({ id: 7 });
  });

  test('may have a name of 127 pointers in a row, and of no more', () => {
    expect(endOfChain(127)).toEqual([]);
    expect(() => endOfChain(128)).toThrow('too many pointers in one name');
  });

  test('with a record whose data is cut off is malformed', () => {
    const additionals: Packet['additionals'] = [{ type: 'A', name: 'a', data: '10.0.0.1', ttl: 0 }];
    const whole = queryFor('a', { additionals });
    expect(decodeQuery(whole)).toMatchObject({ opcode: 0 });
    expect(decodeQuery(whole.subarray(0, -1))).toEqual({ id: 7 });
  });

  test('of any bytes does not throw', () => {
    const valid = queryFor('a.b.consul', {
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: 4096,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: 0,
          flag_do: false,
          options: [],
        },
      ],
    });
    const mutated = fc
      .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 6 })
      .chain((changes) => {
        const bytes = Buffer.from(valid);
        for (const [at, byte] of changes) bytes[at] = byte;
        return fc.nat(bytes.length).map((end) => bytes.subarray(0, end));
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), mutated), (bytes) => {
        expect(() => decodeQuery(bytes)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

const frame: Frame = {
  recursionAvailable: false,
  question: { name: ['Payment', 'consul'], lower: ['payment', 'consul'], type: 255, class: 1 },
  bytesMax: 65_535,
};

function srvOf(at: number): DnsRecord {
  return {
    owner: undefined,
    ttlSeconds: 5,
    data: {
      type: 'SRV',
      priority: 1,
      weight: at,
      port: 8000 + at,
      target: [`host${at}`, 'Payment', 'consul'],
    },
  };
}

describe('a response', () => {
  test('is what another decoder reads', () => {
    const records: DnsRecord[] = [
      { owner: undefined, ttlSeconds: 1, data: { type: 'A', address: '10.0.1.45' } },
      { owner: ['x', 'consul'], ttlSeconds: 2, data: { type: 'AAAA', address: '2001:db8::1:0:7' } },
      {
        owner: undefined,
        ttlSeconds: 3,
        data: { type: 'CNAME', target: ['www', 'example', 'com'] },
      },
      { owner: undefined, ttlSeconds: 4, data: { type: 'TXT', text: 'é'.repeat(200) } },
      srvOf(3),
    ];
    const times = [1, 2, 3, 4] as const;
    const soa: DnsRecord = {
      owner: ['consul'],
      ttlSeconds: 6,
      data: {
        type: 'SOA',
        primary: ['ns', 'consul'],
        mailbox: ['hostmaster', 'consul'],
        serial: 2 ** 32 - 1,
        times,
      },
    };
    const bytes = encodeResponse(
      { ...empty(0, true), answers: records, authority: [soa], additional: [srvOf(4)] },
      { ...frame, ednsUdpBytes: 8192 },
    );
    const read = packet.decode(bytes);
    expect(read).toMatchObject({
      flag_aa: true,
      flag_tc: false,
      flag_ra: false,
      rcode: 'NOERROR',
    });
    expect(read.questions?.[0]?.name).toBe('Payment.consul');
    expect(read.answers).toMatchObject([
      { name: 'Payment.consul', type: 'A', ttl: 1, data: '10.0.1.45' },
      { name: 'x.consul', type: 'AAAA', ttl: 2, data: '2001:db8::1:0:7' },
      { type: 'CNAME', data: 'www.example.com' },
      {
        type: 'TXT',
        data: [
          Buffer.from('é'.repeat(200)).subarray(0, 255),
          Buffer.from('é'.repeat(200)).subarray(255),
        ],
      },
      { type: 'SRV', data: { priority: 1, weight: 3, port: 8003, target: 'host3.Payment.consul' } },
    ]);
    expect(read.authorities).toMatchObject([
      {
        name: 'consul',
        type: 'SOA',
        data: {
          mname: 'ns.consul',
          rname: 'hostmaster.consul',
          serial: 2 ** 32 - 1,
          refresh: 1,
          minimum: 4,
        },
      },
    ]);
    expect(read.additionals?.map(({ type }) => type)).toEqual(['SRV', 'OPT']);
  });

  test('names each part once, and points to it afterwards', () => {
    const one = encodeResponse({ ...empty(0, true), answers: [srvOf(1)] }, frame);
    const two = encodeResponse({ ...empty(0, true), answers: [srvOf(1), srvOf(2)] }, frame);
    // A pointer, 10 bytes of head, 6 of numbers, `host2`, and a pointer.
    expect(two.length - one.length).toBe(2 + 10 + 6 + 6 + 2);
  });

  test('that is too long says so and keeps its OPT record; what is beside the answers goes first', () => {
    const answers = Array.from({ length: 50 }, (_, at) => srvOf(at));
    for (let bytesMax = 512; bytesMax < 1500; bytesMax++) {
      const response = { ...empty(0, true), answers, additional: [srvOf(99)] };
      const bytes = encodeResponse(response, { ...frame, bytesMax, ednsUdpBytes: 8192 });
      const read = packet.decode(bytes);
      expect(bytes.length).toBeLessThanOrEqual(bytesMax);
      expect(read.flag_tc).toBe((read.answers?.length ?? 0) < 50);
      expect(read.additionals?.at(-1)?.type).toBe('OPT');
      if (!read.flag_tc) continue;
      expect(read.additionals).toHaveLength(1);
      expect(bytes.length).toBeGreaterThan(bytesMax - 40);
    }
  });

  test('without room for all additional records is not truncated', () => {
    const additional = Array.from({ length: 50 }, (_, at) => srvOf(at));
    const bytes = encodeResponse(
      { ...empty(0, true), answers: [srvOf(0)], additional },
      { ...frame, bytesMax: 512 },
    );
    expect(packet.decode(bytes).flag_tc).toBe(false);
    expect(bytes.length).toBeLessThanOrEqual(512);
  });

  test('points to no name of a record that did not fit', () => {
    const times = [1, 2, 3, 4] as const;
    const soa: DnsRecord = {
      owner: ['consul'],
      ttlSeconds: 6,
      data: {
        type: 'SOA',
        primary: ['ns', 'x'.repeat(40)],
        mailbox: ['hostmaster', 'y'.repeat(63), 'z'.repeat(63)],
        serial: 1,
        times,
      },
    };
    const beside: DnsRecord = {
      owner: ['x'.repeat(40)],
      ttlSeconds: 1,
      data: { type: 'A', address: '10.0.0.1' },
    };
    for (let bytesMax = 50; bytesMax < 400; bytesMax++) {
      const bytes = encodeResponse(
        { ...empty(0, true), authority: [soa], additional: [beside] },
        { ...frame, bytesMax },
      );
      const { authorities = [], additionals = [] } = packet.decode(bytes);
      if (authorities.length > 0) continue;
      for (const { name } of additionals) expect(name).toBe('x'.repeat(40));
    }
  });

  test('has the high bits of its code in the OPT record', () => {
    const bytes = encodeResponse(empty(16, false), { ...frame, ednsUdpBytes: 8192 });
    expect(packet.decode(bytes).additionals?.[0]).toMatchObject({ extendedRcode: 1 });
    expect(bytes.readUInt16BE(2) & 0xf).toBe(0);
  });

  test('of names with any bytes can be read again', () => {
    const label = fc
      .uint8Array({ minLength: 1, maxLength: 20 })
      .map((bytes) => Buffer.from(bytes).toString('latin1'));
    fc.assert(
      fc.property(fc.array(label, { maxLength: 6 }), (name) => {
        const question = { name, lower: name, type: 1, class: 1 };
        const bytes = encodeResponse(empty(0, true), { ...frame, question });
        bytes.writeUInt16BE(0, 2);
        expect(queryOf(bytes).question?.name).toEqual(name);
      }),
    );
  });
});

test('a name is written with its dots and signs escaped', () => {
  expect(textOfName(['a.b', 'c\\d', '\xff', 'e'])).toBe('a\\.b.c\\\\d.\\255.e.');
  expect(textOfName([])).toBe('.');
  expect(nameOf('a.b.')).toEqual(['a', 'b']);
});

test.each([
  ['10.0.1.45', '0a00012d'],
  ['::', '0'.repeat(32)],
  ['::1', `${'0'.repeat(31)}1`],
  ['2001:db8::', `20010db8${'0'.repeat(24)}`],
  ['::ffff:10.0.1.45', '00000000000000000000ffff0a00012d'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
])('the bytes of %s', (address, hex) => {
  expect(Buffer.from(addressBytes(address)).toString('hex')).toBe(hex);
});
