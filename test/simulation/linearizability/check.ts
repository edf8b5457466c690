import type { HistoryOperation } from './history.ts';
import { changedSomething, keysOf, stepsOf } from './history.ts';
import { describeOperation } from './describe.ts';
import { Model } from './model.ts';
import type { Candidate, State } from './model.ts';
import { checkRevisions } from './revisions.ts';
import { Search } from './search.ts';
import { findSightings } from './sightings.ts';

export interface CheckOptions {
  /** Steps that the search may take, over all keys together, before it gives up. */
  readonly stepsMax?: number;
}

/** `operations` are those that the reason names. */
export type Verdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly operations: readonly HistoryOperation[];
    }
  | {
      readonly ok: 'undecided';
      readonly reason: string;
      readonly operations: readonly HistoryOperation[];
    };

const stepsMaxDefault = 50_000;

/** Checks a history that begins with an empty store. */
export function checkLinearizable(
  history: readonly HistoryOperation[],
  { stepsMax = stepsMaxDefault }: CheckOptions = {},
): Verdict {
  const { seen, contradiction } = findSightings(history);
  if (contradiction !== undefined) return { ok: false, ...contradiction };
  let stepsLeft = stepsMax;
  let undecided: Verdict | undefined;
  const all: Candidate[] = [];
  const parts = partitions(history);
  for (const part of parts) {
    const model = new Model(part, uncertainKeys(part, seen));
    const candidates = part.map((operation, at) => candidateOf(operation, at, model, seen));
    all.push(...candidates);
    const search = new Search(model, candidates, stepsLeft);
    const result = search.run();
    stepsLeft = search.stepsLeft;
    if (result.kind === 'none') return refusal(model, result.stuck.state, result.stuck.next);
    if (result.kind === 'gave-up') {
      const keys = [...new Set(part.flatMap(({ call }) => keysOf(call)))].join(', ');
      const reason = `no order of the calls on ${keys} was found within ${stepsMax} steps`;
      undecided = { ok: 'undecided', reason, operations: part };
      break;
    }
  }
  const wrong = checkRevisions(all);
  if (wrong !== undefined) return { ok: false, ...wrong };
  return undecided ?? { ok: true };
}

function candidateOf(
  operation: HistoryOperation,
  at: number,
  model: Model,
  seen: ReadonlyMap<HistoryOperation, number | undefined>,
): Candidate {
  const { call, outcome, returnedAt } = operation;
  const writes = stepsOf(call).some(({ kind }) => kind !== 'get');
  const shared = { operation, keys: model.placesOf(call), symbol: -(at + 1), writes };
  if (outcome !== 'unknown') {
    const { revision } = outcome;
    return { ...shared, revision, happened: true, changes: changedSomething(outcome), returnedAt };
  }
  const happened = seen.has(operation);
  const revision = seen.get(operation);
  return { ...shared, revision, happened, changes: happened, returnedAt: Infinity };
}

/** Keys of writes without an answer, which no client has seen. */
function uncertainKeys(
  operations: readonly HistoryOperation[],
  seen: ReadonlyMap<HistoryOperation, number | undefined>,
): ReadonlySet<string> {
  const lost = operations.filter((each) => each.outcome === 'unknown' && !seen.has(each));
  const steps = lost.flatMap(({ call }) => stepsOf(call));
  return new Set(steps.filter(({ kind }) => kind !== 'get').map(({ key }) => key));
}

/** Groups of calls without a common key. */
function partitions(history: readonly HistoryOperation[]): readonly HistoryOperation[][] {
  const parents = new Map<string, string>();
  const rootOf = (key: string): string => {
    let root = key;
    for (let parent = parents.get(root); parent !== undefined && parent !== root;) {
      root = parent;
      parent = parents.get(root);
    }
    parents.set(key, root);
    return root;
  };
  for (const { call } of history) {
    const [first, ...others] = keysOf(call);
    if (first === undefined) continue;
    const root = rootOf(first);
    for (const key of others) parents.set(rootOf(key), root);
  }
  const groups = new Map<string, HistoryOperation[]>();
  for (const operation of history) {
    const root = rootOf(keysOf(operation.call)[0] ?? '');
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [operation]);
    else group.push(operation);
  }
  return [...groups.values()];
}

function refusal(model: Model, state: State, next: readonly Candidate[]): Verdict {
  const lines = next.map((candidate) => {
    let why = 'it was sent after others had been answered that could not come before it';
    model.apply(state, candidate, (problem) => (why = problem));
    return `  ${describeOperation(candidate.operation)}\n    ${why}`;
  });
  const reason = `no order explains the answers; at the furthest point one of these had to come next:\n${lines.join('\n')}`;
  return { ok: false, reason, operations: next.map(({ operation }) => operation) };
}
