import { singleKey } from '../base/key.ts';
import type { Key } from '../base/key.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Operation, Operations, TxnRequest } from '../operations/index.ts';
import { encodeCheck, withStatus } from './check.ts';
import type { Verdict } from './check-judge.ts';
import { checksCaller } from './check-presence.ts';
import type { RunRequest } from './check-runs.ts';
import { keyOfCheck } from './keys.ts';
import { recordOf } from './views.ts';
import type { Check } from './views.ts';

/** What is to be written of a check. */
export interface CheckWrite {
  /** The check that it was decided on: nothing is written if its key has changed meanwhile. */
  readonly check: Check;
  readonly verdict: Verdict;
  /** The request to run it, which is answered by this; undefined: nobody asked. */
  readonly run: RunRequest | undefined;
  /** It is written; or not, and should be decided anew. */
  readonly done: (isWritten: boolean) => void;
}

/** Operations of one write: itself, status, output, and the removal of the request with its own transaction. */
const operationsPerWrite = 5;

/**
 * Writes what was decided about checks. Those of one turn, or that come while a transaction is under way, share one
 * transaction, in which each stands for itself.
 */
export class CheckWriter {
  readonly #operations: Operations;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #writesMax: number;
  readonly #wallTimeMs: () => number;
  /** By key of the check; a newer decision replaces one that was not sent yet. */
  #waiting = new Map<Key, CheckWrite>();
  #isDue = false;
  #underWay = false;

  constructor(
    operations: Operations,
    clock: Clock,
    logger: Logger,
    { maxTxnOps, wallTimeMs }: { readonly maxTxnOps: number; readonly wallTimeMs: () => number },
  ) {
    this.#operations = operations;
    this.#clock = clock;
    this.#logger = logger;
    this.#wallTimeMs = wallTimeMs;
    this.#writesMax = Math.max(1, Math.floor(maxTxnOps / operationsPerWrite));
  }

  write(write: CheckWrite): void {
    const { key } = write.check;
    this.#waiting.get(key)?.done(false);
    this.#waiting.set(key, write);
    this.#sendSoon();
  }

  #sendSoon(): void {
    if (this.#isDue || this.#underWay || this.#waiting.size === 0) return;
    this.#isDue = true;
    this.#clock.endOfTurn(() => {
      this.#isDue = false;
      void this.#sendOne();
    });
  }

  async #sendOne(): Promise<void> {
    this.#underWay = true;
    await this.#send();
    this.#underWay = false;
    this.#sendSoon();
  }

  async #send(): Promise<void> {
    const batch = [...this.#waiting.values()].slice(0, this.#writesMax);
    for (const { check } of batch) this.#waiting.delete(check.key);
    const nowMs = this.#wallTimeMs();
    const success = batch.map((write) => ({ kind: 'txn', request: txnOf(write, nowMs) }) as const);
    try {
      const { results } = await this.#operations.txn(
        { compares: [], success, failure: [], serializable: false },
        { caller: checksCaller },
      );
      for (const [at, { done }] of batch.entries()) {
        const result = results[at];
        done(result?.kind === 'txn' && result.succeeded);
      }
    } catch (error) {
      // A write of unknown fate is decided anew as well: if it took effect, there is nothing left to write.
      this.#logger.debug('failed to write statuses of checks', {
        checks: batch.length,
        error: String(error),
      });
      for (const { done } of batch) done(false);
    }
  }
}

function txnOf({ check, verdict, run }: CheckWrite, nowMs: number): TxnRequest {
  const { key, modRevision, subject, id } = check;
  const { status, output } = verdict;
  const success: Operation[] = [];
  if (status !== check.saidStatus) {
    success.push(put(key, encodeCheck(withStatus(recordOf(check), status, nowMs))));
  }
  if (output !== check.output) {
    success.push(put(keyOfCheck('outputs', subject, id), Buffer.from(output)));
  }
  if (run !== undefined) {
    const removal: TxnRequest = {
      // A newer request wants another run.
      compares: [atRevision(run.key, run.modRevision)],
      success: [{ kind: 'delete-range', request: { range: singleKey(run.key), prevKv: false } }],
      failure: [],
    };
    success.push({ kind: 'txn', request: removal });
  }
  return { compares: [atRevision(key, modRevision)], success, failure: [] };
}

function atRevision(key: Key, value: number): TxnRequest['compares'][number] {
  return { range: singleKey(key), result: 'equal', against: { target: 'mod', value } };
}

function put(key: Key, value: Uint8Array): Operation {
  const request = { key, value, lease: 0n, prevKv: false, ignoreValue: false, ignoreLease: false };
  return { kind: 'put', request };
}
