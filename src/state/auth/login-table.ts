/** A user has shown its password, and got a token. */
export class Login {
  readonly tokenHash: string;
  readonly user: string;
  /** Of the entry that logged it in; part of the token. */
  readonly index: number;
  /** Its user is gone or has another password, or it was too old. */
  hasEnded = false;
  /** When the token was last shown to this member, by its clock, which the state does not read. */
  usedMs: number | undefined;

  constructor(tokenHash: string, user: string, index: number) {
    this.tokenHash = tokenHash;
    this.user = user;
    this.index = index;
  }
}

/**
 * Logins by the SHA-256 of their tokens, so that neither the log nor a copy of the memory gives a token away. In memory
 * only. At most `loginsMax`: the oldest login ends first.
 */
export class LoginTable {
  readonly #byHash: Map<string, Login> = new Map();
  readonly #of: Map<string, Set<Login>> = new Map();

  /** In the order of their entries. */
  get all(): Iterable<Login> {
    return this.#byHash.values();
  }

  get(tokenHash: string): Login | undefined {
    return this.#byHash.get(tokenHash);
  }

  add(login: Login): void {
    const [oldest] = this.#byHash.values();
    if (this.#byHash.size >= loginsMax && oldest !== undefined) this.end(oldest);
    this.#byHash.set(login.tokenHash, login);
    const logins = this.#of.get(login.user);
    if (logins === undefined) this.#of.set(login.user, new Set([login]));
    else logins.add(login);
  }

  end(login: Login): void {
    login.hasEnded = true;
    this.#byHash.delete(login.tokenHash);
    const logins = this.#of.get(login.user);
    logins?.delete(login);
    if (logins?.size === 0) this.#of.delete(login.user);
  }

  endAllOf(user: string): void {
    for (const login of this.#of.get(user) ?? []) this.end(login);
  }

  clear(): void {
    for (const login of this.#byHash.values()) login.hasEnded = true;
    this.#byHash.clear();
    this.#of.clear();
  }
}

/** With a time to live of five minutes, as many as 160 logins in each second make; about 30 MB. */
export const loginsMax = 50_000;
