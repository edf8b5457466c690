/**
 * Checks the history of calls on a key-value store: is there one order, consistent with real time, in which a
 * sequential store would have given the same answers (linearizability)?
 *
 * The search is Wing and Gong's with Lowe's cache of visited states. Revisions in the answers fix the order of nearly
 * everything, so it is linear for ordinary histories; they are claims to be checked, though, and a wrong one is
 * found. Calls of unknown outcome may have happened at any time after they were sent, or never.
 *
 * Not here: leases (an expired key is a delete of unknown outcome to this model), ranges (a read of several keys is a
 * transaction of gets), and watches. A serializable read, or one of an old revision, is checked by giving it the
 * revision that it claims to show and `invokedAt: 0`: then only the order of revisions constrains it.
 */
export { checkLinearizable } from './check.ts';
export type { CheckOptions, Verdict } from './check.ts';
export type {
  Call,
  Compare,
  Found,
  HistoryOperation,
  Outcome,
  Step,
  StepResult,
} from './history.ts';
export { stepsOf, withoutWhatNeverHappened } from './history.ts';
export { describeOperation } from './describe.ts';
export { SequentialStore } from './sequential-store.ts';
