import type { HistoryOperation } from './history.ts';
import { branchOf, stepsOf } from './history.ts';

/** Information in answers about the writes of other calls. */
export interface Sightings {
  /** Calls of unknown outcome whose effect was seen, and the revision if known. */
  readonly seen: ReadonlyMap<HistoryOperation, number | undefined>;
  /** Two answers show different revisions of one write. */
  readonly contradiction:
    { readonly reason: string; readonly operations: readonly HistoryOperation[] } | undefined;
}

/**
 * A value that only one call writes to a key identifies that call: a read of the value shows that the call happened,
 * at the revision in the answer. This resolves most calls of unknown outcome.
 */
export function findSightings(operations: readonly HistoryOperation[]): Sightings {
  const writers = writersByValue(operations);
  const seen = new Map<HistoryOperation, number | undefined>();
  const seers = new Map<HistoryOperation, HistoryOperation>();
  for (const operation of operations) {
    for (const { key, value, modRevision } of foundBy(operation)) {
      const writer = writers.get(JSON.stringify([key, value]));
      if (writer === undefined || writer.outcome !== 'unknown') continue;
      const before = seen.get(writer);
      if (before !== undefined && modRevision !== undefined && before !== modRevision) {
        const reason = `one write of ${JSON.stringify(value)} to ${key} was seen at revision ${before} and at ${modRevision}`;
        const involved = [writer, seers.get(writer) ?? operation, operation];
        return { seen, contradiction: { reason, operations: involved } };
      }
      if (modRevision !== undefined || !seen.has(writer)) {
        seen.set(writer, modRevision);
        seers.set(writer, operation);
      }
    }
  }
  return { seen, contradiction: undefined };
}

/** The only call that writes a value to a key; `undefined` where there are several. */
function writersByValue(
  operations: readonly HistoryOperation[],
): ReadonlyMap<string, HistoryOperation | undefined> {
  const writers = new Map<string, HistoryOperation | undefined>();
  for (const operation of operations) {
    for (const step of stepsOf(operation.call)) {
      if (step.kind !== 'put') continue;
      const id = JSON.stringify([step.key, step.value]);
      const isOnly = !writers.has(id) || writers.get(id) === operation;
      writers.set(id, isOnly ? operation : undefined);
    }
  }
  return writers;
}

function foundBy({
  call,
  outcome,
}: HistoryOperation): readonly { key: string; value: string; modRevision?: number }[] {
  if (outcome === 'unknown') return [];
  const steps = branchOf(call, outcome.succeeded ?? true);
  return outcome.results.flatMap((result, at) => {
    const found = result.kind === 'get' ? result.found : result.previous;
    const key = steps[at]?.key;
    return found === null || found === undefined || key === undefined ? [] : [{ ...found, key }];
  });
}
