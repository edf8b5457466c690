import type { Cancel, Clock } from '../base/clock.ts';
import { nothingToCancel } from '../base/clock.ts';

export interface PingOptions {
  readonly clock: Clock;
  /** A client may ping as often as this; 0: as often as it likes. */
  readonly pingsMinTimeMs: number;
  /** A client that has been silent for so long is pinged; 0: never. */
  readonly keepaliveIntervalMs: number;
  /** How long it may be silent after that. */
  readonly keepaliveTimeoutMs: number;
}

/** The connection, as pings use it. */
interface PingOwner {
  ping(): void;
  /** No request is under way. */
  isIdle(): boolean;
  /** The client is silent although it was pinged. */
  giveUp(): void;
}

/** Pings that may come too soon before the connection is ended, as with servers in Go. */
const strikesMax = 2;
/** How often a client may ping while it has no request under way. */
const idleMinTimeMs = 2 * 60 * 60_000;

/** Pings in both directions: too many of the client's are refused; ours find out whether it has gone away. */
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

  /** A response is sent. A client that gets responses has a reason to ping, so the count begins anew. */
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
