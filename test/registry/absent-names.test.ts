import { expect, test } from 'vitest';
import { silentMetrics } from '../../src/base/metrics.ts';
import { AbsentNames } from '../../src/registry/index.ts';

function namesOf(namesMax: number): AbsentNames {
  let nowMs = 0;
  return new AbsentNames({ wallTimeMs: () => ++nowMs, metrics: silentMetrics, namesMax });
}

test('a name that is not there is counted by API, with its last caller', () => {
  const names = namesOf(10);
  names.asked('consul', 'pyment', '10.0.0.1');
  names.asked('dns', 'pyment', '10.0.0.2');
  names.asked('consul', 'pyment', '10.0.0.3');
  expect(names.list()).toEqual([
    { api: 'consul', name: 'pyment', count: 2, lastMs: 3, lastAddress: '10.0.0.3' },
    { api: 'dns', name: 'pyment', count: 1, lastMs: 2, lastAddress: '10.0.0.2' },
  ]);
});

test('names that a client makes up drive out no name that others ask for again and again', () => {
  const names = namesOf(100);
  for (let at = 0; at < 5; at++) names.asked('dns', 'pyment', undefined);
  for (let at = 0; at < 10_000; at++) {
    names.asked('dns', `x${at}`, undefined);
    expect(names.list().length).toBeLessThanOrEqual(100);
  }
  expect(names.list()[0]).toMatchObject({ name: 'pyment', count: 5 });
});
