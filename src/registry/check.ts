import { isRecord, textsOf } from './json.ts';

/** What a check said last. */
export type CheckStatus = 'passing' | 'warning' | 'critical';

/** The worst of some checks; `maintenance`: an operator has taken it out of service. */
export type HealthStatus = CheckStatus | 'maintenance';

/** The value of a check's key. */
export interface CheckRecord {
  readonly name: string;
  readonly status: CheckStatus;
  readonly notes: string;
  /** `ttl`, `http`, `tcp`, `grpc`, `udp`, `h2ping`, `script`, `alias`, `maintenance`, …; empty: nobody runs it. */
  readonly type: string;
  /** How it is run, in the fields of Consul: `HTTP`, `Interval`, `TTL`, … */
  readonly definition: Readonly<Record<string, unknown>>;
  /** When it got its status, in milliseconds since 1970, by the clock of the member that wrote it; 0: it is not known. */
  readonly sinceMs: number;
  /** The status that it had before this one; undefined: it has had no other. */
  readonly before: CheckStatus | undefined;
}

/** Ids of checks that take an instance out of service until an operator removes them. */
export const serviceMaintenancePrefix = '_service_maintenance:';
export const nodeMaintenanceId = '_node_maintenance';

const statuses: ReadonlySet<string> = new Set(['passing', 'warning', 'critical']);

export function isCheckStatus(value: unknown): value is CheckStatus {
  return typeof value === 'string' && statuses.has(value);
}

/** The kind of check that a field of its definition makes it. The first that is there counts. */
const typeOfField: readonly (readonly [field: string, type: string])[] = [
  ['TTL', 'ttl'],
  ['HTTP', 'http'],
  ['TCP', 'tcp'],
  ['UDP', 'udp'],
  ['GRPC', 'grpc'],
  ['H2PING', 'h2ping'],
  ['Args', 'script'],
  ['AliasService', 'alias'],
  ['AliasNode', 'alias'],
];

/** The kind of check that a definition describes; empty: one that nobody runs. */
export function typeOfDefinition(definition: Readonly<Record<string, unknown>>): string {
  for (const [field, type] of typeOfField) {
    const value = definition[field];
    if (value !== undefined && value !== '' && value !== 0 && value !== null) return type;
  }
  return '';
}

/**
 * Reads the value of a check: `{"name","status","notes","type","definition":{…},"since","before"}`, all of it optional.
 * Without a status it is critical, as nobody has looked yet. A string says what is wrong with it.
 */
export function checkRecordOf(value: Uint8Array, id: string): CheckRecord | string {
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString());
  } catch {
    return 'it is no JSON';
  }
  if (!isRecord(fields)) return 'it is no JSON object';
  const { name = id, status = 'critical', notes = '', definition = {} } = fields;
  if (typeof name !== 'string') return '"name" is no text';
  if (!isCheckStatus(status)) return '"status" is neither "passing", "warning" nor "critical"';
  if (typeof notes !== 'string') return '"notes" is no text';
  if (!isRecord(definition)) return '"definition" is no object';
  const { type = typeOfDefinition(definition) } = fields;
  if (typeof type !== 'string') return '"type" is no text';
  const { since, before } = fields;
  return {
    name,
    status,
    notes,
    type,
    definition,
    sinceMs: timeOf(since),
    before: isCheckStatus(before) ? before : undefined,
  };
}

/** Milliseconds since 1970; 0 if the text is no time. */
function timeOf(text: unknown): number {
  const ms = typeof text === 'string' ? new Date(text).getTime() : 0;
  return Number.isFinite(ms) ? ms : 0;
}

/** The value of a check's key; equal for equal records. */
export function encodeCheck(record: CheckRecord): Uint8Array {
  const { name, status, notes, type, definition, sinceMs, before } = record;
  const since = sinceMs === 0 ? undefined : new Date(sinceMs).toISOString();
  return Buffer.from(JSON.stringify({ name, status, notes, type, definition, since, before }));
}

/** A check as a client gives it. Without a status it keeps the one that it has; a new one is critical. */
export interface GivenCheck extends Omit<CheckRecord, 'status' | 'sinceMs' | 'before'> {
  readonly status: CheckStatus | undefined;
}

/** The record of a check that was given, in place of the one that there is. */
export function recordOfGiven(
  { name, notes, type, definition, status }: GivenCheck,
  known: Pick<CheckRecord, 'status' | 'sinceMs' | 'before'> | undefined,
  nowMs: number,
): CheckRecord {
  const now = known ?? {
    status: status ?? 'critical',
    sinceMs: Math.floor(nowMs),
    before: undefined,
  };
  const { sinceMs, before } = now;
  const record = { name, status: now.status, notes, type, definition, sinceMs, before };
  return withStatus(record, status ?? now.status, nowMs);
}

/** A record with a status, which it got at `nowMs` unless it had it already. */
export function withStatus(record: CheckRecord, status: CheckStatus, nowMs: number): CheckRecord {
  if (status === record.status) return record;
  return { ...record, status, sinceMs: Math.floor(nowMs), before: record.status };
}

/** A node that a client registered. */
export interface NodeRecord {
  /** As it was registered; empty: as in its key, in lower case. */
  readonly name: string;
  /** A UUID, or empty. */
  readonly id: string;
  readonly address: string;
  readonly taggedAddresses: Readonly<Record<string, string>>;
  readonly meta: Readonly<Record<string, string>>;
}

/** Reads `{"name","id","address","taggedAddresses","meta"}`. A string says what is wrong with it. */
export function nodeRecordOf(value: Uint8Array): NodeRecord | string {
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString());
  } catch {
    return 'it is no JSON';
  }
  if (!isRecord(fields)) return 'it is no JSON object';
  const { name = '', id = '', address = '', taggedAddresses = {}, meta = {} } = fields;
  if (typeof name !== 'string') return '"name" is no text';
  if (typeof id !== 'string') return '"id" is no text';
  if (typeof address !== 'string') return '"address" is no text';
  if (!isRecord(taggedAddresses)) return '"taggedAddresses" is no object';
  if (!isRecord(meta)) return '"meta" is no object';
  return { name, id, address, taggedAddresses: textsOf(taggedAddresses), meta: textsOf(meta) };
}

export function encodeNode(record: NodeRecord): Uint8Array {
  const { name, id, address, taggedAddresses, meta } = record;
  return Buffer.from(JSON.stringify({ name, id, address, taggedAddresses, meta }));
}

const severity: Readonly<Record<HealthStatus, number>> = {
  passing: 0,
  warning: 1,
  critical: 2,
  maintenance: 3,
};

/** The worst of the statuses of checks; `passing` if there are none. */
export function worstOf(
  checks: Iterable<{ readonly id: string; readonly status: CheckStatus }>,
): HealthStatus {
  let worst: HealthStatus = 'passing';
  for (const { id, status } of checks) worst = worseOf(worst, countedAs(id, status));
  return worst;
}

/** What a check makes of the health of its instance. */
export function countedAs(id: string, status: CheckStatus): HealthStatus {
  return status === 'critical' && isMaintenance(id) ? 'maintenance' : status;
}

export function worseOf(a: HealthStatus, b: HealthStatus): HealthStatus {
  return severity[b] > severity[a] ? b : a;
}

/** Takes an instance out of service until an operator releases it; outlives even its deregistration. */
export const holdId = '_hold';
/**
 * Takes an instance out of service before it goes. Its heartbeat has the deadline as its lease: when that has lapsed, the
 * instance is deregistered.
 */
export const drainId = '_drain';
export const drainType = 'drain';

/** An operator has put the check there. */
export function isMaintenance(id: string): boolean {
  return (
    [nodeMaintenanceId, holdId, drainId].includes(id) || id.startsWith(serviceMaintenancePrefix)
  );
}
