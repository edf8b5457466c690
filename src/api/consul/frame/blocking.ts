import { nothingToCancel } from '../../../base/clock.ts';
import type { Cancel, Clock } from '../../../base/clock.ts';
import type { Metrics } from '../../../base/metrics.ts';
import type { Random } from '../../../base/random.ts';
import type { IndexedAnswer } from './answer.ts';
import type { Call } from './call.ts';
import { ConsulRefusal, failed, noLeaderText } from './refusals.ts';

/** A question to which a caller can wait for another answer. */
export interface Question {
  /**
   * The answer now. `isFirst`: it has to be as fresh as the caller asks (`query.mode`); later ones only have to be those of
   * this member, which has seen a change that the caller has not.
   */
  answer(isFirst: boolean): IndexedAnswer | Promise<IndexedAnswer>;
  /** Calls back, once or more often, when the answer may have changed; until canceled. */
  onChange(changed: () => void): Cancel;
}

/** The part of a call that matters for waiting. */
export interface Waiting extends Pick<Call, 'query' | 'isGone' | 'onGone'> {
  readonly options: { readonly caller: { readonly address: string | undefined } };
}

export interface BlockingOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly hasLeader: () => boolean;
  /** Of this member; `docs/limits.md`. */
  readonly waitingMax?: number;
  /** Of one client address. */
  readonly waitingPerClientMax?: number;
}

/** A query that does not block waits this long for a leader, as in Consul (`rpc_hold_timeout`). */
const leaderHoldMs = 7000;
const leaderLookMs = 50;
/**
 * A random part is added to the wait, up to a 16th, so that clients do not come back all at once. It is one of a few: timers
 * of equal length share a list.
 */
const spreadParts = 16;
const spreadSteps = 32;

/** The queries of this member that wait for a change: their number is bounded, and all end when the member stops. */
export class BlockingQueries {
  readonly #options: BlockingOptions;
  readonly #waitingMax: number;
  readonly #waitingPerClientMax: number;
  readonly #perClient = new Map<string, number>();
  readonly #holds = new Set<Hold>();
  #waiting = 0;
  #stopped = false;
  /** How often a query was woken; tests count it. */
  wakeUps = 0;

  constructor(options: BlockingOptions) {
    this.#options = options;
    this.#waitingMax = options.waitingMax ?? 32_768;
    this.#waitingPerClientMax = options.waitingPerClientMax ?? 8192;
    options.metrics.gauge(
      'rollcall_consul_blocking_queries',
      "Queries of Consul's API that wait for a change.",
      () => this.#waiting,
    );
    options.metrics.total(
      'rollcall_consul_blocking_wakeups_total',
      "Queries of Consul's API that were woken by a change.",
      () => this.wakeUps,
    );
  }

  /** Answers at once, or when the index of the answer has become greater than the one that the caller knows. */
  answer(call: Waiting, question: Question): Promise<IndexedAnswer> {
    const led = this.ledFor(call);
    // Thousands wait at once, so there is no promise that is not needed.
    return led === undefined
      ? this.#answer(call, question)
      : led.then(() => this.#answer(call, question));
  }

  async #answer(call: Waiting, question: Question): Promise<IndexedAnswer> {
    const { index } = call.query;
    if (index === 0 || this.#stopped) return question.answer(true);
    return this.#held(call, (hold) => this.#waitFor(question, index, hold));
  }

  /**
   * The same for answers that have no index that grows: `seen` tells whether the caller has seen this one. `waits`: it
   * wants to wait at all.
   */
  async answerUnlessSeen<A>(
    call: Waiting,
    question: { answer(): A | Promise<A>; onChange(changed: () => void): Cancel },
    seen: (answer: A) => boolean,
  ): Promise<A> {
    const first = await question.answer();
    if (!seen(first) || this.#stopped) return first;
    return this.#held(call, async (hold) => {
      for (;;) {
        const wake = new Wake(question, hold);
        try {
          const answer = await question.answer();
          if (!seen(answer) || hold.isOver) return answer;
          await wake.woken;
          if (!hold.isOver) this.wakeUps++;
        } finally {
          wake.cancel();
        }
      }
    });
  }

  /**
   * Refuses a query that must not be answered without a leader, if there is none for as long as it waits. Undefined: it may
   * be answered at once, as nearly always.
   */
  ledFor(call: Waiting): Promise<void> | undefined {
    if (call.query.mode === 'stale' || this.#options.hasLeader()) return undefined;
    return this.#awaitLeader(call);
  }

  async #awaitLeader(call: Waiting): Promise<void> {
    const { query } = call;
    const { clock, hasLeader } = this.#options;
    const endsMs = clock.nowMs() + (query.index > 0 ? query.waitMs : leaderHoldMs);
    while (!hasLeader()) {
      const isOver = clock.nowMs() >= endsMs || call.isGone;
      if (isOver || this.#stopped) throw failed(noLeaderText);
      await new Promise<void>((resolve) => void clock.after(leaderLookMs, resolve));
    }
  }

  async #waitFor(question: Question, index: number, hold: Hold): Promise<IndexedAnswer> {
    for (let isFirst = true; ; isFirst = false) {
      // Listens before it looks, so that no change falls between the two.
      const wake = new Wake(question, hold);
      try {
        const answer = await question.answer(isFirst);
        if (answer.index > index || hold.isOver) return answer;
        await wake.woken;
        if (!hold.isOver) this.wakeUps++;
      } finally {
        wake.cancel();
      }
    }
  }

  /** Runs work that ends when the wait of the query is over, its caller is gone, or the member stops. */
  async #held<T>(call: Waiting, work: (hold: Hold) => Promise<T>): Promise<T> {
    const client = call.options.caller.address ?? '';
    const ofClient = this.#perClient.get(client) ?? 0;
    if (this.#waiting >= this.#waitingMax) throw tooMany(this.#waiting, 'at this member');
    if (ofClient >= this.#waitingPerClientMax) throw tooMany(ofClient, 'from this address');
    const { clock, random } = this.#options;
    const { waitMs } = call.query;
    const spreadMs = (waitMs / spreadParts) * (random.between(0, spreadSteps) / spreadSteps);
    const hold = new Hold();
    const end = (): void => hold.end();
    const cancel = clock.after(Math.floor(waitMs + spreadMs), end);
    const stopListening = call.onGone(end);
    if (call.isGone) end();
    this.#waiting++;
    this.#perClient.set(client, ofClient + 1);
    this.#holds.add(hold);
    try {
      return await work(hold);
    } finally {
      cancel();
      stopListening();
      this.#holds.delete(hold);
      this.#waiting--;
      const left = (this.#perClient.get(client) ?? 1) - 1;
      if (left > 0) this.#perClient.set(client, left);
      else this.#perClient.delete(client);
    }
  }

  /** The member stops: all that wait are answered now, as if their wait were over. */
  stop(): void {
    this.#stopped = true;
    for (const hold of this.#holds) hold.end();
  }
}

function tooMany(count: number, where: string): ConsulRefusal {
  return new ConsulRefusal(
    429,
    `${count} blocking queries wait ${where} already; end some, or ask another member`,
  );
}

/** The time for which a query waits. */
class Hold {
  isOver = false;
  onOver: () => void = nothingToCancel;

  end(): void {
    this.isOver = true;
    this.onOver();
  }
}

/** One turn of waiting: until a change, or the end of the hold. */
class Wake {
  readonly woken: Promise<void>;
  readonly cancel: Cancel;

  constructor(question: { onChange(changed: () => void): Cancel }, hold: Hold) {
    let wake: () => void = nothingToCancel;
    this.woken = new Promise((resolve) => (wake = resolve));
    hold.onOver = wake;
    if (hold.isOver) wake();
    this.cancel = question.onChange(wake);
  }
}
