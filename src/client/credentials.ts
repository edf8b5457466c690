import { RollcallError } from './errors.ts';

/** The user that a client acts as, or a token that it was given. */
export interface CredentialOptions {
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
}

/** Refusals after which a new login may help; nothing was done. */
const renewing: ReadonlySet<string> = new Set([
  'user-empty',
  'invalid-auth-token',
  'auth-revision-old',
]);

/**
 * The token of a client. With a user it logs in when first needed, and again when a server no longer takes the token; calls
 * at the same time share one login. A server with authentication off needs none.
 */
export class Credentials {
  readonly #user: string | undefined;
  readonly #password: string;
  readonly #authenticate: (user: string, password: string) => Promise<string>;
  #token: string | undefined;
  #isDue: boolean;
  #login: Promise<void> | undefined;

  constructor(
    { user, password = '', token }: CredentialOptions,
    authenticate: (user: string, password: string) => Promise<string>,
  ) {
    this.#user = user;
    this.#password = password;
    this.#token = token;
    this.#authenticate = authenticate;
    this.#isDue = user !== undefined && token === undefined;
  }

  get token(): string | undefined {
    return this.#token;
  }

  /** Undefined: a call can be made at once. Otherwise when this resolves; it rejects if the login is refused. */
  ready(): Promise<void> | undefined {
    if (!this.#isDue) return undefined;
    this.#login ??= this.#logIn().finally(() => {
      this.#login = undefined;
    });
    return this.#login;
  }

  /** A call with this token was refused. True: it may be made again, after a login. */
  mayRenew(error: RollcallError, used: string | undefined): boolean {
    if (this.#user === undefined || !renewing.has(error.code)) return false;
    // Another call may have logged in meanwhile.
    if (used === this.#token) {
      this.#token = undefined;
      this.#isDue = true;
    }
    return true;
  }

  async #logIn(): Promise<void> {
    try {
      this.#token = await this.#authenticate(this.#user ?? '', this.#password);
    } catch (error) {
      if (!(error instanceof RollcallError) || error.code !== 'auth-not-enabled') throw error;
      this.#token = undefined;
    }
    this.#isDue = false;
  }
}
