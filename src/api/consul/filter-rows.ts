import type { Call } from './call.ts';
import { compileExpression } from './filter/compile.ts';
import type { Predicate } from './filter/compile.ts';
import { schemas } from './filter/schema.ts';
import type { RowKind } from './filter/schema.ts';
import { BadExpression, parseExpression } from './filter/syntax.ts';
import { failed } from './refusals.ts';

export type { RowKind } from './filter/schema.ts';

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
