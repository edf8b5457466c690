import type { ProbeResult } from '../registry/index.ts';
import type { Dialer } from './dial.ts';

/** One look: its connections, and its end. */
export interface Look {
  readonly dialer: Dialer;
  /** Aborted when the time is over, or nobody wants the result any more. */
  readonly signal: AbortSignal;
}

export function passing(output: string): ProbeResult {
  return { status: 'passing', output };
}

export function critical(output: string): ProbeResult {
  return { status: 'critical', output };
}

/** The reason of `Look.signal` when the time is over. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
  readonly code = 'ETIMEDOUT';
}
