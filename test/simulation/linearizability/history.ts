/** One operation: a whole call, or a part of a transaction. */
export type Step =
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'delete'; readonly key: string };

/** As in etcd, an absent key has 0 for every number, and no compare of its value holds. */
export interface Compare {
  readonly key: string;
  readonly target: 'value' | 'mod' | 'create' | 'version';
  readonly result: 'equal' | 'not-equal' | 'greater' | 'less';
  readonly against: string | number;
}

export type Call =
  | Step
  | {
      readonly kind: 'txn';
      readonly compares: readonly Compare[];
      readonly success: readonly Step[];
      readonly failure: readonly Step[];
    };

/** A key as an answer showed it; numbers that were not in it, or must not be checked, are left out. */
export interface Found {
  readonly value: string;
  readonly modRevision?: number;
  readonly createRevision?: number;
  readonly version?: number;
}

/** `null`: the key was not there. `previous` left out: not asked for. */
export type StepResult =
  | { readonly kind: 'put'; readonly previous?: Found | null }
  | { readonly kind: 'get'; readonly found: Found | null }
  | { readonly kind: 'delete'; readonly deleted: number; readonly previous?: Found | null };

/** An answer. */
export interface Outcome {
  /** The revision in the header of the answer. */
  readonly revision?: number;
  /** For a transaction: whether its compares held. */
  readonly succeeded?: boolean;
  /** One for each step that ran. */
  readonly results: readonly StepResult[];
}

/**
 * A call and its outcome. Calls that had no effect for sure (refused, never sent) do not belong into a history. All
 * times are of one clock, in any unit; calls that touch (`a.returnedAt === b.invokedAt`) are concurrent.
 */
export interface HistoryOperation {
  readonly id: number;
  readonly client: number | string;
  readonly call: Call;
  readonly outcome: Outcome | 'unknown';
  readonly invokedAt: number;
  /** For an unknown outcome: when the client gave up, which constrains nothing. */
  readonly returnedAt: number;
}

/** Every step that a call may run. */
export function stepsOf(call: Call): readonly Step[] {
  return call.kind === 'txn' ? [...call.success, ...call.failure] : [call];
}

/** Every key that a call may read or write. */
export function keysOf(call: Call): readonly string[] {
  const keys = new Set(stepsOf(call).map(({ key }) => key));
  if (call.kind === 'txn') for (const { key } of call.compares) keys.add(key);
  return [...keys];
}

/** The steps that ran, given which way the transaction went. */
export function branchOf(call: Call, succeeded: boolean): readonly Step[] {
  if (call.kind !== 'txn') return [call];
  return succeeded ? call.success : call.failure;
}

/** True if the answer shows that the call made a revision. */
export function changedSomething(outcome: Outcome): boolean {
  return outcome.results.some(
    (result) => result.kind === 'put' || (result.kind === 'delete' && result.deleted > 0),
  );
}

/**
 * Removes the writes of unknown outcome that did not happen, according to an observer that sees every write. Deletes
 * stay: they leave no value that tells whose they were.
 */
export function withoutWhatNeverHappened<T extends HistoryOperation>(
  history: readonly T[],
  wasWritten: (key: string, value: string) => boolean,
): T[] {
  return history.filter(({ call, outcome }) => {
    if (outcome !== 'unknown') return true;
    return stepsOf(call).some(
      (step) => step.kind === 'delete' || (step.kind === 'put' && wasWritten(step.key, step.value)),
    );
  });
}
