import { isCheckStatus } from './check.ts';
import type { CheckStatus } from './check.ts';
import { isRecord } from './json.ts';

/** Ways in which an instance leaves through one of our own APIs. */
const reasons = ['deregistered', 'moved', 'node-deregistered', 'reaped', 'drained'] as const;

/**
 * - `deregistered`: by a call that names it.
 * - `moved`: its id was registered in another service.
 * - `node-deregistered`: with the node that it was on.
 * - `reaped`: its check was critical for too long.
 * - `drained`: the deadline of its drain was over.
 */
export type DepartureReason = (typeof reasons)[number];

/** A check as it was when something happened. */
export interface CheckThen {
  readonly id: string;
  readonly status: CheckStatus;
  /** Its beginning. */
  readonly output: string;
}

/** Who or what changed something: the API that the change came through, and the address of its caller. */
export interface Actor {
  readonly api: string;
  /** Empty: the API has no callers, or does not know them. */
  readonly address: string;
  /** The name of the member that took it. */
  readonly member: string;
}

/** The value of the key that an instance leaves behind. */
export interface DepartureRecord {
  readonly reason: DepartureReason;
  readonly actor: Actor;
  /** Milliseconds since 1970, by the member that took the call. */
  readonly timeMs: number;
  /** The one that was worst. */
  readonly check?: CheckThen;
}

/** Characters of an output that are remembered. */
export const outputThenMax = 200;

export function encodeDeparture({ reason, actor, timeMs, check }: DepartureRecord): Uint8Array {
  const { api, address, member } = actor;
  const time = new Date(timeMs).toISOString();
  return Buffer.from(JSON.stringify({ reason, api, address, member, time, check }));
}

/** Reads `{"reason","api","address","member","time","check":{"id","status","output"}}`. A string says what is wrong with it. */
export function departureOf(value: Uint8Array): DepartureRecord | string {
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString());
  } catch {
    return 'it is no JSON';
  }
  if (!isRecord(fields)) return 'it is no JSON object';
  const { api = '', address = '', member = '', time } = fields;
  const reason = reasons.find((one) => one === fields['reason']);
  if (reason === undefined) return `"reason" is none of ${reasons.join(', ')}`;
  if (typeof api !== 'string' || typeof address !== 'string' || typeof member !== 'string') {
    return '"api", "address" or "member" is no text';
  }
  const timeMs = typeof time === 'string' ? new Date(time).getTime() : Number.NaN;
  if (Number.isNaN(timeMs)) return '"time" is no time';
  const check = checkThenOf(fields['check']);
  return { reason, actor: { api, address, member }, timeMs, ...(check && { check }) };
}

function checkThenOf(value: unknown): CheckThen | undefined {
  if (!isRecord(value)) return undefined;
  const { id, status, output } = value;
  if (typeof id !== 'string' || typeof output !== 'string' || !isCheckStatus(status)) {
    return undefined;
  }
  return { id, status, output: output.slice(0, outputThenMax) };
}
