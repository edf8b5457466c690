import * as packet from 'dns-packet';
import { expect, onTestFinished, test } from 'vitest';
import { listenForMessages } from '../../../src/api/port/index.ts';
import type { MessageTransport } from '../../../src/api/port/index.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { systemClock } from '../../../src/platform/index.ts';
import { Asking, dataOf, queryFor } from './asking.ts';

interface Upstream {
  readonly host: string;
  readonly port: number;
  readonly asked: string[];
}

type Answer = (query: packet.DecodedPacket, transport: MessageTransport) => Buffer | undefined;

/** Another DNS server. */
async function upstream(answer: Answer): Promise<Upstream> {
  const asked: string[] = [];
  const opened = await listenForMessages({
    host: '127.0.0.1',
    port: 0,
    whom: 'tests',
    flag: '--test',
    clock: systemClock(),
    onError: () => {},
    respond: (message, transport) => {
      const query = packet.decode(message);
      asked.push(`${transport} ${query.questions?.[0]?.name}`);
      return answer(query, transport);
    },
  });
  onTestFinished(() => opened.close());
  return { host: '127.0.0.1', port: opened.port, asked };
}

function response(query: packet.DecodedPacket, more: Partial<packet.Packet> = {}): Buffer {
  const { id, questions = [] } = query;
  const flags = packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE;
  return packet.encode({ type: 'response', id, flags, questions, ...more });
}

const address: Answer = (query) => {
  const name = query.questions?.[0]?.name ?? '';
  return response(query, { answers: [{ type: 'A', name, ttl: 30, data: '192.0.2.1' }] });
};

/** A clock that passes at once when it is told. */
function steppedClock(): Clock & { pass(): void; waiting(): number } {
  const timers = new Set<() => void>();
  return {
    ...systemClock(),
    after(_, callback) {
      timers.add(callback);
      return () => void timers.delete(callback);
    },
    waiting: () => timers.size,
    pass() {
      for (const timer of timers) timer();
      timers.clear();
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test('names of other zones are answered by a recursor, with the id and spelling of the client', async () => {
  const server = await upstream(address);
  const dns = new Asking({ recursors: [server] });
  dns.put({ 'web/1': '10.0.0.1:80' });
  for (const transport of ['udp', 'tcp'] as const) {
    const found = await dns.ask('WWW.Example.com', 'A', { id: 99, transport });
    expect(found).toMatchObject({ id: 99, rcode: 'NOERROR', flag_ra: true, flag_aa: false });
    expect(found.questions).toMatchObject([{ name: 'WWW.Example.com' }]);
    expect(dataOf(found)).toEqual(['192.0.2.1']);
  }
  expect(server.asked).toEqual(['udp WWW.Example.com', 'tcp WWW.Example.com']);
  // Our own names are not asked for elsewhere, and say that others would be.
  expect(await dns.ask('web.service.consul')).toMatchObject({ flag_ra: true, flag_aa: true });
  expect(await dns.ask('absent.service.consul')).toMatchObject({ rcode: 'NXDOMAIN' });
  expect(server.asked).toHaveLength(2);
});

test('a client that wants no recursion is refused', async () => {
  const server = await upstream(address);
  const dns = new Asking({ recursors: [server] });
  const found = await dns.ask('example.com', 'A', { recursionDesired: false });
  expect(found).toMatchObject({ rcode: 'REFUSED' });
  expect(server.asked).toEqual([]);
});

test('names of addresses and of one label that are unknown here are asked for elsewhere', async () => {
  const server = await upstream(address);
  const dns = new Asking({ recursors: [server], singleLabel: true });
  dns.put({ 'web/1': '10.0.0.1:80' });
  await dns.ask('web', 'A');
  await dns.ask('1.0.0.10.in-addr.arpa', 'PTR');
  await dns.ask('mail', 'A');
  await dns.ask('9.0.0.10.in-addr.arpa', 'PTR');
  expect(server.asked).toEqual(['udp mail', 'udp 9.0.0.10.in-addr.arpa']);
});

test('the next recursor is asked when one fails, and stays the first', async () => {
  const failing = await upstream((query) => response(query, { flags: 2 }));
  const working = await upstream(address);
  const dns = new Asking({ recursors: [failing, working] });
  expect(await dns.data('a.example.com')).toEqual(['192.0.2.1']);
  expect(await dns.data('b.example.com')).toEqual(['192.0.2.1']);
  expect(failing.asked).toEqual(['udp a.example.com']);
});

test('a recursor that nobody listens at, or that is silent, is passed over; then it is SERVFAIL', async () => {
  const silent = await upstream(() => undefined);
  const gone = await listenForMessages({
    host: '127.0.0.1',
    port: 0,
    whom: 'tests',
    flag: '--test',
    clock: systemClock(),
    onError: () => {},
    respond: () => undefined,
  });
  const { port } = gone;
  gone.close();
  const clock = steppedClock();
  const recursors = [{ host: '127.0.0.1', port }, silent];
  const dns = new Asking({ recursors, clock });
  const asking = dns.ask('a.example.com');
  await until(() => silent.asked.length > 0);
  clock.pass();
  expect(await asking).toMatchObject({ rcode: 'SERVFAIL', id: 4711 });
  expect(clock.waiting()).toBe(0);
  expect(await dns.metrics.text()).toContain('rollcall_dns_recursion_total{outcome="failed"} 1');
});

test('what does not answer the question is not taken for a response', async () => {
  const wrong: Answer[] = [
    (query) => response({ ...query, id: (query.id ?? 0) ^ 1 }),
    (query) => response({ ...query, questions: [{ type: 'A', name: 'evil.example.com' }] }),
    () => Buffer.from('x'),
    (query) => packet.encode({ type: 'query', id: query.id, questions: query.questions }),
  ];
  for (const answer of wrong) {
    const server = await upstream(answer);
    const clock = steppedClock();
    const dns = new Asking({ recursors: [server], clock });
    const asking = dns.ask('a.example.com');
    await until(() => server.asked.length > 0);
    // The wrong response has had its time to arrive.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    clock.pass();
    expect(await asking).toMatchObject({ rcode: 'SERVFAIL' });
  }
});

test('of too many open questions the later ones are answered with SERVFAIL at once', async () => {
  const silent = await upstream(() => undefined);
  const clock = steppedClock();
  const dns = new Asking({ recursors: [silent], clock });
  const open = Array.from({ length: 1000 }, (_, at) => dns.ask(`x${at}.example.com`));
  expect(await dns.ask('late.example.com')).toMatchObject({ rcode: 'SERVFAIL' });
  clock.pass();
  for (const one of await Promise.all(open)) expect(one).toMatchObject({ rcode: 'SERVFAIL' });
  expect(await dns.metrics.text()).toContain('rollcall_dns_recursion_total{outcome="refused"} 1');
});

test('a service at a host name has the addresses of that host beside its alias', async () => {
  const server = await upstream((query, transport) => {
    const name = query.questions?.[0]?.name ?? '';
    if (transport === 'udp') return response(query, { flags: packet.TRUNCATED_RESPONSE });
    return response(query, {
      answers: [
        { type: 'CNAME', name, ttl: 60, data: 'edge.example.net' },
        { type: 'A', name: 'edge.example.net', ttl: 20, data: '192.0.2.7' },
        { type: 'TXT', name, data: 'no address' },
        { type: 'AAAA', name: 'edge.example.net', ttl: 20, data: '2001:db8::7' },
      ],
    });
  });
  const dns = new Asking({ recursors: [server] });
  dns.put({ 'outside/1': 'www.example.com:443' });
  const found = await dns.ask('outside.service.consul', 'A');
  expect(found.answers).toMatchObject([
    { name: 'outside.service.consul', type: 'CNAME', ttl: 0, data: 'www.example.com' },
    { name: 'www.example.com', type: 'CNAME', ttl: 60, data: 'edge.example.net' },
    { name: 'edge.example.net', type: 'A', ttl: 20, data: '192.0.2.7' },
    { name: 'edge.example.net', type: 'AAAA', data: '2001:db8::7' },
  ]);
  expect(server.asked).toEqual(['udp www.example.com', 'tcp www.example.com']);
  expect((await dns.ask('outside.service.consul', 'CNAME')).answers).toHaveLength(1);
  expect(server.asked).toHaveLength(2);
});

test('a large response of a recursor is cut where its network was sent too much', async () => {
  const server = await upstream((query) =>
    response(query, { answers: [{ type: 'TXT', name: 'a.example.com', data: 'x'.repeat(250) }] }),
  );
  const dns = new Asking({ recursors: [server], amplificationBytes: 100 });
  const query = queryFor('a.example.com', 'TXT');
  const bytes = await dns.bytes(query);
  expect(bytes.length).toBeLessThanOrEqual(query.length);
  expect(packet.decode(bytes)).toMatchObject({ flag_tc: true, flag_ra: true, answers: [] });
  expect((await dns.ask('a.example.com', 'TXT', { transport: 'tcp' })).answers).toHaveLength(1);
});
