import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../src/server/index.ts';
import { EtcdClient } from '../cluster/etcd-client.ts';
import { etcdMetricNames } from '../api/http/metric-names.ts';

/** Names that only come with another member. */
const withPeersOnly = new Set(
  (etcdMetricNames['transport'] ?? [])
    .map(([name]) => name)
    .filter((name) => name !== 'etcd_network_active_peers'),
);

test('a member that runs shows every figure that etcd does, under the same name and type', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rollcall-metrics-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const member = await startServer({ dataDir: join(directory, 'm1'), metricsDetail: 'extensive' });
  onTestFinished(() => member.stop());
  await member.ready;
  const [url = ''] = member.clientUrls;
  const client = new EtcdClient(new URL(url).host);
  await client.put('a', 'b');
  client.close();

  const answer = await fetch(`${url}/metrics`);
  const text = await answer.text();

  const missing = Object.values(etcdMetricNames)
    .flat()
    .filter(([name]) => !withPeersOnly.has(name))
    .filter(([name]) => process.platform === 'linux' || /^(etcd|grpc)_/.test(name))
    .filter(([name, type]) => !text.includes(`# TYPE ${name} ${type}\n`))
    .map(([name, type]) => `${name} ${type}`);
  expect(missing).toEqual([]);
});
