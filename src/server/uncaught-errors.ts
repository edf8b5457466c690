import { BrokenInvariant } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';

/** So many errors that nothing expected within a minute are no accident any more. */
const errorsMax = 100;
const spanMs = 60_000;

/**
 * Decides about errors that reached nobody: of a socket, a timer or a library at the edge of the member. What keeps its
 * promises runs in one guarded event loop and does not come here, so the member goes on: a stray event must not cost a
 * cluster one of its members. A broken invariant ends it, wherever it breaks, and so do errors without end.
 * See docs/decisions/0017-what-ends-a-member.md.
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

  /** `origin` is Node.js' word for how it came up: an exception or a rejection. */
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
        ? 'an error that nothing expected; the member goes on, and this is worth a report'
        : 'an error that nothing expected; the member ends',
      {
        origin,
        error: error instanceof Error ? error.message : String(error),
        stack: error instanceof Error ? error.stack : undefined,
      },
    );
    if (!goesOn) this.#end(error);
  };
}
