import { nothingToCancel } from '../base/clock.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { member } from '../operations/index.ts';
import type { Caller, Operations } from '../operations/index.ts';
import { keyOfMember } from './keys.ts';

/** A member that died has lost its checks after this time: longer than an election, and than a busy member is silent. */
const ttlSeconds = 5;
const renewEveryMs = 1000;
const retryMs = 500;

/** For the log of who changed what. */
export const checksCaller: Caller = { api: 'checks', address: undefined, identity: member };

export interface PresenceOptions {
  readonly operations: Operations;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly memberId: string;
  /** A learner writes nothing. */
  readonly isVoter: () => boolean;
  /** Whether it is present has changed. */
  readonly onChange: () => void;
}

/**
 * Keeps the key that says that this member runs checks, with a short lease, for as long as it is wanted. When the lease cannot be
 * renewed in time, this member is absent by its own clock, too: the others take its checks over at about the same time.
 */
export class Presence {
  readonly #options: PresenceOptions;
  #isWanted = false;
  #isBusy = false;
  #isStopped = false;
  #lease = 0n;
  /** Until then the lease lives for certain. */
  #untilMs = 0;
  #wasPresent = false;
  #cancelStep: Cancel = nothingToCancel;
  #cancelEnd: Cancel = nothingToCancel;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  get isPresent(): boolean {
    return this.#lease !== 0n && this.#options.clock.nowMs() < this.#untilMs;
  }

  /** 0: it is absent. */
  get lease(): bigint {
    return this.isPresent ? this.#lease : 0n;
  }

  want(isWanted: boolean): void {
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    this.#stepAfter(0);
  }

  /** Somebody else has removed the key. */
  keyIsGone(): void {
    if (!this.isPresent) return;
    this.#untilMs = 0;
    this.#stepAfter(0);
    this.#tell();
  }

  /** Gives the checks away at once. */
  async stop(limitMs: number): Promise<void> {
    this.#isStopped = true;
    this.#cancelStep();
    this.#cancelEnd();
    if (this.#lease === 0n) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(limitMs, resolve);
      void this.#leave().finally(() => {
        cancel();
        resolve();
      });
    });
  }

  #stepAfter(delayMs: number): void {
    this.#cancelStep();
    if (this.#isStopped) return;
    this.#cancelStep = this.#options.clock.after(delayMs, () => void this.#step());
  }

  async #step(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    let nextMs: number | undefined;
    try {
      nextMs = await this.#once();
    } catch (error) {
      const { logger } = this.#options;
      logger.debug('failed to renew the lease of running checks', { error: String(error) });
      nextMs = retryMs;
    }
    this.#isBusy = false;
    if (nextMs !== undefined) this.#stepAfter(nextMs);
    this.#tell();
  }

  /** One step. Returns when the next one is due; undefined: there is nothing to do. */
  async #once(): Promise<number | undefined> {
    if (!this.#isWanted) {
      await this.#leave();
      return this.#isWanted ? 0 : undefined;
    }
    if (!this.#options.isVoter()) return renewEveryMs;
    if (this.isPresent) return (await this.#renew()) ? renewEveryMs : 0;
    await this.#enter();
    return renewEveryMs;
  }

  async #enter(): Promise<void> {
    const { operations, clock, memberId } = this.#options;
    await this.#leave();
    const beganMs = clock.nowMs();
    const options = { caller: checksCaller };
    const granted = await operations.leaseGrant({ id: 0n, ttlSeconds }, options);
    await operations.put(
      {
        key: keyOfMember(memberId),
        value: new Uint8Array(),
        lease: granted.id,
        prevKv: false,
        ignoreValue: false,
        ignoreLease: false,
      },
      options,
    );
    this.#lease = granted.id;
    this.#livesUntil(beganMs + granted.ttlSeconds * 1000);
  }

  /** False: the lease is gone. */
  async #renew(): Promise<boolean> {
    const { operations, clock } = this.#options;
    const beganMs = clock.nowMs();
    const renewed = await operations.leaseKeepAlive(this.#lease, { caller: checksCaller });
    if (renewed.ttlSeconds > 0) this.#livesUntil(beganMs + renewed.ttlSeconds * 1000);
    else this.#untilMs = 0;
    return renewed.ttlSeconds > 0;
  }

  #livesUntil(ms: number): void {
    const { clock } = this.#options;
    this.#untilMs = ms;
    this.#cancelEnd();
    this.#cancelEnd = clock.after(Math.max(0, ms - clock.nowMs()), () => this.#tell());
  }

  async #leave(): Promise<void> {
    if (this.#lease === 0n) return;
    const lease = this.#lease;
    this.#lease = 0n;
    this.#tell();
    const { operations, logger } = this.#options;
    await operations.leaseRevoke(lease, { caller: checksCaller }).catch((error: unknown) => {
      // It lapses by itself.
      logger.debug('failed to revoke the lease of running checks', { error: String(error) });
    });
  }

  #tell(): void {
    const { isPresent } = this;
    if (isPresent === this.#wasPresent) return;
    this.#wasPresent = isPresent;
    this.#options.onChange();
  }
}
