import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { check } from '../api/http/exchange.ts';
import { conversation } from '../api/http/expectations.ts';
import { responseTo } from '../api/http/serve.ts';
import { Subject, targets } from './targets.ts';

/** The answers are those of this release; older ones speak otherwise over HTTP. */
const subjects = targets
  .map((target) => new Subject(target))
  .filter((subject) => subject.since('3.7'));

describe.each(subjects)('the JSON gateway: $target.name', (subject) => {
  beforeAll(() => subject.start(1, []));
  afterAll(() => subject.end());

  test.each(conversation)('$name', async (exchange) => {
    await check(subject.members[0]!.clientUrl, exchange);
  });

  test('a watch goes on after its request has ended', async () => {
    const key = Buffer.from(subject.freshKey()).toString('base64');
    const asked = request(`${subject.members[0]!.clientUrl}/v3/watch`, { method: 'POST' });
    onTestFinished(() => void asked.destroy());
    asked.end(JSON.stringify({ create_request: { key } }));
    const answers = (await responseTo(asked))[Symbol.asyncIterator]();
    expect(String((await answers.next()).value)).toContain('"created":true');

    await fetch(`${subject.members[0]!.clientUrl}/v3/kv/put`, {
      method: 'POST',
      body: JSON.stringify({ key }),
    });

    expect(String((await answers.next()).value)).toContain(`"events":[{"kv":{"key":"${key}"`);
  });

  test('a snapshot comes in parts, the last of which says how it ends', async () => {
    const response = await fetch(`${subject.members[0]!.clientUrl}/v3/maintenance/snapshot`, {
      method: 'POST',
      body: '{}',
    });

    const lines = (await response.text()).trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^\{"result":\{.*"blob":"/);
    expect(lines.at(-1)).not.toContain('remaining_bytes');
  });
});
