import type { Logger } from '../../base/logger.ts';
import type { Method } from '../methods.ts';
import type { EndedCall } from '../observed.ts';

/** Lines in one second. Where many calls are slow, the log must not make them slower. */
const linesPerSecondMax = 20;
/** Of a key in such a line. */
const keyLettersMax = 100;

const noBytes = new Uint8Array();

/** Logs calls that took longer than `--warning-unary-request-duration`, as etcd does: method, duration, sizes. */
export class SlowCalls {
  readonly thresholdMs: number;
  readonly #logger: Logger;
  #secondBeganMs = -Infinity;
  #lines = 0;
  #leftOut = 0;

  constructor(logger: Logger, thresholdMs: number) {
    this.#logger = logger;
    this.thresholdMs = thresholdMs;
  }

  note(method: Method, { nowMs, tookMs, request = noBytes, responseBytes }: EndedCall): void {
    if (nowMs - this.#secondBeganMs >= 1000) {
      this.#secondBeganMs = nowMs;
      this.#lines = 0;
    }
    if (this.#lines >= linesPerSecondMax) {
      this.#leftOut++;
      return;
    }
    this.#lines++;
    this.#logger.warn('request stats', {
      'time spent': `${tookMs.toFixed(3)}ms`,
      'response type': method.path,
      'request size': request.length,
      'response size': responseBytes ?? -1,
      'request content': contentOf(method, request),
      ...(this.#leftOut > 0 && { 'slow calls left out': this.#leftOut }),
    });
    this.#leftOut = 0;
  }
}

/** The keys of the request. Never a value, which may be a secret. */
function contentOf({ request }: Method, bytes: Uint8Array): string {
  try {
    const fields: Readonly<Record<string, unknown>> = { ...request.decode(bytes) };
    const keys = ['key', 'range_end'].flatMap((name) => {
      const value = fields[name];
      return value instanceof Uint8Array && value.length > 0 ? [`${name}:${quoted(value)}`] : [];
    });
    return keys.join(' ');
  } catch {
    return 'malformed';
  }
}

function quoted(key: Uint8Array): string {
  return JSON.stringify(Buffer.from(key).toString('latin1', 0, keyLettersMax));
}
