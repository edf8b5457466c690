import * as packet from 'dns-packet';
import { expect, test } from 'vitest';
import { AmplificationLimit } from '../../../src/api/dns/amplification.ts';
import { systemClock } from '../../../src/platform/index.ts';
import { Asking, queryFor } from './asking.ts';

test('a network is sent no more than its allowance in a second, whoever in it seems to ask', async () => {
  let nowMs = 5000;
  const clock = { ...systemClock(), nowMs: () => nowMs };
  const dns = new Asking({ amplificationBytes: 20_000, clock });
  dns.put(
    Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`web/${at}`, `10.0.0.${at}:80`])),
  );
  const query = queryFor('web.service.consul', 'A', { udpBytes: 1232 });
  let sent = 0;
  let cut = 0;
  for (let at = 0; at < 1000; at++) {
    const bytes = await dns.bytes(query, 'udp', `10.7.7.${at % 200}`);
    sent += bytes.length - query.length;
    const { answers = [], flag_tc, additionals } = packet.decode(bytes);
    if (answers.length > 0) continue;
    cut++;
    expect(flag_tc).toBe(true);
    expect(bytes.length).toBeLessThanOrEqual(query.length);
    expect(additionals).toMatchObject([{ type: 'OPT' }]);
  }
  expect(sent).toBeLessThanOrEqual(20_000);
  expect(cut).toBeGreaterThan(900);
  // Others, TCP, and this machine itself are not concerned.
  const whole = async (client: string, transport: 'udp' | 'tcp' = 'udp'): Promise<boolean> =>
    (packet.decode(await dns.bytes(query, transport, client)).answers ?? []).length > 0;
  expect(await whole('10.7.8.1')).toBe(true);
  expect(await whole('10.7.7.1', 'tcp')).toBe(true);
  expect(await whole('127.0.0.1')).toBe(true);
  expect(await whole('10.7.7.1')).toBe(false);
  nowMs += 500;
  expect(await whole('10.7.7.1')).toBe(true);
  expect(await dns.metrics.text()).toMatch(/^rollcall_dns_limited_total 9\d\d$/m);
});

test('a response that is no longer than its query is always sent', () => {
  const limit = new AmplificationLimit(10, () => 0, 1);
  expect(limit.allows('10.0.0.1', 11)).toBe(false);
  expect(limit.allows('10.0.0.1', 0)).toBe(true);
  expect(limit.allows('10.0.0.1', -5)).toBe(true);
});

test.each([
  ['2001:db8:1::5', '2001:db8:1:2::9', true],
  ['2001:db8:1::5', '2001:db8:2::5', false],
  ['192.0.2.1', '192.0.2.254', true],
  ['192.0.2.1', '192.0.3.1', false],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.9', true],
  ['fe80::1', 'fe80::2', true],
])('%s and %s share an allowance: %s', (first, second, isShared) => {
  const limit = new AmplificationLimit(100, () => 5000, 7);
  expect(limit.allows(first, 100)).toBe(true);
  expect(limit.allows(second, 100)).toBe(!isShared);
});
