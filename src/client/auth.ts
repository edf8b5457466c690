import { authpb } from '../gen/etcd.js';
import { wireRange, type Bytes, type Keys } from './bytes.ts';
import type { Caller } from './caller.ts';
import { numberOf } from './numbers.ts';
import type { CallOptions } from './options.ts';
import { methods } from './wire.ts';

/** The permission of a role for some keys. */
export interface Permission {
  readonly type: 'read' | 'write' | 'readwrite';
  readonly key: Uint8Array;
  /** Empty: this key only. One zero byte: all keys from `key` on. */
  readonly rangeEnd: Uint8Array;
}

const { Type } = authpb.Permission;
const typeNumbers = { read: Type.READ, write: Type.WRITE, readwrite: Type.READWRITE } as const;

/**
 * Users and roles, and whether authentication is on.
 *
 * @example
 * await client.auth.addRole('payments');
 * await client.auth.grantPermission('payments', 'readwrite', { prefix: '/config/payments/' });
 * await client.auth.addUser('ann', { password: 'correct horse' });
 * await client.auth.grantRole('ann', 'payments');
 */
export class Auth {
  readonly #caller: Caller;

  /** @internal Made by the client. */
  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** From now on each call needs a user. The user `root` with the role `root` must be there. */
  async enable(options?: CallOptions): Promise<void> {
    await this.#caller.call(methods.authEnable, {}, options);
  }

  async disable(options?: CallOptions): Promise<void> {
    await this.#caller.call(methods.authDisable, {}, options);
  }

  async status(options?: CallOptions): Promise<{ isEnabled: boolean; authRevision: number }> {
    const { enabled, authRevision } = await this.#caller.call(methods.authStatus, {}, options);
    return { isEnabled: enabled === true, authRevision: numberOf(authRevision) };
  }

  /** Without a password the user logs in by its certificate only. */
  async addUser(
    name: string,
    { password, ...options }: CallOptions & { readonly password?: string } = {},
  ): Promise<void> {
    const request = {
      name,
      password: password ?? '',
      options: { no_password: password === undefined },
    };
    await this.#caller.call(methods.userAdd, request, options);
  }

  async deleteUser(name: string, options?: CallOptions): Promise<void> {
    await this.#caller.call(methods.userDelete, { name }, options);
  }

  /** Ends all logins of the user. */
  async changePassword(name: string, password: string, options?: CallOptions): Promise<void> {
    await this.#caller.call(methods.userChangePassword, { name, password }, options);
  }

  async users(options?: CallOptions): Promise<readonly string[]> {
    return (await this.#caller.call(methods.userList, {}, options)).users ?? [];
  }

  /** The roles of a user. */
  async rolesOf(name: string, options?: CallOptions): Promise<readonly string[]> {
    return (await this.#caller.call(methods.userGet, { name }, options)).roles ?? [];
  }

  async grantRole(user: string, role: string, options?: CallOptions): Promise<void> {
    await this.#caller.call(methods.userGrantRole, { user, role }, options);
  }

  async revokeRole(user: string, role: string, options?: CallOptions): Promise<void> {
    await this.#caller.call(methods.userRevokeRole, { name: user, role }, options);
  }

  async addRole(name: string, options?: CallOptions): Promise<void> {
    await this.#caller.call(methods.roleAdd, { name }, options);
  }

  async deleteRole(name: string, options?: CallOptions): Promise<void> {
    await this.#caller.call(methods.roleDelete, { role: name }, options);
  }

  async roles(options?: CallOptions): Promise<readonly string[]> {
    return (await this.#caller.call(methods.roleList, {}, options)).roles ?? [];
  }

  async permissionsOf(role: string, options?: CallOptions): Promise<readonly Permission[]> {
    const { perm } = await this.#caller.call(methods.roleGet, { role }, options);
    return (perm ?? []).map((one) => {
      const { permType, key, range_end: rangeEnd } = new authpb.Permission(one);
      const type =
        permType === Type.WRITE ? 'write' : permType === Type.READWRITE ? 'readwrite' : 'read';
      return { type, key, rangeEnd };
    });
  }

  /** Replaces what the role permits for exactly these keys. */
  async grantPermission(
    role: string,
    type: Permission['type'],
    keys: Keys | Bytes,
    options?: CallOptions,
  ): Promise<void> {
    const perm = { permType: typeNumbers[type], ...wireRange(keys) };
    await this.#caller.call(methods.roleGrantPermission, { name: role, perm }, options);
  }

  async revokePermission(role: string, keys: Keys | Bytes, options?: CallOptions): Promise<void> {
    const request = { role, ...wireRange(keys) };
    await this.#caller.call(methods.roleRevokePermission, request, options);
  }
}
