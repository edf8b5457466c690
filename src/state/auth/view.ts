import type { KeyRange } from '../../base/key.ts';

/** The right to read keys, to write them, or both. */
export type PermissionType = 'read' | 'write' | 'readwrite';

export interface Permission {
  readonly type: PermissionType;
  /** One key, a range, or all keys from its start on. */
  readonly range: KeyRange;
}

/** A named set of permissions. The role `root` has every right, whatever its permissions. */
export interface Role {
  readonly name: string;
  /** In order of key and end; no two for the same range. */
  readonly permissions: readonly Permission[];
}

export interface User {
  readonly name: string;
  /** As bcrypt gives it, with its cost and salt. Undefined: the user has no password and logs in by certificate only. */
  readonly passwordHash: string | undefined;
  /** Names of roles, in order. A role among them may be gone. */
  readonly roles: readonly string[];
}

/** The name of the user and of the role that have every right. They cannot be removed while authentication is on. */
export const rootName = 'root';

/**
 * Users and roles, as of the last applied command. Objects that were handed out never change: a change makes new ones, and
 * raises `revision`.
 */
export interface AuthView {
  readonly isEnabled: boolean;
  /** 1 at first; each change of users, roles, or whether authentication is on raises it. Never falls. */
  readonly revision: number;
  user(name: string): User | undefined;
  role(name: string): Role | undefined;
  /** In order of name. */
  readonly users: readonly User[];
  /** In order of name. */
  readonly roles: readonly Role[];
}
