import type { Command } from 'commander';
import { usageError } from '../exit.ts';
import type { Run, Session } from '../session.ts';
import { showRole } from './roles.ts';

/** `auth …` and `user …`, with etcdctl's words and output. */
export function addUsers(program: Command, run: Run): void {
  addAuth(program, run);
  addUser(program, run);
}

function addAuth(program: Command, run: Run): void {
  const auth = program.command('auth').description('turn authentication on and off');
  auth
    .command('enable')
    .description('from now on each call needs a user; the user root must be there')
    .addHelpText('after', '\nExample:\n  rollcall user add root\n  rollcall auth enable')
    .action((_flags: unknown, command: Command) => run(command, enable));
  auth
    .command('disable')
    .description('everybody may do everything again')
    .addHelpText('after', '\nExample:\n  rollcall --user root auth disable')
    .action((_flags: unknown, command: Command) =>
      run(command, async (session) => {
        await session.client.auth.disable();
        session.result({ enabled: false }, 'Authentication Disabled');
      }),
    );
  auth
    .command('status')
    .description('tell whether authentication is on')
    .addHelpText('after', '\nExample:\n  rollcall auth status')
    .action((_flags: unknown, command: Command) =>
      run(command, async (session) => {
        const { isEnabled, authRevision } = await session.client.auth.status();
        session.result({ enabled: isEnabled, authRevision }, [
          `Authentication Status: ${isEnabled}`,
          `AuthRevision: ${authRevision}`,
        ]);
      }),
    );
}

/** As etcdctl does: gives the user root its role, if only that is missing. */
async function enable(session: Session): Promise<void> {
  const { auth } = session.client;
  try {
    await auth.enable();
  } catch (error) {
    if (!isRefusal(session, error, 'root-role-missing')) throw error;
    try {
      await auth.addRole('root');
    } catch (other) {
      if (!isRefusal(session, other, 'role-exists')) throw other;
    }
    await auth.grantRole('root', 'root');
    await auth.enable();
  }
  session.result({ enabled: true }, 'Authentication Enabled');
}

function isRefusal(session: Session, error: unknown, code: string): boolean {
  return error instanceof session.sdk.RollcallError && error.code === code;
}

interface PasswordFlags {
  readonly password?: boolean;
  readonly newUserPassword?: string;
  readonly newUserPasswordFile?: string;
  readonly interactive?: string;
}

function addUser(program: Command, run: Run): void {
  const user = program.command('user').description('add, change and look at users');
  withNewPassword(user.command('add').description('add a user; asks for its password'))
    .argument('<name>', 'its name, or name:password')
    .option('--no-password', 'a user without a password logs in by its certificate')
    .addHelpText('after', '\nExample:\n  rollcall user add ann')
    .action((given: string, flags: PasswordFlags, command: Command) =>
      run(command, (session) => add(session, given, flags)),
    );
  user
    .command('get')
    .description('print the roles of a user')
    .argument('<name>', 'its name')
    .option('--detail', 'with the permissions of each role')
    .addHelpText('after', '\nExample:\n  rollcall user get ann --detail')
    .action((name: string, flags: { readonly detail?: boolean }, command: Command) =>
      run(command, (session) => get(session, name, flags.detail === true)),
    );
  user
    .command('list')
    .description('print the names of all users')
    .addHelpText('after', '\nExample:\n  rollcall user list')
    .action((_flags: unknown, command: Command) =>
      run(command, async (session) => {
        const users = await session.client.auth.users();
        session.result({ users }, users);
      }),
    );
  user
    .command('delete')
    .description('delete a user; its logins end at once')
    .argument('<name>', 'its name')
    .addHelpText('after', '\nExample:\n  rollcall user delete ann')
    .action((name: string, _flags: unknown, command: Command) =>
      run(command, async (session) => {
        await session.client.auth.deleteUser(name);
        session.result({ user: name }, `User ${name} deleted`);
      }),
    );
  withNewPassword(user.command('passwd').description('change a password; its logins end at once'))
    .argument('<name>', 'its name')
    .addHelpText('after', '\nExample:\n  rollcall user passwd ann')
    .action((name: string, flags: PasswordFlags, command: Command) =>
      run(command, async (session) => {
        await session.client.auth.changePassword(name, await newPassword(session, name, flags));
        session.result({ user: name }, 'Password updated');
      }),
    );
  addUserRoles(user, run);
}

function addUserRoles(user: Command, run: Run): void {
  user
    .command('grant-role')
    .description('give a user a role')
    .argument('<name>', 'its name')
    .argument('<role>', 'the role')
    .addHelpText('after', '\nExample:\n  rollcall user grant-role ann payments')
    .action((name: string, role: string, _flags: unknown, command: Command) =>
      run(command, async (session) => {
        await session.client.auth.grantRole(name, role);
        session.result({ user: name, role }, `Role ${role} is granted to user ${name}`);
      }),
    );
  user
    .command('revoke-role')
    .description('take a role from a user')
    .argument('<name>', 'its name')
    .argument('<role>', 'the role')
    .addHelpText('after', '\nExample:\n  rollcall user revoke-role ann payments')
    .action((name: string, role: string, _flags: unknown, command: Command) =>
      run(command, async (session) => {
        await session.client.auth.revokeRole(name, role);
        session.result({ user: name, role }, `Role ${role} is revoked from user ${name}`);
      }),
    );
}

function withNewPassword(command: Command): Command {
  return command
    .option('--new-user-password <password>', 'the password; others on this machine can see it')
    .option('--new-user-password-file <file>', 'a file whose first line is the password')
    .option('--interactive <yes>', 'false: the password is the first line of standard input');
}

async function add(session: Session, given: string, flags: PasswordFlags): Promise<void> {
  const { auth } = session.client;
  if (flags.password === false) {
    await auth.addUser(given);
    return session.result({ user: given }, `User ${given} created`);
  }
  const colon = given.indexOf(':');
  const hasOwn = colon < 0 || flags.newUserPassword !== undefined;
  const name = hasOwn ? given : given.slice(0, colon);
  const password = hasOwn ? await newPassword(session, name, flags) : given.slice(colon + 1);
  await auth.addUser(name, { password });
  return session.result({ user: name }, `User ${name} created`);
}

async function newPassword(
  { io }: Session,
  name: string,
  { newUserPassword, newUserPasswordFile, interactive }: PasswordFlags,
): Promise<string> {
  if (newUserPassword !== undefined) return newUserPassword;
  const { askPassword, passwordFromInput, passwordIn } = await import('../password.ts');
  if (newUserPasswordFile !== undefined) return passwordIn(newUserPasswordFile);
  if (interactive === 'false') return await passwordFromInput(io);
  const first = await askPassword(io, `Password of ${name}: `);
  const again = await askPassword(io, `Type password of ${name} again for confirmation: `);
  if (first !== again) throw usageError('the two passwords differ; try again');
  if (first === '') throw usageError('empty password');
  return first;
}

async function get(session: Session, name: string, isDetailed: boolean): Promise<void> {
  const { auth } = session.client;
  const roles = await auth.rolesOf(name);
  if (!isDetailed) {
    const lines = [`User: ${name}`, ['Roles:', ...roles].join(' ')];
    return session.result({ user: name, roles }, lines);
  }
  if (!session.isJson) session.line(`User: ${name}`);
  for (const role of roles) {
    if (!session.isJson) session.line('');
    await showRole(session, role);
  }
}
