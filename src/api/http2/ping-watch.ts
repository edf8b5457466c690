import type { Cancel, Clock } from '../../base/clock.ts';
import { nothingToCancel } from '../../base/clock.ts';

export interface PingOptions {
  readonly clock: Clock;
  /** A client may ping as often as this; 0: as often as it likes. */
  readonly pingsMinTimeMs: number;
  /** After so long without a word, it is asked whether it is still there; 0: never. */
  readonly keepaliveIntervalMs: number;
  /** How long its answer may take. */
  readonly keepaliveTimeoutMs: number;
}

/** What a connection does about pings. */
interface PingOwner {
  ping(): void;
  /** No request is under way. */
  isIdle(): boolean;
  /** The client does not answer. */
  giveUp(): void;
}

/** Pings that come too soon, before a client is sent away, as with servers in Go. */
const strikesMax = 2;
/** How often a client may ping while it asks for nothing. */
const idleMinTimeMs = 2 * 60 * 60_000;

/** Pings in both directions: those of the client, which may be too many, and ours, which find out if it is gone. */
export class PingWatch {
  readonly #options: PingOptions;
  readonly #owner: PingOwner;
  #strikes = 0;
  #lastPingMs = -Infinity;
  #cancel: Cancel = nothingToCancel;
  #heardSince = false;

  constructor(options: PingOptions, owner: PingOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#schedule();
  }

  /** Whoever is being answered may ping: it has a reason to care whether the connection lives. */
  answering(): void {
    this.#strikes = 0;
    this.#lastPingMs = -Infinity;
  }

  /** The client has pinged; true if it did so too often. */
  isTooMany(): boolean {
    const { pingsMinTimeMs } = this.#options;
    if (pingsMinTimeMs === 0) return false;
    const nowMs = this.#options.clock.nowMs();
    const apartMs = nowMs - this.#lastPingMs;
    this.#lastPingMs = nowMs;
    if (apartMs < (this.#owner.isIdle() ? idleMinTimeMs : pingsMinTimeMs)) this.#strikes++;
    return this.#strikes > strikesMax;
  }

  /** Something came from the client. */
  heard(): void {
    this.#heardSince = true;
  }

  stop(): void {
    this.#cancel();
  }

  #schedule(): void {
    const { clock, keepaliveIntervalMs, keepaliveTimeoutMs } = this.#options;
    if (keepaliveIntervalMs === 0) return;
    this.#heardSince = false;
    const giveUpUnlessHeard = (): void => {
      if (this.#heardSince) this.#schedule();
      else this.#owner.giveUp();
    };
    const askUnlessHeard = (): void => {
      if (this.#heardSince) {
        this.#schedule();
        return;
      }
      this.#owner.ping();
      this.#cancel = clock.after(keepaliveTimeoutMs, giveUpUnlessHeard);
    };
    this.#cancel = clock.after(keepaliveIntervalMs, askUnlessHeard);
  }
}
