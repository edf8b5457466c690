import { expect, test } from 'vitest';
import { runWorld } from './run.ts';
import { faultKinds, settingsOf } from './settings.ts';
import { differences, shrink } from './shrink.ts';

const calm = { ...settingsOf(1), members: 3, faults: [], loss: 0, reset: 0, safetyMs: 4000 };

test('three members elect, and a client that puts and reads finds nothing wrong', async () => {
  const { failure, counts } = await runWorld(calm);

  expect(failure).toBeUndefined();
  expect(counts.get('elections')).toBeGreaterThan(0);
  expect(counts.get('calls ok')).toBeGreaterThan(20);
});

test('the same seed gives the same world', async () => {
  const settings = { ...settingsOf(77), members: 5, faults: faultKinds, safetyMs: 6000 };

  const first = await runWorld(settings);
  const second = await runWorld(settings);
  const other = await runWorld({ ...settings, seed: 78 });

  expect(second.hash).toBe(first.hash);
  expect(second.counts).toEqual(first.counts);
  expect(other.hash).not.toBe(first.hash);
});

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
  'nothing is wrong in the worlds of block %i',
  async (block) => {
    for (let seed = 1 + block * 4; seed <= 4 + block * 4; seed++) {
      const { failure } = await runWorld(settingsOf(seed));
      expect(failure, `npm run sim -- --seed=${seed} --trace`).toBeUndefined();
    }
  },
);

test('settings that differ from those of the seed are told, and no others', () => {
  const usual = settingsOf(5);

  expect(differences({ ...usual, clients: 1 }, usual)).toEqual({ clients: 1 });
});

test('a world that does not fail is not made smaller', async () => {
  const fine = await runWorld({ ...calm, safetyMs: 1200 });

  expect(await shrink(fine)).toBe(fine);
});
