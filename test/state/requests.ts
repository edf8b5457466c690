import { prefixRange, singleKey } from '../../src/base/key.ts';
import type { KeyRange } from '../../src/base/key.ts';
import type {
  Command,
  Compare,
  LeaseId,
  Operation,
  PutRequest,
  RangeRequest,
} from '../../src/state/index.ts';

/** Requests with defaults, for all tests. */

export function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

export const one: (key: string) => KeyRange = singleKey;

export const everything: KeyRange = prefixRange('');

export function putRequest(
  key: string,
  value: string,
  options: Partial<Omit<PutRequest, 'key' | 'value'>> = {},
): PutRequest {
  const usual = { lease: 0n, prevKv: false, ignoreValue: false, ignoreLease: false };
  return { key, value: bytes(value), ...usual, ...options };
}

export function rangeRequest(range: KeyRange, options: Partial<RangeRequest> = {}): RangeRequest {
  return {
    range,
    limit: 0,
    revision: 0,
    sortOrder: 'none',
    sortTarget: 'key',
    keysOnly: false,
    countOnly: false,
    minModRevision: 0,
    maxModRevision: 0,
    minCreateRevision: 0,
    maxCreateRevision: 0,
    ...options,
  };
}

export function put(
  ...args: Parameters<typeof putRequest>
): Command & Operation & { readonly kind: 'put' } {
  return { kind: 'put', request: putRequest(...args) };
}

export function get(...args: Parameters<typeof rangeRequest>): Operation {
  return { kind: 'range', request: rangeRequest(...args) };
}

export function del(
  range: KeyRange,
  prevKv = false,
): Command & Operation & { readonly kind: 'delete-range' } {
  return { kind: 'delete-range', request: { range, prevKv } };
}

export function txn(
  compares: readonly Compare[],
  success: readonly Operation[],
  failure: readonly Operation[] = [],
): Command & Operation & { readonly kind: 'txn' } {
  return { kind: 'txn', request: { compares, success, failure } };
}

export function grant(id: LeaseId, ttlSeconds = 60): Command {
  return { kind: 'lease-grant', id, ttlSeconds };
}

export function revoke(id: LeaseId): Command {
  return { kind: 'lease-revoke', id };
}

export function compact(revision: number): Command {
  return { kind: 'compact', revision };
}
