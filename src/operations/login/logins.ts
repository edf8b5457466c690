import { RegistryError } from '../../base/errors.ts';
import { authLevel } from '../../state/index.ts';
import type { Login, State } from '../../state/index.ts';
import { resultOf } from '../core.ts';
import type { Core } from '../core.ts';
import type { Header, Identity, Shown } from '../operations.ts';
import { canBeRight, PasswordChecks } from './password-checks.ts';
import { isOver } from './token-expiry.ts';
import { WebTokenCache } from './web-token-cache.ts';

/** Changes of users during a login after which its caller is told to try again. */
const attemptsMax = 5;
/** Calls that wait until this member has applied the login of their token. */
const waitingMax = 1000;
const lookAgainMs = 5;
/** Tokens that were shown to this member, with their identities. */
const knownMax = 50_000;

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const lettersInToken = 16;
const simpleToken = /^([a-zA-Z]{16})\.(\d{1,16})$/;

/** A simple token that was shown to this member before. */
interface Known {
  readonly login: Login;
  /** A snapshot brings another state, in which the login may have ended. */
  readonly state: State;
  identity: Identity & { readonly kind: 'user' };
}

/**
 * Logins of users, and what their tokens stand for. A login with a simple token is a command, so that each member knows
 * the token once it has applied it; only the hash of the token is in the command.
 */
export class Logins {
  readonly #core: Core;
  readonly #checks: PasswordChecks;
  readonly #webTokens: WebTokenCache | undefined;
  readonly #known: Map<string, Known> = new Map();
  #waiting = 0;

  constructor(core: Core) {
    this.#core = core;
    const { clock, random, sha256, login } = core.options;
    this.#checks = new PasswordChecks({ ...login, clock, random, sha256 });
    if (login.webTokens !== undefined) this.#webTokens = new WebTokenCache(login.webTokens);
  }

  get passwords(): PasswordChecks {
    return this.#checks;
  }

  /** Logs a user in, and returns its token. */
  async authenticate(
    { name, password }: { readonly name: string; readonly password: string },
    address: string | undefined,
  ): Promise<{ readonly token: string; readonly header: Header }> {
    for (let attempt = 1; ; attempt += 1) {
      const { auth } = this.#core.state;
      if (!auth.isEnabled) {
        throw new RegistryError(
          'auth-not-enabled',
          'there is no login while authentication is off',
        );
      }
      // Nothing is kept of it, nor logged: it can be as large as a request.
      if (!canBeRight(name, password)) throw loginFailed();
      const { revision } = auth;
      const hash = auth.user(name)?.passwordHash;
      if (!(await this.#checks.check({ user: name, password, hash, address }))) {
        this.#core.options.logger.warn('login failed', { user: name, address });
        throw loginFailed();
      }
      try {
        return await this.#issue(name, revision);
      } catch (error) {
        const isOld = error instanceof RegistryError && error.code === 'auth-revision-old';
        if (!isOld || attempt >= attemptsMax) throw error;
      }
    }
  }

  async #issue(user: string, authRevision: number): Promise<{ token: string; header: Header }> {
    const core = this.#core;
    if (this.#webTokens !== undefined) {
      const token = await this.#webTokens.issue(user, authRevision);
      if (core.state.auth.revision !== authRevision) {
        throw new RegistryError('auth-revision-old', 'users have changed since the login began');
      }
      return { token, header: core.header() };
    }
    const secret = this.#letters();
    const tokenHash = this.#hashOf(secret);
    const { result, header } = await core.propose({ kind: 'login', user, tokenHash, authRevision });
    return { token: `${secret}.${resultOf(result, 'logged-in').index}`, header };
  }

  /**
   * The caller that shows this; undefined: one that did not log in. While authentication is off no caller has an identity.
   */
  identify({ token, certificateName }: Shown): Identity | undefined {
    const { auth } = this.#core.state;
    if (!auth.isEnabled) return undefined;
    if (token !== undefined) {
      const identity =
        this.#webTokens === undefined
          ? this.#simple(token)
          : this.#webTokens.identify(token, auth.revision);
      return identity ?? invalidToken;
    }
    if (certificateName === undefined) return undefined;
    return { kind: 'user', name: certificateName, authRevision: auth.revision };
  }

  /**
   * Undefined: `identify` can be asked at once, as nearly always. Otherwise it can be when the promise has resolved: this
   * member lags behind the one that has issued the token, or has to verify a token that it sees for the first time.
   */
  whenIdentifiable({ token }: Shown): Promise<void> | undefined {
    if (token === undefined) return undefined;
    if (this.#webTokens !== undefined) {
      return this.#core.state.auth.isEnabled ? this.#webTokens.whenVerified(token) : undefined;
    }
    if (this.#known.has(token)) return undefined;
    const index = Number(simpleToken.exec(token)?.[2] ?? 0);
    if (index <= this.#core.state.appliedIndex || this.#waiting >= waitingMax) return undefined;
    return this.#whenApplied(index);
  }

  #simple(token: string): Identity | undefined {
    const { state, clock } = this.#core;
    let known = this.#known.get(token);
    if (known === undefined || known.login.hasEnded || known.state !== state) {
      known = this.#lookUp(token, state);
      if (known === undefined) return undefined;
    }
    const { login } = known;
    const now = clock.nowMs();
    if (isOver(login, now, this.#core.options.login)) {
      state.auth.forget(login);
      this.#known.delete(token);
      return undefined;
    }
    login.usedMs = now;
    const { revision } = state.auth;
    if (known.identity.authRevision !== revision) {
      known.identity = { ...known.identity, authRevision: revision };
    }
    return known.identity;
  }

  #lookUp(token: string, state: State): Known | undefined {
    this.#known.delete(token);
    const [, secret, index] = simpleToken.exec(token) ?? [];
    if (secret === undefined) return undefined;
    const login = state.auth.login(this.#hashOf(secret));
    if (login === undefined || String(login.index) !== index) return undefined;
    const identity = { kind: 'user', name: login.user, authRevision: state.auth.revision } as const;
    const known = { login, state, identity };
    const [oldest] = this.#known.keys();
    if (this.#known.size >= knownMax && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(token, known);
    return known;
  }

  /** Resolves when the entry is applied here, or after an election timeout: the token may be forged. */
  #whenApplied(index: number): Promise<void> {
    const { clock, electionTimeoutMs } = this.#core.options;
    const giveUpMs = clock.nowMs() + electionTimeoutMs;
    this.#waiting += 1;
    return new Promise((resolve) => {
      const look = (): void => {
        if (index > this.#core.state.appliedIndex && clock.nowMs() < giveUpMs) {
          clock.after(lookAgainMs, look);
          return;
        }
        this.#waiting -= 1;
        resolve();
      };
      look();
    });
  }

  #letters(): string {
    const { random } = this.#core.options;
    const pick = (): string => letters.charAt(random.between(0, letters.length - 1));
    return Array.from({ length: lettersInToken }, pick).join('');
  }

  #hashOf(secret: string): string {
    const sum = this.#core.options.sha256();
    sum.update(Buffer.from(secret, 'latin1'));
    return Buffer.from(sum.digest()).toString('base64url');
  }
}

function loginFailed(): RegistryError {
  return new RegistryError('auth-failed', 'the user or its password is wrong');
}

const invalidToken: Identity = {
  kind: 'refused',
  error: new RegistryError(
    'invalid-auth-token',
    'the token is not valid: it is wrong, its time is over, or its user has changed; log in again',
  ),
};

/** Throws while a member of the cluster does not know users and roles. */
export function requireAuthLevel({ state }: Core): void {
  if (state.featureLevel >= authLevel) return;
  throw new RegistryError(
    'not-supported',
    `users and roles need feature level ${authLevel}, and the cluster is at ${state.featureLevel}: ` +
      'all members must run a release that knows them',
  );
}
