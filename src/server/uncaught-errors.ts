import { BrokenInvariant } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';

/** This many unexpected errors within a minute are no accident. */
const errorsMax = 100;
const spanMs = 60_000;

/**
 * Handles errors that nothing caught, from sockets, timers or libraries. The replica's event loop is guarded, and its
 * failures do not come here; so the member continues, because a stray event must not cost the cluster a member. A
 * broken invariant ends it, and so do too many errors. See docs/decisions/0017-what-ends-a-member.md.
 */
export class UncaughtErrors {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #logger: Logger;
  readonly #end: (error: unknown) => void;
  #count = 0;
  #sinceMs = -Infinity;

  constructor(clock: Pick<Clock, 'nowMs'>, logger: Logger, end: (error: unknown) => void) {
    this.#clock = clock;
    this.#logger = logger;
    this.#end = end;
  }

  /** `origin` is Node.js' word for the kind: an exception or a rejection. */
  readonly take = (error: unknown, origin: string): void => {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#sinceMs > spanMs) {
      this.#sinceMs = nowMs;
      this.#count = 0;
    }
    this.#count++;
    const goesOn = !(error instanceof BrokenInvariant) && this.#count <= errorsMax;
    this.#logger.error(
      goesOn
        ? 'unexpected error; the member continues; please report it'
        : 'unexpected error; the member ends',
      {
        origin,
        error: error instanceof Error ? error.message : String(error),
        stack: error instanceof Error ? error.stack : undefined,
      },
    );
    if (!goesOn) this.#end(error);
  };
}
