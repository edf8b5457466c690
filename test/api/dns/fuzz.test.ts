import type * as packet from 'dns-packet';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeQuery } from '../../../src/api/dns/query.ts';
import { addressRecordsOf } from '../../../src/api/dns/reply.ts';
import { UsualQuery } from '../../../src/api/dns/usual-query.ts';
import type { MessageTransport } from '../../../src/api/port/index.ts';
import { Asking, dataOf, queryFor } from './asking.ts';
import type { Type } from './asking.ts';
import { corpus } from './corpus.ts';
import { wrongWithResponse } from './sound.ts';

const dns = new Asking({ singleLabel: true });

beforeAll(() => {
  dns.put({
    'payment/i1': { address: '10.0.1.45', port: 8080, tags: ['v2'], ports: { http: 8080 } },
    'payment/i2': '[2001:db8::1]:80',
    'alias/a1': 'payment.service.consul:1',
    'host/h1': 'www.example.com:1',
  });
  dns.put(
    Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`many/${at}`, `10.1.0.${at}:80`])),
  );
});

const messages = corpus.map(([, hex]) => Buffer.from(hex, 'hex'));

/** A real message in which bytes were changed, cut off, taken from another one, or added. */
const mutated = fc
  .tuple(
    fc.constantFrom(...messages),
    fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 8 }),
    fc.option(fc.nat(300)),
    fc.constantFrom(...messages),
    fc.option(fc.nat(300)),
  )
  .map(([message, changes, end, other, from]) => {
    const bytes = Buffer.from(message);
    for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
    const kept = bytes.subarray(0, end ?? bytes.length);
    return from === null ? kept : Buffer.concat([kept, other.subarray(from)]);
  });
const anyBytes = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
const anyMessage = fc.oneof({ weight: 4, arbitrary: mutated }, { weight: 1, arbitrary: anyBytes });

async function checkResponse(message: Buffer, transport: MessageTransport): Promise<void> {
  const response = await dns.respond(message, transport, '10.1.1.1');
  expect(wrongWithResponse(message, response, transport)).toBeUndefined();
}

describe('a message', () => {
  test.each(corpus.map(([what], at) => [what, at] as const))(
    'as it comes from elsewhere is answered soundly: %s',
    async (_, at) => {
      const message = messages[at] ?? Buffer.alloc(0);
      await checkResponse(message, 'udp');
      await checkResponse(message, 'tcp');
    },
  );

  test('of any bytes is answered soundly, or not at all', async () => {
    const transport = fc.constantFrom<MessageTransport>('udp', 'tcp');
    await fc.assert(fc.asyncProperty(anyMessage, transport, checkResponse), { numRuns: 5000 });
  });

  test('is read the same in both ways', () => {
    const usual = new UsualQuery();
    let count = 0;
    fc.assert(
      fc.property(anyMessage, (message) => {
        if (!usual.read(message)) return;
        count++;
        const query = decodeQuery(message);
        expect(query).toMatchObject({ opcode: 0 });
        if (!('opcode' in query)) return;
        expect(usual.question()).toEqual({ ...query.question, name: query.question?.lower });
        expect(usual.udpBytes).toBe(query.edns ? Math.max(512, query.edns.udpBytes) : 0);
      }),
      { numRuns: 5000 },
    );
    expect(count).toBeGreaterThan(500);
  });

  test('full of names that lead to names is answered, however long', async () => {
    // As many records as fit, each named by a chain of pointers.
    const chain = Buffer.alloc(16_000);
    for (let at = 0; at < chain.length; at += 2) chain.writeUInt16BE(0xc000 | (10 + at), at);
    const record = Buffer.from([0xff, 0xfe, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    const records = Array.from({ length: 4000 }, () => record);
    const head = Buffer.from([0, 7, 0, 0, 0, 1, 0x0f, 0xa0, 0, 0, 0, 0]);
    const question = Buffer.from([0, 0, 1, 0, 1]);
    const message = Buffer.concat([head, question, chain, ...records]);
    for (let at = 0; at < 200; at++) {
      expect((await dns.bytes(message, 'tcp')).readUInt16BE(0)).toBe(7);
    }
  });
});

test('the response of another server of any bytes gives records or none', async () => {
  const responses = await Promise.all(
    (['payment.service.consul', 'alias.service.consul', 'many.service.consul'] as const).map(
      (name) => dns.bytes(queryFor(name, 'A')),
    ),
  );
  const changed = fc
    .tuple(
      fc.constantFrom(...responses),
      fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 8 }),
      fc.option(fc.nat(300)),
    )
    .map(([response, changes, end]) => {
      const bytes = Buffer.from(response);
      for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
      return bytes.subarray(0, end ?? bytes.length);
    });
  fc.assert(
    fc.property(fc.oneof(changed, anyBytes), (bytes) => {
      expect(Array.isArray(addressRecordsOf(bytes))).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

const names = [
  'payment.service.consul',
  'v2.payment.service.consul',
  '_payment._tcp.consul',
  'payment.default.svc.cluster.local',
  '_http._tcp.payment.default.svc.cluster.local',
  'alias.service.consul',
  'host.service.consul',
  'many.service.consul',
  'absent.service.consul',
  'consul',
  'service.consul',
  'payment',
  '45.1.0.10.in-addr.arpa',
  '9.9.9.10.in-addr.arpa',
  'example.com',
];
const types: readonly Type[] = ['A', 'AAAA', 'SRV', 'TXT', 'CNAME', 'PTR', 'NS', 'SOA', 'ANY'];

test('answers are the same over UDP and TCP, and on all members at one revision', async () => {
  // Another member, which has read everything at once.
  const other = new Asking({ singleLabel: true });
  const load = other.catalog.load(dns.keyValues(), [], dns.catalog.revision);
  while (load.next().done !== true);
  let whole = 0;
  for (const name of names) {
    for (const type of types) {
      const [udp, tcp, elsewhere] = await Promise.all([
        dns.ask(name, type, { udpBytes: 65_535 }),
        dns.ask(name, type, { transport: 'tcp' }),
        other.ask(name, type, { transport: 'tcp' }),
      ]);
      expect(sorted(elsewhere)).toEqual(sorted(tcp));
      if (udp.flag_tc) continue;
      whole++;
      // Not everything beside the answers fits into a datagram.
      expect({ ...sorted(udp), additionals: [] }).toEqual({ ...sorted(tcp), additionals: [] });
    }
  }
  expect(whole).toBe(names.length * types.length - 1);
});

function sorted(response: packet.DecodedPacket): Record<string, unknown> {
  const { flags, answers, authorities, additionals } = response;
  return {
    flags,
    answers: texts(answers),
    authorities: texts(authorities),
    additionals: texts(additionals),
  };
}

function texts(records: readonly packet.Answer[] = []): readonly string[] {
  return records.map((record) => JSON.stringify(record)).toSorted();
}

describe('lengths', () => {
  test.each([
    [62, true],
    [63, true],
    [64, false],
  ])('of a label of %d bytes: it is a name: %s', async (length, isName) => {
    const label = Buffer.from([length, ...Array.from({ length }, () => 97)]);
    const message = Buffer.concat([
      Buffer.from([0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
      label,
      Buffer.from([6, 99, 111, 110, 115, 117, 108, 0, 0, 1, 0, 1]),
    ]);
    const code = (await dns.bytes(message)).readUInt16BE(2) & 0xf;
    expect(code).toBe(isName ? 3 : 1);
  });

  test.each([
    [254, true],
    [255, true],
    [256, false],
  ])('of a name of %d bytes: it is one: %s', async (length, isName) => {
    // Of labels of two bytes, and a longer first one.
    const tail = Buffer.concat('consul'.split('').map((sign) => Buffer.from(`\u0001${sign}`)));
    const middle = Buffer.concat(Array.from({ length: 100 }, () => Buffer.from([1, 120])));
    const first = length - middle.length - tail.length - 2;
    const name = Buffer.concat([
      Buffer.from([first, ...Array.from({ length: first }, () => 97)]),
      middle,
      tail,
      Buffer.from([0]),
    ]);
    expect(name.length).toBe(length);
    const head = Buffer.from([0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    const response = await dns.bytes(Buffer.concat([head, name, Buffer.from([0, 1, 0, 1])]));
    expect(response.readUInt16BE(2) & 0xf).toBe(isName ? 5 : 1);
  });

  test('around 512 bytes: what fits is whole, what does not is cut', async () => {
    // Header and question have 37 bytes here, each address 16.
    const edge = new Asking();
    const put = (count: number): void =>
      edge.put(
        Object.fromEntries(
          Array.from({ length: count }, (_, at) => [`edge/${at}`, `10.0.0.${at}:1`]),
        ),
      );
    for (const [count, isCut] of [
      [29, false],
      [30, true],
    ] as const) {
      put(count);
      const found = await edge.ask('edge.service.consul', 'A', { udpBytes: 0 });
      expect(found.flag_tc).toBe(isCut);
      expect(found.answers).toHaveLength(29);
    }
  });

  test('200 instances as SRV are all in one response over TCP, with their addresses', async () => {
    const found = await dns.ask('many.service.consul', 'SRV', { transport: 'tcp', udpBytes: 0 });
    expect(new Set(dataOf(found)).size).toBe(200);
    expect(found.additionals).toHaveLength(200);
  });
});

test.each([0, 1, 65_535])('a weight of %d is given as it is', async (passing) => {
  const weighed = new Asking();
  weighed.put({ 'web/1': { address: '10.0.0.1', port: 1, weights: { passing } } });
  expect(await weighed.data('web.service.consul', 'SRV')).toEqual([
    `1 ${passing} 1 0a000001.addr.dc1.consul`,
  ]);
});

test('ANY of a service has its addresses and its SRV records', async () => {
  const found = await dns.ask('payment.service.consul', 'ANY');
  expect(found.answers?.map(({ type }) => type).toSorted()).toEqual(['A', 'AAAA', 'SRV', 'SRV']);
});
