import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { ask, at } from './ask.ts';

let member: EmbeddedMember;
let url: string;
let document: unknown;

beforeAll(async () => {
  member = await startServer({ consulListen: ['127.0.0.1:0'] });
  await member.ready;
  url = member.consulUrls[0] ?? '';
  document = (await ask(url, '/v1/openapi.json')).json;
});

afterAll(() => member.stop());

const pathsOf = (): [path: string, item: object][] => Object.entries(Object(at(document, 'paths')));

test('the methods of each path are those that it serves', async () => {
  expect(pathsOf().length).toBeGreaterThan(60);
  for (const [path, item] of pathsOf()) {
    const asked = path.replaceAll(/\{\w+\}/g, 'x');
    const { status, headers } = await ask(url, asked, { method: 'OPTIONS' });
    const methods = Object.keys(item).map((method) => method.toUpperCase());
    expect({ path, status, allow: headers['allow']?.split(',').toSorted() }).toEqual({
      path,
      status: 200,
      allow: ['OPTIONS', ...methods].toSorted(),
    });
  }
});

test('each parameter is described, and each call has an id of its own', () => {
  const ids = new Set<unknown>();
  for (const [path, item] of pathsOf()) {
    for (const operation of Object.values(item)) {
      const id = at(operation, 'operationId');
      expect(ids.has(id)).toBe(false);
      ids.add(id);
      expect(at(operation, 'summary')).toMatch(/^\S.*\.$/);
      const named: object[] = Object(at(operation, 'parameters'));
      const inPath = named.filter((one) => at(one, 'in') === 'path').map((one) => at(one, 'name'));
      expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      for (const one of named) {
        const reference = at(one, '$ref');
        if (typeof reference !== 'string') continue;
        expect(at(document, ...reference.slice(2).split('/'))).toBeTypeOf('object');
      }
    }
  }
});

test('each call is named in the table of docs/consul.md', () => {
  const page = readFileSync('docs/consul.md', 'utf8');
  const unnamed = pathsOf()
    .map(([path]) => path.replace(/^\/v1\//, '').replace(/\/?\{.*/, ''))
    .filter((name) => !isNamed(page, name));
  expect(unnamed).toEqual([]);
});

/** By its whole path, by its last part after another call of the same beginning, or by a beginning with `…`. */
function isNamed(page: string, name: string): boolean {
  const parts = name.split('/');
  const beginnings = parts.map((_, count) => `${parts.slice(0, count + 1).join('/')}/…`);
  return [name, `\`${parts.at(-1)}`, ...beginnings].some((text) => page.includes(text));
}
