import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../src/server/index.ts';
import { EtcdClient } from '../cluster/etcd-client.ts';
import { etcdMetricNames } from '../api/etcd/metric-names.ts';

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

test('the ratio that alerts compute is near 1 exactly when the quota is nearly used', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rollcall-metrics-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const quotaBackendBytes = 1 << 20;
  const member = await startServer({ dataDir: join(directory, 'm1'), quotaBackendBytes });
  onTestFinished(() => member.stop());
  await member.ready;
  const [url = ''] = member.clientUrls;
  const client = new EtcdClient(new URL(url).host);
  onTestFinished(() => client.close());
  const read = async (): Promise<(name: string) => number> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  };
  // The same key again and again: the files hold what the state does not.
  const value = 'v'.repeat(10_000);
  for (let at = 0; at < 50; at++) await client.put('key', value);
  await client.call('KV', 'Compact', { revision: '51', physical: true });
  expect((await read())('etcd_mvcc_db_total_size_in_bytes')).toBeLessThan(quotaBackendBytes / 10);

  for (let at = 0; at < 1000; at++) {
    const failed = await client.put(`key/${at}`, value).then(
      () => false,
      () => true,
    );
    if (failed) break;
  }
  const figure = await read();
  const used = figure('etcd_mvcc_db_total_size_in_bytes');
  expect(used / figure('etcd_server_quota_backend_bytes')).toBeGreaterThan(0.95);
  expect(used).toBeLessThanOrEqual(quotaBackendBytes);
  expect((await client.status())['dbSize']).toBe(String(used));
  expect(figure('rollcall_storage_size_bytes')).toBeGreaterThan(0);
});
