import { millisecondsOf, parseDuration } from '../../../base/go-duration.ts';
import { badRequest, failed } from './refusals.ts';

/** How fresh an answer has to be. */
export type Mode = 'default' | 'consistent' | 'stale';

/** The parameters that all queries have. */
export interface Query {
  readonly parameters: URLSearchParams;
  readonly mode: Mode;
  /** The caller has seen the answer at this index, and waits for a newer one; 0: it does not wait. */
  readonly index: number;
  /** The caller has seen the answer with this hash, and waits for another one. */
  readonly hash: string;
  /** How long it waits at most. */
  readonly waitMs: number;
  /** It may be answered from a cache; ours is never older than the state, so every answer is a hit. */
  readonly cached: boolean;
}

const waitDefaultMs = 300_000;
const waitMaxMs = 600_000;

/**
 * Reads and checks the parameters of a query, in Consul's order. `leaderContactMs`: how long ago this member heard of the
 * leader. If that is longer than the caller takes a stale answer for, it gets none.
 */
export function queryOf(
  parameters: URLSearchParams,
  cacheControl: string | undefined,
  leaderContactMs: () => number,
): Query {
  const mode = modeOf(parameters);
  const cached = parameters.has('cached');
  if (cached && mode === 'consistent') {
    throw badRequest('Cannot specify ?cached with ?consistent, conflicting semantics.');
  }
  checkCacheControl(cacheControl);
  const maxStaleMs = maxStaleOf(parameters);
  const isTooOld = maxStaleMs > 0 && leaderContactMs() > maxStaleMs;
  return {
    parameters,
    mode: mode === 'stale' && isTooOld ? 'default' : mode,
    cached,
    waitMs: waitOf(parameters),
    index: indexOf(parameters),
    hash: parameters.get('hash') ?? '',
  };
}

/** The same for calls about this member: what cannot be read does not count. */
export function looseQueryOf(parameters: URLSearchParams): Query {
  const nanoseconds = parseDuration(parameters.get('wait') ?? '');
  const ms = nanoseconds === undefined ? 0 : millisecondsOf(nanoseconds);
  return {
    parameters,
    mode: 'default',
    cached: false,
    waitMs: ms <= 0 ? waitDefaultMs : Math.min(ms, waitMaxMs),
    index: 0,
    hash: parameters.get('hash') ?? '',
  };
}

function modeOf(parameters: URLSearchParams): Mode {
  const stale = parameters.has('stale');
  const consistent = parameters.has('consistent');
  const leader = parameters.has('leader');
  if (stale && consistent) {
    throw badRequest('Cannot specify ?stale with ?consistent, conflicting semantics.');
  }
  if (stale && leader) {
    throw badRequest('Cannot specify ?stale with ?leader, conflicting semantics.');
  }
  if (consistent && leader) {
    throw badRequest('Cannot specify ?consistent with ?leader, conflicting semantics.');
  }
  if (stale) return 'stale';
  return consistent ? 'consistent' : 'default';
}

/** 0: however old. */
function maxStaleOf(parameters: URLSearchParams): number {
  const given = parameters.get('max_stale') ?? '';
  if (given === '') return 0;
  const nanoseconds = parseDuration(given);
  if (nanoseconds === undefined) throw badRequest(`Invalid max_stale value "${given}"`);
  return millisecondsOf(nanoseconds);
}

function waitOf(parameters: URLSearchParams): number {
  const wait = parameters.get('wait') ?? '';
  if (wait === '') return waitDefaultMs;
  const nanoseconds = parseDuration(wait);
  if (nanoseconds === undefined) throw badRequest('Invalid wait time');
  const ms = millisecondsOf(nanoseconds);
  return ms <= 0 ? waitDefaultMs : Math.min(ms, waitMaxMs);
}

function indexOf(parameters: URLSearchParams): number {
  const index = parameters.get('index') ?? '';
  if (index === '') return 0;
  if (!/^\d{1,20}$/.test(index) || BigInt(index) >= 2n ** 64n) throw badRequest('Invalid index');
  return Number(index);
}

const directive =
  /^\s*(?:(?:max-age|stale-if-error)=\d{1,10}|(?!max-age\b|stale-if-error\b)[^=,]+(?:=[^,]*)?)?\s*$/i;

function checkCacheControl(header: string | undefined): void {
  if (header === undefined || header.split(',').every((part) => directive.test(part))) return;
  throw badRequest('Invalid Cache-Control header.');
}

/** Refuses a datacenter that is not this one: there is no other. The long name of the parameter wins, as in Consul. */
export function checkDatacenter(parameters: URLSearchParams, own: string): void {
  const named = parameters.get('datacenter') ?? '';
  const asked = named === '' ? (parameters.get('dc') ?? '') : named;
  if (asked !== '' && asked.toLowerCase() !== own) throw failed('No path to datacenter');
}

/** Refuses what only Consul's paid edition has, but for the names under which it has what everybody has. */
export function checkTenancy(
  parameters: URLSearchParams,
  { takesNamespace }: { readonly takesNamespace: boolean },
): void {
  for (const [name, feature] of [
    ['ns', 'Namespaces are'],
    ['partition', 'Partitions are'],
  ] as const) {
    if (takesNamespace && name === 'ns') continue;
    const given = parameters.get(name) ?? '';
    if (given === '' || given === 'default') continue;
    throw badRequest(`Invalid query parameter: "${name}" - ${feature} a Consul Enterprise feature`);
  }
}

/** The token of a request: `?token`, `X-Consul-Token`, `Authorization: Bearer`, the first that is there. */
export function tokenOf(
  parameters: URLSearchParams,
  headers: { readonly [name: string]: string | readonly string[] | undefined },
): string {
  const asked = parameters.get('token') ?? '';
  if (asked !== '') return asked;
  const own = headers['x-consul-token'];
  if (typeof own === 'string' && own !== '') return own;
  const { authorization } = headers;
  const [, bearer = ''] =
    typeof authorization === 'string' ? (/^Bearer\s+(\S+)$/i.exec(authorization) ?? []) : [];
  return bearer;
}

/** The text of a uint64 parameter, exact; Consul refuses others with 500 and Go's text. */
export function uint64Parameter(text: string): bigint {
  if (!/^\d+$/.test(text)) throw failed(`strconv.ParseUint: parsing "${text}": invalid syntax`);
  const value = text.length > 20 ? 2n ** 64n : BigInt(text);
  if (value < 2n ** 64n) return value;
  throw failed(`strconv.ParseUint: parsing "${text}": value out of range`);
}

/** A boolean as Go reads it. Undefined: it is none. */
export function booleanOf(text: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}
