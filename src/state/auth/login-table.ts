/** A user has shown its password, and got a token. */
export interface Login {
  readonly user: string;
  /** Of the entry that logged it in; part of the token. */
  readonly index: number;
}

/**
 * Logins by the SHA-256 of their tokens, so that neither the log nor a copy of the memory gives a token away. In memory
 * only. At most `loginsMax`: the oldest login ends first.
 */
export class LoginTable {
  readonly #byHash: Map<string, Login> = new Map();
  readonly #hashesOf: Map<string, Set<string>> = new Map();

  get(tokenHash: string): Login | undefined {
    return this.#byHash.get(tokenHash);
  }

  add(tokenHash: string, login: Login): void {
    const [oldest] = this.#byHash.keys();
    if (this.#byHash.size >= loginsMax && oldest !== undefined) this.#remove(oldest);
    this.#byHash.set(tokenHash, login);
    const hashes = this.#hashesOf.get(login.user);
    if (hashes === undefined) this.#hashesOf.set(login.user, new Set([tokenHash]));
    else hashes.add(tokenHash);
  }

  /** All of a user. */
  end(user: string): void {
    for (const hash of this.#hashesOf.get(user) ?? []) this.#byHash.delete(hash);
    this.#hashesOf.delete(user);
  }

  clear(): void {
    this.#byHash.clear();
    this.#hashesOf.clear();
  }

  #remove(tokenHash: string): void {
    const login = this.#byHash.get(tokenHash);
    if (login === undefined) return;
    this.#byHash.delete(tokenHash);
    const hashes = this.#hashesOf.get(login.user);
    hashes?.delete(tokenHash);
    if (hashes?.size === 0) this.#hashesOf.delete(login.user);
  }
}

/** With a time to live of five minutes, as many as 160 logins in each second make; about 30 MB. */
export const loginsMax = 50_000;
