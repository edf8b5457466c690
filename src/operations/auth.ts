import { RegistryError } from '../base/errors.ts';
import type { KeyRange } from '../base/key.ts';
import type { AuthCommand } from '../state/index.ts';
import type { Core } from './core.ts';
import { textOfRange } from './auditing.ts';
import { Gate } from './gate.ts';
import { everyone, root, unlessRefused } from './needs.ts';
import type { GatedOperations } from './needs.ts';
import type { Answered, Caller } from './operations.ts';
import { requireAuthLevel } from './login/logins.ts';
import type { Logins } from './login/logins.ts';
import { checkPassword, hashOfNothing, nameBytesMax } from './login/password-checks.ts';

type AuthOperations = GatedOperations<
  | 'authEnable'
  | 'authDisable'
  | 'authStatus'
  | 'authenticate'
  | 'userAdd'
  | 'userGet'
  | 'userList'
  | 'userDelete'
  | 'userChangePassword'
  | 'userGrantRole'
  | 'userRevokeRole'
  | 'roleAdd'
  | 'roleGet'
  | 'roleList'
  | 'roleDelete'
  | 'roleGrantPermission'
  | 'roleRevokePermission'
>;

const changeNeeds = {
  access: root,
  servedByLearner: false,
  leader: 'if-required',
  consistency: 'log',
  growthBytes: 0,
} as const;

const ofUser = { ...changeNeeds, subject: (user: string) => ({ user }) };
const ofRole = { ...changeNeeds, subject: (role: string) => ({ role }) };
const ofUserAndRole = {
  ...changeNeeds,
  subject: ({ name, role }: { readonly name: string; readonly role: string }) => ({
    user: name,
    role,
  }),
};

const readNeeds = { ...changeNeeds, consistency: 'linearizable' } as const;

/** Users, roles, and permissions of a role. A few more may be added by calls at the same time. */
export const namesMax = 100_000;
export const permissionsMax = 10_000;

/** Users and roles. The checks of requests come after that of the caller's rights, as in etcd: so they are in the bodies. */
export function authOperations(core: Core, logins: Logins): AuthOperations {
  return {
    ...switching(core),
    ...loggingIn(core, logins),
    ...users(core, logins),
    ...userRoles(core),
    ...roles(core),
    ...permissions(core),
  };
}

async function change(core: Core, command: AuthCommand, caller: Caller): Promise<Answered<object>> {
  requireAuthLevel(core);
  const { header } = await core.propose(command, caller);
  return { header };
}

function switching(core: Core): Pick<AuthOperations, 'authEnable' | 'authDisable' | 'authStatus'> {
  const gate = new Gate(core);
  return {
    authEnable: gate.once('authEnable', changeNeeds, (_request, { caller }) =>
      change(core, { kind: 'auth-enable' }, caller),
    ),
    authDisable: gate.once('authDisable', changeNeeds, (_request, { caller }) =>
      change(core, { kind: 'auth-disable' }, caller),
    ),
    authStatus: gate.once('authStatus', { ...readNeeds, access: unlessRefused }, async () => {
      const { isEnabled, revision } = core.state.auth;
      return { isEnabled, authRevision: revision, header: core.header() };
    }),
  };
}

function loggingIn(core: Core, logins: Logins): Pick<AuthOperations, 'authenticate'> {
  const gate = new Gate(core);
  return {
    authenticate: gate.once(
      'authenticate',
      // The password is the proof.
      {
        ...readNeeds,
        access: everyone,
        isLogin: true,
        subject: ({ name }) => ({ user: name }),
      },
      (request, { caller }) => logins.authenticate(request, caller.address),
    ),
  };
}

function users(
  core: Core,
  { passwords }: Logins,
): Pick<AuthOperations, 'userAdd' | 'userGet' | 'userList' | 'userDelete' | 'userChangePassword'> {
  const gate = new Gate(core);
  return {
    userAdd: gate.once(
      'userAdd',
      {
        ...changeNeeds,
        check: ({ password, hasPassword }) => hasPassword && checkPassword(password),
        subject: ({ name }) => ({ user: name }),
      },
      async ({ name, password, hasPassword }, { caller }) => {
        requireAuthLevel(core);
        checkName(name);
        checkCount(core.state.auth.users.length, namesMax, 'users');
        const passwordHash = hasPassword
          ? await passwords.hash(password, caller.address)
          : undefined;
        return change(core, { kind: 'user-add', name, passwordHash }, caller);
      },
    ),
    userGet: gate.once(
      'userGet',
      { ...readNeeds, access: (name) => ({ kind: 'user', name }) },
      async (name) => {
        const user = core.state.auth.user(name);
        if (user === undefined) throw missing('user-not-found', `there is no user ${name}`);
        return { user, header: core.header() };
      },
    ),
    userList: gate.once('userList', readNeeds, async () => ({
      users: core.state.auth.users,
      header: core.header(),
    })),
    userDelete: gate.once('userDelete', ofUser, (name, { caller }) =>
      change(core, { kind: 'user-delete', name }, caller),
    ),
    userChangePassword: gate.once(
      'userChangePassword',
      {
        ...changeNeeds,
        check: ({ password }) => checkPassword(password),
        subject: ({ name }) => ({ user: name }),
      },
      async ({ name, password }, { caller }) => {
        requireAuthLevel(core);
        const passwordHash =
          password === '' ? hashOfNothing : await passwords.hash(password, caller.address);
        return change(core, { kind: 'user-password', name, passwordHash }, caller);
      },
    ),
  };
}

function userRoles(core: Core): Pick<AuthOperations, 'userGrantRole' | 'userRevokeRole'> {
  const gate = new Gate(core);
  return {
    userGrantRole: gate.once('userGrantRole', ofUserAndRole, ({ name, role }, { caller }) =>
      change(core, { kind: 'user-grant-role', name, role }, caller),
    ),
    userRevokeRole: gate.once('userRevokeRole', ofUserAndRole, ({ name, role }, { caller }) =>
      change(core, { kind: 'user-revoke-role', name, role }, caller),
    ),
  };
}

function roles(
  core: Core,
): Pick<AuthOperations, 'roleAdd' | 'roleGet' | 'roleList' | 'roleDelete'> {
  const gate = new Gate(core);
  return {
    roleAdd: gate.once('roleAdd', ofRole, async (name, { caller }) => {
      checkName(name);
      checkCount(core.state.auth.roles.length, namesMax, 'roles');
      return change(core, { kind: 'role-add', name }, caller);
    }),
    roleGet: gate.once(
      'roleGet',
      { ...readNeeds, access: (name) => ({ kind: 'role', name }) },
      async (name) => {
        const role = core.state.auth.role(name);
        if (role === undefined) throw missing('role-not-found', `there is no role ${name}`);
        return { role, header: core.header() };
      },
    ),
    roleList: gate.once('roleList', readNeeds, async () => ({
      roles: core.state.auth.roles,
      header: core.header(),
    })),
    roleDelete: gate.once('roleDelete', ofRole, (name, { caller }) =>
      change(core, { kind: 'role-delete', name }, caller),
    ),
  };
}

function permissions(
  core: Core,
): Pick<AuthOperations, 'roleGrantPermission' | 'roleRevokePermission'> {
  const gate = new Gate(core);
  return {
    roleGrantPermission: gate.once(
      'roleGrantPermission',
      {
        ...changeNeeds,
        subject: ({ name, permission }) => ({
          role: name,
          type: permission?.type,
          keys: permission && textOfRange(permission.range),
        }),
      },
      async ({ name, permission }, { caller }) => {
        if (permission === undefined) {
          throw new RegistryError('permission-not-given', 'the permission is missing; give one');
        }
        const { type, range } = permission;
        checkRange(range);
        const held = core.state.auth.role(name)?.permissions.length ?? 0;
        checkCount(held, permissionsMax, 'permissions of a role');
        if (type === undefined) throw noType(core, name);
        return change(core, { kind: 'role-grant', name, permission: { type, range } }, caller);
      },
    ),
    roleRevokePermission: gate.once(
      'roleRevokePermission',
      {
        ...changeNeeds,
        subject: ({ name, range }) => ({ role: name, keys: textOfRange(range) }),
      },
      ({ name, range }, { caller }) => change(core, { kind: 'role-revoke', name, range }, caller),
    ),
  };
}

/** etcd looks for the role first. */
function noType({ state }: Core, role: string): RegistryError {
  if (state.auth.role(role) === undefined) {
    return missing('role-not-found', `there is no role ${role}`);
  }
  return new RegistryError('invalid-auth-management', 'there is no permission of this type');
}

/** An empty name is refused by the state, in etcd's words. */
function checkName(name: string): void {
  if (Buffer.byteLength(name, 'utf8') > nameBytesMax) {
    throw new RegistryError('invalid-request', `a name has at most ${nameBytesMax} bytes`);
  }
  // Such names are those of callers without a login.
  if (name.startsWith('\0')) {
    throw new RegistryError('invalid-request', 'a name cannot begin with a zero byte');
  }
}

function checkCount(count: number, max: number, what: string): void {
  if (count < max) return;
  throw new RegistryError(
    'invalid-request',
    `there are ${count} ${what}, and at most ${max} may be`,
  );
}

function checkRange({ start, end }: KeyRange): void {
  if (start !== '' && (end === undefined || start < end)) return;
  throw new RegistryError('invalid-auth-management', 'the permission is for no key at all');
}

function missing(code: 'user-not-found' | 'role-not-found', message: string): RegistryError {
  return new RegistryError(code, message);
}
