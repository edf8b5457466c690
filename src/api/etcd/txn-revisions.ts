import type { OperationResult, TxnResult } from '../../operations/index.ts';

/**
 * The revision in the response of each operation of a transaction, asked for in their order. All writes have one revision;
 * operations before the first write still see the revision before it.
 */
export class TxnRevisions {
  readonly #end: number;
  #now: number;

  /** `revision` is that of the store after the transaction. */
  constructor(result: TxnResult, revision: number) {
    this.#end = revision;
    this.#now = writes(result) ? revision - 1 : revision;
  }

  /** The revision for the next operation that is no transaction itself. */
  next(result: OperationResult): number {
    if (writes(result)) this.#now = this.#end;
    return this.#now;
  }
}

function writes(result: OperationResult): boolean {
  if (result.kind === 'txn') return result.results.some(writes);
  return result.kind === 'put' || (result.kind === 'delete-range' && result.deleted > 0);
}
