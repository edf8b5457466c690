import { expect, test, vi } from 'vitest';
import { startServer } from '../../../src/server/index.ts';
import { createServer } from 'node:http';
import { listening } from '../../probe/targets.ts';

/** A member with one instance, whose check looks at `url`. */
async function memberWith(url: string, interval = '5m') {
  const member = await startServer({ name: 'm1' });
  await member.ready;
  const [base = ''] = member.clientUrls;
  const call = (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`${base}/v1/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  const registration = {
    ID: 'web-1',
    Name: 'web',
    Address: '10.0.0.1',
    Port: 80,
    Check: { CheckID: 'c', HTTP: url, Interval: interval },
  };
  const register = (): Promise<Response> => call('PUT', 'agent/service/register', registration);
  await register();
  const passing = async (): Promise<string[]> => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as Consul's API has it
    const entries = (await (await call('GET', 'health/service/web?passing')).json()) as {
      Service: { ID: string };
    }[];
    return entries.map(({ Service }) => Service.ID);
  };
  return { member, call, register, passing, [Symbol.asyncDispose]: () => member.stop() };
}

test('a check runs now, and its owner and its times are told', async () => {
  let answers = 0;
  const server = createServer((_, response) => void response.end(`answer ${++answers}`));
  await using target = await listening(server);
  await using one = await memberWith(`http://${target.at}/`);
  await vi.waitFor(async () => expect(await one.passing()).toEqual(['web-1']), 10_000);
  const ran = await one.call('PUT', 'agent/check/run/c');
  expect(ran.status).toBe(200);
  expect(await ran.json()).toMatchObject({
    CheckID: 'c',
    Status: 'passing',
    Output: `HTTP GET http://${target.at}/: 200 OK Output: answer ${answers}`,
    Owner: 'm1',
    LastRun: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    NextRun: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
  const runs = await one.call('GET', 'agent/check/run/c');
  expect(await runs.json()).toMatchObject({ CheckID: 'c', Owner: 'm1' });
  const unknown = await one.call('PUT', 'agent/check/run/other');
  expect(unknown.status).toBe(404);
  await one.call('PUT', 'agent/check/register', { ID: 't', Name: 't', TTL: '10s' });
  const ttl = await one.call('PUT', 'agent/check/run/t');
  expect(ttl.status).toBe(500);
  expect(await ttl.text()).toContain('does not run the check "t"');
});

test('a held instance stays out of service through registrations and heartbeats, until it is released', async () => {
  await using target = await listening(createServer((_, response) => void response.end()));
  await using one = await memberWith(`http://${target.at}/`);
  await vi.waitFor(async () => expect(await one.passing()).toEqual(['web-1']), 10_000);
  const hold = (enable: boolean): Promise<Response> =>
    one.call('PUT', `agent/service/hold/web-1?enable=${enable}&reason=broken%20disk`);
  expect((await hold(true)).status).toBe(200);
  expect(await one.passing()).toEqual([]);
  await one.register();
  await one.call('PUT', 'agent/check/run/c');
  expect(await one.passing()).toEqual([]);
  await one.call('PUT', 'agent/service/deregister/web-1');
  await one.register();
  await one.call('PUT', 'agent/check/run/c');
  expect(await one.passing()).toEqual([]);
  const checks = await (await one.call('GET', 'health/checks/web')).json();
  expect(checks).toContainEqual(
    expect.objectContaining({ CheckID: '_hold', Status: 'critical', Notes: 'broken disk' }),
  );
  expect((await hold(false)).status).toBe(200);
  expect(await one.passing()).toEqual(['web-1']);
  expect((await one.call('PUT', 'agent/service/hold/other?enable=true')).status).toBe(404);
  expect((await one.call('PUT', 'agent/service/hold/web-1')).status).toBe(400);
});

test('a drained instance is out of service at once, and gone after the deadline', async () => {
  await using target = await listening(createServer((_, response) => void response.end()));
  await using one = await memberWith(`http://${target.at}/`);
  await vi.waitFor(async () => expect(await one.passing()).toEqual(['web-1']), 10_000);
  const drain = (query: string): Promise<Response> =>
    one.call('PUT', `agent/service/drain/web-1?${query}`);
  expect((await drain('enable=true&deadline=1h')).status).toBe(200);
  expect(await one.passing()).toEqual([]);
  expect((await drain('enable=false')).status).toBe(200);
  expect(await one.passing()).toEqual(['web-1']);
  expect((await drain('enable=true&deadline=soon')).status).toBe(400);
  await drain('enable=true&deadline=2s');
  await one.register();
  expect(await one.passing()).toEqual([]);
  await vi.waitFor(async () => {
    const left: unknown = await (await one.call('GET', 'catalog/service/web')).json();
    expect(left).toEqual([]);
  }, 20_000);
});
