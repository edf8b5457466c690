import type { Candidate } from './model.ts';
import type { HistoryOperation } from './history.ts';

/**
 * The revision is one number for all keys, so it is checked over all of them: no two calls make the same one, and a
 * call that begins after another was answered gets no older one. Returns what is wrong.
 */
export function checkRevisions(
  candidates: readonly Candidate[],
): { readonly reason: string; readonly operations: readonly HistoryOperation[] } | undefined {
  const withRevision = candidates.filter(
    (candidate): candidate is Candidate & { revision: number } => candidate.revision !== undefined,
  );
  const makers = new Map<number, Candidate>();
  for (const candidate of withRevision) {
    if (!candidate.changes) continue;
    const other = makers.get(candidate.revision);
    if (other !== undefined) {
      const reason = `two calls made revision ${candidate.revision}`;
      return { reason, operations: [other.operation, candidate.operation] };
    }
    makers.set(candidate.revision, candidate);
  }

  const byReturn = withRevision.toSorted((a, b) => a.returnedAt - b.returnedAt);
  const byInvocation = withRevision.toSorted(
    (a, b) => a.operation.invokedAt - b.operation.invokedAt,
  );
  let newest: (Candidate & { revision: number }) | undefined;
  let at = 0;
  for (const candidate of byInvocation) {
    for (; ; at++) {
      const earlier = byReturn[at];
      if (earlier === undefined || earlier.returnedAt >= candidate.operation.invokedAt) break;
      if (newest === undefined || earlier.revision > newest.revision) newest = earlier;
    }
    if (newest === undefined || candidate.revision > newest.revision) continue;
    if (candidate.revision === newest.revision && !candidate.changes) continue;
    const reason = `revision ${newest.revision} had been answered, and a later call got ${candidate.revision}`;
    return { reason, operations: [newest.operation, candidate.operation] };
  }
  return undefined;
}
