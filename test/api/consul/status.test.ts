import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { ask } from './ask.ts';

let member: EmbeddedMember;
let url: string;

beforeAll(async () => {
  member = await startServer({ consulListen: ['127.0.0.1:0'] });
  await member.ready;
  url = member.consulUrls[0] ?? '';
});

afterAll(() => member.stop());

describe('a member with a port for Consul', () => {
  test('tells its leader and its peers', async () => {
    const { host } = new URL(member.peerUrls[0] ?? '');
    // The peer URL of a member in memory has port 0; only the host is certain.
    const leader = await ask(url, '/v1/status/leader');
    expect(leader.status).toBe(200);
    expect(leader.text).toMatch(/^"[^":]+:\d+"$/);
    expect(host).toContain('127.0.0.1');
    expect((await ask(url, '/v1/status/peers')).json).toEqual([leader.json]);
    expect((await ask(url, '/v1/status/leader?dc=nope')).text).toBe('No path to datacenter');
  });

  test('tells its datacenter, without an index', async () => {
    const { json, headers } = await ask(url, '/v1/catalog/datacenters?dc=nope');
    expect(json).toEqual(['dc1']);
    expect(headers['x-consul-index']).toBeUndefined();
  });

  test('serves the same at its client URL, beside the pages of etcd', async () => {
    const [client = ''] = member.clientUrls;
    expect((await ask(client, '/v1/catalog/datacenters')).json).toEqual(['dc1']);
    expect((await ask(client, '/version')).status).toBe(200);
    expect((await ask(client, '/v1/nothing')).text).toMatch(/^Invalid URL path/);
    expect((await ask(client, '/nothing')).text).toBe('404 page not found\n');
    expect(
      (await ask(client, '/v3/kv/range', { method: 'OPTIONS' })).headers['allow'],
    ).toBeUndefined();
  });

  test('serves nothing of etcd at the port for Consul', async () => {
    expect((await ask(url, '/version')).status).toBe(404);
    expect((await ask(url, '/')).text).toMatch(/^Rollcall/);
  });
});
