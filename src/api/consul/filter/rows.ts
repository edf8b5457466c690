import type { Call } from '../frame/call.ts';
import { compileExpression } from './compile.ts';
import type { RowFilter } from './compile.ts';
import { schemas } from './schema.ts';
import type { RowKind } from './schema.ts';
import { BadExpression, parseExpression } from './syntax.ts';
import { failed } from '../frame/refusals.ts';

export type { RowKind } from './schema.ts';

/** Chooses the rows that a caller wants, by the expression in `filter`; undefined: all. */
export function rowFilter(call: Call, kind: RowKind): RowFilter | undefined {
  const text = call.get('filter');
  return text === '' ? undefined : filterOf(text, kind);
}

export function filterOf(text: string, kind: RowKind): RowFilter {
  const filter = orRefused(() => compileExpression(parseExpression(text), schemas[kind]));
  return () => {
    const isWanted = filter();
    return (row) => orRefused(() => isWanted(row));
  };
}

function orRefused<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof BadExpression)) throw error;
    throw failed(`Failed to create boolean expression evaluator: ${error.message}`);
  }
}
