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
  /** By user: the revision of users and roles at which its logins ended last. At most `endsMax`. */
  readonly #endedAt: Map<string, number> = new Map();
  /** All logins of earlier revisions have ended, as far as is known. */
  #floor = 0;

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

  /** Ends the logins of a user that began before this revision. */
  endAllOf(user: string, revision: number): void {
    for (const login of this.#of.get(user) ?? []) this.end(login);
    if (this.#endedAt.size >= endsMax) this.raiseFloor(revision);
    this.#endedAt.set(user, revision);
  }

  /** A login that was verified at an earlier revision counts no more. */
  endedAt(user: string): number {
    return Math.max(this.#floor, this.#endedAt.get(user) ?? 0);
  }

  /** Forgets the single ends of logins: all logins of earlier revisions count as ended. */
  raiseFloor(revision: number): void {
    this.#floor = revision;
    this.#endedAt.clear();
  }

  clear(revision: number): void {
    this.raiseFloor(revision);
    for (const login of this.#byHash.values()) login.hasEnded = true;
    this.#byHash.clear();
    this.#of.clear();
  }
}

/** With a time to live of five minutes, as many as 160 logins in each second make; about 30 MB. */
export const loginsMax = 50_000;
/** Users whose last end of logins is known one by one. */
const endsMax = 10_000;
