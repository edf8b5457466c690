import type { Clock } from '../../base/clock.ts';
import { RegistryError } from '../../base/errors.ts';
import type { CallOptions, Operations } from '../../operations/index.ts';
import { catalogRanges } from '../../registry/index.ts';

/** A change of users and roles is noticed after this time. */
const holdsMs = 1000;
/** Nobody logs in over DNS, and an address can be made up. */
const options: CallOptions = { caller: { api: 'dns', address: undefined, identity: undefined } };

/**
 * Whether clients of DNS may read the catalog. All are the same caller to the gate, so it is asked once in a second and not
 * for each question.
 */
export class Permission {
  readonly #operations: Pick<Operations, 'discover'>;
  readonly #clock: Clock;
  #isGiven: boolean | undefined;
  #askedAtMs = -Infinity;

  constructor(operations: Pick<Operations, 'discover'>, clock: Clock) {
    this.#operations = operations;
    this.#clock = clock;
    this.#ask();
  }

  /** Undefined: it is not known yet. */
  get isGiven(): boolean | undefined {
    if (this.#clock.nowMs() - this.#askedAtMs >= holdsMs) this.#ask();
    return this.#isGiven;
  }

  #ask(): void {
    this.#askedAtMs = this.#clock.nowMs();
    void this.#hear();
  }

  async #hear(): Promise<void> {
    try {
      await this.#operations.discover({ ranges: catalogRanges, consistency: 'stale' }, options);
      this.#isGiven = true;
    } catch (error) {
      // Any other failure says nothing of permissions.
      if (error instanceof RegistryError && error.code === 'permission-denied') {
        this.#isGiven = false;
      }
    }
  }
}
