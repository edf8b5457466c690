import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePorts } from '../../ports.ts';
import { ConsulProgram, folderWithConsul, HarnessAgent } from './harness.ts';

const web = { name: 'web', id: 'web-1', port: 80, tags: ['a'], check: { ttl: '10m' } };

test("a harness of Consul's own client starts it, reloads it and stops it", async () => {
  const agent = await HarnessAgent.begin();
  await agent.ready();
  const health = await agent.until('health/node/harness', ({ json }) => json.length > 0 && json);
  expect(health).toEqual([expect.objectContaining({ CheckID: 'serfHealth', Status: 'passing' })]);
  const { json: raft } = await agent.call('operator/raft/configuration');
  expect(raft.Servers).toEqual([
    expect.objectContaining({ ID: agent.nodeId, Node: 'harness', Voter: true, Leader: true }),
  ]);
  expect((await agent.call('catalog/nodes')).json).toEqual([
    expect.objectContaining({
      ID: agent.nodeId,
      Address: '127.0.0.1',
      Meta: expect.objectContaining({ rack: '7' }),
    }),
  ]);
  expect((await agent.call('agent/self')).json.Config.NodeID).toBe(agent.nodeId);
  expect((await agent.call('agent/connect/ca/roots')).json.Roots).toHaveLength(1);
  expect((await agent.call('agent/services')).json).toEqual({});

  expect(await agent.run('members', '-status=alive')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('harness  127.0.0.1:'),
  });
  agent.writeConfig({ service: web, services: [{ name: 'db', port: 5432 }] });
  expect((await agent.call('agent/reload', 'PUT')).status).toBe(200);
  const { json: services } = await agent.call('agent/services');
  expect(services).toEqual({
    'web-1': expect.objectContaining({ Service: 'web', Port: 80, Tags: ['a'] }),
    db: expect.objectContaining({ Service: 'db', Port: 5432 }),
  });
  expect(Object.keys((await agent.call('agent/checks')).json)).toEqual(['service:web-1']);

  agent.writeConfig({ service: { ...web, port: 81 } });
  agent.program.child.kill('SIGHUP');
  await agent.until('agent/services', ({ json }) => json.db === undefined);
  expect((await agent.call('agent/services')).json['web-1'].Port).toBe(81);

  agent.program.child.kill('SIGINT');
  expect((await agent.program.ended).code).toBe(0);
});

test('what left the files while it was down is removed; what others registered stays', async () => {
  const agent = await HarnessAgent.begin();
  agent.program.child.kill('SIGKILL');
  await agent.program.ended;
  agent.writeConfig({ services: [web, { name: 'db' }] });
  agent.start();
  await agent.until('agent/services', ({ json }) => json.db !== undefined);
  const body = JSON.stringify({ Name: 'own' });
  await fetch(`http://${agent.address}/v1/agent/service/register`, { method: 'PUT', body });
  agent.program.child.kill('SIGKILL');
  await agent.program.ended;

  agent.writeConfig({ services: [{ name: 'db' }] });
  agent.start();
  await agent.until('agent/services', ({ json }) => json['web-1'] === undefined && json.db);
  expect(Object.keys((await agent.call('agent/services')).json).toSorted()).toEqual(['db', 'own']);
  expect((await agent.call('agent/checks')).json).toEqual({});
});

test('a configuration that cannot be read again changes nothing, and says why', async () => {
  const agent = await HarnessAgent.begin();
  agent.program.child.kill('SIGKILL');
  await agent.program.ended;
  agent.writeConfig({ service: web });
  agent.start();
  await agent.until('agent/services', ({ json }) => json['web-1']);
  agent.writeConfig({ service: { port: 1 } });
  const refused = await fetch(`http://${agent.address}/v1/agent/reload`, { method: 'PUT' });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('a service of the configuration has no name');
  expect(Object.keys((await agent.call('agent/services')).json)).toEqual(['web-1']);
});

test('-dev keeps nothing, writes its process id, and ends when it leaves', async () => {
  const folder = folderWithConsul();
  const [http, dns, grpc, server] = await freePorts(4);
  const pidFile = join(folder, 'pid');
  const ports = ['-http-port', http, '-dns-port', dns, '-grpc-port', grpc, '-server-port', server];
  const program = new ConsulProgram(folder, [
    ...'agent -dev -node n1 -hcl service{name="web"} -pid-file'.split(' '),
    pidFile,
    ...ports.map(String),
  ]);
  for (;;) {
    if (program.stdout.includes('Consul agent running!')) break;
    await new Promise((resolve) => program.child.stdout?.once('data', resolve));
  }
  expect(program.stdout).toContain(`(HTTP: ${http}, HTTPS: -1, gRPC: ${grpc}, DNS: ${dns})`);
  expect(readFileSync(pidFile, 'utf8')).toBe(String(program.child.pid));
  const call = (path: string, method = 'GET'): Promise<Response> =>
    fetch(`http://127.0.0.1:${http}/v1/${path}`, { method });
  expect(await (await call('agent/services')).json()).toEqual({ web: expect.anything() });
  expect((await call('agent/leave', 'PUT')).status).toBe(200);
  expect((await program.ended).code).toBe(0);
  expect(existsSync(pidFile)).toBe(false);
});

test.each([
  [['agent', '-bogus'], 'flag provided but not defined: -bogus'],
  [['agent', 'extra'], '==> Unexpected extra arguments: [extra]'],
  [['agent', '-server'], '==> data_dir cannot be empty'],
])('%j is refused with 1', async (args, message) => {
  const { code, stderr } = await new ConsulProgram(folderWithConsul(), args).ended;
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});
