import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { answerTo } from './as-consul/answers.ts';
import type { PlainAnswer } from './as-consul/answers.ts';
import { different } from './as-consul/different.ts';
import { requests } from './as-consul/requests.ts';
import type { Request } from './as-consul/requests.ts';

/** `record.ts` has asked a Consul 1.12.9 the same. */
const recorded: readonly (Request & { readonly answer: PlainAnswer })[] = readFileSync(
  join(import.meta.dirname, 'as-consul/consul-1.12.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

let member: EmbeddedMember;

beforeAll(async () => {
  member = await startServer({ name: 'n1' });
  await member.ready;
});

afterAll(() => member.stop());

test('the record is of these requests', () => {
  const asked = recorded.map(({ method, path, body }) => ({ method, path, body }));
  expect(asked).toEqual(JSON.parse(JSON.stringify(requests)));
});

test('a catalog, its checks and its agent answer as Consul does, but for known differences', async () => {
  const [url = ''] = member.clientUrls;
  const unused = new Set(Object.keys(different));
  for (const { answer, ...request } of recorded) {
    const name = nameOf(request);
    const own = await answerTo(url, request);
    const known = different[name];
    if (known !== undefined) unused.delete(name);
    const expected = known === undefined ? answer : { ...answer, ...known };
    expect({ name, ...own }).toEqual({ name, ...expected });
  }
  expect([...unused]).toEqual([]);
});

function nameOf({ method, path, body }: Request): string {
  return `${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`;
}
