import { EventEmitter, once } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  metricsHandler,
  etcdHandler,
  fakeOperations,
  fakeOptions,
  memoryLogger,
  refuse,
} from './fake.ts';
import { serve } from './serve.ts';

async function get(url: string): Promise<{ status: number; body: string }> {
  const response = await fetch(url);
  return { status: response.status, body: await response.text() };
}

const noSpace = { memberId: '1', type: 'no-space' } as const;
const corrupt = { memberId: '1', type: 'corrupt' } as const;

describe('/health', () => {
  test('reports a healthy member with the text of etcd', async () => {
    const base = await serve(etcdHandler(fakeOptions()));
    const response = await fetch(`${base}/health`);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe('{"health":"true","reason":""}');
  });

  test('names the alarm, and ignores those that are excluded', async () => {
    const operations = fakeOperations({ alarms: () => [noSpace, corrupt] });
    const base = await serve(etcdHandler(fakeOptions(operations)));

    expect(await get(`${base}/health`)).toEqual({
      status: 503,
      body: '{"health":"false","reason":"ALARM NOSPACE"}\n',
    });
    expect((await get(`${base}/health?exclude=NOSPACE`)).body).toContain('ALARM CORRUPT');
    expect((await get(`${base}/health?exclude=NOSPACE&exclude=CORRUPT`)).status).toBe(200);
    expect((await get(`${base}/health?exclude=nothing`)).status).toBe(503);
  });

  test('fails without a leader, unless the request is serializable', async () => {
    const operations = fakeOperations({ hasLeader: () => false });
    const base = await serve(etcdHandler(fakeOptions(operations)));

    expect(await get(`${base}/health`)).toEqual({
      status: 503,
      body: '{"health":"false","reason":"RAFT NO LEADER"}\n',
    });
    expect((await get(`${base}/health?serializable=true`)).status).toBe(200);
    expect((await get(`${base}/health?serializable=1`)).status).toBe(503);
  });

  test('gives the reason for which a read failed', async () => {
    const operations = fakeOperations({ checkHealth: refuse('timeout') });
    const base = await serve(etcdHandler(fakeOptions(operations)));

    expect(await get(`${base}/health`)).toEqual({
      status: 503,
      body: '{"health":"false","reason":"RANGE ERROR:etcdserver: request timed out"}\n',
    });
  });

  test('is read only', async () => {
    const base = await serve(etcdHandler(fakeOptions()));
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD']) {
      const response = await fetch(`${base}/health`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET');
      expect(await response.text()).toBe(method === 'HEAD' ? '' : 'Method Not Allowed\n');
    }
  });

  test('aborts its read when the caller disconnects', async () => {
    const seen = new EventEmitter();
    const started = once(seen, 'started');
    const gone = once(seen, 'gone');
    const operations = fakeOperations({
      checkHealth: (_check, { signal }) => {
        signal?.addEventListener('abort', () => seen.emit('gone'));
        seen.emit('started');
        return new Promise(() => {});
      },
    });
    const base = await serve(etcdHandler(fakeOptions(operations)));
    const caller = new AbortController();
    const answer = fetch(`${base}/health`, { signal: caller.signal });
    await started;
    caller.abort();

    await expect(answer).rejects.toThrow('aborted');
    await gone;
  });

  test('is measured', async () => {
    let leader = true;
    const options = fakeOptions(fakeOperations({ hasLeader: () => leader }));
    const base = await serve(etcdHandler(options));
    await get(`${base}/health`);
    await get(`${base}/health`);
    leader = false;
    await get(`${base}/health`);

    const { body } = await get(`${base}/metrics`);
    expect(body).toMatch(/^etcd_server_health_success 2$/m);
    expect(body).toMatch(/^etcd_server_health_failures 1$/m);
  });
});

describe('/livez and /readyz', () => {
  test('say ok, and name their checks with verbose', async () => {
    const base = await serve(etcdHandler(fakeOptions()));

    expect(await get(`${base}/livez`)).toEqual({ status: 200, body: 'ok\n' });
    expect(await get(`${base}/livez?verbose`)).toEqual({
      status: 200,
      body: '[+]serializable_read ok\nok\n',
    });
    expect(await get(`${base}/readyz?verbose`)).toEqual({
      status: 200,
      body:
        '[+]data_corruption ok\n[+]serializable_read ok\n' +
        '[+]linearizable_read ok\n[+]non_learner ok\nok\n',
    });
  });

  test('name all their checks when one failed', async () => {
    const operations = fakeOperations({
      alarms: () => [corrupt, noSpace],
      isLearner: () => true,
      checkHealth: ({ linearizable }) => (linearizable ? refuse('no-leader')() : Promise.resolve()),
    });
    const base = await serve(etcdHandler(fakeOptions(operations)));

    expect(await get(`${base}/livez`)).toEqual({ status: 200, body: 'ok\n' });
    expect(await get(`${base}/readyz`)).toEqual({
      status: 503,
      body:
        '[-]data_corruption failed: alarm activated: CORRUPT\n[+]serializable_read ok\n' +
        '[-]linearizable_read failed: etcdserver: no leader\n' +
        '[-]non_learner failed: not supported for learner\n\n',
    });
  });

  test('leave out what is excluded', async () => {
    const operations = fakeOperations({ alarms: () => [corrupt], isLearner: () => true });
    const base = await serve(etcdHandler(fakeOptions(operations)));

    expect(await get(`${base}/readyz?exclude=data_corruption&exclude=non_learner&verbose`)).toEqual(
      { status: 200, body: '[+]serializable_read ok\n[+]linearizable_read ok\nok\n' },
    );
    expect((await get(`${base}/readyz?exclude=data_corruption,non_learner`)).status).toBe(503);
  });

  test('run one check alone, which cannot be excluded', async () => {
    const operations = fakeOperations({ alarms: () => [corrupt] });
    const base = await serve(etcdHandler(fakeOptions(operations)));

    expect(await get(`${base}/readyz/linearizable_read`)).toEqual({ status: 200, body: 'ok\n' });
    expect(await get(`${base}/readyz/data_corruption?exclude=data_corruption`)).toEqual({
      status: 503,
      body: '[-]data_corruption failed: alarm activated: CORRUPT\n\n',
    });
    expect((await get(`${base}/livez/serializable_read`)).status).toBe(200);
    for (const path of ['/livez/linearizable_read', '/livez/ping', '/readyz/', '/livezzz']) {
      expect(await get(base + path)).toEqual({ status: 404, body: '404 page not found\n' });
    }
  });

  test('are measured by check', async () => {
    const operations = fakeOperations({ alarms: () => [corrupt] });
    const base = await serve(etcdHandler(fakeOptions(operations)));
    await get(`${base}/readyz`);
    await get(`${base}/livez`);

    const { body } = await get(`${base}/metrics`);
    expect(body).toContain('etcd_server_healthcheck{name="data_corruption",type="readyz"} 0');
    expect(body).toContain('etcd_server_healthcheck{name="serializable_read",type="livez"} 1');
    expect(body).toContain(
      'etcd_server_healthchecks_total{name="data_corruption",status="error",type="readyz"} 1',
    );
    expect(body).toContain(
      'etcd_server_healthchecks_total{name="linearizable_read",status="success",type="readyz"} 1',
    );
  });
});

test('the metrics port serves metrics and health, and nothing else', async () => {
  const base = await serve(metricsHandler(fakeOptions()));

  expect((await get(`${base}/health`)).status).toBe(200);
  expect((await get(`${base}/readyz`)).body).toBe('ok\n');
  expect((await get(`${base}/metrics`)).body).toContain(
    '# TYPE etcd_server_health_success counter',
  );
  for (const path of ['/', '/version', '/debug/vars', '/v3/kv/range']) {
    expect(await get(base + path)).toEqual({ status: 404, body: '404 page not found\n' });
  }
});

test('an unexpected error is status 500, and logged', async () => {
  const logger = memoryLogger();
  const options = fakeOptions(fakeOperations(), {
    logger,
    metricsText: () => Promise.reject(new Error('no figures')),
  });
  const base = await serve(etcdHandler(options));

  expect(await get(`${base}/metrics`)).toEqual({ status: 500, body: 'Internal Server Error\n' });
  expect(logger.lines).toEqual(['failed to answer an HTTP request']);
});
