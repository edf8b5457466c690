import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { TlsSide } from './side.ts';

/** Lines in one second. Strangers decide how often a handshake fails. */
const linesPerSecondMax = 10;

/** Logs connections whose handshake failed, in etcd's words. */
export class RejectionLog {
  readonly #message: string;
  readonly #logger: Logger;
  readonly #clock: Clock;
  #secondBeganMs = -Infinity;
  #lines = 0;
  #leftOut = 0;

  constructor(
    { name }: TlsSide,
    { logger, clock }: { readonly logger: Logger; readonly clock: Clock },
  ) {
    this.#message = `rejected connection on ${name} endpoint`;
    this.#logger = logger;
    this.#clock = clock;
  }

  note({ remoteAddress = '', remotePort }: Socket, error: string): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#secondBeganMs >= 1000) {
      this.#secondBeganMs = nowMs;
      this.#lines = 0;
    }
    if (this.#lines >= linesPerSecondMax) {
      this.#leftOut++;
      return;
    }
    this.#lines++;
    const host = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress;
    this.#logger.warn(this.#message, {
      'remote-addr': remotePort === undefined ? remoteAddress : `${host}:${remotePort}`,
      error,
      ...(this.#leftOut > 0 && { 'rejections left out': this.#leftOut }),
    });
    this.#leftOut = 0;
  }
}
