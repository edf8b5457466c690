import type { Bytes, Keys } from './bytes.ts';
import type { CallOptions } from './options.ts';
import { RollcallError } from './errors.ts';
import type {
  Compare,
  CompareSign,
  DeleteOptions,
  Op,
  PutOptions,
  RangeOptions,
  TxnResult,
} from './key-value.ts';

/**
 * Comparisons for {@link Txn.if}. Given a range (`{ prefix }`), every key in it must satisfy the comparison.
 *
 * @example
 * compare.missing('/lock'); // it is free
 * compare.modRevision('/config', '=', seen.modRevision); // unchanged since I read it
 * compare.value({ prefix: '/flags/' }, '!=', 'off');
 */
export const compare = {
  /** The value itself, byte by byte. Never true for a key that is not there. */
  value: (keys: Keys, sign: CompareSign, operand: Bytes): Compare => ({
    keys,
    target: 'value',
    sign,
    operand,
  }),
  /** The number of puts since the key was created; 0 if it is not there. */
  version: (keys: Keys, sign: CompareSign, operand: number): Compare => ({
    keys,
    target: 'version',
    sign,
    operand,
  }),
  /** The revision that created the key; 0 if it is not there. */
  createRevision: (keys: Keys, sign: CompareSign, operand: number): Compare => ({
    keys,
    target: 'create-revision',
    sign,
    operand,
  }),
  /** The revision that last changed the key; 0 if it is not there. */
  modRevision: (keys: Keys, sign: CompareSign, operand: number): Compare => ({
    keys,
    target: 'mod-revision',
    sign,
    operand,
  }),
  /** The lease the key is attached to; 0n for none. */
  lease: (keys: Keys, sign: CompareSign, operand: bigint): Compare => ({
    keys,
    target: 'lease',
    sign,
    operand,
  }),
  /** The key is there. */
  exists: (key: Bytes): Compare => compare.createRevision(key, '>', 0),
  /** The key is not there. */
  missing: (key: Bytes): Compare => compare.createRevision(key, '=', 0),
} as const;

/**
 * Steps for {@link Txn.do} and {@link Txn.else}.
 *
 * @example
 * op.put('/config', 'new', { prevKv: true });
 * op.get({ prefix: '/config/' }, { limit: 10 });
 * op.delete({ prefix: '/old/' });
 */
export const op = {
  put: (key: Bytes, value: Bytes, options: PutOptions = {}): Op => ({
    kind: 'put',
    key,
    value,
    options,
  }),
  get: (keys: Keys, options: RangeOptions = {}): Op => ({ kind: 'get', keys, options }),
  delete: (keys: Keys, options: DeleteOptions = {}): Op => ({ kind: 'delete', keys, options }),
  /** A transaction within the transaction. */
  txn: (compares: readonly Compare[], success: readonly Op[], failure: readonly Op[] = []): Op => ({
    kind: 'txn',
    compares,
    success,
    failure,
  }),
} as const;

/** A whole transaction, ready to send. */
export interface TxnPlan {
  readonly compares: readonly Compare[];
  readonly success: readonly Op[];
  readonly failure: readonly Op[];
}

/**
 * Builds a transaction: compare and act in one indivisible step, at one revision. Made by {@link Rollcall.txn}.
 *
 * The branch for success is called `do`, not `then`: JavaScript's `await` takes an object with a method `then` for a
 * promise.
 *
 * @example
 * const { succeeded, results } = await client
 *   .txn()
 *   .if(compare.missing('/leader'))
 *   .do(op.put('/leader', 'me'))
 *   .else(op.get('/leader'))
 *   .commit();
 */
export class Txn {
  readonly #send: (plan: TxnPlan, options?: CallOptions) => Promise<TxnResult>;
  readonly #compares: Compare[] = [];
  readonly #success: Op[] = [];
  readonly #failure: Op[] = [];
  #committed = false;

  /** @internal Made by {@link Rollcall.txn}. */
  constructor(send: (plan: TxnPlan, options?: CallOptions) => Promise<TxnResult>) {
    this.#send = send;
  }

  /** Adds comparisons, all of which must hold. Without any, the transaction succeeds. */
  if(...compares: readonly Compare[]): this {
    this.#compares.push(...compares);
    return this;
  }

  /** Adds steps that are done if all comparisons hold. */
  do(...ops: readonly Op[]): this {
    this.#success.push(...ops);
    return this;
  }

  /** Adds steps that are done otherwise. */
  else(...ops: readonly Op[]): this {
    this.#failure.push(...ops);
    return this;
  }

  /** Sends it. A transaction that was committed once cannot be committed again. */
  async commit(options?: CallOptions): Promise<TxnResult> {
    if (this.#committed) {
      throw new RollcallError('invalid-request', 'this transaction was already committed');
    }
    this.#committed = true;
    const plan = { compares: this.#compares, success: this.#success, failure: this.#failure };
    return await this.#send(plan, options);
  }
}
