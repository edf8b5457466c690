/** Of requests and of the data; `docs/limits.md` says what they are for. */
export interface Limits {
  /** Bytes of one encoded command. */
  readonly maxRequestBytes: number;
  /** Compares, or operations of one branch, of a transaction, nested ones included. */
  readonly maxTxnOps: number;
  /** Bytes of data in the state. Infinity: no quota. */
  readonly quotaBytes: number;
}
