import { request } from 'node:http';
import { expect, test } from 'vitest';
import { etcdHandler, fakeOperations, fakeOptions } from './fake.ts';
import { serve } from './serve.ts';

/** `fetch` sets Host and Origin itself, so these are asked by hand. */
function ask(
  base: string,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(base);
    // The path as it is written: as a part of a URL it would be cleaned here.
    const asked = request({ host, port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    asked.on('error', reject).end();
  });
}

test('/version has the versions that clients of etcd read', async () => {
  let clusterVersion: string | undefined;
  const options = fakeOptions(fakeOperations(), {
    versions: { etcdServer: '3.7.1', clusterVersion: () => clusterVersion, rollcall: '0.1.0' },
  });
  const base = await serve(etcdHandler(options));

  const early = await ask(base, '/version');
  expect(early.headers['content-type']).toBe('application/json');
  expect(early.body).toBe(
    '{"etcdserver":"3.7.1","etcdcluster":"not_decided","storage":"unknown","rollcall":"0.1.0"}',
  );

  clusterVersion = '3.7.0';
  expect((await ask(base, '/version')).body).toBe(
    '{"etcdserver":"3.7.1","etcdcluster":"3.7.0","storage":"3.7.0","rollcall":"0.1.0"}',
  );
  expect((await ask(base, '/version', { method: 'POST' })).status).toBe(405);
});

test('/debug/vars shows what it is given', async () => {
  const options = fakeOptions(fakeOperations(), { debugVars: () => ({ cmdline: ['rollcall'] }) });
  const base = await serve(etcdHandler(options));

  const { headers, body } = await ask(base, '/debug/vars');
  expect(headers['content-type']).toBe('application/json');
  expect(JSON.parse(body)).toEqual({ cmdline: ['rollcall'] });
});

test('/metrics has its content type, and counts its requests', async () => {
  const base = await serve(etcdHandler(fakeOptions()));
  await ask(base, '/metrics');

  const { headers, body } = await ask(base, '/metrics');
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(body).toContain('promhttp_metric_handler_requests_in_flight 1');
  expect(body).toContain('promhttp_metric_handler_requests_total{code="200"} 1');
});

test('an unknown path is 404 in any form', async () => {
  const base = await serve(etcdHandler(fakeOptions()));
  for (const path of ['/', '/nope', '/metrics/', '/%', '/%ff', '/health%2f', '/v2/keys']) {
    expect(await ask(base, path)).toMatchObject({ status: 404, body: '404 page not found\n' });
  }
});

test.each([
  ['/version', '//version'],
  ['/version?a=b%20&c', '/x/../version?a=b%20&c'],
  ['/v3/kv/range', '/v3//kv/./range'],
  ['/', '/..'],
  ['/v3/a%20b/', '/v3//a%20b//'],
  ['/health?', '//health?'],
  ['/evil.example/x', '//evil.example/x'],
])('the client is redirected to %s from %s', async (clean, written) => {
  const base = await serve(etcdHandler(fakeOptions()));
  const { status, headers, body } = await ask(base, written);
  expect({ status, location: headers['location'] }).toEqual({ status: 307, location: clean });
  expect(body).toBe(`<a href="${clean.replace('&', '&amp;')}">Temporary Redirect</a>.\n\n`);
  const posted = await ask(base, written, { method: 'POST' });
  expect(posted).toMatchObject({ status: 307, body: '', headers: { location: clean } });
});

test('the host of a whole URL in the request line counts instead of the header', async () => {
  const base = await serve(etcdHandler(fakeOptions()));
  const server = new URL(base);
  const through = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      request({ host: server.hostname, port: server.port, path }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  expect(await through('http://anybody@host:80/version?a=b')).toBe(200);
  expect(await through('http://host//version')).toBe(307);
  expect(await through('https://host')).toBe(307);

  const strict = await serve(etcdHandler(fakeOptions(undefined, { hostWhitelist: ['me'] })));
  server.port = new URL(strict).port;
  expect(await through('http://me:2379/version')).toBe(200);
  expect(await through('http://stranger/version')).toBe(421);
});

test('pages of every origin may read, unless the origins are listed', async () => {
  const open = await serve(etcdHandler(fakeOptions()));
  expect((await ask(open, '/version')).headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'POST, GET, OPTIONS, PUT, DELETE',
    'access-control-allow-headers': 'accept, content-type, authorization',
  });

  const options = fakeOptions(fakeOperations(), { corsOrigins: ['http://a.example:80'] });
  const base = await serve(etcdHandler(options));
  const friend = await ask(base, '/version', { headers: { Origin: 'http://a.example:80' } });
  const stranger = await ask(base, '/version', { headers: { Origin: 'http://b.example' } });
  expect(friend.headers['access-control-allow-origin']).toBe('http://a.example:80');
  expect(stranger.status).toBe(200);
  expect(stranger.headers['access-control-allow-origin']).toBeUndefined();
});

test('a preflight request of a browser gets an empty response', async () => {
  const base = await serve(etcdHandler(fakeOptions()));
  for (const path of ['/health', '/v3/kv/put', '/nope']) {
    expect(await ask(base, path, { method: 'OPTIONS' })).toMatchObject({ status: 200, body: '' });
  }
});

test('a host name that is not listed is refused with what to do', async () => {
  const options = fakeOptions(fakeOperations(), { hostWhitelist: ['registry.example', '::1'] });
  const base = await serve(etcdHandler(options));

  for (const Host of ['registry.example', 'registry.example:2379', '[::1]:2379']) {
    expect((await ask(base, '/version', { headers: { Host } })).status).toBe(200);
  }
  for (const Host of ['evil.example', 'registry.example.evil.example', '[::2]:2379', ':1']) {
    const { status, body } = await ask(base, '/version', { headers: { Host } });
    expect(status).toBe(421);
    expect(body).toContain('--host-whitelist');
  }
  const beforehand = { method: 'OPTIONS', headers: { Host: 'evil.example' } };
  expect((await ask(base, '/v3/kv/put', beforehand)).status).toBe(421);
});
