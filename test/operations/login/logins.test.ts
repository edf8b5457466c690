import { expect, test } from 'vitest';
import type { AuditRecord } from '../../../src/base/audit.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { createOperations, startTokenExpiry } from '../../../src/operations/index.ts';
import type { CallOptions, Identity, Operations } from '../../../src/operations/index.ts';
import { Core } from '../../../src/operations/index.ts';
import type { Machine } from '../../simulation/machine.ts';
import { plainLogin } from '../../lib/plain-login.ts';
import { operationsOf, Stage } from '../stage.ts';

const anonymous: CallOptions = {
  caller: { api: 'test', address: '10.0.0.1', identity: undefined },
};

/** A cluster with the user root, whose password is `r`, and ann with `a`; authentication is on. */
async function begin(members = 1) {
  const stage = await Stage.open({ members });
  const operations = operationsOf(stage.leader);
  const root: CallOptions = { caller: { ...anonymous.caller, identity: { kind: 'member' } } };
  const done = <T>(call: Promise<T>): Promise<T> => stage.settled(call);
  await done(operations.userAdd({ name: 'root', password: 'r', hasPassword: true }, root));
  await done(operations.userGrantRole({ name: 'root', role: 'root' }, root));
  await done(operations.userAdd({ name: 'ann', password: 'a', hasPassword: true }, root));
  await done(operations.authEnable({}, root));
  const logIn = async (name: string, password: string, at = stage.leader): Promise<string> =>
    (await done(operationsOf(at).authenticate({ name, password }, anonymous))).token;
  return { stage, operations, root, done, logIn };
}

const nameOf = (identity: Identity | undefined): string | undefined =>
  identity?.kind === 'user' ? identity.name : identity?.kind;

function identifyAt(operations: Operations, token: string): string | undefined {
  return nameOf(operations.identify({ token }));
}

test('a token is sixteen letters and the index of the entry, as in etcd', async () => {
  const { stage, logIn } = await begin();
  const token = await logIn('ann', 'a');
  expect(token).toMatch(/^[a-zA-Z]{16}\.\d+$/);
  expect(Number(token.split('.')[1])).toBe(stage.leader.replica?.state.appliedIndex);
  expect(await logIn('ann', 'a')).not.toBe(token);
});

test('a token stands for its user at every member', async () => {
  const { stage, logIn } = await begin(3);
  const token = await logIn('ann', 'a');
  await stage.pass(1000);
  for (const machine of stage.machines) {
    expect(identifyAt(operationsOf(machine), token)).toBe('ann');
  }
});

test('neither state nor log of a member holds the token, only its hash', async () => {
  const { stage, logIn } = await begin();
  const token = await logIn('ann', 'a');
  const [letters = ''] = token.split('.');
  const logins = [...(stage.leader.replica?.state.auth.logins ?? [])];
  expect(logins).toHaveLength(1);
  expect(JSON.stringify(logins)).not.toContain(letters);
});

test('a token with other letters or another index is refused', async () => {
  const { operations, logIn } = await begin();
  const token = await logIn('ann', 'a');
  const [letters = '', index = ''] = token.split('.');
  const forged = [
    `${letters}.${Number(index) - 1}`,
    `${letters}.0${index}`,
    `${letters.slice(0, 15)}${letters.endsWith('x') ? 'y' : 'x'}.${index}`,
    letters,
    `${token} `,
    '',
    'x'.repeat(100_000),
  ];
  for (const one of forged) expect([one, identifyAt(operations, one)]).toEqual([one, 'refused']);
});

test('a caller without a token has no identity, and none has one while authentication is off', async () => {
  const { operations, root, done, logIn } = await begin();
  const token = await logIn('root', 'r');
  expect(operations.identify({ token: undefined })).toBeUndefined();
  expect(nameOf(operations.identify({ token: undefined, certificateName: 'carl' }))).toBe('carl');
  await done(operations.authDisable({}, root));
  expect(operations.identify({ token })).toBeUndefined();
});

test('a wrong password, an unknown user and one without a password get the same refusal', async () => {
  const { operations, root, done, logIn } = await begin();
  await done(operations.userAdd({ name: 'cert', password: '', hasPassword: false }, root));
  for (const [name, password] of [
    ['ann', 'wrong'],
    ['nobody', 'a'],
    ['cert', ''],
    ['', ''],
  ] as const) {
    await expect(logIn(name, password)).rejects.toMatchObject({ code: 'auth-failed' });
  }
});

test('a login counts with the newest revision; a new password or a deletion ends it', async () => {
  const { operations, root, done, logIn } = await begin();
  const token = await logIn('ann', 'a');
  const first = operations.identify({ token });
  expect(operations.identify({ token })).toBe(first);
  await done(operations.roleAdd('r', root));
  expect(operations.identify({ token })).toMatchObject({ name: 'ann', authRevision: 5 });
  await done(operations.userChangePassword({ name: 'ann', password: 'b' }, root));
  expect(identifyAt(operations, token)).toBe('refused');
  await expect(logIn('ann', 'a')).rejects.toMatchObject({ code: 'auth-failed' });
  const next = await logIn('ann', 'b');
  expect(identifyAt(operations, next)).toBe('ann');
  await done(operations.userDelete('ann', root));
  expect(identifyAt(operations, next)).toBe('refused');
});

test('a password that is changed while it is checked does not log in', async () => {
  const { stage, root, done } = await begin();
  let change: (() => Promise<unknown>) | undefined;
  const slow = {
    ...plainLogin.passwords,
    matches: async (password: string, hash: string) => {
      const isRight = await plainLogin.passwords.matches(password, hash);
      const once = change;
      change = undefined;
      await once?.();
      return isRight;
    },
  };
  const { options } = stage.coreOf(stage.leader);
  const core = new Core({ ...options, login: { ...plainLogin, passwords: slow } });
  const operations = createOperations(core);
  change = () => core.propose({ kind: 'user-password', name: 'ann', passwordHash: '4 b' });
  const call = operations.authenticate({ name: 'ann', password: 'a' }, anonymous);
  await expect(done(call)).rejects.toMatchObject({ code: 'auth-failed' });
  // A change of something else only means another check.
  change = () => operations.roleAdd('r', root);
  const again = await done(operations.authenticate({ name: 'ann', password: 'b' }, anonymous));
  expect(identifyAt(operationsOf(stage.leader), again.token)).toBe('ann');
});

test('a token that is not used for its time ends at this member; use prolongs it', async () => {
  const { stage, operations, logIn } = await begin();
  const stop = startTokenExpiry(stage.coreOf(stage.leader));
  const [used, unused] = [await logIn('ann', 'a'), await logIn('ann', 'a')];
  for (let minute = 0; minute < 6; minute += 1) {
    await stage.pass(60_000);
    expect(identifyAt(operations, used)).toBe('ann');
  }
  expect(identifyAt(operations, unused)).toBe('refused');
  await stage.pass(301_000);
  expect(identifyAt(operations, used)).toBe('refused');
  expect([...(stage.leader.replica?.state.auth.logins ?? [])]).toEqual([]);
  stop();
});

test('a member that has not applied a login yet waits for it, but not for ever', async () => {
  const { stage, logIn } = await begin(3);
  const token = await logIn('ann', 'a');
  const behind = operationsOf(followerOf(stage));
  const index = Number(token.split('.')[1]);
  const next = `${token.split('.')[0]}.${index + 5}`;
  expect(behind.whenIdentifiable({ token: undefined })).toBeUndefined();
  const wait = behind.whenIdentifiable({ token: next });
  expect(wait).toBeInstanceOf(Promise);
  await stage.settled(wait!);
  expect(identifyAt(behind, next)).toBe('refused');
  await stage.pass(1000);
  expect(behind.whenIdentifiable({ token })).toBeUndefined();
});

function followerOf(stage: Stage): Machine {
  const [follower] = stage.machines.filter((machine) => machine !== stage.leader);
  if (follower === undefined) throw new Error('there is no follower');
  return follower;
}

test('names are bounded, and those of callers without a login cannot be given to users', async () => {
  const { operations, root, done } = await begin();
  const add = (name: string) =>
    done(operations.userAdd({ name, password: 'p', hasPassword: true }, root));
  await expect(add('ä'.repeat(513))).rejects.toMatchObject({ code: 'invalid-request' });
  await expect(add('\0anonymous')).rejects.toMatchObject({ code: 'invalid-request' });
  await expect(done(operations.roleAdd('x'.repeat(1025), root))).rejects.toMatchObject({
    code: 'invalid-request',
  });
  await add('ä'.repeat(512));
});

test('a permission for no key is refused', async () => {
  const { operations, root, done } = await begin();
  await done(operations.roleAdd('r', root));
  const grant = (start: string, end: string | undefined) =>
    done(
      operations.roleGrantPermission(
        { name: 'r', permission: { type: 'read', range: { start, end } } },
        root,
      ),
    );
  for (const [start, end] of [
    ['b', 'a'],
    ['b', 'b'],
    ['', undefined],
    ['', 'a'],
  ] as const) {
    await expect(grant(start, end)).rejects.toMatchObject({ code: 'invalid-auth-management' });
  }
  await grant('a', undefined);
});

test('of two faults the one is told that etcd tells', async () => {
  const { operations, root, done } = await begin();
  await done(operations.roleAdd('r', root));
  const grant = (name: string, start: string, options = root) =>
    done(
      operations.roleGrantPermission(
        { name, permission: { type: undefined, range: { start, end: undefined } } },
        options,
      ),
    );
  // A permission of an unknown type: the right of the caller, the range and the role come first.
  await expect(grant('none', '', anonymous)).rejects.toMatchObject({ code: 'user-empty' });
  await expect(grant('none', '')).rejects.toMatchObject({ code: 'invalid-auth-management' });
  await expect(grant('none', 'a')).rejects.toMatchObject({ code: 'role-not-found' });
  await expect(grant('r', 'a')).rejects.toMatchObject({ code: 'invalid-auth-management' });
  // A password that is too long: the caller comes second.
  const long = { name: 'bob', password: 'x'.repeat(73), hasPassword: true };
  const tooLong = { code: 'password-too-long' };
  await expect(operations.userAdd(long, anonymous)).rejects.toMatchObject(tooLong);
  await expect(operations.userChangePassword(long, anonymous)).rejects.toMatchObject(tooLong);
  await done(operations.userAdd({ ...long, hasPassword: false }, root));
});

test('the status of users is told to all but those that show a token that is not valid', async () => {
  const { stage, operations, done } = await begin();
  expect(await done(operations.authStatus({}, anonymous))).toMatchObject({ isEnabled: true });
  const identity = operations.identify({ token: 'forged.1' });
  const caller = { ...anonymous.caller, identity };
  await expect(stage.settled(operations.authStatus({}, { caller }))).rejects.toMatchObject({
    code: 'invalid-auth-token',
  });
  const nothing = { compares: [], success: [], failure: [], serializable: true };
  await expect(operations.txn(nothing, anonymous)).rejects.toMatchObject({ code: 'user-empty' });
});

test('what no user can have is wrong at a login, and nothing of it is kept, logged or computed', async () => {
  const stage = await Stage.open();
  const computed: string[] = [];
  const logged: string[] = [];
  const records: AuditRecord[] = [];
  const { options } = stage.coreOf(stage.leader);
  const passwords = {
    ...options.login.passwords,
    matches: async (password: string) => computed.push(password) > 0,
  };
  const logger = { ...silentLogger, warn: (text: string) => void logged.push(text) };
  const audit = {
    audit: { record: (one: AuditRecord) => void records.push(one) },
    withWrites: false,
  };
  const login = { ...options.login, passwords };
  const operations = createOperations(new Core({ ...options, logger, audit, login }));
  const member: CallOptions = { caller: { ...anonymous.caller, identity: { kind: 'member' } } };
  const root = { name: 'root', password: 'r', hasPassword: true };
  await stage.settled(operations.userAdd(root, member));
  await stage.settled(operations.userGrantRole({ name: 'root', role: 'root' }, member));
  await stage.settled(operations.authEnable({}, member));
  const attempt = (name: string, password: string) =>
    expect(
      stage.settled(operations.authenticate({ name, password }, anonymous)),
    ).rejects.toMatchObject({
      code: 'auth-failed',
    });

  // More than may fail without a pause.
  for (let at = 0; at < 50; at++) await attempt(`${at}${'x'.repeat(1_000_000)}`, 'p');
  await attempt('root', 'x'.repeat(73));

  expect([computed, logged]).toEqual([[], []]);
  expect(records).toHaveLength(51);
  expect(JSON.stringify(records).length).toBeLessThan(100_000);
});

test('a password that is changed to an empty one lets nobody log in', async () => {
  const { operations, root, done, logIn } = await begin();
  await done(operations.userChangePassword({ name: 'ann', password: '' }, root));
  await expect(logIn('ann', '')).rejects.toMatchObject({ code: 'auth-failed' });
  await expect(logIn('ann', 'a')).rejects.toMatchObject({ code: 'auth-failed' });
  await done(operations.userChangePassword({ name: 'ann', password: 'b' }, root));
  await logIn('ann', 'b');
  // As in etcd, a user may be added with an empty password, and has it.
  await done(operations.userAdd({ name: 'bob', password: '', hasPassword: true }, root));
  await logIn('bob', '');
});

test('users are refused while a member does not know them', async () => {
  const stage = await Stage.open();
  const core = new Core(stage.coreOf(stage.leader).options);
  const { auth } = core.state;
  Object.defineProperty(core, 'state', { value: { featureLevel: 3, auth } });
  const operations = createOperations(core);
  const refusal = { code: 'not-supported', message: expect.stringContaining('all members') };
  const add = operations.userAdd({ name: 'ann', password: 'p', hasPassword: true }, anonymous);
  await expect(stage.settled(add)).rejects.toMatchObject(refusal);
  await expect(stage.settled(operations.roleAdd('r', anonymous))).rejects.toMatchObject(refusal);
  await expect(stage.settled(operations.authEnable({}, anonymous))).rejects.toMatchObject(refusal);
});
