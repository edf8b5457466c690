import type { PlantedBug } from './planted-bugs.ts';

/** Bugs of users, roles and tokens: the kinds of etcd's advisories, and some of our own. */
export const plantedLoginBugs: readonly PlantedBug[] = [
  {
    name: 'a change of a password keeps the logins of its user',
    file: 'state/auth/auth-state.ts',
    find: `this.#users.put({ ...user, passwordHash });
    this.#logins.endAllOf(name, this.#revision + 1);`,
    replace: 'this.#users.put({ ...user, passwordHash });',
  },
  {
    name: 'the deletion of a user keeps its logins',
    file: 'state/auth/auth-state.ts',
    find: `    this.#users.delete(name);
    this.#logins.endAllOf(name, this.#revision + 1);`,
    replace: '    this.#users.delete(name);',
  },
  {
    name: 'authentication is turned off, and logins go on',
    file: 'state/auth/auth-state.ts',
    find: '    this.#logins.clear(this.#revision + 1);\n',
    replace: '',
  },
  {
    name: 'a login is applied although its password was changed since it was checked',
    file: 'state/auth/auth-state.ts',
    find: 'if (authRevision !== this.#revision) {',
    replace: 'if (authRevision > this.#revision) {',
  },
  {
    name: 'users are not loaded',
    file: 'state/auth/auth-state.ts',
    find: '    await this.#users.load();\n',
    replace: '',
  },
  {
    name: 'that authentication is on does not reach the disk',
    file: 'state/auth/auth-state.ts',
    find: `    this.#isEnabled = true;
    this.#saveSettings();`,
    replace: '    this.#isEnabled = true;',
  },
  {
    name: 'a command is applied although users have changed since its gate',
    file: 'state/auth/rights.ts',
    find: `  if (authRevision < auth.revision) return loginIsOld;
  const own = rights.of(user);`,
    replace: '  const own = rights.of(user);',
  },
  {
    name: 'a command of nobody is applied',
    file: 'state/auth/rights.ts',
    find: '  if (origin === undefined) return notLoggedIn;\n',
    replace: '  if (origin === undefined) return undefined;\n',
  },
  {
    name: 'the rights of a user are compiled once and for ever',
    file: 'state/auth/rights.ts',
    find: 'if (this.#revision !== this.#auth.revision) {',
    replace: 'if (this.#revision === 0) {',
  },
  {
    name: 'the revocation of a lapsed lease is one of nobody',
    file: 'state/auth/origin.ts',
    find: 'return featureLevel >= authLevel ? ownOrigin : undefined;',
    replace: 'return featureLevel > authLevel ? ownOrigin : undefined;',
  },
  {
    name: 'a read is not looked at again after its round',
    file: 'operations/gate.ts',
    find: `        look.again();
        return body(`,
    replace: '        return body(',
  },
  {
    name: 'the look at a call that goes on does not ask whether its login has ended',
    file: 'operations/core.ts',
    find: 'if (identity.authRevision < state.auth.loginsEndedAt(identity.name)) {',
    replace: 'if (identity.authRevision < 0) {',
  },
  {
    name: 'a command is proposed again without another look',
    file: 'operations/core.ts',
    find: '    if (refusal !== undefined) return Promise.reject(refusal);\n    return this.#propose(',
    replace: '    return this.#propose(',
  },
  {
    name: 'watchers are not looked at when users change',
    file: 'replica/applier.ts',
    find: '    this.#watch.rightsChanged();\n',
    replace: '',
  },
  {
    name: 'a watcher whose user was deleted goes on for the next one of this name',
    file: 'operations/gate.ts',
    find: 'if (now === undefined || now.passwordHash !== passwordHash) {',
    replace: "if (now === undefined || passwordHash === '') {",
  },
  {
    name: 'a member knows a token from before its snapshot',
    file: 'operations/login/logins.ts',
    find: 'known.login.hasEnded || known.state !== state',
    replace: 'known.login.hasEnded',
  },
  {
    name: 'a token in use lapses all the same',
    file: 'operations/login/logins.ts',
    find: '    login.usedMs = now;\n',
    replace: '',
  },
  {
    name: 'a token that has lapsed is taken until the next round',
    file: 'operations/login/logins.ts',
    find: 'if (isOver(login, now, this.#core.options.login)) {',
    replace: 'if (now < 0 && isOver(login, now, this.#core.options.login)) {',
  },
  {
    name: 'a member that lags behind a login does not wait for it',
    file: 'operations/login/logins.ts',
    find: 'if (index <= this.#core.state.appliedIndex || this.#waiting >= waitingMax) return undefined;',
    replace: 'if (index > 0 || this.#waiting >= waitingMax) return undefined;',
  },
  {
    name: 'a password is checked by what a member that lags knows',
    file: 'operations/auth.ts',
    find: `        ...readNeeds,
        access: everyone,
        isLogin: true,`,
    replace: `        ...changeNeeds,
        access: everyone,
        isLogin: true,`,
  },
].map((bug) => ({ ...bug, needsUsers: true }));
