import { createSocket } from 'node:dgram';
import * as packet from 'dns-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Rollcall } from '../../../src/client/index.ts';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { ask, at } from './ask.ts';

let member: EmbeddedMember;
let etcd: Rollcall;
let url: string;

beforeAll(async () => {
  member = await startServer({
    consulListen: ['127.0.0.1:0'],
    dnsListen: ['127.0.0.1:0'],
    name: 'm1',
  });
  await member.ready;
  url = member.consulUrls[0] ?? '';
  etcd = new Rollcall({ endpoints: [...member.clientUrls] });
});

afterAll(async () => {
  etcd.close();
  await member.stop();
});

const get = async (path: string) => (await ask(url, `/v1/${path}`)).json;
const put = async (path: string, body?: object): Promise<void> => {
  const { status, text } = await ask(url, `/v1/${path}`, {
    method: 'PUT',
    ...(body === undefined ? {} : { body }),
  });
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
};
const register = (id: string): Promise<void> =>
  put('agent/service/register', { Name: 'pay', ID: id, Address: '10.0.0.1', Port: 80 });

test('an instance that was deregistered is explained with time, caller and API', async () => {
  await register('p1');
  expect(await get('explain/pay/p1')).toMatchObject({ InAnswer: true, First: null, Member: 'm1' });
  await put('agent/service/hold/p1?enable=true&reason=bad+disk');
  const held = await get('explain/pay/p1');
  expect(held).toMatchObject({
    InAnswer: false,
    First: {
      Reason: 'hold',
      Text: 'an operator holds it out of service: bad disk',
      Actor: { API: 'consul', Address: '127.0.0.1', Member: 'm1' },
    },
    Checks: [{ CheckID: '_hold', Status: 'critical' }],
  });
  await put('agent/service/hold/p1?enable=false');
  await put('agent/service/deregister/p1');
  expect(await get('explain/pay/p1')).toMatchObject({
    First: {
      Reason: 'deregistered',
      Kind: 'deregistered',
      Actor: { API: 'consul', Address: '127.0.0.1', Member: 'm1' },
    },
    Changes: [
      { Kind: 'registered', From: 'absent', To: 'passing', Actor: { API: 'consul' } },
      { Kind: 'check', CheckID: '_hold', To: 'maintenance' },
      { Kind: 'check', CheckID: '_hold', CheckStatus: 'removed', To: 'passing' },
      { Kind: 'deregistered', To: 'absent' },
    ],
  });
});

test('an instance of an etcd client has its reason: revoked, lapsed or deleted', async () => {
  const reasonOf = async (id: string) => at(await get(`explain/shop/${id}`), 'First', 'Kind');
  const lease = await etcd.lease(60);
  await etcd.put('/services/shop/s1', '10.0.0.1:80', { lease: lease.id });
  await etcd.put('/services/shop/s2', '10.0.0.1:80');
  await lease.release();
  await etcd.delete('/services/shop/s2');
  expect(await reasonOf('s1')).toBe('revoked');
  expect(await reasonOf('s2')).toBe('deleted');
  expect(at(await get('explain/shop/s2'), 'First', 'Actor')).toMatchObject({ API: 'etcd' });
  expect(await get('explain/shop')).toMatchObject({
    Instances: [{ Instance: 's1' }, { Instance: 's2' }],
  });
});

test('names that are asked for but absent are counted by API, a waiting query once', async () => {
  await get('health/service/pyment');
  await get('health/service/pyment?wait=10ms&index=1');
  await dnsAnswers('pyment.service.consul');
  await dnsAnswers('pyment.service.consul');
  const counts = [
    { API: 'consul', Name: 'pyment', Count: 2, Address: '127.0.0.1' },
    { API: 'dns', Name: 'pyment.service.consul', Count: 2, Address: '127.0.0.1' },
  ];
  const absent: object[] = Object(at(await get('explain'), 'Absent'));
  expect(absent).toHaveLength(2);
  expect(absent).toEqual(expect.arrayContaining(counts.map((one) => expect.objectContaining(one))));
  expect(at(await get('explain/pyment'), 'Absent')).toHaveLength(2);
  const metrics = await (await fetch(`${member.clientUrls[0]}/metrics`)).text();
  expect(metrics).toContain('rollcall_absent_names_total{api="consul"} 2');
  expect(metrics).toContain('rollcall_absent_names_total{api="dns"} 2');
});

test('an answer of DNS over UDP is said to have as much room as it has', async () => {
  for (let one = 0; one < 40; one++) await etcd.put(`/services/big/b${one}`, `10.0.1.${one}:80`);
  for (const service of ['big', 'BIG']) {
    const found = await get(`explain/${service}/b1?api=dns`);
    const fits = await dnsAnswers(`${service}.service.consul`);
    expect(at(found, 'First')).toMatchObject({ Reason: 'size', Effect: 'note' });
    expect(at(found, 'First', 'Text')).toContain(`room for ${fits} of 40 `);
  }
  expect(await get('explain/big/b1?api=dns&family=6')).toMatchObject({
    InAnswer: false,
    First: { Reason: 'family' },
  });
});

test('a question that makes no sense is refused', async () => {
  for (const query of ['api=ldap', 'family=5', 'passing=perhaps']) {
    expect((await ask(url, `/v1/explain/pay?${query}`)).status).toBe(400);
  }
});

/** How many answers a client without EDNS gets over UDP. */
function dnsAnswers(name: string): Promise<number> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (message) => {
      socket.close();
      resolve(packet.decode(message).answers?.length ?? 0);
    });
    const query = packet.encode({ type: 'query', id: 7, questions: [{ type: 'A', name }] });
    socket.send(query, member.dnsPorts[0], '127.0.0.1');
  });
}
