import {
  array,
  assert as assertThat,
  boolean,
  constant as always,
  constantFrom,
  nat,
  oneof,
  property,
  record as shape,
  uniqueArray,
} from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import { checkLinearizable, SequentialStore } from './index.ts';
import type { Call, Compare, Found, HistoryOperation, Outcome, Step, StepResult } from './index.ts';
import { changedSomething } from './history.ts';

const keys = ['a', 'b', 'c'];
const key = constantFrom(...keys);
const step: Arbitrary<Step> = oneof(
  shape({ kind: always('put' as const), key, value: constantFrom('1', '2') }),
  shape({ kind: always('get' as const), key }),
  shape({ kind: always('delete' as const), key }),
);
/** As in etcd, a transaction writes no key twice. */
const branch = uniqueArray(step, { maxLength: 3, selector: (each) => each.key });
const compare: Arbitrary<Compare> = oneof(
  shape({
    key,
    target: always('value' as const),
    result: constantFrom('equal' as const, 'not-equal' as const),
    against: constantFrom('1', '2'),
  }),
  shape({
    key,
    target: constantFrom('mod' as const, 'create' as const, 'version' as const),
    result: constantFrom('equal' as const, 'greater' as const, 'less' as const),
    against: nat(4),
  }),
);
const txn = shape({
  kind: always('txn' as const),
  compares: array(compare, { maxLength: 2 }),
  success: branch,
  failure: branch,
});
const call: Arbitrary<Call> = oneof({ weight: 3, arbitrary: step }, { weight: 1, arbitrary: txn });

/** The fate of a call: answered; or not, and then it happened in time, later, or never. */
const fate = oneof(
  { weight: 9, arbitrary: always('answered' as const) },
  { weight: 2, arbitrary: constantFrom('lost' as const, 'late' as const, 'never' as const) },
);
const plan = shape({ client: nat(6), call, fate, early: nat(9), long: nat(60) });
type Plan = typeof plan extends Arbitrary<infer T> ? T : never;

/** Runs calls one after the other, and extends each around the moment at which it happened. */
function record(
  plans: readonly Plan[],
  { uniqueValues }: { uniqueValues: boolean },
): HistoryOperation[] {
  const store = new SequentialStore();
  const history: HistoryOperation[] = [];
  const freeAt = new Map<number, number>();
  let later: Call[] = [];
  for (const [id, { client, fate: how, early, long, call: planned }] of plans.entries()) {
    const happensAt = 10 * (id + 1);
    const asked = uniqueValues ? withValue(planned, `v${id}`) : planned;
    const invokedAt = Math.max(happensAt - early, freeAt.get(client) ?? 0);
    if (invokedAt > happensAt) continue;
    const returnedAt = happensAt + long;
    freeAt.set(client, returnedAt + 1);
    if (how === 'late') later.push(asked);
    const outcome = how === 'answered' || how === 'lost' ? store.run(asked) : undefined;
    const told = how === 'answered' && outcome !== undefined ? outcome : 'unknown';
    history.push({ id, client, call: asked, outcome: told, invokedAt, returnedAt });
    if (later.length < 3) continue;
    for (const late of later) store.run(late);
    later = [];
  }
  return history;
}

function withValue(asked: Call, value: string): Call {
  const change = (each: Step): Step => (each.kind === 'put' ? { ...each, value } : each);
  if (asked.kind !== 'txn') return change(asked);
  return { ...asked, success: asked.success.map(change), failure: asked.failure.map(change) };
}

function valueOnly(found: Found | null | undefined): Found | null | undefined {
  return found === null || found === undefined ? found : { value: found.value };
}

function withoutNumbersIn(result: StepResult): StepResult {
  if (result.kind === 'get') return { kind: 'get', found: valueOnly(result.found) ?? null };
  const previous = valueOnly(result.previous);
  return { ...result, ...(previous !== undefined && { previous }) };
}

/** Leaves out what an answer may not have shown. */
function withoutNumbers(history: readonly HistoryOperation[]): HistoryOperation[] {
  return history.map((operation) => {
    if (operation.outcome === 'unknown') return operation;
    const { revision: _, ...outcome } = operation.outcome;
    return {
      ...operation,
      outcome: { ...outcome, results: outcome.results.map(withoutNumbersIn) },
    };
  });
}

const histories = array(plan, { maxLength: 60, size: 'max' });

test('histories of a sequential store are accepted', () => {
  let undecided = 0;
  assertThat(
    property(histories, boolean(), boolean(), (plans, uniqueValues, numbers) => {
      const history = record(plans, { uniqueValues });
      const verdict = checkLinearizable(numbers ? history : withoutNumbers(history), {
        stepsMax: 5000,
      });
      expect(verdict.ok === false ? verdict.reason : '').toBe('');
      if (numbers && uniqueValues && verdict.ok === 'undecided') undecided++;
    }),
    { numRuns: 300 },
  );
  // Without any numbers, or with few values, the search is exponential at times. With both it is so for one history in
  // two thousand, of which a dozen calls were lost; of about 75 here that is nearly always none.
  expect(undecided).toBeLessThanOrEqual(2);
});

type Spoil = (outcome: Outcome, other: Outcome) => Outcome | undefined;
const firstGet = (outcome: Outcome, change: (found: Found | null) => Found | null | undefined) => {
  for (const [at, result] of outcome.results.entries()) {
    if (result.kind !== 'get') continue;
    const found = change(result.found);
    if (found === undefined) continue;
    return { ...outcome, results: outcome.results.with(at, { kind: 'get', found }) };
  }
  return undefined;
};
const spoils: Record<string, Spoil> = {
  'a revision that another write made': (outcome, other) =>
    changedSomething(outcome) && changedSomething(other)
      ? { ...outcome, ...(other.revision !== undefined && { revision: other.revision }) }
      : undefined,
  'a value that nobody wrote': (outcome) =>
    firstGet(outcome, (found) => (found === null ? undefined : { ...found, value: 'nobody' })),
  'a modification by another write': (outcome, other) =>
    firstGet(outcome, (found) => {
      const { revision } = other;
      if (found === null || revision === undefined || found.modRevision === revision)
        return undefined;
      return { ...found, modRevision: revision };
    }),
  'a key that is absent, and is there': (outcome) =>
    firstGet(outcome, (found) => (found === null ? undefined : null)),
  'one deleted too many': (outcome) => {
    const at = outcome.results.findIndex(({ kind }) => kind === 'delete');
    const result = outcome.results[at];
    if (result?.kind !== 'delete') return undefined;
    const deleted = 1 - result.deleted;
    return { ...outcome, results: outcome.results.with(at, { ...result, deleted }) };
  },
};

test.each(Object.entries(spoils))('an answer with %s is refused', (_, spoil) => {
  let spoiled = 0;
  assertThat(
    property(histories, nat(), nat(), (plans, one, two) => {
      // Only what was answered and happened in time: then each answer has one explanation.
      const certain = plans.map((each) => ({ ...each, fate: 'answered' as const }));
      const history = record(certain, { uniqueValues: true });
      const other = history[two % Math.max(1, history.length)];
      const candidates = history.flatMap((each) => {
        if (each === other || each.outcome === 'unknown') return [];
        if (other === undefined || other.outcome === 'unknown') return [];
        const outcome = spoil(each.outcome, other.outcome);
        return outcome === undefined ? [] : [{ operation: each, outcome }];
      });
      const chosen = candidates[one % Math.max(1, candidates.length)];
      if (chosen === undefined) return;
      const { operation, outcome } = chosen;
      spoiled++;
      const mutated = history.map((each) => (each === operation ? { ...each, outcome } : each));
      expect(checkLinearizable(mutated).ok).toBe(false);
    }),
    { numRuns: 400 },
  );
  expect(spoiled).toBeGreaterThan(20);
});

/** Tries every order, and every choice of calls that may have happened. */
function bruteForce(
  history: readonly HistoryOperation[],
  done: readonly HistoryOperation[] = [],
): boolean {
  const left = history.filter((operation) => !done.includes(operation));
  const certain = left.filter(({ outcome }) => outcome !== 'unknown');
  if (certain.length === 0) return true;
  const deadline = Math.min(...certain.map(({ returnedAt }) => returnedAt));
  return left
    .filter(({ invokedAt }) => invokedAt <= deadline)
    .some((next) => {
      const order = [...done, next];
      return explains(order) && bruteForce(history, order);
    });
}

function explains(order: readonly HistoryOperation[]): boolean {
  const store = new SequentialStore();
  const outcomes = order.map(({ call: asked }) => store.run(asked));
  const last = order.at(-1);
  if (last === undefined || last.outcome === 'unknown') return true;
  const is = withoutNumbers([{ ...last, outcome: outcomes.at(-1) ?? 'unknown' }])[0]?.outcome;
  return JSON.stringify(is) === JSON.stringify(last.outcome);
}

function comparesRevisions({ call: asked }: HistoryOperation): boolean {
  if (asked.kind !== 'txn') return false;
  return asked.compares.some(({ target }) => target === 'mod' || target === 'create');
}

test('the verdict is that of trying every order', () => {
  const verdicts = { accepted: 0, refused: 0 };
  const short = array(plan, { minLength: 3, maxLength: 7 });
  assertThat(
    property(short, nat(), nat(), (plans, one, two) => {
      const history = withoutNumbers(record(plans, { uniqueValues: false }));
      // Swaps answers, so that about half of the histories are wrong.
      const left = history[one % Math.max(1, history.length)];
      const right = history.find(
        (each) => each !== left && each.call.kind === left?.call.kind && two % 2 === 0,
      );
      const mixed = history.map((each) => {
        if (left === undefined || right === undefined || (each !== left && each !== right))
          return each;
        return { ...each, outcome: each === left ? right.outcome : left.outcome };
      });
      const expected = bruteForce(mixed);
      verdicts[expected ? 'accepted' : 'refused']++;
      const isAccepted = checkLinearizable(mixed).ok;
      // Unknown revisions may be any that fit: other keys, which are checked separately, have used some.
      if (expected || !mixed.some(comparesRevisions)) expect(isAccepted).toBe(expected);
    }),
    { numRuns: 1500 },
  );
  expect(Math.min(verdicts.accepted, verdicts.refused)).toBeGreaterThan(50);
});
