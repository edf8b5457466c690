/** One step of a call; a call of one step, or a part of a transaction. */
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

/** What an answer showed of a key; numbers that were not told, or are not to be judged, are left out. */
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
  /** The revision of the store after the call, as its header told. */
  readonly revision?: number;
  /** Of a transaction: whether its compares held. */
  readonly succeeded?: boolean;
  /** One for each step that ran. */
  readonly results: readonly StepResult[];
}

/**
 * A call and what came of it. Calls that certainly had no effect (refused, never sent) do not belong into a history.
 * Times are of one clock for all clients, in any unit; calls that touch (`a.returnedAt === b.invokedAt`) are concurrent.
 */
export interface HistoryOperation {
  readonly id: number;
  readonly client: number | string;
  readonly call: Call;
  readonly outcome: Outcome | 'unknown';
  readonly invokedAt: number;
  /** Of an unknown outcome: when the client gave up, which binds nothing. */
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

/** Whether an answer tells that the call changed something, and so made a revision. */
export function changedSomething(outcome: Outcome): boolean {
  return outcome.results.some(
    (result) => result.kind === 'put' || (result.kind === 'delete' && result.deleted > 0),
  );
}

/**
 * Without the writes of unknown outcome of which somebody who sees every write says that they did not happen. Deletes
 * leave no value behind that would tell whose they were, so they stay.
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
