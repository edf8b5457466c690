import type {
  Call,
  Compare,
  Found,
  HistoryOperation,
  Outcome,
  Step,
  StepResult,
} from './history.ts';
import { branchOf } from './history.ts';

/** One line: "#12 client 3 [10, 25]: put k "v7" -> revision 31". */
export function describeOperation(operation: HistoryOperation): string {
  const { id, client, call, outcome, invokedAt, returnedAt } = operation;
  const result =
    outcome === 'unknown' ? 'nobody knows' : describeOutcome(call, outcome) || 'an empty answer';
  return `#${id} client ${client} [${invokedAt}, ${returnedAt}]: ${describeCall(call)} -> ${result}`;
}

export function describeFound(found: Found | null): string {
  if (found === null) return 'absent';
  const { value, modRevision, createRevision, version } = found;
  const numbers = [
    modRevision === undefined ? '' : ` mod ${modRevision}`,
    createRevision === undefined ? '' : ` create ${createRevision}`,
    version === undefined ? '' : ` version ${version}`,
  ];
  return JSON.stringify(value) + numbers.join('');
}

function describeCall(call: Call): string {
  if (call.kind !== 'txn') return describeStep(call);
  const list = (steps: readonly Step[]): string => steps.map(describeStep).join(', ') || 'nothing';
  const compares = call.compares.map(describeCompare).join(' and ') || 'always';
  return `txn if ${compares} then ${list(call.success)} else ${list(call.failure)}`;
}

function describeStep(step: Step): string {
  return step.kind === 'put'
    ? `put ${step.key} ${JSON.stringify(step.value)}`
    : `${step.kind} ${step.key}`;
}

function describeCompare({ key, target, result, against }: Compare): string {
  const signs = { equal: '=', 'not-equal': '!=', greater: '>', less: '<' };
  return `${target}(${key}) ${signs[result]} ${JSON.stringify(against)}`;
}

function describeOutcome(call: Call, { revision, succeeded, results }: Outcome): string {
  const steps = branchOf(call, succeeded ?? true);
  const parts = results.map((result, at) => describeResult(result, steps[at]));
  if (succeeded !== undefined) parts.unshift(succeeded ? 'succeeded' : 'failed');
  if (revision !== undefined) parts.push(`revision ${revision}`);
  return parts.filter((part) => part !== '').join(', ');
}

function describeResult(result: StepResult, step: Step | undefined): string {
  const key = step?.key ?? '?';
  if (result.kind === 'get') return `${key} is ${describeFound(result.found)}`;
  const previous =
    result.previous === undefined ? '' : `${key} was ${describeFound(result.previous)}`;
  if (result.kind === 'put') return previous;
  return [`deleted ${result.deleted}`, previous].filter((part) => part !== '').join(', ');
}
