import { expect, test } from 'vitest';
import * as packet from 'dns-packet';
import { Asking, dataOf, queryFor, textOf } from './asking.ts';

function manyInstances(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`many/i${at}`, `10.0.${at >> 8}.${at & 255}:80`]),
  );
}

test('an answer is looked up once, until its service changes', async () => {
  const dns = new Asking();
  dns.put({ 'web/1': '10.0.0.1:80', 'other/1': '10.0.0.9:80' });
  for (let at = 0; at < 10; at++) await dns.ask('web.service.consul');
  expect(dns.lookUps).toBe(1);
  // Changes of others are seen, and change nothing.
  for (let at = 0; at < 10; at++) {
    dns.put({ 'other/1': `10.0.0.${at}:80` });
    await dns.ask('web.service.consul');
  }
  expect(dns.lookUps).toBe(1);
  dns.put({ 'web/2': '10.0.0.2:80' });
  expect(await dns.data('web.service.consul')).toEqual(['10.0.0.1', '10.0.0.2']);
  expect(dns.lookUps).toBe(2);
  dns.delete('web/1', 'web/2');
  expect(await dns.ask('web.service.consul')).toMatchObject({ rcode: 'NXDOMAIN' });
  dns.put({ 'web/3': '10.0.0.3:80' });
  expect(await dns.data('web.service.consul')).toEqual(['10.0.0.3']);
});

test.each([
  ['a client subnet (RFC 7871)', [0, 8, 0, 7, 0, 1, 24, 0, 10, 1, 2]],
  ['a client subnet that is cut off', [0, 8, 0, 7, 0, 1, 24, 0]],
  ['a cookie (RFC 7873)', [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]],
])('%s changes no answer and is not sent back', async (_, option) => {
  const dns = new Asking();
  dns.put({ 'web/1': '10.0.0.1:80' });
  const query = Buffer.concat([queryFor('web.service.consul', 'A'), Buffer.from(option)]);
  query.writeUInt16BE(option.length, query.length - option.length - 2);
  const answer = packet.decode(await dns.bytes(query));
  expect(dataOf(answer)).toEqual(['10.0.0.1']);
  expect(answer.additionals).toMatchObject([{ type: 'OPT', options: [] }]);
  // Nothing of it is in the cache.
  await dns.ask('web.service.consul');
  expect(dns.lookUps).toBe(1);
});

test('a name that does not exist is looked up once for each revision', async () => {
  const dns = new Asking();
  for (let at = 0; at < 10; at++) await dns.ask('api.example.com.default.svc.cluster.local');
  expect(dns.lookUps).toBe(1);
  dns.put({ 'other/1': '10.0.0.9:80' });
  const found = await dns.ask('api.example.com.default.svc.cluster.local');
  expect(found.authorities).toMatchObject([{ data: { serial: dns.catalog.revision } }]);
  expect(dns.lookUps).toBe(2);
});

test('each client gets its id, its flags and its spelling, from one answer', async () => {
  const dns = new Asking();
  dns.put({ 'web/1': '10.0.0.1:80' });
  for (const [id, name] of [
    [1, 'web.service.consul'],
    [2, 'WEB.Service.Consul'],
    [3, 'wEb.sErViCe.cOnSuL'],
  ] as const) {
    const found = await dns.ask(name, 'SRV', { id, recursionDesired: id === 2 });
    expect(found).toMatchObject({ id, flag_rd: id === 2, flag_aa: true, flag_ra: false });
    expect(found.questions).toMatchObject([{ name, type: 'SRV' }]);
    expect(found.answers).toMatchObject([{ name }]);
  }
  expect(dns.lookUps).toBe(1);
});

test('types, and names of which only other bytes than letters differ, are told apart', async () => {
  const dns = new Asking();
  dns.put({ 'web/1': '10.0.0.1:80', 'É/1': '10.0.0.2:80', 'é/1': '10.0.0.3:80' });
  const ask = async (name: string, type: number): Promise<packet.DecodedPacket> => {
    const question = Buffer.concat([
      ...[name, 'service', 'consul', ''].map(label),
      Buffer.from([type >> 8, type & 255, 0, 1]),
    ]);
    const header = Buffer.from([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    return packet.decode(await dns.bytes(Buffer.concat([header, question])));
  };
  expect(dataOf(await ask('É', 1))).toEqual(['10.0.0.2']);
  expect(dataOf(await ask('é', 1))).toEqual(['10.0.0.3']);
  // 65 and 97 are the same letter.
  expect((await ask('web', 65)).questions).toMatchObject([{ type: 'UNKNOWN_65' }]);
  expect((await ask('web', 97)).questions).toMatchObject([{ type: 'UNKNOWN_97' }]);
});

test('all sizes have their own forms', async () => {
  const dns = new Asking();
  dns.put(manyInstances(200));
  const name = 'many.service.consul';
  const counts: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    for (const udpBytes of [0, 512, 1231, 1232, 1400, 4096, 8192, 65_535]) {
      const bytes = await dns.bytes(queryFor(name, 'A', { udpBytes }));
      expect(bytes.length).toBeLessThanOrEqual(Math.max(512, udpBytes));
      const { flag_tc, answers = [], additionals = [] } = packet.decode(bytes);
      expect(flag_tc).toBe(answers.length < 200);
      expect(additionals.map(({ type }) => type)).toEqual(udpBytes === 0 ? [] : ['OPT']);
      if (turn === 0) counts.push(answers.length);
    }
    const whole = await dns.ask(name, 'A', { transport: 'tcp', udpBytes: 0 });
    expect(whole).toMatchObject({ flag_tc: false });
    expect(new Set(dataOf(whole)).size).toBe(200);
  }
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(dns.lookUps).toBe(1);
});

test('of an answer that does not fit, each client sees its own part, and always the same', async () => {
  const dns = new Asking();
  dns.put(manyInstances(100));
  const parts = new Set<string>();
  const seen = new Set<string>();
  for (let at = 0; at < 50; at++) {
    const client = `10.1.1.${at}`;
    const first = await dns.data('many.service.consul', 'SRV', { client, udpBytes: 0 });
    for (let turn = 0; turn < 5; turn++) {
      expect(await dns.data('many.service.consul', 'SRV', { client, udpBytes: 0 })).toEqual(first);
    }
    parts.add(first.join());
    for (const one of first) seen.add(one);
  }
  expect(parts.size).toBeGreaterThan(20);
  expect(seen.size).toBe(100);
});

test('of one that fits, each instance comes first about as often', async () => {
  const dns = new Asking();
  dns.put(manyInstances(10));
  const firsts = new Map<string, number>();
  for (let at = 0; at < 1000; at++) {
    const [first] = (await dns.ask('many.service.consul')).answers ?? [];
    const address = first === undefined ? '' : textOf(first);
    firsts.set(address, (firsts.get(address) ?? 0) + 1);
  }
  expect(firsts.size).toBe(10);
  expect(Math.min(...firsts.values())).toBeGreaterThan(50);
  expect(dns.lookUps).toBe(1);
});

test('one address at a time, another one each time, where the operator says so', async () => {
  const dns = new Asking({ addressesMax: 1 });
  dns.put(manyInstances(3));
  const seen = new Set<string>();
  for (let at = 0; at < 100; at++) {
    const found = await dns.ask('many.service.consul');
    expect(found).toMatchObject({ flag_tc: false });
    expect(found.answers).toHaveLength(1);
    for (const one of dataOf(found)) seen.add(one);
  }
  expect(seen.size).toBe(3);
  const whole = await dns.ask('many.service.consul', 'A', { transport: 'tcp' });
  expect(whole.answers).toHaveLength(1);
  expect((await dns.ask('many.service.consul', 'SRV')).answers).toHaveLength(3);
});

test('a limit of answers over UDP says that the answer is cut, and TCP has all', async () => {
  const dns = new Asking({ udpAnswersMax: 3 });
  dns.put(manyInstances(5));
  const first = await dns.ask('many.service.consul', 'SRV');
  expect(first).toMatchObject({ flag_tc: true });
  expect(first.answers).toHaveLength(3);
  expect(await dns.data('many.service.consul', 'SRV')).toEqual(dataOf(first));
  const whole = await dns.ask('many.service.consul', 'SRV', { transport: 'tcp' });
  expect(whole).toMatchObject({ flag_tc: false });
  expect(whole.answers).toHaveLength(5);
});

test('names that strangers make up do not fill the memory', async () => {
  const dns = new Asking();
  dns.put({ 'web/1': '10.0.0.1:80' });
  let most = 0;
  for (let at = 0; at < 50_000; at++) {
    const query = queryFor(`x${at}.service.consul`, 'A');
    await dns.respond(query, 'udp', '10.1.1.1');
    if (at % 1000 === 0) most = Math.max(most, await keptBytes(dns));
  }
  expect(most).toBeGreaterThan(16 << 20);
  expect(most).toBeLessThanOrEqual(32 << 20);
  // The first ones are dropped, and the last ones are kept.
  const { lookUps } = dns;
  await dns.ask('x0.service.consul');
  await dns.ask('x49999.service.consul');
  expect(dns.lookUps).toBe(lookUps + 1);
  expect(await dns.data('web.service.consul')).toEqual(['10.0.0.1']);
});

function label(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

async function keptBytes({ metrics }: Asking): Promise<number> {
  return Number(/^rollcall_dns_cache_bytes (\d+)/m.exec(await metrics.text())?.[1]);
}
