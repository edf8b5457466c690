import { showAs } from './inspect.ts';
import { textOf, type Bytes, type Keys } from './bytes.ts';

/** A key with its value and where it stands in history. */
export class KeyValue {
  static {
    showAs(this, 'KeyValue', (one: KeyValue) => {
      const { createRevision, modRevision, version, lease } = one;
      const key = readable(one.keyBytes);
      const value = readable(one.valueBytes);
      return { key, value, createRevision, modRevision, version, lease };
    });
  }

  readonly keyBytes: Uint8Array;
  readonly valueBytes: Uint8Array;
  /** The revision that created the key; a delete in between starts it anew. */
  readonly createRevision: number;
  /** The revision that last changed it. */
  readonly modRevision: number;
  /** The number of puts since it was created; 1 for a new key. */
  readonly version: number;
  /** The lease it lapses with; 0n for none. */
  readonly lease: bigint;

  /** @internal Made by the client. */
  constructor(fields: {
    keyBytes: Uint8Array;
    valueBytes: Uint8Array;
    createRevision: number;
    modRevision: number;
    version: number;
    lease: bigint;
  }) {
    this.keyBytes = fields.keyBytes;
    this.valueBytes = fields.valueBytes;
    this.createRevision = fields.createRevision;
    this.modRevision = fields.modRevision;
    this.version = fields.version;
    this.lease = fields.lease;
  }

  /** The key as text. */
  get key(): string {
    return textOf(this.keyBytes);
  }

  /** The value as text. */
  get value(): string {
    return textOf(this.valueBytes);
  }

  /** The form for `JSON.stringify`; the lease as text in hexadecimal, since JSON has no integers of 64 bits. */
  toJSON(): Record<string, unknown> {
    const { key, value, createRevision, modRevision, version, lease } = this;
    return { key, value, createRevision, modRevision, version, lease: lease.toString(16) };
  }
}

function readable(bytes: Uint8Array): string | Uint8Array {
  const text = textOf(bytes);
  return text.includes('\uFFFD') ? bytes : text;
}

/** Options of a read. */
export interface RangeOptions {
  /** Read as of this revision instead of now. */
  readonly revision?: number;
  /** At most this many keys. */
  readonly limit?: number;
  readonly sortBy?: 'key' | 'version' | 'create-revision' | 'mod-revision' | 'value';
  readonly order?: 'ascending' | 'descending';
  /** Without the values. */
  readonly keysOnly?: boolean;
  /** Only the number of keys. */
  readonly countOnly?: boolean;
  /** The state of the member that is asked, without confirmation by the others: faster, possibly out of date. */
  readonly serializable?: boolean;
  readonly modRevisionMin?: number;
  readonly modRevisionMax?: number;
  readonly createRevisionMin?: number;
  readonly createRevisionMax?: number;
}

/** The result of a read. */
export interface RangeResult {
  readonly kvs: readonly KeyValue[];
  /** The number of keys in the range, without regard to limit and filters. */
  readonly count: number;
  /** True if the limit cut the answer short. */
  readonly more: boolean;
  /** The revision of the store when it was read. Watch from the next one to miss nothing. */
  readonly revision: number;
}

/** Options of a put. */
export interface PutOptions {
  /** The key goes when this lease goes. */
  readonly lease?: bigint;
  /** Also give what was there before. */
  readonly prevKv?: boolean;
  /** Keep the value, change only the lease. */
  readonly ignoreValue?: boolean;
  /** Keep the lease, change only the value. */
  readonly ignoreLease?: boolean;
}

/** The result of a put. */
export interface PutResult {
  readonly revision: number;
  /** With `prevKv`: what was there before, if anything was. */
  readonly prevKv: KeyValue | undefined;
}

/** Options of a deletion. */
export interface DeleteOptions {
  /** Also give what was there before. */
  readonly prevKv?: boolean;
}

/** The result of a deletion. */
export interface DeleteResult {
  readonly revision: number;
  /** The number of keys that were deleted. */
  readonly deleted: number;
  /** With `prevKv`: what was there before. */
  readonly prevKvs: readonly KeyValue[];
}

/** One step of a transaction; make it with {@link op}. */
export type Op =
  | {
      readonly kind: 'put';
      readonly key: Bytes;
      readonly value: Bytes;
      readonly options: PutOptions;
    }
  | { readonly kind: 'get'; readonly keys: Keys; readonly options: RangeOptions }
  | { readonly kind: 'delete'; readonly keys: Keys; readonly options: DeleteOptions }
  | {
      readonly kind: 'txn';
      readonly compares: readonly Compare[];
      readonly success: readonly Op[];
      readonly failure: readonly Op[];
    };

/** A condition for the first branch of a transaction; made by {@link compare}. */
export interface Compare {
  readonly keys: Keys;
  readonly target: 'value' | 'version' | 'create-revision' | 'mod-revision' | 'lease';
  readonly sign: CompareSign;
  readonly operand: Bytes | number | bigint;
}

export type CompareSign = '=' | '!=' | '<' | '>';

/** The result of one step of a transaction. */
export type OpResult =
  | ({ readonly kind: 'put' } & PutResult)
  | ({ readonly kind: 'get' } & RangeResult)
  | ({ readonly kind: 'delete' } & DeleteResult)
  | ({ readonly kind: 'txn' } & TxnResult);

/** The result of a transaction. */
export interface TxnResult {
  /** True if every comparison held, and so the first branch ran. */
  readonly succeeded: boolean;
  /** The revision of the store afterwards; all writes of the transaction share it. */
  readonly revision: number;
  /** One for each step of the branch that ran, in its order. */
  readonly results: readonly OpResult[];
}
