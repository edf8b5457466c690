import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Cancel, Clock } from '../../../src/base/clock.ts';
import {
  checkPassword,
  hashOfNothing,
  PasswordChecks,
} from '../../../src/operations/login/password-checks.ts';
import { SeededRandom } from '../../simulation/random.ts';

/** A clock whose timers fire when a test says so. */
class HandClock implements Clock {
  #now = 0;
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];

  nowMs(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): Cancel {
    const timer = { atMs: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  endOfTurn(callback: () => void): void {
    queueMicrotask(callback);
  }

  async pass(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#now);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#now);
    for (const { callback } of due) callback();
    await turns();
  }
}

/** Lets everything happen that waits for no timer. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

/** Hashes that are computed when a test says so. */
class HandHasher {
  readonly asked: string[] = [];
  readonly #open: (() => void)[] = [];
  isHeld = false;

  hash = async (password: string, cost: number): Promise<string> => `$2b$${cost}$${password}`;

  matches = async (password: string, hash: string): Promise<boolean> => {
    this.asked.push(`${password} ${hash}`);
    if (this.isHeld) await new Promise<void>((resolve) => this.#open.push(resolve));
    return hash.endsWith(`$${password}`);
  };

  async finishOne(): Promise<void> {
    this.#open.shift()?.();
    await turns();
  }
}

function begin() {
  const clock = new HandClock();
  const passwords = new HandHasher();
  const checks = new PasswordChecks({
    clock,
    passwords,
    random: new SeededRandom(1, 'passwords'),
    sha256: () => createHash('sha256'),
    bcryptCost: 4,
    simpleTokenTtlMs: 1000,
    webTokens: undefined,
  });
  /** `right`, `wrong`, `refused`, or `waits`. */
  const attempt = async (
    password: string,
    { user = 'ann', address = '10.0.0.1', hash = '$2b$4$right' } = {},
  ) => {
    let told = 'waits';
    checks.check({ user, password, hash, address }).then(
      (isRight) => (told = isRight ? 'right' : 'wrong'),
      () => (told = 'refused'),
    );
    await turns();
    return () => told;
  };
  return { clock, passwords, checks, attempt };
}

test('a password is right or wrong; a right one is computed once', async () => {
  const { passwords, attempt } = begin();
  expect((await attempt('right'))()).toBe('right');
  expect((await attempt('right'))()).toBe('right');
  expect((await attempt('wrong'))()).toBe('wrong');
  expect(passwords.asked).toEqual(['right $2b$4$right', 'wrong $2b$4$right']);
});

test('a right password of a former hash is wrong: a change counts at once', async () => {
  const { attempt } = begin();
  expect((await attempt('right'))()).toBe('right');
  expect((await attempt('right', { hash: '$2b$4$other' }))()).toBe('wrong');
});

test('what was right for one user is not taken as right for another', async () => {
  const { passwords, attempt } = begin();
  await attempt('right');
  await attempt('right', { user: 'bob' });
  expect(passwords.asked).toHaveLength(2);
});

test('an unknown user costs a computation, and no password is right for it', async () => {
  const { passwords, checks } = begin();
  for (const password of ['', 'right', '.'.repeat(53)]) {
    const known = { user: 'nobody', password, hash: undefined, address: '10.0.0.1' };
    expect(await checks.check(known)).toBe(false);
  }
  expect(passwords.asked).toHaveLength(3);
  expect(passwords.asked[0]).toBe(` $2b$04$${'.'.repeat(53)}`);
});

test('logins with the same password at the same time share one computation', async () => {
  const { passwords, attempt } = begin();
  passwords.isHeld = true;
  const told = await Promise.all(Array.from({ length: 500 }, () => attempt('right')));
  expect(passwords.asked).toHaveLength(1);
  await passwords.finishOne();
  expect(new Set(told.map((one) => one()))).toEqual(new Set(['right']));
});

test('an address that asks for much delays another by one computation at most', async () => {
  const { passwords, attempt } = begin();
  passwords.isHeld = true;
  for (let guess = 0; guess < 50; guess += 1) {
    await attempt(`guess ${guess}`, { user: `user ${guess}` });
  }
  const other = await attempt('right', { address: '10.0.0.2' });
  await passwords.finishOne();
  await passwords.finishOne();
  expect(other()).toBe('waits');
  await passwords.finishOne();
  expect(other()).toBe('right');
});

test('the passwords of one address that wait are bounded; another address is not refused', async () => {
  const { passwords, attempt } = begin();
  passwords.isHeld = true;
  const told = [];
  for (let guess = 0; guess < 150; guess += 1) {
    told.push(await attempt(`guess ${guess}`, { user: `user ${guess}` }));
  }
  expect(told.filter((one) => one() === 'refused')).toHaveLength(49);
  expect((await attempt('right', { address: '10.0.0.2' }))()).toBe('waits');
});

test('each failure beyond the third doubles the pause before the next attempt', async () => {
  const { clock, passwords, attempt } = begin();
  for (let guess = 0; guess < 3; guess += 1) expect((await attempt(`g${guess}`))()).toBe('wrong');
  for (const pauseMs of [250, 500, 1000, 2000, 4000]) {
    const before = passwords.asked.length;
    const guess = await attempt(`after ${pauseMs}`);
    await clock.pass(pauseMs - 1);
    expect([guess(), passwords.asked.length]).toEqual(['waits', before]);
    await clock.pass(1);
    expect(guess()).toBe('wrong');
  }
});

test('the pause is bounded, and ten minutes without a failure end it', async () => {
  const { clock, attempt } = begin();
  for (let guess = 0; guess < 40; guess += 1) {
    await attempt(`g${guess}`);
    await clock.pass(30_000);
  }
  const late = await attempt('right');
  expect(late()).toBe('right');
  await attempt('wrong');
  await clock.pass(600_001);
  expect((await attempt('wrong again'))()).toBe('wrong');
});

test('a guesser locks out neither the user at another address nor other users at once', async () => {
  const { clock, attempt } = begin();
  for (let guess = 0; guess < 10; guess += 1) {
    await attempt(`g${guess}`, { user: 'root' });
    await clock.pass(30_000);
  }
  await attempt('last guess', { user: 'root' });
  expect((await attempt('right', { user: 'root', address: '10.0.0.2' }))()).toBe('right');
  expect((await attempt('right', { user: 'bob' }))()).toBe('right');
});

test('a guesser that tries many users is slowed down by its address', async () => {
  const { attempt } = begin();
  for (let user = 0; user < 20; user += 1) await attempt('guess', { user: `user ${user}` });
  expect((await attempt('guess', { user: 'next' }))()).toBe('waits');
  expect((await attempt('guess', { user: 'next', address: '10.0.0.2' }))()).toBe('wrong');
});

test('a right password ends the pauses of its user', async () => {
  const { clock, attempt } = begin();
  for (let guess = 0; guess < 4; guess += 1) {
    await attempt(`g${guess}`);
    await clock.pass(1000);
  }
  await attempt('right');
  expect((await attempt('mistyped'))()).toBe('wrong');
  expect((await attempt('mistyped again'))()).toBe('wrong');
});

test('attempts that wait for a pause are bounded', async () => {
  const { attempt } = begin();
  for (let guess = 0; guess < 4; guess += 1) await attempt(`g${guess}`);
  const told = [];
  for (let guess = 0; guess < 30; guess += 1) told.push(await attempt(`h${guess}`));
  expect(told.filter((one) => one() === 'refused').length).toBeGreaterThanOrEqual(10);
});

test('a password that bcrypt would cut short is refused when it is set', () => {
  const long = 'ä'.repeat(37);
  expect(() => checkPassword(long)).toThrow(expect.objectContaining({ code: 'password-too-long' }));
  checkPassword('ä'.repeat(36));
});

test('no password is right for the hash of nothing, and finding out takes as long', async () => {
  const { attempt, passwords } = begin();
  expect((await attempt('', { hash: hashOfNothing }))()).toBe('wrong');
  expect((await attempt('guess', { hash: hashOfNothing }))()).toBe('wrong');
  expect(passwords.asked).toHaveLength(2);
  for (const asked of passwords.asked) expect(asked).toContain(' $2b$');
});
