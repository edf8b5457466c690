import { expect, test } from 'vitest';
import { CheckJudge } from '../../src/registry/check-judge.ts';
import type { Verdict } from '../../src/registry/check-judge.ts';
import type { Thresholds } from '../../src/registry/check-plan.ts';
import type { FlapDamping } from '../../src/base/flap-damping.ts';
import type { CheckStatus } from '../../src/registry/index.ts';

const letters: Record<string, CheckStatus> = { p: 'passing', w: 'warning', c: 'critical' };

/** The status after each result, from the first letters of both. */
function statuses(results: string, given: Partial<Thresholds> = {}): string {
  const thresholds = {
    successBeforePassing: 0,
    failuresBeforeWarning: 0,
    failuresBeforeCritical: 0,
    ...given,
  };
  const judge = new CheckJudge(thresholds);
  let now: Verdict = { status: 'critical', output: '' };
  return results
    .split('')
    .map((letter, at) => {
      now = judge.take({ status: letters[letter]!, output: letter }, now, at * 10_000) ?? now;
      return now.status[0];
    })
    .join('');
}

test('without thresholds each result counts at once', () => {
  expect(statuses('pcwpcc')).toBe('pcwpcc');
});

// The rows are what Consul 1.12.9 did with the same answers of a target.
test.each([
  ['ccpppccccpwp', [2, 2, 3] as const, 'cccpppwcccwp'],
  ['pcpcccw', [0, 3, 3], 'pppppcw'],
  ['pccpcw', [0, 1, 2], 'pwcpww'],
  ['pcpwppcc', [3, 0, 0], 'pcccppcc'],
])(
  'results %s with the thresholds %j make %s',
  (results, [successBeforePassing, failuresBeforeWarning, failuresBeforeCritical], expected) => {
    const given = { successBeforePassing, failuresBeforeWarning, failuresBeforeCritical };
    expect(statuses(results, given)).toBe(expected);
  },
);

const sooner = { successBeforePassing: 2, failuresBeforeWarning: 2, failuresBeforeCritical: 2 };
const eager = { successBeforePassing: 0, failuresBeforeWarning: 0, failuresBeforeCritical: 0 };
const minute = 60_000;

test('a new owner of a check that was looked at before counts from zero', () => {
  const judge = new CheckJudge(sooner);
  const now: Verdict = { status: 'passing', output: 'well' };
  expect(judge.take({ status: 'critical', output: 'ill' }, now, 0)).toBeUndefined();
  expect(judge.take({ status: 'critical', output: 'ill' }, now, 1)).toMatchObject({
    status: 'critical',
  });
});

test('an output that changes alone is written once in five minutes, the newest one', () => {
  const judge = new CheckJudge(eager);
  let now: Verdict = { status: 'critical', output: '' };
  const writes: string[] = [];
  for (let at = 0; at < 20 * minute; at += 10_000) {
    const verdict = judge.take({ status: 'passing', output: `at ${at / minute} min` }, now, at);
    if (verdict !== undefined) writes.push((now = verdict).output);
  }
  expect(writes).toEqual(['at 0 min', 'at 5 min', 'at 10 min', 'at 15 min']);
});

test('an output is written at once with a change of the status, and the same one never', () => {
  const judge = new CheckJudge(eager);
  let now: Verdict = { status: 'critical', output: '' };
  const take = (status: CheckStatus, output: string, at: number): Verdict | undefined => {
    const verdict = judge.take({ status, output }, now, at);
    now = verdict ?? now;
    return verdict;
  };
  expect(take('passing', 'a', 0)).toEqual({ status: 'passing', output: 'a' });
  expect(take('critical', 'b', 10)).toEqual({ status: 'critical', output: 'b' });
  expect(take('critical', 'b', 20 * minute)).toBeUndefined();
  expect(take('critical', 'c', 20 * minute)).toEqual({ status: 'critical', output: 'c' });
});

test('a new owner does not write outputs that changed alone all at once', () => {
  const judge = new CheckJudge(eager);
  const now: Verdict = { status: 'passing', output: 'uptime 10 s' };
  expect(judge.take({ status: 'passing', output: 'uptime 20 s' }, now, minute)).toBeUndefined();
  expect(judge.take({ status: 'passing', output: 'uptime 30 s' }, now, 6 * minute)).toBeDefined();
});

function damped(results: string, everyMs: number, damping: FlapDamping): string {
  const judge = new CheckJudge(eager, () => damping);
  let now: Verdict = { status: 'critical', output: '' };
  return results
    .split('')
    .map((letter, at) => {
      now = judge.take({ status: letters[letter]!, output: letter }, now, at * everyMs) ?? now;
      return now.status[0];
    })
    .join('');
}

test('a check that flaps stays critical until it was well for the window', () => {
  const damping = { changes: 2, windowMs: minute };
  // The third fall within a minute; well from then on.
  expect(damped('pcpcpcpppppppp', 10_000, damping)).toBe('pcpcpccccccppp');
});

test('slow changes do not flap, and without damping nothing is held', () => {
  const damping = { changes: 2, windowMs: minute };
  expect(damped('pcpcpcpcp', 31_000, damping)).toBe('pcpcpcpcp');
  expect(statuses('pcpcpcpcp')).toBe('pcpcpcpcp');
});

test('the output of a check that flaps says so', () => {
  const judge = new CheckJudge(eager, () => ({ changes: 1, windowMs: minute }));
  let now: Verdict = { status: 'passing', output: '' };
  const outputs: string[] = [];
  for (const [at, letter] of ['c', 'p', 'c'].entries()) {
    const verdict = judge.take({ status: letters[letter]!, output: letter }, now, at * 10_000);
    outputs.push((now = verdict!).output);
  }
  const why =
    'It failed more than 1 times within 60 s, and stays critical until it was well for as long.';
  expect(outputs).toEqual(['c', 'p', `${why}\nc`]);
});
