/** Computes and checks hashes of passwords with bcrypt, off the event loop. */
export interface PasswordHasher {
  hash(password: string, cost: number): Promise<string>;
  matches(password: string, hash: string): Promise<boolean>;
}

/** The claims of a JSON Web Token. */
export interface TokenClaims {
  readonly user: string;
  readonly authRevision: number;
  /** Wall-clock time at which it ends, in milliseconds since 1970. */
  readonly endMs: number;
}

/** Issues and verifies JSON Web Tokens. */
export interface WebTokens {
  /** Rejects if this member has no key to sign with. */
  issue(user: string, authRevision: number): Promise<string>;
  /** Undefined: it is not valid. */
  verify(token: string): Promise<TokenClaims | undefined>;
  wallTimeMs(): number;
}

export interface LoginOptions {
  readonly passwords: PasswordHasher;
  /** Of new hashes; from 4 to 31, and each step doubles the time. */
  readonly bcryptCost: number;
  /** A simple token ends when it was not shown to a member for this long. */
  readonly simpleTokenTtlMs: number;
  /** Undefined: tokens are simple ones. */
  readonly webTokens: WebTokens | undefined;
}
