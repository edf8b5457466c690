import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createPlainServer } from 'node:net';
import { expect, test } from 'vitest';
import {
  anyCertificate,
  deadPort,
  http,
  listening,
  look,
  ownCertificate,
  soon,
} from './targets.ts';

function answering(answer: (request: IncomingMessage, response: ServerResponse) => void): Server {
  return createServer(answer);
}

test('the status decides, and the output is what Consul shows', async () => {
  const codes = [200, 204, 299, 429, 404, 500, 599];
  await using server = await listening(
    answering((request, response) => {
      response.statusCode = Number(request.url?.slice(1));
      response.end('well');
    }),
  );
  const found = [];
  for (const code of codes) found.push(await look(http(`http://${server.at}/${code}`)));
  expect(found.map(({ status }) => status)).toEqual([
    'passing',
    'passing',
    'passing',
    'warning',
    'critical',
    'critical',
    'critical',
  ]);
  expect(found.map(({ output }) => output.replaceAll(server.at, 'HOST'))).toEqual([
    'HTTP GET http://HOST/200: 200 OK Output: well',
    'HTTP GET http://HOST/204: 204 No Content Output: ',
    'HTTP GET http://HOST/299: 299 unknown Output: well',
    'HTTP GET http://HOST/429: 429 Too Many Requests Output: well',
    'HTTP GET http://HOST/404: 404 Not Found Output: well',
    'HTTP GET http://HOST/500: 500 Internal Server Error Output: well',
    'HTTP GET http://HOST/599: 599 unknown Output: well',
  ]);
});

test('method, headers, host and body are those of the check', async () => {
  let seen: unknown;
  await using server = await listening(
    answering((request, response) => {
      let body = '';
      request.on('data', (piece) => (body += String(piece)));
      request.on('end', () => {
        seen = { method: request.method, headers: request.headersDistinct, body };
        response.end();
      });
    }),
  );
  await look(
    http(`http://user:secret@${server.at}/`, {
      method: 'POST',
      headers: { 'X-A': ['1', '2'], Host: ['virtual.example'] },
      body: '{"a":1}',
    }),
  );
  expect(seen).toMatchObject({
    method: 'POST',
    body: '{"a":1}',
    headers: {
      'x-a': ['1', '2'],
      host: ['virtual.example'],
      'user-agent': ['Consul Health Check'],
      accept: ['text/plain, text/*, */*'],
      authorization: [`Basic ${Buffer.from('user:secret').toString('base64')}`],
      connection: ['close'],
    },
  });
});

test('a password in the URL is in no output', async () => {
  await using server = await listening(answering((_, response) => void response.end('fine')));
  const good = await look(http(`http://user:secret@${server.at}/`));
  const bad = await look(http(`http://user:secret@127.0.0.1:1/`));
  expect(good.output).toBe(`HTTP GET http://user:xxxxx@${server.at}/: 200 OK Output: fine`);
  expect(bad.output).not.toContain('secret');
});

test('redirects are followed, as another method or the same, and counted', async () => {
  const calls: string[] = [];
  await using server = await listening(
    answering((request, response) => {
      calls.push(`${request.method} ${request.url}`);
      const [, code = '200', next] = /^\/(3\d\d)(\/.*)$/.exec(request.url ?? '') ?? [];
      const location = next === '/loop' ? request.url : next;
      response.writeHead(Number(code), location === undefined ? {} : { location }).end();
    }),
  );
  const post = { method: 'POST', body: 'x' };
  expect((await look(http(`http://${server.at}/301/a`, post))).status).toBe('passing');
  expect((await look(http(`http://${server.at}/307/b`, post))).status).toBe('passing');
  expect(calls).toEqual(['POST /301/a', 'GET /a', 'POST /307/b', 'POST /b']);
  const kept = await look(http(`http://${server.at}/301/a`, { followRedirects: false }));
  expect(kept).toMatchObject({ status: 'critical' });
  calls.length = 0;
  expect(await look(http(`http://${server.at}/302/loop`))).toEqual({
    status: 'critical',
    output: 'Get "/302/loop": stopped after 10 redirects',
  });
  expect(calls).toHaveLength(10);
});

test('a redirect to another host takes no credentials along, and to another protocol is refused', async () => {
  let headers: IncomingMessage['headers'] = {};
  await using other = await listening(
    answering((request, response) => {
      headers = request.headers;
      response.end();
    }),
  );
  await using server = await listening(
    answering((request, response) => {
      const location = request.url === '/ftp' ? 'ftp://x/' : `http://${other.at}/`;
      response.writeHead(302, { location }).end();
    }),
  );
  const given = { Authorization: ['Bearer t'], Cookie: ['c'], Host: ['h'], 'X-Kept': ['1'] };
  await look(http(`http://${server.at}/`, { headers: given }));
  expect(headers).toMatchObject({ host: other.at, 'x-kept': '1' });
  expect(headers).not.toHaveProperty('authorization');
  expect(headers).not.toHaveProperty('cookie');
  const refused = await look(http(`http://${server.at}/ftp`));
  expect(refused.output).toBe('Get "ftp://x/": unsupported protocol scheme "ftp"');
});

test('the target of a redirect is checked like the first one', async () => {
  await using server = await listening(
    answering((_, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    }),
  );
  const result = await look(http(`http://${server.at}/`), { deny: ['169.254.0.0/16'] });
  expect(result).toEqual({
    status: 'critical',
    output:
      'Get "http://169.254.169.254/latest/meta-data/": dial 169.254.169.254:80: checks must not connect to it (--probe-deny)',
  });
});

test('https verifies the certificate, by the name that is given', async () => {
  const own = ownCertificate();
  await using server = await listening(createTlsServer(own, (_, response) => response.end('fine')));
  const url = `https://localhost:${server.port}/`;
  expect((await look(http(url))).output).toBe(
    `Get "${url}": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
  );
  expect(await look(http(url, { tls: anyCertificate }))).toMatchObject({ status: 'passing' });
  const plain = `http://127.0.0.1:${server.port}/`;
  expect((await look(http(plain))).status).toBe('critical');
  await using noTlsThere = await listening(answering((_, response) => response.end()));
  expect((await look(http(`https://${noTlsThere.at}/`))).output).toContain(
    'first record does not look like a TLS handshake',
  );
});

test('whatever a target does instead of answering is a critical result', async () => {
  const silent = createPlainServer(() => {});
  const garbage = createPlainServer((socket) => socket.end('garbage\r\n\r\n'));
  const closing = createPlainServer((socket) => socket.destroy());
  const endless = createPlainServer((socket) => {
    const more = (): void => {
      if (!socket.destroyed) socket.write(`x: ${'y'.repeat(1000)}\r\n`, more);
    };
    socket.write('HTTP/1.1 200 OK\r\n', more);
    socket.on('error', () => {});
  });
  const slow = createPlainServer((socket) => {
    const timer = setInterval(() => socket.write('H'), 20);
    socket.on('close', () => clearInterval(timer));
    socket.on('error', () => {});
  });
  const outputs: string[] = [];
  for (const server of [silent, garbage, closing, endless, slow]) {
    await using target = await listening(server);
    const { status, output } = await look(http(`http://${target.at}/`, soon));
    outputs.push(`${status} ${output.replace(target.at, 'HOST')}`);
  }
  const malformed = 'critical Get "http://HOST/": HTTP/1.x transport connection broken: malformed';
  expect(outputs).toEqual([
    'critical Get "http://HOST/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    expect.stringContaining(malformed),
    'critical Get "http://HOST/": EOF',
    expect.stringMatching(/malformed|deadline/),
    expect.stringMatching(/malformed|deadline/),
  ]);
});

test('a body that never ends is read for a while, and its end is shown', async () => {
  let sent = 0;
  await using flood = await listening(
    answering((_, response) => {
      const more = (): void => {
        sent += 65_536;
        if (!response.destroyed) response.write('z'.repeat(65_536), more);
      };
      more();
    }),
  );
  const result = await look(http(`http://${flood.at}/`));
  expect(result.status).toBe('passing');
  expect(result.output).toHaveLength(`HTTP GET http://${flood.at}/: 200 OK Output: `.length + 4096);
  expect(sent).toBeLessThan(64 * 1024 * 1024);
  await using trickle = await listening(answering((_, response) => response.write('part')));
  expect(await look(http(`http://${trickle.at}/`, soon))).toEqual({
    status: 'passing',
    output: `HTTP GET http://${trickle.at}/: 200 OK Output: part`,
  });
});

async function outputOf(url: string, changed = {}): Promise<string> {
  return (await look(http(url, changed))).output;
}

test('what cannot be called is a critical result that says why', async () => {
  const port = await deadPort(createPlainServer());
  expect(await outputOf(`http://127.0.0.1:${port}/`)).toBe(
    `Get "http://127.0.0.1:${port}/": dial tcp 127.0.0.1:${port}: connect: connection refused`,
  );
  expect(await outputOf('http://no-such-host.invalid/')).toMatch(
    /^Get "http:\/\/no-such-host.invalid\/": dial tcp: lookup no-such-host.invalid: /,
  );
  expect(await outputOf('nonsense')).toBe('Get "nonsense": it is no URL');
  expect(await outputOf('ftp://127.0.0.1/')).toContain('unsupported protocol scheme "ftp"');
  expect(await outputOf(`http://127.0.0.1:${port}0000/`)).toContain('it is no URL');
  await using server = await listening(answering((_, response) => response.end()));
  expect(await outputOf(`http://${server.at}/`, { method: 'B AD' })).toContain('valid HTTP token');
  expect(await outputOf(`http://${server.at}/`, { headers: { 'x\ny': ['1'] } })).toContain(
    'valid HTTP token',
  );
});
