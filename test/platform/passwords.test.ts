import { afterEach, expect, test } from 'vitest';
import { PasswordThread } from '../../src/platform/index.ts';

let thread = new PasswordThread();
afterEach(() => {
  thread.stop();
  thread = new PasswordThread();
});

test('a hash is one of bcrypt, with its cost, and only its password matches', async () => {
  const hash = await thread.hash('päss\u{1f600}', 4);
  expect(hash).toMatch(/^\$2[ab]\$04\$.{53}$/);
  const asked = ['päss\u{1f600}', 'päss', ''].map((one) => thread.matches(one, hash));
  expect(await Promise.all(asked)).toEqual([true, false, false]);
});

test('a hash that Go made is understood', async () => {
  // Of bcrypt's own test vectors.
  const hash = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
  expect(await thread.matches('U*U', hash)).toBe(true);
  expect(await thread.matches('U*V', hash)).toBe(false);
});

test('what is no hash matches nothing, and the next job is done', async () => {
  expect(await thread.matches('p', 'no hash').catch(() => false)).toBe(false);
  expect(await thread.matches('p', await thread.hash('p', 4))).toBe(true);
});

test('jobs of a thread that is stopped are refused, and no new one starts', async () => {
  const job = thread.hash('p', 12);
  thread.stop();
  await expect(job).rejects.toMatchObject({ code: 'stopped' });
  await expect(thread.hash('p', 4)).rejects.toMatchObject({ code: 'stopped' });
});
