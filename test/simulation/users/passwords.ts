import type { Clock } from '../../../src/base/clock.ts';
import type { PasswordHasher } from '../../../src/operations/index.ts';
import type { SeededRandom } from '../random.ts';

/** The knowledge of people: the passwords that each user may have, the likeliest first. */
export class Passwords {
  readonly #of = new Map<string, string[]>();
  #count = 0;

  /** A password that no user has had yet; it may become this user's. */
  next(user: string): string {
    const password = `${user}-${++this.#count}`;
    this.#of.set(user, [password, ...(this.#of.get(user) ?? [])]);
    return password;
  }

  of(user: string): readonly string[] {
    return this.#of.get(user) ?? [];
  }

  /** The user has, or had, this password. */
  worked(user: string, password: string): void {
    const others = this.of(user).filter((other) => other !== password);
    this.#of.set(user, [password, ...others]);
  }
}

/** Each hash has a salt, as bcrypt's have: the same password twice has two hashes. */
export class Hashes {
  #salt = 0;

  /** Hashes that one process makes: they tell the password, and take as long as bcrypt does. */
  of(clock: Clock, random: SeededRandom): PasswordHasher {
    const takesTime = (): Promise<void> =>
      new Promise((resolve) => clock.after(random.real(1, 120), resolve));
    return {
      hash: async (password, cost) => {
        await takesTime();
        return `${cost} ${++this.#salt} ${password}`;
      },
      matches: async (password, hash) => {
        await takesTime();
        return passwordOf(hash) === password;
      },
    };
  }
}

/** The password that has this hash. */
export function passwordOf(hash: string | undefined): string | undefined {
  return hash?.split(' ')[2];
}
