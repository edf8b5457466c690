import { unreachable } from '../../../src/base/assert.ts';
import type { KeyRange } from '../../../src/base/key.ts';
import type { AuthCommand, Permission } from '../../../src/state/index.ts';

interface ModelUser {
  readonly passwordHash: string | undefined;
  readonly roles: readonly string[];
}

export interface AuthParts {
  readonly isEnabled: boolean;
  readonly users: ReadonlyMap<string, ModelUser>;
  readonly roles: ReadonlyMap<string, readonly Permission[]>;
}

/** The effect of a command. */
export interface AuthChange {
  readonly parts: Partial<AuthParts>;
  /** It raises the revision of users and roles. */
  readonly isNew: boolean;
  readonly endsLoginsOf?: string;
}

const nothing: AuthChange = { parts: {}, isNew: false };

function changed(parts: Partial<AuthParts>): AuthChange {
  return { parts, isNew: true };
}

/** The effect of a command, in the simplest words; the code of its refusal, if it is refused. */
export function changeBy(
  now: AuthParts & { readonly revision: number },
  command: AuthCommand,
): AuthChange | string {
  const { users, isEnabled } = now;
  switch (command.kind) {
    case 'auth-enable':
      if (isEnabled) return nothing;
      if (!users.has('root')) return 'root-user-missing';
      if (users.get('root')?.roles.includes('root') !== true) return 'root-role-missing';
      return { parts: { isEnabled: true }, isNew: false };
    case 'auth-disable':
      if (!isEnabled) return nothing;
      return { parts: { isEnabled: false }, isNew: true, endsLoginsOf: 'all' };
    case 'login':
      if (!isEnabled) return 'auth-not-enabled';
      if (command.authRevision !== now.revision) return 'auth-revision-old';
      return users.has(command.user) ? nothing : 'auth-failed';
    case 'role-add':
    case 'role-delete':
    case 'role-grant':
    case 'role-revoke':
      return roleChange(now, command);
    case 'user-add':
    case 'user-delete':
    case 'user-password':
    case 'user-grant-role':
    case 'user-revoke-role':
      return userChange(now, command);
    default:
      return unreachable(command);
  }
}

function roleChange(
  { users, roles, isEnabled }: AuthParts,
  command: Extract<AuthCommand, { readonly kind: `role-${string}` }>,
): AuthChange | string {
  const { kind, name } = command;
  const held = roles.get(name);
  if (kind === 'role-add') {
    return held === undefined ? changed({ roles: withEntry(roles, name, []) }) : 'role-exists';
  }
  if (kind === 'role-delete' && isEnabled && name === 'root') return 'invalid-auth-management';
  if (held === undefined) return 'role-not-found';
  if (kind === 'role-delete') {
    const left = [...users].map(([user, of]) => [user, withoutRole(of, name)] as const);
    return changed({ roles: withoutEntry(roles, name), users: new Map(left) });
  }
  const range = kind === 'role-grant' ? command.permission.range : command.range;
  const others = held.filter((one) => !isSame(one.range, range));
  if (kind === 'role-grant') {
    return changed({ roles: withEntry(roles, name, [...others, command.permission]) });
  }
  if (others.length === held.length) return 'permission-not-granted';
  return changed({ roles: withEntry(roles, name, others) });
}

function userChange(
  { users, roles, isEnabled }: AuthParts,
  command: Extract<AuthCommand, { readonly kind: `user-${string}` }>,
): AuthChange | string {
  const { kind, name } = command;
  const user = users.get(name);
  if (kind === 'user-add') {
    if (user !== undefined) return 'user-exists';
    const { passwordHash } = command;
    return changed({ users: withEntry(users, name, { passwordHash, roles: [] }) });
  }
  const takesRoot =
    kind === 'user-delete' || (kind === 'user-revoke-role' && command.role === 'root');
  if (isEnabled && name === 'root' && takesRoot) return 'invalid-auth-management';
  if (user === undefined) return 'user-not-found';
  if (kind === 'user-delete') {
    return { ...changed({ users: withoutEntry(users, name) }), endsLoginsOf: name };
  }
  if (kind === 'user-password') {
    // A user without a password stays one.
    const passwordHash = user.passwordHash && command.passwordHash;
    const parts = { users: withEntry(users, name, { ...user, passwordHash }) };
    return { ...changed(parts), endsLoginsOf: name };
  }
  const { role } = command;
  const has = user.roles.includes(role);
  if (kind === 'user-revoke-role') {
    if (!has) return 'role-not-granted';
    return changed({ users: withEntry(users, name, withoutRole(user, role)) });
  }
  if (role !== 'root' && !roles.has(role)) return 'role-not-found';
  if (has) return nothing;
  return changed({ users: withEntry(users, name, { ...user, roles: [...user.roles, role] }) });
}

function withoutRole(user: ModelUser, role: string): ModelUser {
  return { ...user, roles: user.roles.filter((other) => other !== role) };
}

function withEntry<T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  return new Map([...map, [key, value]]);
}

function withoutEntry<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  return new Map([...map].filter(([other]) => other !== key));
}

function isSame(a: KeyRange, b: KeyRange): boolean {
  return a.start === b.start && a.end === b.end;
}
