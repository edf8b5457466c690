import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Logger } from '../../src/base/logger.ts';
import { Rollcall } from '../../src/client/index.ts';
import { startServer } from '../../src/server/index.ts';

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
