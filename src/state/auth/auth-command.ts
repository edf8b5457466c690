import type { KeyRange } from '../../base/key.ts';
import type { Permission } from './view.ts';

/** Changes of users and roles, and logins. Each but `auth-enable` and `login` raises the auth revision if it changes anything. */
export type AuthCommand =
  | { readonly kind: 'auth-enable' }
  | { readonly kind: 'auth-disable' }
  /** No hash: the user has no password, for ever. */
  | {
      readonly kind: 'user-add';
      readonly name: string;
      readonly passwordHash: string | undefined;
    }
  | { readonly kind: 'user-delete'; readonly name: string }
  | { readonly kind: 'user-password'; readonly name: string; readonly passwordHash: string }
  | { readonly kind: 'user-grant-role'; readonly name: string; readonly role: string }
  | { readonly kind: 'user-revoke-role'; readonly name: string; readonly role: string }
  | { readonly kind: 'role-add'; readonly name: string }
  | { readonly kind: 'role-delete'; readonly name: string }
  /** Replaces the permission for the same range. */
  | { readonly kind: 'role-grant'; readonly name: string; readonly permission: Permission }
  | { readonly kind: 'role-revoke'; readonly name: string; readonly range: KeyRange }
  /** The proposer checked the password at `authRevision`, and keeps the token itself to itself. */
  | {
      readonly kind: 'login';
      readonly user: string;
      readonly tokenHash: string;
      readonly authRevision: number;
    };
