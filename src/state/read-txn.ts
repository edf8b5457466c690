import { BrokenInvariant } from '../base/assert.ts';
import type { Steps } from '../base/steps.ts';
import type { Decision } from './compare.ts';
import type { KeyStore } from './key-store.ts';
import type { ReadProgress } from './read-progress.ts';
import { readRange } from './range.ts';
import type { OperationResult, TxnRequest, TxnResult } from './requests.ts';

/** Executes a read-only transaction. All of it reads at one revision, or at those that its ranges ask for. */
export function* readTxn(
  keys: KeyStore,
  { request, decision }: { readonly request: TxnRequest; readonly decision: Decision },
  revision: number,
  progress: ReadProgress,
): Steps<TxnResult> {
  const nested = decision.nested.values();
  const results: OperationResult[] = [];
  for (const operation of decision.succeeded ? request.success : request.failure) {
    if (operation.kind === 'range') {
      const asked = operation.request.revision;
      const at = asked > 0 ? asked : revision;
      results.push(yield* readRange(keys, operation.request, at, progress));
    } else if (operation.kind === 'txn') {
      const inner = { request: operation.request, decision: nested.next().value ?? none };
      results.push(yield* readTxn(keys, inner, revision, progress));
    } else throw new BrokenInvariant(`a ${operation.kind} is no read`);
  }
  return { kind: 'txn', succeeded: decision.succeeded, results };
}

const none: Decision = { succeeded: false, nested: [] };
