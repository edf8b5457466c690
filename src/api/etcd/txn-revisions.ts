import type { OperationResult, TxnResult } from '../../operations/index.ts';

/**
 * The revision that each operation of a transaction tells, asked for in their order. All writes are one revision; what
 * comes before the first write still sees the one before.
 */
export class TxnRevisions {
  readonly #end: number;
  #now: number;

  /** `revision`: of the store after the transaction. */
  constructor(result: TxnResult, revision: number) {
    this.#end = revision;
    this.#now = writes(result) ? revision - 1 : revision;
  }

  /** Of the next operation that is no transaction itself. */
  next(result: OperationResult): number {
    if (writes(result)) this.#now = this.#end;
    return this.#now;
  }
}

function writes(result: OperationResult): boolean {
  if (result.kind === 'txn') return result.results.some(writes);
  return result.kind === 'put' || (result.kind === 'delete-range' && result.deleted > 0);
}
