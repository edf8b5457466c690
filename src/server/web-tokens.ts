import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { RegistryError } from '../base/errors.ts';
import type { TokenClaims, WebTokens } from '../operations/index.ts';

/** By their names in JSON Web Tokens, which etcd's flag takes. */
export const signMethods: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'HS256',
  'HS384',
  'HS512',
  'EdDSA',
];

export interface SigningKeys {
  /** Undefined: tokens can be verified only. */
  readonly signing: KeyObject | undefined;
  readonly verifying: KeyObject;
}

/** Keys from files in PEM, or for HS from the bytes of one file. Throws an Error that says what is wrong with them. */
export function signingKeysOf(
  method: string,
  publicKey: Uint8Array | undefined,
  privateKey: Uint8Array | undefined,
): SigningKeys {
  if (method.startsWith('HS')) {
    if (privateKey === undefined || privateKey.length === 0) throw new Error(missingKey);
    const secret = createSecretKey(privateKey);
    return { signing: secret, verifying: secret };
  }
  const signing = privateKey === undefined ? undefined : createPrivateKey(Buffer.from(privateKey));
  const ofPrivate = signing === undefined ? undefined : createPublicKey(signing);
  const given = publicKey === undefined ? undefined : createPublicKey(Buffer.from(publicKey));
  const verifying = given ?? ofPrivate;
  if (verifying === undefined) throw new Error(missingKey);
  if (given !== undefined && ofPrivate !== undefined && !given.equals(ofPrivate)) {
    throw new Error("auth: public and private keys don't match");
  }
  checkKind(method, verifying);
  return { signing, verifying };
}

const missingKey = 'auth: missing key data';

/** By the beginning of the method's name. */
const keyTypes: Readonly<Record<string, readonly string[]>> = {
  RS: ['rsa'],
  PS: ['rsa', 'rsa-pss'],
  ES: ['ec'],
  Ed: ['ed25519'],
};
const curves: Readonly<Record<string, string>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
};
const rsaBitsMin = 2048;

function checkKind(method: string, { asymmetricKeyType, asymmetricKeyDetails }: KeyObject): void {
  const types = keyTypes[method.slice(0, 2)] ?? [];
  if (asymmetricKeyType === undefined || !types.includes(asymmetricKeyType)) {
    throw new Error(
      `the key is of type ${asymmetricKeyType}, and ${method} needs ${types.join(' or ')}`,
    );
  }
  const { namedCurve, modulusLength } = asymmetricKeyDetails ?? {};
  const curve = curves[method];
  if (curve !== undefined && namedCurve !== curve) {
    throw new Error(`the key is on the curve ${namedCurve}, and ${method} needs ${curve}`);
  }
  if (modulusLength !== undefined && modulusLength < rsaBitsMin) {
    throw new Error(`the key has ${modulusLength} bits, and ${method} needs ${rsaBitsMin}`);
  }
}

export interface WebTokenOptions {
  readonly method: string;
  readonly keys: SigningKeys;
  readonly ttlMs: number;
  /** A token that names another cluster is not valid, whatever its signature. */
  readonly clusterId: string;
  readonly wallTimeMs: () => number;
}

/** JSON Web Tokens with etcd's claims: `username`, `revision`, `exp`; and `cluster`. */
export class JsonWebTokens implements WebTokens {
  readonly #options: WebTokenOptions;
  readonly wallTimeMs: () => number;

  constructor(options: WebTokenOptions) {
    this.#options = options;
    this.wallTimeMs = options.wallTimeMs;
  }

  async issue(user: string, authRevision: number): Promise<string> {
    const { method, keys, ttlMs, clusterId, wallTimeMs } = this.#options;
    if (keys.signing === undefined) {
      const message =
        'this member has no key to sign tokens with; log in at another, or set priv-key';
      throw new RegistryError('token-cannot-be-signed', message);
    }
    const claims = { username: user, revision: authRevision, cluster: clusterId };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: method, typ: 'JWT' })
      .setExpirationTime(Math.floor((wallTimeMs() + ttlMs) / 1000))
      .sign(keys.signing);
  }

  /** Undefined: it is not valid, for whatever reason. Only the method that was set counts, whatever the token names. */
  async verify(token: string): Promise<TokenClaims | undefined> {
    const { method, keys, clusterId, wallTimeMs } = this.#options;
    try {
      const { payload } = await jwtVerify(token, keys.verifying, {
        algorithms: [method],
        currentDate: new Date(wallTimeMs()),
      });
      const { username, revision, cluster, exp } = payload;
      if (typeof username !== 'string' || username === '') return undefined;
      if (typeof revision !== 'number' || !Number.isSafeInteger(revision)) return undefined;
      if (cluster !== undefined && cluster !== clusterId) return undefined;
      const endMs = exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000;
      return { user: username, authRevision: revision, endMs };
    } catch {
      // Every error means that the token cannot be believed. It is not logged: it may be nearly valid.
      return undefined;
    }
  }
}
