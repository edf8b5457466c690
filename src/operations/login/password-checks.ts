import type { Clock } from '../../base/clock.ts';
import { RegistryError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { Sha256 } from '../sha256.ts';
import { FairQueue } from './fair-queue.ts';
import type { LoginOptions } from './login-options.ts';
import { SlowDown } from './slow-down.ts';

/** Passwords that were right lately, by their fingerprints. */
export const knownMax = 1000;
/** Bytes of the name of a user or a role. */
export const nameBytesMax = 1024;
/** Kept for a user whose password was changed to an empty one: no password is right, as in etcd. */
export const hashOfNothing = '';
/** bcrypt looks at no more. */
const passwordBytesMax = 72;
/** Attempts that are held back, of all and of one address. */
export const heldMax = 1000;
export const heldMaxOfAddress = 20;

export interface PasswordChecksOptions extends LoginOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly sha256: () => Sha256;
}

interface Attempt {
  readonly user: string;
  readonly password: string;
  /** Undefined or `hashOfNothing`: there is no such user, or no password of it is right. */
  readonly hash: string | undefined;
  readonly address: string | undefined;
}

/**
 * Checks passwords, and makes hashes of new ones. Thousands of clients that log in at once after a start are the normal
 * case: the same password for the same hash is computed once for all that ask meanwhile, and remembered, as a fingerprint
 * with a secret of this process. A new password has a new hash, and thus another fingerprint.
 */
export class PasswordChecks {
  readonly #options: PasswordChecksOptions;
  readonly #queue = new FairQueue();
  readonly #slowDown: SlowDown;
  readonly #secret: Buffer;
  /** Known to be right; what was not used for longest comes first. */
  readonly #known: Set<string> = new Set();
  readonly #underWay: Map<string, Promise<boolean>> = new Map();
  readonly #held: Map<string, number> = new Map();
  #heldCount = 0;

  constructor(options: PasswordChecksOptions) {
    this.#options = options;
    this.#slowDown = new SlowDown(options.clock);
    this.#secret = Buffer.from(Array.from({ length: 32 }, () => options.random.between(0, 255)));
  }

  /** The hash of a new password, which has passed `checkPassword`. */
  hash(password: string, address: string | undefined): Promise<string> {
    const { passwords, bcryptCost } = this.#options;
    return this.#queue.add(address ?? '', () => passwords.hash(password, bcryptCost));
  }

  /** True if the password is right, for what `canBeRight`. An unknown user takes as long as a wrong password. */
  async check(attempt: Attempt): Promise<boolean> {
    const { user, address = '' } = attempt;
    const fingerprint = this.#fingerprintOf(attempt);
    if (this.#known.delete(fingerprint)) {
      this.#known.add(fingerprint);
      return true;
    }
    await this.#holdBack(user, address);
    const isRight = await this.#shared(fingerprint, attempt);
    if (!isRight) {
      this.#slowDown.failed(user, address);
      return false;
    }
    this.#slowDown.succeeded(user, address);
    this.#remember(fingerprint);
    return true;
  }

  #shared(fingerprint: string, attempt: Attempt): Promise<boolean> {
    const before = this.#underWay.get(fingerprint);
    if (before !== undefined) return before;
    const check = this.#queue
      .add(attempt.address ?? '', () => this.#compute(attempt))
      .finally(() => this.#underWay.delete(fingerprint));
    this.#underWay.set(fingerprint, check);
    return check;
  }

  async #compute({ password, hash }: Attempt): Promise<boolean> {
    const { passwords, bcryptCost } = this.#options;
    const isRight = await passwords.matches(password, hash || nobodysHash(bcryptCost));
    return isRight && Boolean(hash);
  }

  #remember(fingerprint: string): void {
    const [oldest] = this.#known;
    if (this.#known.size >= knownMax && oldest !== undefined) this.#known.delete(oldest);
    this.#known.add(fingerprint);
  }

  /** Waits after many failures. The attempts that wait are bounded. */
  async #holdBack(user: string, address: string): Promise<void> {
    const waitMs = this.#slowDown.waitMs(user, address);
    if (waitMs === 0) return;
    const held = this.#held.get(address) ?? 0;
    if (this.#heldCount >= heldMax || held >= heldMaxOfAddress) {
      throw new RegistryError(
        'too-many-requests',
        'too many logins have failed; wait a minute before the next one',
      );
    }
    this.#held.set(address, held + 1);
    this.#heldCount += 1;
    await new Promise<void>((resolve) => this.#options.clock.after(waitMs, resolve));
    this.#heldCount -= 1;
    const left = (this.#held.get(address) ?? 1) - 1;
    if (left === 0) this.#held.delete(address);
    else this.#held.set(address, left);
  }

  /** Differs for each password and hash, and tells nothing about them to those that do not know the secret. */
  #fingerprintOf({ user, password, hash = '' }: Attempt): string {
    const parts = [user, hash, password].map((part) => Buffer.from(part, 'utf8'));
    const lengths = Buffer.from(parts.map(({ length }) => length).join(','));
    const inner = this.#options.sha256();
    inner.update(Buffer.concat([this.#secret, lengths, ...parts]));
    const outer = this.#options.sha256();
    outer.update(Buffer.concat([this.#secret, inner.digest()]));
    return Buffer.from(outer.digest()).toString('base64');
  }
}

/** False: there is no such user, or it has another password, whatever they are. */
export function canBeRight(user: string, password: string): boolean {
  return Buffer.byteLength(user, 'utf8') <= nameBytesMax && !isTooLong(password);
}

/** Throws if the password is too long to be kept. */
export function checkPassword(password: string): void {
  if (!isTooLong(password)) return;
  const message = `the password has more than ${passwordBytesMax} bytes, and bcrypt looks at no more`;
  throw new RegistryError('password-too-long', message);
}

function isTooLong(password: string): boolean {
  return Buffer.byteLength(password, 'utf8') > passwordBytesMax;
}

/** A hash that no password has: what is computed for it is the time. */
function nobodysHash(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;
}
