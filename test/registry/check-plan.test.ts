import { expect, test } from 'vitest';
import { planOf } from '../../src/registry/check-plan.ts';
import { typeOfDefinition } from '../../src/registry/index.ts';

const plan = (definition: Record<string, unknown>, failuresBeforeCritical = 0) =>
  planOf({ type: typeOfDefinition(definition), definition }, { failuresBeforeCritical });

const tls = { serverName: '', skipVerify: false };
const limits = { timeoutMs: 10_000, outputBytesMax: 4096 };

test('an HTTP check with all of its fields', () => {
  const definition = {
    HTTP: 'https://h/',
    Method: 'put',
    Header: { A: ['1', '2'], B: '3' },
    Body: 'b',
    DisableRedirects: true,
    TLSServerName: 'n',
    TLSSkipVerify: true,
    Interval: '10s',
    Timeout: '500ms',
    OutputMaxSize: 100,
    SuccessBeforePassing: 2,
    FailuresBeforeWarning: 1,
    FailuresBeforeCritical: 3,
    DeregisterCriticalServiceAfter: '10m',
    Unknown: 1,
  };
  expect(plan(definition)).toEqual({
    probe: {
      kind: 'http',
      url: 'https://h/',
      method: 'PUT',
      headers: { A: ['1', '2'], B: ['3'] },
      body: 'b',
      followRedirects: false,
      tls: { serverName: 'n', skipVerify: true },
      timeoutMs: 500,
      outputBytesMax: 100,
    },
    alias: undefined,
    isDrain: false,
    intervalMs: 10_000,
    thresholds: { successBeforePassing: 2, failuresBeforeWarning: 1, failuresBeforeCritical: 3 },
    deregisterAfterMs: 600_000,
  });
});

test.each([
  [
    { TCP: 'h:1', Interval: '1s' },
    { kind: 'tcp', target: 'h:1', tls: undefined, ...limits },
  ],
  [
    { TCP: 'h:1', TCPUseTLS: true, Interval: 1e9 },
    { kind: 'tcp', target: 'h:1', tls, ...limits },
  ],
  [
    { UDP: 'h:1', Interval: '1s' },
    { kind: 'udp', target: 'h:1', ...limits },
  ],
  [
    { H2PING: 'h:1', Interval: '1s' },
    { kind: 'h2ping', target: 'h:1', tls, ...limits },
  ],
  [
    { H2PING: 'h:1', H2PingUseTLS: false, Interval: '1s' },
    { kind: 'h2ping', target: 'h:1', tls: undefined, ...limits },
  ],
  [
    { GRPC: 'h:1/s', Interval: '1s' },
    { kind: 'grpc', target: 'h:1/s', tls: undefined, ...limits },
  ],
  [
    { Args: ['/bin/true', 'a'], Interval: '1s' },
    { kind: 'script', args: ['/bin/true', 'a'], ...limits, timeoutMs: 30_000 },
  ],
])('the probe of %j', (definition, probe) => {
  expect(plan(definition)).toMatchObject({ probe, intervalMs: 1000 });
});

test('short intervals and short times until deregistration are raised', () => {
  const short = plan({ TCP: 'h:1', Interval: '20ms', DeregisterCriticalServiceAfter: '1s' });
  expect(short).toMatchObject({ intervalMs: 1000, deregisterAfterMs: 60_000 });
});

test('the default of failures before critical counts where the check gives none', () => {
  expect(plan({ TCP: 'h:1', Interval: '1s' }, 3)).toMatchObject({
    thresholds: { successBeforePassing: 0, failuresBeforeWarning: 3, failuresBeforeCritical: 3 },
  });
  expect(plan({ TCP: 'h:1', Interval: '1s', FailuresBeforeCritical: 2 }, 3)).toMatchObject({
    thresholds: { failuresBeforeWarning: 2, failuresBeforeCritical: 2 },
  });
});

test('TTL checks and aliases have no probe', () => {
  expect(plan({ TTL: '30s', DeregisterCriticalServiceAfter: '90s' })).toMatchObject({
    probe: undefined,
    alias: undefined,
    deregisterAfterMs: 90_000,
  });
  expect(plan({ AliasService: 'web-1' })).toMatchObject({
    probe: undefined,
    alias: { instance: 'web-1', node: '' },
  });
});

test.each([
  [{ TTL: '-1s' }, 'TTL must be > 0 for TTL checks'],
  [{ TTL: '1s', Interval: '1s' }, 'Interval and TTL cannot both be specified'],
  [{ HTTP: 'h' }, 'Interval must be > 0 for Script, HTTP, H2PING, UDP, gRPC or TCP checks'],
  [
    { TCP: 'h:1', Interval: '-1s' },
    'Interval must be > 0 for Script, HTTP, H2PING, UDP, gRPC or TCP checks',
  ],
  [
    { TCP: 'h:1', Interval: '1s', FailuresBeforeCritical: 1, FailuresBeforeWarning: 2 },
    "FailuresBeforeWarning can't be higher than FailuresBeforeCritical",
  ],
  [{ TCP: 'h:1', Interval: '1s', OutputMaxSize: -1 }, 'OutputMaxSize must be positive'],
  [{ TCP: 'h:1', Interval: 'soon' }, 'Interval must be a duration such as 10s'],
  [{ HTTP: 'h', Interval: true }, 'Interval must be a duration such as 10s'],
  [{ HTTP: 'h', Interval: '1s', Header: [] }, 'Header must be an object of lists of texts'],
  [{ HTTP: 'h', Interval: '1s', TLSSkipVerify: 'yes' }, 'TLSSkipVerify must be true or false'],
  [{ Args: ['a', 1], Interval: '1s' }, 'Args must be a list of texts'],
  [{ HTTP: 7, Interval: '1s' }, 'HTTP must be a text'],
])('%j is refused', (definition, fault) => {
  expect(plan(definition)).toBe(fault);
});
