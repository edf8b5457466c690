import type { Identity } from '../operations.ts';
import type { TokenClaims, WebTokens } from './login-options.ts';

/** Tokens that were verified lately, valid or not. */
export const verifiedMax = 10_000;
/** Tokens that are being verified. Beyond them a token counts as not valid, and its client tries again. */
const underWayMax = 1000;
/** A longer one is not looked at. */
const tokenLengthMax = 8192;

interface Verified {
  readonly claims: TokenClaims | undefined;
  identity: (Identity & { readonly kind: 'user' }) | undefined;
}

/** Verifies each JSON Web Token once, and remembers the result. */
export class WebTokenCache {
  readonly #tokens: WebTokens;
  readonly #verified: Map<string, Verified> = new Map();
  readonly #underWay: Map<string, Promise<void>> = new Map();

  constructor(tokens: WebTokens) {
    this.#tokens = tokens;
  }

  issue(user: string, authRevision: number): Promise<string> {
    return this.#tokens.issue(user, authRevision);
  }

  whenVerified(token: string): Promise<void> | undefined {
    if (this.#verified.has(token) || token.length > tokenLengthMax) return undefined;
    const before = this.#underWay.get(token);
    if (before !== undefined || this.#underWay.size >= underWayMax) return before;
    const verifying = this.#verify(token);
    this.#underWay.set(token, verifying);
    return verifying;
  }

  async #verify(token: string): Promise<void> {
    const claims = await this.#tokens.verify(token);
    this.#underWay.delete(token);
    const [oldest] = this.#verified.keys();
    if (this.#verified.size >= verifiedMax && oldest !== undefined) this.#verified.delete(oldest);
    this.#verified.set(token, { claims, identity: undefined });
  }

  /**
   * Undefined: the token is not valid. It counts from the revision of users and roles that it names; a later change asks for
   * a new token, as in etcd. If this member lags behind that revision, rights are looked at as of its own.
   */
  identify(token: string, authRevision: number): Identity | undefined {
    const verified = this.#verified.get(token);
    const { claims } = verified ?? {};
    if (verified === undefined || claims === undefined) return undefined;
    if (claims.endMs <= this.#tokens.wallTimeMs()) return undefined;
    const revision = Math.min(claims.authRevision, authRevision);
    if (verified.identity?.authRevision !== revision) {
      verified.identity = { kind: 'user', name: claims.user, authRevision: revision };
    }
    return verified.identity;
  }
}
