import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../cluster/processes.ts';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { ask } from './ask.ts';

let member: EmbeddedMember;
let url: string;

beforeAll(async () => {
  member = await startServer({ name: 'm1' });
  await member.ready;
  [url = ''] = member.clientUrls;
});

afterAll(() => member.stop());

const document = z.object({
  paths: z.record(
    z.string(),
    z.object({
      get: z.object({ parameters: z.array(z.object({ $ref: z.string().optional() })) }).optional(),
    }),
  ),
});

/** Paths that take an index, filled in. */
async function waitingPaths(): Promise<readonly string[]> {
  const { paths } = document.parse((await ask(url, '/v1/openapi.json')).json);
  return Object.entries(paths).flatMap(([path, { get }]) => {
    const takesIndex = get?.parameters.some(({ $ref }) => $ref?.endsWith('/index') === true);
    // To execute a query is no question that can be repeated, and a snapshot is a file.
    if (takesIndex !== true || path.includes('/query/{') || path === '/v1/snapshot') return [];
    return [path.replace('{node}', 'm1').replace(/[{]\w+[}]/, 'web')];
  });
}

/** How many queries wait. */
const waiting = async (): Promise<number> => {
  const { text } = await ask(url, '/metrics');
  return Number(/^rollcall_consul_blocking_queries (\d+)$/m.exec(text)?.[1]);
};

test('no answer with an index is given at once to a caller that has it', async () => {
  const paths = await waitingPaths();
  expect(paths.length).toBeGreaterThan(20);
  const early: string[] = [];
  const callers: AbortController[] = [];
  for (const path of paths) {
    const { status, headers } = await ask(url, path);
    const index = headers['x-consul-index'];
    // What is refused is no answer to wait for; a missing key and a missing node are.
    if (index === undefined || (status === 404 && path.includes('/config/'))) continue;
    const caller = new AbortController();
    callers.push(caller);
    ask(url, `${path}?index=${index}&wait=60s`, { signal: caller.signal }).then(
      () => early.push(path),
      () => {},
    );
  }
  await eventually('all wait, or were answered', async () =>
    (await waiting()) + early.length >= callers.length ? true : undefined,
  );
  expect(early).toEqual([]);
  expect(await waiting()).toBe(callers.length);
  for (const caller of callers) caller.abort();
  await eventually('nobody waits', async () => ((await waiting()) === 0 ? true : undefined));
});
