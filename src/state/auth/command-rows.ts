import { unreachable } from '../../base/assert.ts';
import { countOf, textOf } from '../../base/fields.ts';
import { bytesOfKey } from '../../base/key.ts';
import { nameAt } from '../command-fields.ts';
import { packEnd, rangeFrom } from '../request-rows.ts';
import type { PackedEnd } from '../request-rows.ts';
import type { AuthCommand } from './auth-command.ts';
import type { PermissionType } from './view.ts';

/** How commands about users and roles lie in the log. Bound for ever; see `command-codec.ts`. */

const permissionTypes: readonly PermissionType[] = ['read', 'write', 'readwrite'];

/** Known to members of feature level `authLevel`. */
export type AuthRow =
  /** Enable, disable. */
  | readonly [kind: 16]
  | readonly [kind: 17]
  /** User: add, delete, password, grant a role, revoke a role. */
  | readonly [kind: 18, name: string, passwordHash: string | null]
  | readonly [kind: 19, name: string]
  | readonly [kind: 20, name: string, passwordHash: string]
  | readonly [kind: 21, name: string, role: string]
  | readonly [kind: 22, name: string, role: string]
  /** Role: add, delete, grant a permission, revoke one. */
  | readonly [kind: 23, name: string]
  | readonly [kind: 24, name: string]
  | readonly [kind: 25, name: string, type: number, start: Uint8Array, end: PackedEnd]
  | readonly [kind: 26, name: string, start: Uint8Array, end: PackedEnd]
  /** Login. */
  | readonly [kind: 27, user: string, tokenHash: string, authRevision: number];

export const authLengths: Readonly<Record<AuthRow[0], number>> = {
  16: 1,
  17: 1,
  18: 3,
  19: 2,
  20: 3,
  21: 3,
  22: 3,
  23: 2,
  24: 2,
  25: 5,
  26: 4,
  27: 4,
};

export function authRowOf(command: AuthCommand): AuthRow {
  switch (command.kind) {
    case 'auth-enable':
      return [16];
    case 'auth-disable':
      return [17];
    case 'user-add':
      return [18, command.name, command.passwordHash ?? null];
    case 'user-delete':
      return [19, command.name];
    case 'user-password':
      return [20, command.name, command.passwordHash];
    case 'user-grant-role':
      return [21, command.name, command.role];
    case 'user-revoke-role':
      return [22, command.name, command.role];
    case 'role-add':
      return [23, command.name];
    case 'role-delete':
      return [24, command.name];
    case 'role-grant': {
      const { type, range } = command.permission;
      const number = permissionTypes.indexOf(type);
      return [25, command.name, number, bytesOfKey(range.start), packEnd(range)];
    }
    case 'role-revoke':
      return [26, command.name, bytesOfKey(command.range.start), packEnd(command.range)];
    case 'login':
      return [27, command.user, command.tokenHash, command.authRevision];
    default:
      return unreachable(command);
  }
}

export function authCommandOf(row: AuthRow): AuthCommand {
  switch (row[0]) {
    case 16:
      return { kind: 'auth-enable' };
    case 17:
      return { kind: 'auth-disable' };
    case 18: {
      const passwordHash = row[2] === null ? undefined : textOf(row[2], 'password');
      return { kind: 'user-add', name: nameOf(row[1]), passwordHash };
    }
    case 19:
      return { kind: 'user-delete', name: nameOf(row[1]) };
    case 20: {
      const passwordHash = textOf(row[2], 'password');
      return { kind: 'user-password', name: nameOf(row[1]), passwordHash };
    }
    case 21:
      return { kind: 'user-grant-role', name: nameOf(row[1]), role: nameOf(row[2]) };
    case 22:
      return { kind: 'user-revoke-role', name: nameOf(row[1]), role: nameOf(row[2]) };
    case 23:
      return { kind: 'role-add', name: nameOf(row[1]) };
    case 24:
      return { kind: 'role-delete', name: nameOf(row[1]) };
    case 25: {
      const permission = {
        type: nameAt(permissionTypes, row[2]),
        range: rangeFrom(row[3], row[4]),
      };
      return { kind: 'role-grant', name: nameOf(row[1]), permission };
    }
    case 26:
      return { kind: 'role-revoke', name: nameOf(row[1]), range: rangeFrom(row[2], row[3]) };
    case 27: {
      const authRevision = countOf(row[3], 'revision');
      return {
        kind: 'login',
        user: nameOf(row[1]),
        tokenHash: textOf(row[2], 'token'),
        authRevision,
      };
    }
    default:
      return unreachable(row);
  }
}

function nameOf(value: unknown): string {
  return textOf(value, 'name');
}
