import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../../src/server/index.ts';
import type { EmbeddedMember } from '../../../src/server/index.ts';
import { ask, at, textAt } from './ask.ts';
import type { AskOptions } from './ask.ts';

let member: EmbeddedMember;
let url: string;

beforeAll(async () => {
  member = await startServer({ consulListen: ['127.0.0.1:0'], name: 'm1' });
  await member.ready;
  url = member.consulUrls[0] ?? '';
});

afterAll(() => member.stop());

const get = (path: string, options?: AskOptions) => ask(url, `/v1/${path}`, options);
const uuid = expect.stringMatching(
  /^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
);

describe('a member tells of itself', () => {
  test('its name, its datacenter and a release that clients accept', async () => {
    const { json } = await get('agent/self');
    expect(json).toMatchObject({
      Config: { Datacenter: 'dc1', NodeName: 'm1', NodeID: uuid, Server: true },
      DebugConfig: { SessionTTLMin: 10_000_000_000 },
      Member: { Name: 'm1', Status: 1, Tags: { role: 'consul', dc: 'dc1' } },
      Stats: { agent: {}, consul: { leader: 'true' }, raft: { state: 'Leader' } },
    });
    expect((await get('agent/version')).json).toMatchObject({ HumanVersion: '1.16.1' });
  });

  test('its peers, also as Consul names them between datacenters', async () => {
    const [lan, wan, not] = await Promise.all(
      ['', '?wan=1', '?wan=false'].map((query) => get(`agent/members${query}`)),
    );
    expect(lan?.json).toMatchObject([{ Name: 'm1', Addr: expect.any(String) }]);
    expect(wan?.json).toMatchObject([{ Name: 'm1.dc1' }]);
    expect(not?.json).toEqual(lan?.json);
    expect((await get('agent/members?filter=Name==m2')).json).toEqual([]);
  });

  test('its machine and its metrics', async () => {
    expect((await get('agent/host')).json).toMatchObject({
      Memory: { total: expect.any(Number) },
      CollectionTime: expect.any(Number),
    });
    const { json } = await get('agent/metrics');
    expect(json).toMatchObject({
      Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC$/),
      Gauges: expect.arrayContaining([
        expect.objectContaining({
          Name: expect.stringMatching(/^consul\..*\.runtime\.alloc_bytes$/),
        }),
      ]),
    });
    const { text } = await get('agent/metrics?format=prometheus');
    expect(text).toContain('rollcall_consul_requests_total{code="200"}');
  });

  test('that members do not join and leave by gossip', async () => {
    expect((await get('agent/reload', { method: 'PUT' })).status).toBe(200);
    for (const path of ['agent/join/10.0.0.1', 'agent/leave', 'agent/force-leave/m2']) {
      for (const method of ['GET', 'PUT']) {
        const { status, text } = await get(path, { method });
        expect(status).toBe(500);
        expect(text).toContain('rollcall member');
      }
    }
  });
});

const remove = (query: string) => get(`operator/raft/peer${query}`, { method: 'DELETE' });

describe('an operator', () => {
  test('sees who votes, and that the cluster is well', async () => {
    const { json } = await get('operator/raft/configuration');
    const id = textAt((await get('agent/self')).json, 'Config', 'NodeID');
    expect(json).toMatchObject({
      Servers: [{ ID: id, Node: 'm1', Leader: true, Voter: true }],
    });
    expect((await get('operator/autopilot/health')).json).toMatchObject({
      Healthy: true,
      FailureTolerance: 0,
      Servers: [{ ID: id, Healthy: true, Leader: true }],
    });
    expect((await get('operator/autopilot/state')).json).toMatchObject({
      Leader: id,
      Voters: [id],
      Servers: { [id]: { Status: 'leader' } },
    });
    expect((await get('operator/autopilot/configuration')).json).toMatchObject({ MinQuorum: 0 });
  });

  test('is told what cannot be removed', async () => {
    expect((await remove('')).status).toBe(400);
    expect(await remove('?address=127.0.0.1:1')).toMatchObject({
      status: 500,
      text: 'address "127.0.0.1:1" was not found in the Raft configuration',
    });
  });
});

describe('what is not there', () => {
  test('access lists are refused with the text that clients look for', async () => {
    for (const path of ['acl/tokens', 'acl/token/self', 'acl/policies', 'acl/binding-rule/x']) {
      expect(await get(path)).toMatchObject({ status: 401, text: 'ACL support disabled' });
    }
    expect((await get('acl/bootstrap', { method: 'PUT' })).status).toBe(401);
    expect((await get('agent/token/default', { method: 'PUT', body: '{}' })).status).toBe(401);
    expect(await get('acl/info/x?token=y')).toMatchObject({
      status: 410,
      text: 'Endpoint /v1/acl/info/x for the legacy ACL system was removed in Consul 1.11.',
    });
    expect((await get('acl/nothing')).status).toBe(404);
  });

  test('nothing is configured for a service mesh, and nothing can be', async () => {
    for (const path of [
      'config/service-defaults',
      'connect/intentions',
      'peerings',
      'catalog/connect/web',
      'catalog/gateway-services/web',
      'health/connect/web',
      'health/ingress/web',
    ]) {
      expect(await get(path)).toMatchObject({ status: 200, text: '[]' });
    }
    expect(await get('config/service-defaults/web')).toMatchObject({
      status: 404,
      text: 'Config entry not found for "service-defaults" / "web"',
    });
    expect((await get('config', { method: 'PUT', body: '{}' })).status).toBe(500);
  });

  test('test harnesses find a certificate authority all the same', async () => {
    for (const path of ['agent/connect/ca/roots', 'connect/ca/roots']) {
      const { json } = await get(path);
      const root = at(json, 'Roots', 0);
      const id = textAt(root, 'ID');
      expect(id).toBe(at(json, 'ActiveRootID'));
      const certificate = new X509Certificate(textAt(root, 'RootCert'));
      expect(certificate.ca).toBe(true);
      expect(certificate.fingerprint.toLowerCase()).toBe(id);
      expect(certificate.checkIssued(certificate)).toBe(true);
      expect(new Date(certificate.validTo)).toEqual(new Date(textAt(root, 'NotAfter')));
    }
  });

  test('all nodes are at one place', async () => {
    expect((await get('coordinate/datacenters')).json).toMatchObject([
      { Datacenter: 'dc1', Coordinates: [{ Node: 'm1', Coord: { Height: 0.00001 } }] },
    ]);
    expect((await get('coordinate/nodes')).json).toMatchObject([{ Node: 'm1' }]);
    expect((await get('coordinate/node/M1')).json).toMatchObject([{ Node: 'm1' }]);
    expect(await get('coordinate/node/m2')).toMatchObject({ status: 404, text: '' });
    const update = { method: 'PUT', body: { Node: 'm1', Coord: {} } };
    expect((await get('coordinate/update', update)).status).toBe(200);
  });
});
