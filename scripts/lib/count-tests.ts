import { z } from 'zod';

/** The used part of a report of vitest's json reporter. */
const reportForm = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

/**
 * The last line of `npm test`. A file that could not even be loaded counts as a failure, and so does a run that ended
 * badly for no reason in its report, or without one: a failed run never shows `0 failed`.
 */
export function countLine(report: unknown, succeeded: boolean): string {
  const { data } = reportForm.safeParse(report);
  if (data === undefined) return '0 passed, 1 failed';
  const broken = data.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  const found = data.numFailedTests + broken.length;
  const failed = found === 0 && !succeeded ? 1 : found;
  const skipped = data.numPendingTests + data.numTodoTests;
  return `${data.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
