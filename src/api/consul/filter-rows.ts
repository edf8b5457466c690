import type { Call } from './call.ts';
import { failed } from './refusals.ts';

/** Kinds of rows that have selectors of their own. */
export type RowKind = 'catalog-service' | 'service' | 'node' | 'health' | 'check';

/** The rows that a caller wants; undefined: all. */
export function rowFilter(call: Call, _kind: RowKind): ((row: unknown) => boolean) | undefined {
  if (call.get('filter') === '') return undefined;
  throw failed('Failed to create boolean expression evaluator: filters are not served yet');
}
