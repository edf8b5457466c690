import type { KeyRange } from '../../src/base/key.ts';
import type { CallOptions, Core, Identity } from '../../src/operations/index.ts';
import type { Command, PermissionType } from '../../src/state/index.ts';
import type { Stage } from './stage.ts';

/** The rights of the users of a test, each by its role of the same name; `root` need not be among them. */
export type Grants = Readonly<Record<string, readonly (readonly [PermissionType, KeyRange])[]>>;

/** Adds the users, and root, and turns authentication on. */
export async function turnAuthOn(stage: Stage, core: Core, grants: Grants): Promise<void> {
  for (const command of [...usersAndRoles(grants), { kind: 'auth-enable' } as const]) {
    await stage.settled(core.propose(command));
  }
}

function usersAndRoles(grants: Grants): Command[] {
  const commands: Command[] = [
    { kind: 'user-add', name: 'root', passwordHash: 'hash' },
    { kind: 'role-add', name: 'root' },
    { kind: 'user-grant-role', name: 'root', role: 'root' },
  ];
  for (const [name, permissions] of Object.entries(grants)) {
    commands.push({ kind: 'role-add', name });
    for (const [type, range] of permissions) {
      commands.push({ kind: 'role-grant', name, permission: { type, range } });
    }
    // Callers without a login have this role, and no user.
    if (name === 'anonymous') continue;
    commands.push({ kind: 'user-add', name, passwordHash: `hash of ${name}` });
    commands.push({ kind: 'user-grant-role', name, role: name });
  }
  return commands;
}

/** A call with this identity. */
export function callAs(identity: Identity | undefined): CallOptions {
  return { caller: { api: 'test', address: undefined, identity } };
}

/** A call of a user that has just logged in. */
export function callOf(core: Core, name: string): CallOptions {
  return callAs({ kind: 'user', name, authRevision: core.state.auth.revision });
}
