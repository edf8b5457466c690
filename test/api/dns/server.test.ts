import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import * as packet from 'dns-packet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rollcall } from '../../../src/client/index.ts';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { eventually } from '../../cluster/processes.ts';
import { everythingMustRun } from '../../compatibility/targets.ts';

let member: EmbeddedMember;
let client: Rollcall;
let port: number;

beforeAll(async () => {
  member = await startServer({ dnsListen: ['127.0.0.1:0'] });
  await member.ready;
  port = member.dnsPorts[0] ?? 0;
  client = new Rollcall({ endpoints: [...member.clientUrls] });
  await client.put('/services/payment/instance-1', '10.0.1.45:8080');
  const json = {
    address: '10.0.1.46',
    port: 81,
    tags: ['v2', 'a.b'],
    ports: { http: 81 },
    weights: { passing: 3 },
  };
  await client.put('/services/payment/i2', JSON.stringify(json));
  await client.put('/services/shop/cart/c1', '[2001:db8::1]:80');
  await client.put('/services/outside/o1', 'www.example.com:443');
  await Promise.all(
    Array.from({ length: 100 }, (_, at) => client.put(`/services/many/i${at}`, `10.0.2.${at}:80`)),
  );
  await eventually('the catalog has all', async () => {
    const { answers = [] } = await overTcp(queryFor('many.service.consul', 'A'));
    return answers.length === 100;
  });
});

afterAll(async () => {
  client.close();
  await member.stop();
});

type Type = 'A' | 'AAAA' | 'SRV' | 'TXT' | 'SOA' | 'AXFR' | 'MX';

function queryFor(name: string, type: Type, udpBytes?: number, version = 0): Buffer {
  return packet.encode({
    type: 'query',
    id: 4711,
    questions: [{ type, name }],
    additionals:
      udpBytes === undefined
        ? []
        : [
            {
              type: 'OPT',
              name: '.',
              udpPayloadSize: udpBytes,
              extendedRcode: 0,
              ednsVersion: version,
              flags: 0,
              flag_do: false,
              options: [],
            },
          ],
  });
}

async function overUdp(query: Buffer): Promise<packet.DecodedPacket & { bytes: Buffer }> {
  const socket = createSocket('udp4');
  try {
    socket.send(query, port, '127.0.0.1');
    const bytes = await new Promise<Buffer>((resolve) => socket.once('message', resolve));
    return Object.assign(packet.decode(bytes), { bytes });
  } finally {
    socket.close();
  }
}

/** The first messages that come over a connection on which `bytes` were sent. */
async function overConnection(send: readonly Buffer[], count: number): Promise<Buffer[]> {
  const socket = connect(port, '127.0.0.1');
  try {
    for (const bytes of send) socket.write(bytes);
    return await new Promise((resolve, reject) => {
      const messages: Buffer[] = [];
      let rest = Buffer.alloc(0);
      socket.on('error', reject);
      socket.on('data', (piece: Buffer) => {
        rest = Buffer.concat([rest, piece]);
        while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
          messages.push(rest.subarray(2, 2 + rest.readUInt16BE(0)));
          rest = rest.subarray(2 + rest.readUInt16BE(0));
        }
        if (messages.length >= count) resolve(messages);
      });
    });
  } finally {
    socket.destroy();
  }
}

async function overTcp(query: Buffer): Promise<packet.DecodedPacket> {
  const [bytes = Buffer.alloc(0)] = await overConnection([framed(query)], 1);
  return packet.decode(bytes);
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** The data of the answers, as a zone file has them, sorted. */
const dataOf = ({ answers = [] }: packet.DecodedPacket): string[] =>
  answers.map((answer) => textOf(answer)).toSorted((a, b) => (a < b ? -1 : 1));

function textOf(answer: packet.Answer): string {
  const { type } = answer;
  if (type === 'A' || type === 'AAAA' || type === 'CNAME') return answer.data;
  if (type === 'TXT') return String(answer.data);
  if (type !== 'SRV') return type;
  const { priority, weight, port: to, target } = answer.data;
  return `${priority} ${weight} ${to} ${target}`;
}

const ask = (name: string, type: Type): Promise<packet.DecodedPacket> =>
  overUdp(queryFor(name, type, 4096));

describe("Consul's names", () => {
  test('a service has the addresses of its instances', async () => {
    expect(dataOf(await ask('payment.service.consul', 'A'))).toEqual(['10.0.1.45', '10.0.1.46']);
    expect(dataOf(await ask('payment.service.dc1.consul', 'A'))).toHaveLength(2);
    expect(dataOf(await ask('payment.service.dc1.dc.consul', 'A'))).toHaveLength(2);
  });

  test('SRV records point to names whose addresses come along', async () => {
    const response = await ask('payment.service.consul', 'SRV');
    expect(dataOf(response)).toEqual([
      '1 1 8080 0a00012d.addr.dc1.consul',
      '1 3 81 0a00012e.addr.dc1.consul',
    ]);
    const additional = (response.additionals ?? []).map(
      (record) => `${record.name} ${textOf(record)}`,
    );
    expect(additional).toContain('0a00012d.addr.dc1.consul 10.0.1.45');
    expect(additional).toContain('0a00012e.addr.dc1.consul 10.0.1.46');
    expect(dataOf(await ask('0a00012e.addr.dc1.consul', 'A'))).toEqual(['10.0.1.46']);
  });

  test.each([
    ['v2.payment.service.consul', ['10.0.1.46']],
    ['a.b.payment.service.consul', ['10.0.1.46']],
    ['V2.Payment.SERVICE.Consul', ['10.0.1.46']],
    ['_payment._tcp.consul', ['10.0.1.45', '10.0.1.46']],
    ['_payment._tcp.service.consul', ['10.0.1.45', '10.0.1.46']],
    ['_payment._v2.service.dc1.consul', ['10.0.1.46']],
  ])('%s', async (name, addresses) => {
    const response = await ask(name, 'A');
    expect(dataOf(response)).toEqual(addresses);
    expect(response.answers?.[0]?.name).toBe(name);
  });

  test('an address has a name', async () => {
    expect(dataOf(await ask('0a00012d.addr.consul', 'A'))).toEqual(['10.0.1.45']);
    const six = '20010db8000000000000000000000001.addr.dc1.consul';
    expect(dataOf(await ask(six, 'AAAA'))).toEqual(['2001:db8::1']);
  });

  test('an instance at a host name is a CNAME, and the target of SRV', async () => {
    expect(dataOf(await ask('outside.service.consul', 'A'))).toEqual(['www.example.com']);
    expect(dataOf(await ask('outside.service.consul', 'SRV'))).toEqual(['1 1 443 www.example.com']);
  });
});

describe("Kubernetes' names", () => {
  test.each<[string, Type, string[]]>([
    ['payment.default.svc.cluster.local', 'A', ['10.0.1.45', '10.0.1.46']],
    ['cart.shop.svc.cluster.local', 'AAAA', ['2001:db8::1']],
    ['10-0-1-45.payment.default.svc.cluster.local', 'A', ['10.0.1.45']],
    ['i2.payment.default.svc.cluster.local', 'A', ['10.0.1.46']],
    ['dns-version.cluster.local', 'TXT', ['1.1.0']],
  ])('%s %s', async (name, type, data) => {
    expect(dataOf(await ask(name, type))).toEqual(data);
  });

  test('SRV records are for named ports, or for all ports of a service', async () => {
    const target = '10-0-1-46.payment.default.svc.cluster.local';
    expect(dataOf(await ask('_http._tcp.payment.default.svc.cluster.local', 'SRV'))).toEqual([
      `0 100 81 ${target}`,
    ]);
    expect(dataOf(await ask('payment.default.svc.cluster.local', 'SRV'))).toHaveLength(2);
    expect(dataOf(await ask(target, 'A'))).toEqual(['10.0.1.46']);
  });
});

describe('a name', () => {
  test.each<[string, Type, string]>([
    ['absent.service.consul', 'A', 'NXDOMAIN'],
    ['v3.payment.service.consul', 'A', 'NXDOMAIN'],
    ['payment.service.dc2.consul', 'A', 'NXDOMAIN'],
    ['bogus.consul', 'A', 'NXDOMAIN'],
    ['zz.addr.consul', 'A', 'NXDOMAIN'],
    ['absent.default.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['payment.absent.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['absent.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['10-0-1-99.payment.default.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['_none._tcp.payment.default.svc.cluster.local', 'SRV', 'NXDOMAIN'],
    ['payment.service.consul', 'AAAA', 'NOERROR'],
    ['payment.service.consul', 'TXT', 'NOERROR'],
    ['payment.service.consul', 'MX', 'NOERROR'],
    ['consul', 'A', 'NOERROR'],
    ['service.consul', 'A', 'NOERROR'],
    ['addr.consul', 'A', 'NOERROR'],
    ['dc1.consul', 'A', 'NOERROR'],
    ['service.dc1.consul', 'A', 'NOERROR'],
    ['0a00012d.addr.consul', 'AAAA', 'NOERROR'],
    ['cluster.local', 'A', 'NOERROR'],
    ['svc.cluster.local', 'A', 'NOERROR'],
    ['shop.svc.cluster.local', 'A', 'NOERROR'],
    ['cart.shop.svc.cluster.local', 'A', 'NOERROR'],
  ])('%s %s has no answer: %s, with the SOA of its zone', async (name, type, code) => {
    const response = await ask(name, type);
    expect(response).toMatchObject({ rcode: code, flag_aa: true, answers: [] });
    expect(response.authorities).toMatchObject([
      { type: 'SOA', name: name.endsWith('consul') ? 'consul' : 'cluster.local' },
    ]);
  });

  test('outside of the zones is refused, and so is another class', async () => {
    expect(await ask('example.com', 'A')).toMatchObject({ rcode: 'REFUSED', flag_aa: false });
    const chaos = packet.encode({
      type: 'query',
      id: 1,
      questions: [{ type: 'TXT', name: 'version.bind', class: 'CH' }],
    });
    expect(await overUdp(chaos)).toMatchObject({ rcode: 'REFUSED' });
  });

  test('has a zone with an SOA, and no transfer', async () => {
    expect((await ask('consul', 'SOA')).answers).toMatchObject([{ name: 'consul', type: 'SOA' }]);
    expect(await ask('consul', 'AXFR')).toMatchObject({ rcode: 'NOTIMP', answers: [] });
  });
});

describe('sizes', () => {
  test('without EDNS a datagram has 512 bytes, says that it is cut, and TCP has everything', async () => {
    const cut = await overUdp(queryFor('many.service.consul', 'A'));
    expect(cut.bytes.length).toBeLessThanOrEqual(512);
    expect(cut.flag_tc).toBe(true);
    expect(cut.answers?.length).toBeGreaterThan(20);
    expect(dataOf(await overTcp(queryFor('many.service.consul', 'A')))).toHaveLength(100);
  });

  test('what a client takes by EDNS is used, up to 8192 bytes', async () => {
    expect(
      (await overUdp(queryFor('many.service.consul', 'A', 1232))).answers?.length,
    ).toBeGreaterThan(60);
    expect((await overUdp(queryFor('many.service.consul', 'A', 65_535))).flag_tc).toBe(false);
    expect(
      (await overUdp(queryFor('many.service.consul', 'A', 100))).bytes.length,
    ).toBeLessThanOrEqual(512);
  });

  test('a client sees the same instances each time when not all fit', async () => {
    const first = dataOf(await overUdp(queryFor('many.service.consul', 'A')));
    for (let at = 0; at < 20; at++) {
      expect(dataOf(await overUdp(queryFor('many.service.consul', 'A')))).toEqual(first);
    }
  });

  test('when all fit, another instance comes first now and then', async () => {
    const seen = new Set<string>();
    await eventually('each was first', async () => {
      const [first] = (await ask('payment.service.consul', 'A')).answers ?? [];
      if (first !== undefined) seen.add(textOf(first));
      return seen.size === 2;
    });
  });
});

describe('a message', () => {
  test('of a later version of EDNS is answered with BADVERS', async () => {
    const { additionals } = await overUdp(queryFor('payment.service.consul', 'A', 1232, 1));
    expect(additionals).toMatchObject([{ type: 'OPT', extendedRcode: 1 }]);
  });

  test('of another opcode is not implemented; of no question, or broken, is a format error', async () => {
    const update = queryFor('a', 'A');
    update.writeUInt16BE(5 << 11, 2);
    expect(await overUdp(update)).toMatchObject({ rcode: 'NOTIMP', id: 4711 });
    const none = Buffer.from([0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(await overUdp(none)).toMatchObject({ rcode: 'FORMERR', id: 9 });
    const broken = Buffer.from([0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0]);
    expect(await overUdp(broken)).toMatchObject({ rcode: 'FORMERR', id: 9 });
  });

  test('over TCP may come in pieces, several at a time, and each is answered in order', async () => {
    const names = [
      'payment.service.consul',
      'absent.service.consul',
      'cart.shop.svc.cluster.local',
    ];
    const bytes = Buffer.concat(names.map((name) => framed(queryFor(name, 'A'))));
    const pieces = Array.from(bytes, (byte) => Buffer.from([byte]));
    const responses = await overConnection(pieces, names.length);
    expect(responses.map((response) => packet.decode(response).questions?.[0]?.name)).toEqual(
      names,
    );
    expect(responses.map((response) => response.readUInt16BE(2) & 0xf)).toEqual([0, 3, 0]);
  });
});

async function dig(...words: string[]): Promise<string> {
  const to = ['@127.0.0.1', '-p', String(port), '+short'];
  return (await promisify(execFile)('dig', [...to, ...words])).stdout;
}

describe('clients', () => {
  test("Node's resolver", async () => {
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${port}`]);
    expect((await resolver.resolve4('payment.service.consul')).toSorted()).toEqual([
      '10.0.1.45',
      '10.0.1.46',
    ]);
    expect(await resolver.resolve6('cart.shop.svc.cluster.local')).toEqual(['2001:db8::1']);
    expect(await resolver.resolve4('many.service.consul')).toHaveLength(100);
    await expect(resolver.resolve4('absent.service.consul')).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
    await expect(resolver.resolve6('payment.service.consul')).rejects.toMatchObject({
      code: 'ENODATA',
    });
  });

  const hasDig = spawnSync('dig', ['-v']).status === 0;
  if (!hasDig) console.log('queries by dig need: apt-get install bind9-dnsutils');

  test.skipIf(!hasDig && !everythingMustRun)('dig', async () => {
    expect(await dig('_http._tcp.payment.default.svc.cluster.local', 'SRV')).toBe(
      '0 100 81 10-0-1-46.payment.default.svc.cluster.local.\n',
    );
    expect((await dig('+noedns', 'many.service.consul')).split('\n')).toHaveLength(101);
  });
});

test('an instance at a host name that DNS cannot write is left out, and the others are there', async () => {
  await client.put('/services/odd/o1', `${'x'.repeat(64)}.example.com:80`);
  await client.put('/services/odd/o2', `${'abc.'.repeat(63)}de:80`);
  await client.put('/services/odd/o3', '10.0.4.1:80');
  await eventually(
    'all are read',
    async () => dataOf(await ask('odd.service.consul', 'SRV')).length > 0,
  );
  expect(dataOf(await ask('odd.service.consul', 'SRV'))).toEqual([
    '1 1 80 0a000401.addr.dc1.consul',
  ]);
  expect(dataOf(await ask('odd.service.consul', 'A'))).toEqual(['10.0.4.1']);
});

test('a service that lost its last instance does not exist any more', async () => {
  await client.put('/services/brief/b1', '10.0.3.1:80');
  await eventually(
    'it is there',
    async () => dataOf(await ask('brief.service.consul', 'A')).length === 1,
  );
  await client.delete('/services/brief/b1');
  await eventually('it is gone', async () => {
    const { bytes } = await overUdp(queryFor('brief.service.consul', 'A'));
    return (bytes.readUInt16BE(2) & 0xf) === 3;
  });
});

test('a prepared query has a name: by its own, or by a template for names that begin so', async () => {
  const put = (id: string, query: object): Promise<unknown> =>
    client.put(`/consul/queries/${id}`, JSON.stringify({ ID: id, ...query }));
  await put('0b8ad0f5-e0b1-4f4f-9a6f-3c9a1d3c8a11', {
    Name: 'new.pay',
    Service: { Service: 'payment', Tags: ['v2'] },
    DNS: { TTL: '7s' },
  });
  await put('1b8ad0f5-e0b1-4f4f-9a6f-3c9a1d3c8a12', {
    Name: 'near-',
    Template: { Type: 'name_prefix_match' },
    Service: { Service: '${name.suffix}' },
  });
  await eventually(
    'the query is known',
    async () => dataOf(await ask('new.pay.query.consul', 'A')).length > 0,
  );
  const found = await ask('New.Pay.query.dc1.consul', 'SRV');
  expect(dataOf(found)).toEqual(['1 3 81 0a00012e.addr.dc1.consul']);
  expect(found.answers).toMatchObject([{ ttl: 7 }]);
  expect(dataOf(await ask('near-payment.query.consul', 'A'))).toEqual(['10.0.1.45', '10.0.1.46']);
  expect(dataOf(await ask('_near-payment._tcp.query.consul', 'A'))).toHaveLength(2);
  const members = dataOf(await ask('near-consul.query.consul', 'SRV'));
  expect(members).toHaveLength(1);
  expect(members).toEqual(dataOf(await ask('consul.service.consul', 'SRV')));
  expect(await ask('near-absent.query.consul', 'A')).toMatchObject({ rcode: 'NXDOMAIN' });
  expect(await ask('absent.query.consul', 'A')).toMatchObject({ rcode: 'NXDOMAIN' });
  await client.delete('/consul/queries/0b8ad0f5-e0b1-4f4f-9a6f-3c9a1d3c8a11');
  await eventually('the query is gone', async () => {
    const { bytes } = await overUdp(queryFor('new.pay.query.consul', 'A'));
    return (bytes.readUInt16BE(2) & 0xf) === 3 ? true : undefined;
  });
});
