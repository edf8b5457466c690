import type { Call } from '../frame/call.ts';
import { compileExpression } from './compile.ts';
import type { Predicate } from './compile.ts';
import { schemas } from './schema.ts';
import type { RowKind } from './schema.ts';
import { BadExpression, parseExpression } from './syntax.ts';
import { failed } from '../frame/refusals.ts';

export type { RowKind } from './schema.ts';

/** The rows that a caller wants, by the expression in `filter`; undefined: all. */
export function rowFilter(call: Call, kind: RowKind): Predicate | undefined {
  const text = call.get('filter');
  return text === '' ? undefined : filterOf(text, kind);
}

export function filterOf(text: string, kind: RowKind): Predicate {
  try {
    return compileExpression(parseExpression(text), schemas[kind]);
  } catch (error) {
    if (!(error instanceof BadExpression)) throw error;
    throw failed(`Failed to create boolean expression evaluator: ${error.message}`);
  }
}
