import { expect, test } from 'vitest';
import { countLine } from '../../scripts/lib/count-tests.ts';

const report = {
  numPassedTests: 12,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
};

test('a good run', () => {
  expect(countLine(report, true)).toBe('12 passed, 0 failed');
  expect(countLine({ ...report, numPendingTests: 2, numTodoTests: 1 }, true)).toBe(
    '12 passed, 0 failed, 3 skipped',
  );
});

test('a file that cannot be loaded is a failure, beside those that were counted', () => {
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'failed', assertionResults: [{ status: 'failed' }] },
  ];
  expect(countLine({ ...report, numFailedTests: 1, testResults }, false)).toBe(
    '12 passed, 2 failed',
  );
});

test('a failed run never shows 0 failed', () => {
  expect(countLine(report, false)).toBe('12 passed, 1 failed');
  expect(countLine(undefined, false)).toBe('0 passed, 1 failed');
});
