import type { Key, KeyRange } from '../base/key.ts';
import type { KeyValue, LeaseId } from './key-value.ts';

export type SortTarget = 'key' | 'version' | 'create' | 'mod' | 'value';
export type SortOrder = 'none' | 'ascend' | 'descend';

export interface RangeRequest {
  readonly range: KeyRange;
  /** 0: all. */
  readonly limit: number;
  /** 0 or less: the newest. */
  readonly revision: number;
  readonly sortOrder: SortOrder;
  readonly sortTarget: SortTarget;
  readonly keysOnly: boolean;
  readonly countOnly: boolean;
  /** 0: no bound. All four are inclusive. */
  readonly minModRevision: number;
  readonly maxModRevision: number;
  readonly minCreateRevision: number;
  readonly maxCreateRevision: number;
}

export interface RangeResult {
  readonly kind: 'range';
  /** The first key-values, encoded; only for a long read that packs them. */
  readonly parts?: readonly Uint8Array[];
  /** The key-values after `parts`. */
  readonly kvs: readonly KeyValue[];
  /** True if there are more keys than `limit`. */
  readonly more: boolean;
  /** The number of keys in the range at that revision, regardless of limit and filters. */
  readonly count: number;
}

export interface PutRequest {
  readonly key: Key;
  readonly value: Uint8Array;
  readonly lease: LeaseId;
  readonly prevKv: boolean;
  /** Keep the key's current value; the key must exist. */
  readonly ignoreValue: boolean;
  /** Keep the key's current lease; the key must exist. */
  readonly ignoreLease: boolean;
}

export interface PutResult {
  readonly kind: 'put';
  readonly previous: KeyValue | undefined;
}

export interface DeleteRangeRequest {
  readonly range: KeyRange;
  readonly prevKv: boolean;
}

export interface DeleteRangeResult {
  readonly kind: 'delete-range';
  readonly deleted: number;
  readonly previous: readonly KeyValue[];
}

/** True if it holds for every key in `range`; see docs/compatibility.md for ranges without a key. */
export interface Compare {
  readonly range: KeyRange;
  readonly result: 'equal' | 'greater' | 'less' | 'not-equal';
  readonly against:
    | { readonly target: 'version'; readonly value: number }
    | { readonly target: 'create'; readonly value: number }
    | { readonly target: 'mod'; readonly value: number }
    | { readonly target: 'lease'; readonly value: LeaseId }
    | { readonly target: 'value'; readonly value: Uint8Array };
}

export type Operation =
  | { readonly kind: 'range'; readonly request: RangeRequest }
  | { readonly kind: 'put'; readonly request: PutRequest }
  | { readonly kind: 'delete-range'; readonly request: DeleteRangeRequest }
  | { readonly kind: 'txn'; readonly request: TxnRequest };

export interface TxnRequest {
  readonly compares: readonly Compare[];
  readonly success: readonly Operation[];
  readonly failure: readonly Operation[];
}

export interface TxnResult {
  readonly kind: 'txn';
  readonly succeeded: boolean;
  readonly results: readonly OperationResult[];
}

export type OperationResult = RangeResult | PutResult | DeleteRangeResult | TxnResult;
