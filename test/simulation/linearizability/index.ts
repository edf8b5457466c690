/**
 * Judges a history of calls on a key-value store: is there one order, in keeping with real time, in which a store without
 * any concurrency would have given the same answers (linearizability)?
 *
 * The search is Wing and Gong's with Lowe's memory of what was already tried. Revisions in the answers fix the order of
 * nearly everything, which makes it linear for ordinary histories; they are claims to be checked, though, and a wrong one
 * is found. Calls whose outcome nobody knows may have happened at any time after they were sent, or never.
 *
 * Left out on purpose: leases (a key that lapses is a delete of unknown outcome to this model), ranges (a read of several
 * keys is a transaction of gets), and watches. A serializable read, or one of an old revision, is judged by giving it the
 * revision it claims to show and `invokedAt: 0`: then only the order of revisions binds it.
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
