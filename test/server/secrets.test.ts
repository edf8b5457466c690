import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Logger } from '../../src/base/logger.ts';
import { Rollcall } from '../../src/client/index.ts';
import { startServer } from '../../src/server/index.ts';
import type { EmbeddedMember } from '../../src/server/index.ts';
import { run } from '../cli/run.ts';

/** Planted: they may stand nowhere but in what is sent to a member. */
const password = 'planted-password-7c1f';
const changed = 'planted-password-changed-99ab';
const wrong = 'planted-password-wrong-04de';
const strange = 'planted-token-3b2a';

/** All that a member says about itself and to callers, but for the token that a login gives. */
class Said {
  readonly texts: string[] = [];

  add(...texts: readonly string[]): void {
    this.texts.push(...texts);
  }

  readonly #line = (message: string, fields?: unknown): void =>
    this.add(`${message} ${JSON.stringify(fields)}`);
  readonly logger: Logger = {
    debug: this.#line,
    info: this.#line,
    warn: this.#line,
    error: this.#line,
  };
}

test('no password and no token stands in logs, metrics, pages, refusals or the audit log', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rollcall-secrets-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const said = new Said();
  const auditLog = join(directory, 'audit');
  const member = await startServer({ logger: said.logger, auditLog, auditLogWrites: true });
  onTestFinished(() => member.stop());
  await member.ready;
  const [url = ''] = member.clientUrls;
  const post = async (path: string, body: object, token?: string): Promise<string> => {
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: token };
    const response = await fetch(url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers,
    });
    return response.text();
  };
  const login = async (secret: string): Promise<string> =>
    post('/v3/auth/authenticate', { name: 'root', password: secret });

  said.add(
    await post('/v3/auth/user/add', { name: 'root', password }),
    await post('/v3/auth/role/add', { name: 'root' }),
    await post('/v3/auth/user/grant', { user: 'root', role: 'root' }),
    await post('/v3/auth/enable', {}),
  );
  const { token }: { token: string } = JSON.parse(await login(password));
  expect(token).toBeTypeOf('string');
  said.add(
    await login(wrong),
    await post('/v3/auth/user/add', { name: 'ann', password: changed }, token),
    await post('/v3/auth/user/add', { name: 'ann', password }, token),
    await post('/v3/kv/put', { key: 'YQ==', value: 'YQ==' }, token),
    await post('/v3/kv/range', { key: 'YQ==' }, strange),
    await post('/v3/auth/user/list', {}, token),
    await post('/v3/auth/user/get', { name: 'root' }, token),
    await (await fetch(`${url}/v1/kv/a?token=${strange}`)).text(),
    await (await fetch(`${url}/v1/kv/a`, { headers: { 'X-Consul-Token': strange } })).text(),
  );
  for (const secret of [password, wrong]) {
    const client = new Rollcall({ endpoints: [url], user: 'root', password: secret });
    onTestFinished(() => client.close());
    await client.put('key', 'value').catch((error: unknown) => said.add(String(error)));
  }
  said.add(await post('/v3/auth/user/changepw', { name: 'root', password: changed }, token));
  for (const page of ['/metrics', '/health', '/version', '/debug/vars', '/v1/agent/self']) {
    said.add(await (await fetch(url + page)).text());
  }
  await member.stop();
  said.add(readFileSync(auditLog, 'utf8'));

  const secrets = [password, changed, wrong, strange, token];
  const written = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('base64')]);
  const leaks = said.texts.filter((text) => written.some((secret) => text.includes(secret)));
  expect(leaks).toEqual([]);
  // Hashes of passwords are secrets, too.
  expect(said.texts.filter((text) => /\$2[aby]?\$\d\d\$/.test(text))).toEqual([]);
  // There was something to look at.
  expect(said.texts.join('\n')).toMatch(/authentication failed, invalid user ID or password/);
  expect(said.texts.join('\n')).toMatch(/"operation":"userAdd"/);
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'rollcall-secrets-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

interface Guarded {
  readonly member: EmbeddedMember;
  readonly url: string;
  readonly post: (path: string, body: object, token?: string) => Promise<string>;
  readonly logIn: (name: string) => Promise<string>;
}

/** A member with the users root, and ann, who may read and write all keys; both have the planted password. */
async function guarded(options: Parameters<typeof startServer>[0]): Promise<Guarded> {
  const member = await startServer(options);
  onTestFinished(() => member.stop());
  await member.ready;
  const [url = ''] = member.clientUrls;
  const post = async (path: string, body: object, token = ''): Promise<string> => {
    const headers = { Authorization: token };
    return (
      await fetch(url + path, { method: 'POST', body: JSON.stringify(body), headers })
    ).text();
  };
  const logIn = async (name: string): Promise<string> =>
    JSON.parse(await post('/v3/auth/authenticate', { name, password })).token;
  for (const name of ['root', 'ann']) await post('/v3/auth/user/add', { name, password });
  await post('/v3/auth/role/add', { name: 'all' });
  const perm = { permType: 'READWRITE', key: 'AA==', range_end: 'AA==' };
  await post('/v3/auth/role/grant', { name: 'all', perm });
  await post('/v3/auth/user/grant', { user: 'ann', role: 'all' });
  await post('/v3/auth/user/grant', { user: 'root', role: 'root' });
  await post('/v3/auth/enable', {});
  return { member, url, post, logIn };
}

test('a user that may read all keys sees no hash of a password, and gets no backup', async () => {
  const { url, post, logIn } = await guarded({});
  const [root, ann] = [await logIn('root'), await logIn('ann')];
  await post('/v3/kv/put', { key: 'YQ==', value: 'YQ==' }, ann);
  const answers = [
    await post('/v3/kv/range', { key: 'AA==', range_end: 'AA==' }, ann),
    await post('/v3/maintenance/snapshot', {}, ann),
    await post('/v3/maintenance/status', {}, ann),
    await post('/v3/maintenance/hashkv', {}, ann),
    await post('/v3/auth/user/get', { name: 'ann' }, ann),
    await post('/v3/auth/user/get', { name: 'root' }, ann),
    await (await fetch(`${url}/v1/kv/?recurse&token=${ann}`)).text(),
  ];
  expect(answers[0]).toContain('"count":"1"');
  expect(answers[1]).toContain('permission denied');
  expect(answers.filter((text) => /\$2[aby]?\$/.test(text) || text.includes(password))).toEqual([]);
  // Whoever is root gets them with the backup.
  const backup = await post('/v3/maintenance/snapshot', {}, root);
  expect(backup).toContain('blob');
});

test('neither the key nor a token of JSON Web Tokens is in what a member says', async () => {
  const said = new Said();
  const directory = folder();
  const key = join(directory, 'key');
  const secret = 'planted-signing-key-41aa-of-32-bytes';
  writeFileSync(key, secret);
  const auditLog = join(directory, 'audit');
  const authToken = `jwt,sign-method=HS256,priv-key=${key},ttl=10m`;
  const { member, url, post, logIn } = await guarded({ authToken, auditLog, logger: said.logger });
  const token = await logIn('ann');
  const [head = '', claims = '', signature = ''] = token.split('.');
  expect(signature).not.toBe('');
  const forged = `${head}.${claims}.planted${signature.slice(7)}`;
  said.add(
    await post('/v3/kv/put', { key: 'YQ==', value: 'YQ==' }, token),
    await post('/v3/kv/range', { key: 'YQ==' }, forged),
    await post('/v3/auth/user/list', {}, token),
    await (
      await fetch(`${url}/v1/kv/a`, { headers: { Authorization: `Bearer ${forged}` } })
    ).text(),
  );
  for (const page of ['/metrics', '/debug/vars', '/v1/agent/self']) {
    said.add(await (await fetch(url + page)).text());
  }
  await member.stop();
  said.add(readFileSync(auditLog, 'utf8'));
  expect(said.texts.join('\n')).toContain('invalid auth token');
  const secrets = [
    secret,
    signature,
    signature.slice(7),
    Buffer.from(secret).toString('base64url'),
  ];
  expect(said.texts.filter((text) => secrets.some((one) => text.includes(one)))).toEqual([]);
});

test('a key that cannot be used is refused without a part of it', async () => {
  const directory = folder();
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const planted = pem.split('\n')[1] ?? '';
  const whole = file('whole', pem);
  const broken = file('broken', pem.replace(planted.slice(10, 14), '\u0000!!!'));
  const bare = file('bare', planted);
  const problems: string[] = [];
  for (const key of [whole, broken, bare, directory]) {
    for (const options of [
      { listenClientUrls: ['https://127.0.0.1:0'], certFile: key, keyFile: key },
      {
        listenClientUrls: ['https://127.0.0.1:0'],
        certFile: whole,
        keyFile: key,
        trustedCaFile: key,
      },
      { authToken: `jwt,sign-method=RS256,priv-key=${key}` },
      { authToken: `jwt,sign-method=RS256,pub-key=${key},priv-key=${key}` },
      { authToken: `jwt,sign-method=EdDSA,pub-key=${key}` },
    ]) {
      const said = new Said();
      const problem = await startServer({ ...options, logger: said.logger }).then(
        () => 'it has started',
        (error: unknown) => (error instanceof Error ? `${error.stack} ${String(error.cause)}` : ''),
      );
      problems.push(problem, ...said.texts);
      expect(problem).not.toContain('it has started');
    }
  }
  const parts = [planted, planted.slice(20, 50), planted.slice(0, 10), planted.slice(-20)];
  expect(problems.filter((text) => parts.some((part) => text.includes(part)))).toEqual([]);
});

test('a command does not print the password that it was given, by whatever way', async () => {
  const { url } = await guarded({});
  const file = join(folder(), 'password');
  writeFileSync(file, `${wrong}\n`);
  const outcomes = [
    await run(['--endpoints', url, '--user', `one:${wrong}`, 'get', 'a']),
    await run(['--endpoints', url, '--user', 'two', '--password', wrong, '--json', 'get', 'a']),
    await run([
      '--endpoints',
      url,
      '--user',
      'root',
      '--password-file',
      file,
      '--debug',
      'get',
      'a',
    ]),
    await run(['--endpoints', url, 'get', 'a'], { env: { ETCDCTL_USER: `ann:${wrong}` } }),
    await run(['--endpoints', url, '-w', 'fields', 'get', 'a'], {
      env: { ROLLCALL_USER: 'three', ROLLCALL_PASSWORD: wrong },
    }),
    await run(['--endpoints', url, '--user', `root:${password}`, 'user', 'add', `bob:${changed}`]),
    await run(
      [
        '--endpoints',
        url,
        '--user',
        `root:${password}`,
        'user',
        'add',
        'al',
        '--interactive=false',
      ],
      { stdin: changed },
    ),
    await run(['--endpoints', url, '--auth-jwt-token', strange, 'get', 'a']),
    await run(['--endpoints', url, '--user', `root:${wrong}`, 'get', 'a', '--no-such-flag']),
  ];
  const printed = outcomes.map(({ stdout, stderr }) => stdout + stderr);
  const succeeded = outcomes.map(({ exitCode }) => Number(exitCode === 0)).join('');
  expect(succeeded).toBe('000001100');
  const secrets = [password, wrong, changed, strange];
  expect(printed.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
});

test('what a member keeps is for its own user alone', async () => {
  const dataDir = join(folder(), 'data');
  const auditLog = join(dataDir, '..', 'audit');
  const { member } = await guarded({ dataDir, auditLog });
  await member.stop();
  expect(statSync(dataDir).mode & 0o077).toBe(0);
  expect(statSync(auditLog).mode & 0o077).toBe(0);
  expect(readdirSync(dataDir).length).toBeGreaterThan(0);
});
