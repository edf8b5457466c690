import { singleKey } from '../../src/base/key.ts';
import type { KeyRange } from '../../src/base/key.ts';
import type { LeaseId, PutRequest, RangeRequest } from '../../src/operations/index.ts';

/**
 * All keys of the clients are in this range; leases have keys of their own, which the history of calls does not
 * cover.
 */
export const clientKeys: KeyRange = { start: 'k', end: 'l' };
export const leaseKeys: KeyRange = { start: 'lease/', end: 'lease0' };
export const allKeys: KeyRange = { start: 'k', end: 'm' };

export function rangeOf(
  range: KeyRange,
  { revision = 0, limit = 0 }: { readonly revision?: number; readonly limit?: number } = {},
): RangeRequest {
  return {
    range,
    limit,
    revision,
    sortOrder: 'none',
    sortTarget: 'key',
    keysOnly: false,
    countOnly: false,
    minModRevision: 0,
    maxModRevision: 0,
    minCreateRevision: 0,
    maxCreateRevision: 0,
  };
}

export function getOf(key: string): RangeRequest {
  return rangeOf(singleKey(key));
}

export function putOf(
  key: string,
  value: string,
  {
    prevKv = false,
    lease = 0n,
    valueBytes = 0,
  }: { readonly prevKv?: boolean; readonly lease?: LeaseId; readonly valueBytes?: number } = {},
): PutRequest {
  return {
    key,
    value: valueOf(value, valueBytes),
    lease,
    prevKv,
    ignoreValue: false,
    ignoreLease: false,
  };
}

/** The bytes of a value: its text, padded with blanks to a length that depends on it, of at most so many bytes. */
export function valueOf(text: string, bytesMax: number): Uint8Array {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at);
  return Buffer.from(text.padEnd(Math.floor((bytesMax * (sum % 4)) / 3)), 'latin1');
}
