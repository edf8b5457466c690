import { constants, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyPairKeyObjectResult } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { WebTokenCache } from '../../src/operations/login/web-token-cache.ts';
import { webTokensOf } from '../../src/server/login-options.ts';
import { JsonWebTokens, signingKeysOf, signMethods } from '../../src/server/web-tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-tokens-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Pair {
  readonly publicKey: Buffer | undefined;
  readonly privateKey: Buffer;
}

const rsa = pairOf(() => generateKeyPairSync('rsa', { modulusLength: 2048 }));
const otherRsa = pairOf(() => generateKeyPairSync('rsa', { modulusLength: 2048 }));
const pairs: Readonly<Record<string, Pair>> = {
  RS: rsa,
  PS: rsa,
  ES256: pairOf(() => generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  ES384: pairOf(() => generateKeyPairSync('ec', { namedCurve: 'P-384' })),
  ES512: pairOf(() => generateKeyPairSync('ec', { namedCurve: 'P-521' })),
  Ed: pairOf(() => generateKeyPairSync('ed25519')),
  HS: { publicKey: undefined, privateKey: randomBytes(64) },
};

function pairOf(make: () => KeyPairKeyObjectResult): Pair {
  const { publicKey, privateKey } = make();
  return {
    publicKey: Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })),
    privateKey: Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

function pairFor(method: string): Pair {
  return pairs[method] ?? pairs[method.slice(0, 2)] ?? rsa;
}

function tokensWith(
  method: string,
  { publicKey, privateKey }: Partial<Pair> = pairFor(method),
  { clusterId = 'c1', nowMs = (): number => 1_000_000 } = {},
) {
  const keys = signingKeysOf(method, publicKey, privateKey);
  return new JsonWebTokens({ method, keys, ttlMs: 60_000, clusterId, wallTimeMs: nowMs });
}

const claims = { user: 'ann', authRevision: 7, endMs: 1_060_000 };

test.each(signMethods)('a token signed with %s is verified, with its claims', async (method) => {
  const tokens = tokensWith(method);
  const token = await tokens.issue('ann', 7);
  expect(await tokens.verify(token)).toEqual(claims);
  const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  expect(payload).toEqual({ username: 'ann', revision: 7, exp: 1060, cluster: 'c1' });
});

test('a token is not valid from the second of its end on', async () => {
  let nowMs = 1_000_000;
  const tokens = tokensWith('RS256', rsa, { nowMs: () => nowMs });
  const token = await tokens.issue('ann', 7);
  nowMs = 1_059_999;
  expect(await tokens.verify(token)).toEqual(claims);
  nowMs = 1_060_000;
  expect(await tokens.verify(token)).toBeUndefined();
});

test('a token that was verified before ends at its time, too', async () => {
  let nowMs = 1_000_000;
  const cache = new WebTokenCache(tokensWith('HS256', pairFor('HS'), { nowMs: () => nowMs }));
  const token = await cache.issue('ann', 7);
  await cache.whenVerified(token);
  expect(cache.identify(token, 7)).toEqual({ kind: 'user', name: 'ann', authRevision: 7 });
  expect(cache.whenVerified(token)).toBeUndefined();
  nowMs = 1_060_000;
  expect(cache.identify(token, 7)).toBeUndefined();
});

test('a token counts at the revision that it names, or at that of a member that lags behind', async () => {
  const cache = new WebTokenCache(tokensWith('HS256'));
  const token = await cache.issue('ann', 7);
  await cache.whenVerified(token);
  const revisionAt = (own: number): unknown => cache.identify(token, own);
  expect(revisionAt(6)).toMatchObject({ authRevision: 6 });
  expect(revisionAt(7)).toMatchObject({ authRevision: 7 });
  expect(revisionAt(9)).toMatchObject({ authRevision: 7 });
});

/** A token with this header and payload, signed as told. */
function forged(header: object, payload: object, signature: (text: string) => string): string {
  const text = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${signature(text)}`;
}

const sound = { username: 'ann', revision: 7, exp: 2000 };
const rs256 = (text: string): string =>
  sign('sha256', Buffer.from(text), rsa.privateKey.toString()).toString('base64url');
const ps256 = (text: string): string => {
  const { RSA_PKCS1_PSS_PADDING: padding } = constants;
  const key = { key: rsa.privateKey.toString(), padding, saltLength: 32 };
  return sign('sha256', Buffer.from(text), key).toString('base64url');
};
const hs256 =
  (secret: Uint8Array) =>
  (text: string): string =>
    createHmac('sha256', secret).update(text).digest('base64url');

describe('a forged token is not valid:', () => {
  const tokens = tokensWith('RS256');
  const refused: Readonly<Record<string, string>> = {
    'alg none': forged({ alg: 'none' }, sound, () => ''),
    'alg none with a signature': forged({ alg: 'none' }, sound, rs256),
    'no alg': forged({}, sound, rs256),
    'the public key as a secret': forged(
      { alg: 'HS256' },
      sound,
      hs256(rsa.publicKey ?? rsa.privateKey),
    ),
    'another method with the same key': forged({ alg: 'PS256' }, sound, ps256),
    'no signature': forged({ alg: 'RS256' }, sound, () => ''),
    'no user': forged({ alg: 'RS256' }, { ...sound, username: undefined }, rs256),
    'an empty user': forged({ alg: 'RS256' }, { ...sound, username: '' }, rs256),
    'a user that is no text': forged({ alg: 'RS256' }, { ...sound, username: ['ann'] }, rs256),
    'no revision': forged({ alg: 'RS256' }, { ...sound, revision: undefined }, rs256),
    'a revision that is no number': forged({ alg: 'RS256' }, { ...sound, revision: '7' }, rs256),
    'a fraction': forged({ alg: 'RS256' }, { ...sound, revision: 7.5 }, rs256),
    'an end that is over': forged({ alg: 'RS256' }, { ...sound, exp: 999 }, rs256),
    'an end that is no number': forged({ alg: 'RS256' }, { ...sound, exp: 'never' }, rs256),
    'a beginning to come': forged({ alg: 'RS256' }, { ...sound, nbf: 1500 }, rs256),
    'another cluster': forged({ alg: 'RS256' }, { ...sound, cluster: 'c2' }, rs256),
    'a payload that is no object': forged({ alg: 'RS256' }, [1], rs256),
    'one part': 'abc',
    nothing: '',
  };
  test.each(Object.keys(refused))('%s', async (name) => {
    expect(await tokens.verify(refused[name] ?? '')).toBeUndefined();
  });

  test('while the same with a right signature is', async () => {
    expect(await tokens.verify(forged({ alg: 'RS256' }, sound, rs256))).toMatchObject({
      user: 'ann',
    });
  });

  test('a payload that was changed', async () => {
    const [header, , signature] = (await tokens.issue('ann', 7)).split('.');
    const root = Buffer.from(JSON.stringify({ ...sound, username: 'root' })).toString('base64url');
    expect(await tokens.verify(`${header}.${root}.${signature}`)).toBeUndefined();
  });

  test('one of another key', async () => {
    const token = await tokensWith('RS256', otherRsa).issue('ann', 7);
    expect(await tokens.verify(token)).toBeUndefined();
  });

  test('one of another cluster with the same key', async () => {
    const token = await tokensWith('RS256', rsa, { clusterId: 'c2' }).issue('ann', 7);
    expect(await tokens.verify(token)).toBeUndefined();
  });
});

test('a member with the public key only verifies, and cannot issue', async () => {
  const verifying = tokensWith('RS256', { publicKey: rsa.publicKey });
  expect(await verifying.verify(await tokensWith('RS256').issue('ann', 7))).toEqual(claims);
  await expect(verifying.issue('ann', 7)).rejects.toMatchObject({ code: 'token-cannot-be-signed' });
});

const file = (name: string, content: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const made = (authToken: string) => webTokensOf({ authToken }, silentLogger);

describe('--auth-token', () => {
  const pub = file('pub.pem', rsa.publicKey ?? Buffer.alloc(0));
  const priv = file('priv.pem', rsa.privateKey);
  const other = file('other.pem', otherRsa.privateKey);
  const ec = file('ec.pem', pairFor('ES256').privateKey);
  const empty = file('empty', Buffer.alloc(0));

  test.each(['', 'simple', 'simple,x=y'])('%s: simple tokens', async (authToken) => {
    expect(await made(authToken)).toBeUndefined();
  });

  test('jwt with both keys: tokens that end after ttl', async () => {
    const tokensOf = await made(`jwt,sign-method=RS256,pub-key=${pub},priv-key=${priv},ttl=90s`);
    const tokens = tokensOf?.('c1');
    const claimed = await tokens?.verify((await tokens?.issue('ann', 7)) ?? '');
    expect((claimed?.endMs ?? 0) - Date.now()).toBeGreaterThan(85_000);
    expect((claimed?.endMs ?? 0) - Date.now()).toBeLessThanOrEqual(90_000);
  });

  test.each([
    ['jwt', 'auth: invalid auth signature method'],
    ['jwt,sign-method=XX', 'auth: invalid auth signature method'],
    ['jwt,sign-method=none', 'auth: invalid auth signature method'],
    ['jwt,sign-method=RS256', 'auth: missing key data'],
    [`jwt,sign-method=HS256,pub-key=${pub}`, 'auth: missing key data'],
    [`jwt,sign-method=HS256,priv-key=${empty}`, 'auth: missing key data'],
    ['jwt,sign-method', 'auth: invalid auth options'],
    ['jwt,a=b=c', 'auth: invalid auth options'],
    ['jwt,ttl=1m,ttl=2m', 'auth: invalid auth options'],
    [`jwt,sign-method=RS256,pub-key=${pub},ttl=x`, 'time: invalid duration "x"'],
    [`jwt,sign-method=RS256,pub-key=${pub},ttl=0s`, 'time: invalid duration "0s"'],
    ['jwt,sign-method=RS256,pub-key=/nowhere/pub.pem', 'no such file or directory'],
    [
      `jwt,sign-method=RS256,pub-key=${pub},priv-key=${other}`,
      "auth: public and private keys don't match",
    ],
    [`jwt,sign-method=ES256,priv-key=${priv}`, 'ES256 needs ec'],
    [`jwt,sign-method=ES384,priv-key=${ec}`, 'ES384 needs secp384r1'],
    [`jwt,sign-method=RS256,priv-key=${empty}`, '--auth-token: '],
  ])('%s is refused', async (authToken, text) => {
    await expect(made(authToken)).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining(text),
    });
  });
});
