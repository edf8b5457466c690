import { unreachable } from '../../base/assert.ts';
import type { KeyRange } from '../../base/key.ts';
import type { CommandResult } from '../command.ts';
import type { Engine } from '../engine.ts';
import { hashNumber } from '../hash.ts';
import type { Refusal } from '../refusal.ts';
import { RowFormat } from '../row.ts';
import type { AuthCommand } from './auth-command.ts';
import { Login, LoginTable } from './login-table.ts';
import { compareRanges, NamedRows, roleFormat, userFormat } from './named-rows.ts';
import { rootName } from './view.ts';
import type { AuthView, Permission, Role, User } from './view.ts';

const settingsKey = 'sauth';
/** Bound for ever. Missing: off, at the first revision. */
const settingsRow = new RowFormat<[isEnabled: boolean, revision: number]>();

const firstRevision = 1;
const done: CommandResult = { kind: 'done' };

/**
 * Users, roles and logins. In the engine each user and each role is a row; logins are in memory only, so a
 * member that starts anew knows none. All refusals follow from the command and from the rows, so they are equal on every
 * member: logins may differ between members, and no refusal depends on them.
 */
export class AuthState implements AuthView {
  readonly #engine: Engine;
  readonly #users: NamedRows<User>;
  readonly #roles: NamedRows<Role>;
  readonly #logins = new LoginTable();
  #isEnabled = false;
  #revision = firstRevision;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#users = new NamedRows(engine, userFormat);
    this.#roles = new NamedRows(engine, roleFormat);
  }

  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  get revision(): number {
    return this.#revision;
  }

  user(name: string): User | undefined {
    return this.#users.get(name);
  }

  role(name: string): Role | undefined {
    return this.#roles.get(name);
  }

  /** A login of this user that was verified at an earlier revision than this counts no more. After a start all are. */
  loginsEndedAt(name: string): number {
    return this.#logins.endedAt(name);
  }

  get users(): readonly User[] {
    return this.#users.all;
  }

  get roles(): readonly Role[] {
    return this.#roles.all;
  }

  /** The login whose token has this hash, as `login` commands give it. */
  login(tokenHash: string): Login | undefined {
    return this.#logins.get(tokenHash);
  }

  /** In the order of their entries. */
  get logins(): Iterable<Login> {
    return this.#logins.all;
  }

  /** A login was not used for too long at this member. No other member is concerned, and no result of a command. */
  forget(login: Login): void {
    this.#logins.end(login);
  }

  /** The result of the command of the entry at `index`. */
  apply(command: AuthCommand, index: number): CommandResult {
    switch (command.kind) {
      case 'auth-enable':
        return this.#enable();
      case 'auth-disable':
        return this.#disable();
      case 'user-add':
        return this.#addUser(command.name, command.passwordHash);
      case 'user-delete':
        return this.#deleteUser(command.name);
      case 'user-password':
        return this.#changePassword(command.name, command.passwordHash);
      case 'user-grant-role':
        return this.#grantRole(command.name, command.role);
      case 'user-revoke-role':
        return this.#revokeRole(command.name, command.role);
      case 'role-add':
        return this.#addRole(command.name);
      case 'role-delete':
        return this.#deleteRole(command.name);
      case 'role-grant':
        return this.#grant(command.name, command.permission);
      case 'role-revoke':
        return this.#revoke(command.name, command.range);
      case 'login':
        return this.#logIn(command, index);
      default:
        return unreachable(command);
    }
  }

  /** Not a new revision: no right of a user depends on it. etcd does the same. */
  #enable(): CommandResult {
    if (this.#isEnabled) return done;
    const root = this.user(rootName);
    if (root === undefined) {
      return refusal('root-user-missing', 'there is no user root; add it, with the role root');
    }
    if (!root.roles.includes(rootName)) {
      return refusal('root-role-missing', 'the user root lacks the role root; grant it');
    }
    this.#isEnabled = true;
    this.#saveSettings();
    return done;
  }

  #disable(): CommandResult {
    if (!this.#isEnabled) return done;
    this.#isEnabled = false;
    this.#logins.clear(this.#revision + 1);
    return this.#changed();
  }

  #addUser(name: string, passwordHash: string | undefined): CommandResult {
    if (name === '') return refusal('user-empty', 'the name is empty; give one');
    if (this.user(name) !== undefined) {
      return refusal('user-exists', `there is a user ${name} already`);
    }
    this.#users.put({ name, passwordHash, roles: [] });
    return this.#changed();
  }

  #deleteUser(name: string): CommandResult {
    if (this.#isProtected(name)) return protectedRoot();
    if (this.user(name) === undefined) return noUser(name);
    this.#users.delete(name);
    this.#logins.endAllOf(name, this.#revision + 1);
    return this.#changed();
  }

  #changePassword(name: string, passwordHash: string): CommandResult {
    const user = this.user(name);
    if (user === undefined) return noUser(name);
    // A user without a password stays one, as in etcd: it logs in by its certificate and in no other way.
    if (user.passwordHash !== undefined) this.#users.put({ ...user, passwordHash });
    this.#logins.endAllOf(name, this.#revision + 1);
    return this.#changed();
  }

  #grantRole(name: string, role: string): CommandResult {
    const user = this.user(name);
    if (user === undefined) return noUser(name);
    // The role root has every right without being defined.
    if (role !== rootName && this.role(role) === undefined) return noRole(role);
    if (user.roles.includes(role)) return done;
    this.#users.put({ ...user, roles: sorted([...user.roles, role]) });
    return this.#changed();
  }

  #revokeRole(name: string, role: string): CommandResult {
    if (this.#isProtected(name) && role === rootName) return protectedRoot();
    const user = this.user(name);
    if (user === undefined) return noUser(name);
    if (!user.roles.includes(role)) {
      return refusal('role-not-granted', `the user ${name} does not have the role ${role}`);
    }
    this.#users.put({ ...user, roles: user.roles.filter((other) => other !== role) });
    return this.#changed();
  }

  #addRole(name: string): CommandResult {
    if (name === '') return refusal('role-empty', 'the name is empty; give one');
    if (this.role(name) !== undefined) {
      return refusal('role-exists', `there is a role ${name} already`);
    }
    this.#roles.put({ name, permissions: [] });
    return this.#changed();
  }

  #deleteRole(name: string): CommandResult {
    if (this.#isProtected(name)) return protectedRoot();
    if (this.role(name) === undefined) return noRole(name);
    this.#roles.delete(name);
    for (const user of this.users) {
      if (!user.roles.includes(name)) continue;
      this.#users.put({ ...user, roles: user.roles.filter((role) => role !== name) });
    }
    return this.#changed();
  }

  #grant(name: string, permission: Permission): CommandResult {
    const role = this.role(name);
    if (role === undefined) return noRole(name);
    const others = role.permissions.filter((held) => byRange(held, permission) !== 0);
    this.#roles.put({ name, permissions: [...others, permission].toSorted(byRange) });
    return this.#changed();
  }

  #revoke(name: string, range: KeyRange): CommandResult {
    const role = this.role(name);
    if (role === undefined) return noRole(name);
    const permissions = role.permissions.filter((held) => compareRanges(held.range, range) !== 0);
    if (permissions.length === role.permissions.length) {
      return refusal('permission-not-granted', `the role ${name} has no permission for this range`);
    }
    this.#roles.put({ name, permissions });
    return this.#changed();
  }

  /** The password was checked at `authRevision`. Any change since then, of the password for instance, asks for a new check. */
  #logIn(
    { user, tokenHash, authRevision }: Extract<AuthCommand, { readonly kind: 'login' }>,
    index: number,
  ): CommandResult {
    if (!this.#isEnabled) return refusal('auth-not-enabled', 'there is no login: users are off');
    if (authRevision !== this.#revision) {
      return refusal('auth-revision-old', 'users have changed since the login began; try again');
    }
    if (this.user(user) === undefined) return refusal('auth-failed', 'there is no such user');
    this.#logins.add(new Login(tokenHash, user, index));
    return { kind: 'logged-in', index };
  }

  #isProtected(name: string): boolean {
    return this.#isEnabled && name === rootName;
  }

  #changed(): CommandResult {
    this.#revision += 1;
    this.#saveSettings();
    return done;
  }

  #saveSettings(): void {
    this.#engine.put(settingsKey, settingsRow.encode([this.#isEnabled, this.#revision]));
  }

  /** The hash of everything that all members have alike; logins are not part of it. */
  hash(): number {
    const settings = hashNumber(this.#revision, this.#isEnabled ? 1 : 0);
    return hashNumber(this.#roles.hash(), hashNumber(this.#users.hash(), settings)) >>> 0;
  }

  async load(): Promise<void> {
    const settings = this.#engine.get(settingsKey);
    if (settings !== undefined) {
      [this.#isEnabled, this.#revision] = settingsRow.decode(settings);
    }
    this.#logins.raiseFloor(this.#revision);
    await this.#users.load();
    await this.#roles.load();
  }
}

function byRange(a: Permission, b: Permission): number {
  return compareRanges(a.range, b.range);
}

/** In the order of the names' bytes. */
function sorted(names: readonly string[]): string[] {
  return names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function refusal(code: Refusal['code'], message: string): Refusal {
  return { kind: 'error', code, message };
}

function noUser(name: string): Refusal {
  return refusal('user-not-found', `there is no user ${name}`);
}

function noRole(name: string): Refusal {
  return refusal('role-not-found', `there is no role ${name}`);
}

function protectedRoot(): Refusal {
  return refusal(
    'invalid-auth-management',
    'the user root and its role root stay while authentication is on; turn it off first',
  );
}
