import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { tokenOf } from '../../src/api/consul/frame/query.ts';
import { shownBy } from '../../src/api/etcd/wire.ts';
import type { Operations, TokenClaims } from '../../src/operations/index.ts';
import { JsonWebTokens, signingKeysOf } from '../../src/server/web-tokens.ts';
import { operationsOf, Stage } from '../operations/stage.ts';
import type { SeededRandom } from '../simulation/random.ts';
import { mutateBytes } from './bytes.ts';
import { mutateJson } from './json-text.ts';
import type { Target } from './target.ts';

/** The first byte of an input says which kind of token it is, and where it stands in a request. */
const controlBytes = 1;
const inputBytesMax = 16 << 10;
const clusterId = 'c1';
const nowMs = 1_000_000_000;

/**
 * Tokens as callers show them, in each place where they may stand. None of them may throw, and none but those that were
 * issued stands for a user; of JSON Web Tokens also with a sound signature, so that what stands in them is read.
 */
export async function tokenTarget(): Promise<Target> {
  const secret = randomBytes(64);
  const byHmac = new JsonWebTokens({
    ...common,
    method: 'HS256',
    keys: signingKeysOf('HS256', undefined, secret),
  });
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicPem = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }));
  const privatePem = Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const byRsa = new JsonWebTokens({
    ...common,
    method: 'RS256',
    keys: signingKeysOf('RS256', publicPem, privatePem),
  });
  const { operations, simple } = await simpleTokens();
  const hmacToken = await byHmac.issue('ann', 7);
  const rsaToken = await byRsa.issue('ann', 7);

  const wrongWithShown = async (token: string): Promise<string | undefined> => {
    const identity = operations.identify({ token });
    if (identity?.kind === 'user' && token !== simple)
      return `a simple token stands for ${identity.name}`;
    for (const [tokens, issued] of [
      [byHmac, hmacToken],
      [byRsa, rsaToken],
    ] as const) {
      const claims = await tokens.verify(token);
      if (claims !== undefined && !isSameToken(token, issued))
        return 'a token that nobody has issued is valid';
    }
    return undefined;
  };
  return {
    name: 'token',
    files: [
      '/src/server/web-tokens.ts',
      '/src/operations/login/',
      '/src/api/consul/frame/query.ts',
      '/jose/',
    ],
    inputBytesMax,
    seeds: seeds([simple, hmacToken, rsaToken]),
    mutate,
    run: async (input) => {
      const [way = 0] = input;
      const text = input.subarray(controlBytes);
      if (way % 2 === 0) return wrongWithShown(shown(text.toString('latin1'), way >> 1));
      const signed = signedWith(text, secret);
      const wrong = wrongWithClaims(text, await byHmac.verify(signed));
      if (wrong !== undefined) return wrong;
      // The public key is known to all: as a secret it must not count.
      const confused = await byRsa.verify(signedWith(text, publicPem));
      return confused === undefined ? undefined : 'a token signed with the public key is valid';
    },
    check: async () => {
      const claims = await byRsa.verify(rsaToken);
      const identity = operations.identify({ token: simple });
      return claims?.user === 'ann' && identity?.kind === 'user'
        ? undefined
        : 'issued tokens are not valid';
    },
    close: () => Promise.resolve(),
  };
}

const common = { ttlMs: 60_000, clusterId, wallTimeMs: (): number => nowMs };

/** A cluster of one in memory, in which ann has logged in. */
async function simpleTokens(): Promise<{
  readonly operations: Operations;
  readonly simple: string;
}> {
  const stage = await Stage.open({ members: 1 });
  const operations = operationsOf(stage.leader);
  const caller = { api: 'test', address: '10.0.0.1', identity: { kind: 'member' } } as const;
  const call = { caller };
  for (const name of ['root', 'ann']) {
    await stage.settled(operations.userAdd({ name, password: name, hasPassword: true }, call));
  }
  await stage.settled(operations.userGrantRole({ name: 'root', role: 'root' }, call));
  await stage.settled(operations.authEnable({}, call));
  const login = operations.authenticate({ name: 'ann', password: 'ann' }, call);
  return { operations, simple: (await stage.settled(login)).token };
}

/** The token in the place where a caller of one of the APIs may show it. */
function shown(text: string, place: number): string {
  switch (place % 5) {
    case 0:
      return text;
    case 1:
      return (
        shownBy({
          metadata: (name) => (name === 'token' ? text : undefined),
          certificateName: undefined,
        }).token ?? ''
      );
    case 2:
      return (
        shownBy({
          metadata: (name) => (name === 'authorization' ? text : undefined),
          certificateName: undefined,
        }).token ?? ''
      );
    case 3:
      return tokenOf(new URLSearchParams(text), { 'x-consul-token': ['a', 'b'] });
    default:
      return tokenOf(new URLSearchParams(), { authorization: text });
  }
}

/** The last sign of base64 has bits that say nothing, and decoders take more than they write. */
function isSameToken(token: string, issued: string): boolean {
  return token.split('.').every((part, at) => {
    const wanted = Buffer.from(issued.split('.')[at] ?? '', 'base64url');
    return Buffer.from(part, 'base64url').equals(wanted);
  });
}

/** A token of a header and a payload, which stand in two lines. */
function signedWith(text: Buffer, secret: Uint8Array): string {
  const end = text.indexOf('\n');
  const [header, payload] =
    end === -1 ? [text, text] : [text.subarray(0, end), text.subarray(end + 1)];
  const signed = `${header.toString('base64url')}.${payload.toString('base64url')}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function wrongWithClaims(text: Buffer, claims: TokenClaims | undefined): string | undefined {
  if (claims === undefined) return undefined;
  const [head = '', ...rest] = text.toString().split('\n');
  const header: unknown = JSON.parse(head);
  const payload: unknown = JSON.parse(rest.join('\n'));
  if (field(header, 'alg') !== 'HS256') return 'another method counts';
  if (field(header, 'crit') !== undefined) return 'what must be understood is passed over';
  const { user, authRevision, endMs } = claims;
  if (user === '' || user !== field(payload, 'username')) return 'the user is another one';
  if (!Number.isSafeInteger(authRevision) || authRevision !== field(payload, 'revision'))
    return 'the revision is another one';
  const cluster = field(payload, 'cluster');
  if (cluster !== undefined && cluster !== clusterId) return 'a token of another cluster counts';
  const end = field(payload, 'exp');
  if (end === undefined)
    return endMs === Number.POSITIVE_INFINITY ? undefined : 'it ends without an end';
  return typeof end === 'number' && end * 1000 > nowMs ? undefined : 'a token counts after its end';
}

function field(from: unknown, name: string): unknown {
  return Reflect.get(Object(from), name);
}

const fields = [
  'username',
  'revision',
  'exp',
  'cluster',
  'iat',
  'nbf',
  'alg',
  'typ',
  'crit',
  'b64',
  'kid',
  'jwk',
  'enc',
  'zip',
  'toString',
  '__proto__',
];
const parts = [
  'Bearer ',
  'bearer ',
  'Basic ',
  '.',
  '..',
  ' ',
  '\t',
  ',',
  '=',
  '%00',
  '%2e',
  '&token=',
  'token=',
  '?',
  '\u0000',
  'HS256',
  'none',
  'RS256',
  '.999999999999999999',
  'eyJhbGciOiJub25lIn0',
];

function mutate(input: Buffer, other: Buffer, random: SeededRandom): Buffer {
  const control = Buffer.from(input.subarray(0, controlBytes));
  if (random.chance(0.1)) control[0] = random.between(0, 255);
  const text = input.subarray(controlBytes);
  const rest = other.subarray(controlBytes);
  const at = random.between(0, text.length);
  const changed = random.chance(0.4)
    ? mutateJson(text, rest, random, fields)
    : random.chance(0.5)
      ? Buffer.concat([text.subarray(0, at), Buffer.from(random.pick(parts)), text.subarray(at)])
      : mutateBytes(text, rest, random);
  return Buffer.concat([control, changed]);
}

function seeds(tokens: readonly string[]): readonly Buffer[] {
  const payload = { username: 'ann', revision: 7, exp: 2_000_000, cluster: clusterId };
  const pairs = [
    [{ alg: 'HS256', typ: 'JWT' }, payload],
    [{ alg: 'HS256' }, { ...payload, exp: undefined, cluster: undefined }],
    [{ alg: 'HS256', crit: ['b64'], b64: false }, payload],
    [{ alg: 'none' }, { ...payload, nbf: 5_000_000, iat: 0 }],
    [{ alg: 'RS256' }, { ...payload, exp: 10 }],
  ] as const;
  return [
    ...tokens.flatMap((token) => [
      ...[0, 2].map((way) => Buffer.from(`${String.fromCharCode(way)}${token}`)),
      ...[4, 8].map((way) => Buffer.from(`${String.fromCharCode(way)}Bearer ${token}`)),
      Buffer.from(`\u0006token=${token}&a=b`),
    ]),
    ...pairs.map((pair) =>
      Buffer.from(`\u0001${pair.map((part) => JSON.stringify(part)).join('\n')}`),
    ),
  ];
}
