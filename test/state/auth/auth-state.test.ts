import { expect, test } from 'vitest';
import { prefixRange, singleKey } from '../../../src/base/key.ts';
import { encodeCommand, State } from '../../../src/state/index.ts';
import type { AuthCommand, CommandResult, Permission } from '../../../src/state/index.ts';
import { MemoryEngine } from '../memory-engine.ts';

function begin() {
  const engine = new MemoryEngine();
  const state = State.create(engine, { members: [] });
  // The member's own: rights are the subject of other tests.
  const origin = { user: '', authRevision: 0 };
  const apply = (command: AuthCommand): CommandResult =>
    state.apply(state.appliedIndex + 1, encodeCommand({ ...command, origin })).result;
  /** `done`, or the code of the refusal. */
  const tell = (command: AuthCommand): string => {
    const result = apply(command);
    return result.kind === 'error' ? result.code : result.kind;
  };
  return { engine, state, apply, tell };
}

function addRoot(tell: (command: AuthCommand) => string): void {
  tell({ kind: 'user-add', name: 'root', passwordHash: 'hash of root' });
  tell({ kind: 'user-grant-role', name: 'root', role: 'root' });
}

const readA: Permission = { type: 'read', range: singleKey('a') };

test('the auth revision begins at 1, and rises with each change as in etcd', () => {
  const { state, tell } = begin();
  const told = (command: AuthCommand): readonly [string, number] => [
    tell(command),
    state.auth.revision,
  ];
  expect(state.auth).toMatchObject({ isEnabled: false, revision: 1, users: [], roles: [] });
  expect(told({ kind: 'auth-disable' })).toEqual(['done', 1]);
  expect(told({ kind: 'user-add', name: 'root', passwordHash: 'h' })).toEqual(['done', 2]);
  expect(told({ kind: 'role-add', name: 'root' })).toEqual(['done', 3]);
  expect(told({ kind: 'user-grant-role', name: 'root', role: 'root' })).toEqual(['done', 4]);
  expect(told({ kind: 'user-grant-role', name: 'root', role: 'root' })).toEqual(['done', 4]);
  expect(told({ kind: 'auth-enable' })).toEqual(['done', 4]);
  expect(told({ kind: 'auth-enable' })).toEqual(['done', 4]);
  expect(told({ kind: 'role-add', name: 'r' })).toEqual(['done', 5]);
  expect(told({ kind: 'role-grant', name: 'r', permission: readA })).toEqual(['done', 6]);
  expect(told({ kind: 'role-grant', name: 'r', permission: readA })).toEqual(['done', 7]);
  expect(told({ kind: 'role-revoke', name: 'r', range: singleKey('a') })).toEqual(['done', 8]);
  expect(told({ kind: 'role-delete', name: 'r' })).toEqual(['done', 9]);
  expect(told({ kind: 'user-password', name: 'root', passwordHash: 'i' })).toEqual(['done', 10]);
  expect(told({ kind: 'auth-disable' })).toEqual(['done', 11]);
  expect(told({ kind: 'user-revoke-role', name: 'root', role: 'root' })).toEqual(['done', 12]);
  expect(told({ kind: 'user-delete', name: 'root' })).toEqual(['done', 13]);
});

test('what makes no sense is refused, and changes nothing', () => {
  const { state, tell } = begin();
  tell({ kind: 'user-add', name: 'ann', passwordHash: 'h' });
  tell({ kind: 'role-add', name: 'r' });
  const before = [state.digest(), state.auth.revision];
  const refused: readonly (readonly [AuthCommand, string])[] = [
    [{ kind: 'auth-enable' }, 'root-user-missing'],
    [{ kind: 'user-add', name: '', passwordHash: 'h' }, 'user-empty'],
    [{ kind: 'user-add', name: 'ann', passwordHash: 'h' }, 'user-exists'],
    [{ kind: 'user-delete', name: 'bob' }, 'user-not-found'],
    [{ kind: 'user-password', name: 'bob', passwordHash: 'h' }, 'user-not-found'],
    [{ kind: 'user-grant-role', name: 'bob', role: 'r' }, 'user-not-found'],
    [{ kind: 'user-grant-role', name: 'ann', role: 'none' }, 'role-not-found'],
    [{ kind: 'user-revoke-role', name: 'bob', role: 'r' }, 'user-not-found'],
    [{ kind: 'user-revoke-role', name: 'ann', role: 'r' }, 'role-not-granted'],
    [{ kind: 'role-add', name: '' }, 'role-empty'],
    [{ kind: 'role-add', name: 'r' }, 'role-exists'],
    [{ kind: 'role-delete', name: 'none' }, 'role-not-found'],
    [{ kind: 'role-grant', name: 'none', permission: readA }, 'role-not-found'],
    [{ kind: 'role-revoke', name: 'none', range: readA.range }, 'role-not-found'],
    [{ kind: 'role-revoke', name: 'r', range: readA.range }, 'permission-not-granted'],
    [{ kind: 'login', user: 'ann', tokenHash: 't', authRevision: 3 }, 'auth-not-enabled'],
  ];
  for (const [command, code] of refused)
    expect([command.kind, tell(command)]).toEqual([command.kind, code]);
  expect([state.digest(), state.auth.revision]).toEqual(before);
  tell({ kind: 'user-add', name: 'root', passwordHash: 'h' });
  expect(tell({ kind: 'auth-enable' })).toBe('root-role-missing');
});

test('the user root and its role stay while authentication is on', () => {
  const { tell } = begin();
  addRoot(tell);
  tell({ kind: 'role-add', name: 'root' });
  tell({ kind: 'auth-enable' });
  const changes: readonly AuthCommand[] = [
    { kind: 'user-delete', name: 'root' },
    { kind: 'user-revoke-role', name: 'root', role: 'root' },
    { kind: 'role-delete', name: 'root' },
  ];
  for (const command of changes) expect(tell(command)).toBe('invalid-auth-management');
  tell({ kind: 'auth-disable' });
  for (const command of changes.slice(1)) expect(tell(command)).not.toBe('invalid-auth-management');
});

test('permissions are in order, and a second one for the same range replaces the first', () => {
  const { state, tell } = begin();
  tell({ kind: 'role-add', name: 'r' });
  const grant = (type: Permission['type'], range: Permission['range']): string =>
    tell({ kind: 'role-grant', name: 'r', permission: { type, range } });
  grant('write', { start: 'b', end: undefined });
  grant('read', prefixRange('b'));
  grant('read', singleKey('b'));
  grant('read', singleKey('a'));
  grant('readwrite', singleKey('b'));
  expect(state.auth.role('r')?.permissions).toEqual([
    { type: 'read', range: singleKey('a') },
    { type: 'readwrite', range: singleKey('b') },
    { type: 'read', range: prefixRange('b') },
    { type: 'write', range: { start: 'b', end: undefined } },
  ]);
});

test('users and roles are in the order of their bytes; a deleted role leaves its users', () => {
  const { state, tell } = begin();
  for (const name of ['\u{1f600}', 'z', '\uffee', 'ab', 'a']) {
    tell({ kind: 'role-add', name });
    tell({ kind: 'user-add', name, passwordHash: undefined });
    tell({ kind: 'user-grant-role', name: 'z', role: name });
    tell({ kind: 'user-grant-role', name: 'a', role: name });
  }
  const ordered = ['a', 'ab', 'z', '\uffee', '\u{1f600}'];
  expect(state.auth.users.map(({ name }) => name)).toEqual(ordered);
  expect(state.auth.roles.map(({ name }) => name)).toEqual(ordered);
  expect(state.auth.user('z')?.roles).toEqual(['a', 'ab', 'z', '\uffee']);
  tell({ kind: 'role-delete', name: 'a' });
  expect(state.auth.user('z')?.roles).toEqual(['ab', 'z', '\uffee']);
  expect(state.auth.user('a')?.roles).toEqual([]);
  expect(state.auth.roles.map(({ name }) => name)).toEqual(ordered.slice(1));
});

test('a user without a password stays without one', () => {
  const { state, tell } = begin();
  tell({ kind: 'user-add', name: 'by certificate', passwordHash: undefined });
  expect(tell({ kind: 'user-password', name: 'by certificate', passwordHash: 'h' })).toBe('done');
  expect(state.auth.user('by certificate')?.passwordHash).toBeUndefined();
});

test('users and roles are part of the state: persisted, and compared', async () => {
  const { engine, state, tell } = begin();
  const empty = state.digest();
  addRoot(tell);
  tell({ kind: 'user-add', name: 'zwölf \u{1f600}', passwordHash: undefined });
  tell({ kind: 'role-add', name: 'r' });
  tell({ kind: 'role-grant', name: 'r', permission: readA });
  tell({
    kind: 'role-grant',
    name: 'r',
    permission: { type: 'write', range: { start: '\xff', end: undefined } },
  });
  tell({ kind: 'user-grant-role', name: 'zwölf \u{1f600}', role: 'r' });
  tell({ kind: 'user-add', name: 'gone', passwordHash: 'h' });
  tell({ kind: 'user-delete', name: 'gone' });
  tell({ kind: 'auth-enable' });
  const loaded = await State.load(engine.copy(), state.appliedIndex);
  expect(loaded.digest()).toBe(state.digest());
  expect(loaded.digest()).not.toBe(empty);
  const { isEnabled, revision, users, roles } = loaded.auth;
  expect({ isEnabled, revision }).toEqual({ isEnabled: true, revision: state.auth.revision });
  expect([users, roles]).toEqual([state.auth.users, state.auth.roles]);
});

test('each part of users and roles is in the digest', () => {
  const write: Permission = { type: 'write', range: readA.range };
  const rootRole: AuthCommand = { kind: 'user-grant-role', name: 'root', role: 'root' };
  // Each line comes to the same auth revision by other changes.
  const histories: readonly (readonly AuthCommand[])[] = [
    [{ kind: 'user-add', name: 'root', passwordHash: 'h' }, rootRole],
    [{ kind: 'user-add', name: 'root', passwordHash: 'i' }, rootRole],
    [{ kind: 'user-add', name: 'root', passwordHash: undefined }, rootRole],
    [{ kind: 'user-add', name: 'root', passwordHash: 'h' }, rootRole, { kind: 'auth-enable' }],
    [
      { kind: 'user-add', name: 'root', passwordHash: 'h' },
      { kind: 'user-add', name: 'ann', passwordHash: 'h' },
    ],
    [
      { kind: 'role-add', name: 'r' },
      { kind: 'role-grant', name: 'r', permission: readA },
    ],
    [
      { kind: 'role-add', name: 'r' },
      { kind: 'role-grant', name: 'r', permission: write },
    ],
    [
      { kind: 'role-add', name: 'r' },
      { kind: 'role-grant', name: 'r', permission: { ...readA, range: singleKey('b') } },
    ],
    [
      { kind: 'role-add', name: 'r' },
      { kind: 'role-add', name: 's' },
    ],
  ];
  const digests = histories.map((history) => {
    const { state, tell } = begin();
    for (const command of history) expect(tell(command)).toBe('done');
    expect(state.auth.revision).toBe(3);
    return state.digest();
  });
  expect(new Set(digests).size).toBe(histories.length);
});

function logIn(user: string, tokenHash: string, authRevision: number): AuthCommand {
  return { kind: 'login', user, tokenHash, authRevision };
}

test('a login is known by the hash of its token, with the index of its entry', () => {
  const { state, apply, tell } = begin();
  addRoot(tell);
  tell({ kind: 'auth-enable' });
  const before = state.digest();
  const { revision } = state.auth;
  expect(apply(logIn('root', 't', revision))).toEqual({ kind: 'logged-in', index: 4 });
  expect(state.auth.login('t')).toMatchObject({ user: 'root', index: 4, hasEnded: false });
  expect(state.auth.login('u')).toBeUndefined();
  expect([state.digest(), state.auth.revision]).toEqual([before, revision]);
});

test('a login is refused if anything changed since its password was checked', () => {
  const { state, tell } = begin();
  addRoot(tell);
  tell({ kind: 'user-add', name: 'ann', passwordHash: 'h' });
  tell({ kind: 'auth-enable' });
  const { revision } = state.auth;
  tell({ kind: 'user-password', name: 'ann', passwordHash: 'i' });
  expect(tell(logIn('ann', 't', revision))).toBe('auth-revision-old');
  expect(state.auth.login('t')).toBeUndefined();
  expect(tell(logIn('bob', 't', revision + 1))).toBe('auth-failed');
});

test('a new password, a deletion, and turning authentication off end logins; a role does not', () => {
  const ends: readonly (readonly [AuthCommand, ann: boolean, bob: boolean])[] = [
    [{ kind: 'user-password', name: 'ann', passwordHash: 'i' }, false, true],
    [{ kind: 'user-delete', name: 'ann' }, false, true],
    [{ kind: 'auth-disable' }, false, false],
    [{ kind: 'user-grant-role', name: 'ann', role: 'root' }, true, true],
  ];
  for (const [command, ann, bob] of ends) {
    const { state, tell } = begin();
    addRoot(tell);
    tell({ kind: 'user-add', name: 'ann', passwordHash: 'h' });
    tell({ kind: 'user-add', name: 'bob', passwordHash: 'h' });
    tell({ kind: 'auth-enable' });
    const { revision } = state.auth;
    tell(logIn('ann', 'of ann', revision));
    tell(logIn('ann', 'of ann, too', revision));
    tell(logIn('bob', 'of bob', revision));
    tell(command);
    const known = ['of ann', 'of ann, too', 'of bob'].map(
      (hash) => state.auth.login(hash) !== undefined,
    );
    expect(known).toEqual([ann, ann, bob]);
  }
});

test('logins are bounded; the oldest ends first', () => {
  const { state, tell } = begin();
  addRoot(tell);
  tell({ kind: 'auth-enable' });
  const { revision } = state.auth;
  for (let number = 0; number <= 50_000; number++) {
    state.apply(state.appliedIndex + 1, logIn('root', `t${number}`, revision));
  }
  expect([0, 1, 50_000].map((number) => state.auth.login(`t${number}`)?.user)).toEqual([
    undefined,
    'root',
    'root',
  ]);
});
