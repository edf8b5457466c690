import { expect, test } from 'vitest';
import { hasTags, isWellEnough } from '../../src/registry/index.ts';
import type { HealthStatus, Wanted } from '../../src/registry/index.ts';

const statuses: readonly HealthStatus[] = ['passing', 'warning', 'critical', 'maintenance'];

function inAnswers(
  wanted: Wanted,
  publishNotReady: boolean,
  isKept = false,
): readonly HealthStatus[] {
  return statuses.filter((status) => isWellEnough({ status, publishNotReady, isKept }, wanted));
}

test('an answer has the instances that are well enough', () => {
  expect(inAnswers('any', false)).toEqual(statuses);
  expect(inAnswers('not-critical', false)).toEqual(['passing', 'warning']);
  expect(inAnswers('passing', false)).toEqual(['passing']);
});

test('an instance that is published before it is ready is left out in maintenance only', () => {
  expect(inAnswers('not-critical', true)).toEqual(['passing', 'warning', 'critical']);
  expect(inAnswers('passing', true)).toEqual(['passing', 'warning', 'critical']);
});

test('an instance that is kept is left out in maintenance only', () => {
  expect(inAnswers('not-critical', false, true)).toEqual(['passing', 'warning', 'critical']);
  expect(inAnswers('passing', false, true)).toEqual(['passing', 'warning', 'critical']);
});

test('an instance has a tag whatever the case of its letters, and must have all that are wanted', () => {
  const one = { tags: ['V2', 'blue'] };
  expect(hasTags(one, [])).toBe(true);
  expect(hasTags(one, ['v2', 'blue'])).toBe(true);
  expect(hasTags(one, ['v2', 'green'])).toBe(false);
});
