import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import { LogTap } from '../../../src/base/log-tap.ts';
import { LogMonitors } from '../../../src/api/consul/agent/log-monitors.ts';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { ask } from './ask.ts';

let member: EmbeddedMember;
let url: string;

beforeEach(async () => {
  member = await startServer({ name: 'm1' });
  await member.ready;
  [url = ''] = member.clientUrls;
});

afterEach(() => member.stop());

/** An answer whose headers have come. */
function follow(query = ''): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/agent/monitor${query}`, { agent: false }, resolve);
    sent.on('error', reject);
    sent.end();
  });
}

async function nextLine(response: IncomingMessage, part: string): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const piece of response.iterator({ destroyOnReturn: false })) {
    text += String(piece);
    const line = text.split('\n').find((one) => one.includes(part));
    if (line !== undefined && text.endsWith('\n')) return line;
  }
  throw new Error(`there was no ${part} in: ${text}`);
}

/** Is refused, which is logged at `debug`. */
const refused = () => ask(url, '/v1/agent/service/deregister/nobody', { method: 'PUT' });

const register = (port: number) =>
  ask(url, '/v1/agent/service/register', {
    method: 'PUT',
    body: { Name: 'web', ID: 'w1', Address: '10.0.0.1', Port: port },
  });

test("the log of a member comes line by line, in Consul's form", async () => {
  const response = await follow('?loglevel=debug');
  expect(response.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8' });
  await refused();
  expect(await nextLine(response, 'was refused')).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z \[DEBUG\] api: a call of Consul's API was refused: method=PUT path=\/v1\/agent\/service\/deregister\/nobody client=\S+ status=404 reason="Unknown service ID \\"nobody\\"/,
  );
  response.destroy();
});

test('lines come as JSON, and those below the level are left out', async () => {
  const [all, few] = await Promise.all([follow('?loglevel=debug&logjson'), follow('?logjson=no')]);
  await refused();
  expect(JSON.parse(await nextLine(all, 'was refused'))).toMatchObject({
    '@level': 'debug',
    '@module': 'api',
    status: 404,
  });
  await register(1);
  await register(2);
  const line: unknown = JSON.parse(await nextLine(few, '@message'));
  expect(line).toMatchObject({ '@level': 'info', former: '10.0.0.1:1', now: '10.0.0.1:2' });
  for (const response of [all, few]) response.destroy();
});

test('an unknown level is refused, and so are more callers than the bound', async () => {
  expect(await ask(url, '/v1/agent/monitor?loglevel=bogus')).toMatchObject({
    status: 400,
    text: 'Unknown log level: bogus',
  });
  const open = await Promise.all(Array.from({ length: 16 }, () => follow()));
  expect((await follow()).statusCode).toBe(429);
  // One that disconnects makes room.
  open.pop()?.destroy();
  let status: number | undefined = 0;
  for (let tries = 0; tries < 500 && status !== 200; tries++) {
    const again = await follow();
    status = again.statusCode;
    if (status !== 200) again.resume();
    else open.push(again);
  }
  expect(status).toBe(200);
  for (const response of open) response.destroy();
});

test('a member that stops ends them', async () => {
  const response = await follow();
  const end = new Promise((resolve) => response.on('end', resolve));
  response.resume();
  await member.stop();
  await end;
});

test('lines that are not read in time are left out, and counted', async () => {
  const tap = new LogTap();
  const logger = tap.around(() => silentLogger)('part');
  const monitors = new LogMonitors(
    (listener) => tap.follow(listener),
    () => 0,
  );
  const gone = new AbortController();
  const lines = monitors.follow({ least: 'info', isJson: false, gone: gone.signal });
  const pieces = lines[Symbol.asyncIterator]();
  const long = 'x'.repeat(100_000);
  for (let at = 0; at < 5; at++) logger.info(`line ${at}`, { long });
  const textOf = async (): Promise<string> => Buffer.from((await pieces.next()).value).toString();
  const first = await textOf();
  expect(first.match(/line \d/g)).toEqual(['line 0', 'line 1']);
  logger.warn('after', { n: 2n, error: new Error('why') });
  const then = await textOf();
  expect(then.replaceAll(/^\S+ /gm, '')).toBe(
    '[WARN]  api: log lines were left out here, as they were not read in time: lines=3\n' +
      '[WARN]  part: after: n=2 error=why\n',
  );
  gone.abort();
  expect(await pieces.next()).toEqual({ done: true, value: undefined });
});
