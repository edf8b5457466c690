import { bytesOfKey, isSingleKey } from '../../base/key.ts';
import type { KeyRange } from '../../base/key.ts';
import { authpb, etcdserverpb as pb } from '../../gen/etcd.js';
import type { Operations, Permission, Role } from '../../operations/index.ts';
import { unary } from '../methods.ts';
import type { Method } from '../methods.ts';
import { headerOf, optionsOf, rangeOf } from './wire.ts';

const path = '/etcdserverpb.Auth/';

/** `etcdserverpb.Auth`. */
export function authMethods(operations: Operations): Method[] {
  return [
    ...switchMethods(operations),
    ...userMethods(operations),
    ...userRoleMethods(operations),
    ...roleMethods(operations),
  ];
}

function switchMethods(operations: Operations): Method[] {
  return [
    unary(`${path}AuthEnable`, pb.AuthEnableRequest, pb.AuthEnableResponse, async (_, context) => {
      const { header } = await operations.authEnable({}, optionsOf(operations, context));
      return { header: headerOf(header) };
    }),
    unary(
      `${path}AuthDisable`,
      pb.AuthDisableRequest,
      pb.AuthDisableResponse,
      async (_, context) => {
        const { header } = await operations.authDisable({}, optionsOf(operations, context));
        return { header: headerOf(header) };
      },
    ),
    unary(`${path}AuthStatus`, pb.AuthStatusRequest, pb.AuthStatusResponse, async (_, context) => {
      const { header, isEnabled, authRevision } = await operations.authStatus(
        {},
        optionsOf(operations, context),
      );
      return { header: headerOf(header), enabled: isEnabled, authRevision };
    }),
    unary(
      `${path}Authenticate`,
      pb.AuthenticateRequest,
      pb.AuthenticateResponse,
      async ({ name, password }, context) => {
        const { header, token } = await operations.authenticate(
          { name, password },
          optionsOf(operations, context),
        );
        return { header: headerOf(header), token };
      },
    ),
  ];
}

function userMethods(operations: Operations): Method[] {
  return [
    unary(
      `${path}UserAdd`,
      pb.AuthUserAddRequest,
      pb.AuthUserAddResponse,
      async ({ name, password, options }, context) => {
        const hasPassword = options?.no_password !== true;
        const { header } = await operations.userAdd(
          { name, password, hasPassword },
          optionsOf(operations, context),
        );
        return { header: headerOf(header) };
      },
    ),
    unary(
      `${path}UserGet`,
      pb.AuthUserGetRequest,
      pb.AuthUserGetResponse,
      async ({ name }, context) => {
        const { header, user } = await operations.userGet(name, optionsOf(operations, context));
        return { header: headerOf(header), roles: [...user.roles] };
      },
    ),
    unary(
      `${path}UserList`,
      pb.AuthUserListRequest,
      pb.AuthUserListResponse,
      async (_, context) => {
        const { header, users } = await operations.userList({}, optionsOf(operations, context));
        return { header: headerOf(header), users: users.map(({ name }) => name) };
      },
    ),
    unary(
      `${path}UserDelete`,
      pb.AuthUserDeleteRequest,
      pb.AuthUserDeleteResponse,
      async ({ name }, context) => {
        const { header } = await operations.userDelete(name, optionsOf(operations, context));
        return { header: headerOf(header) };
      },
    ),
    unary(
      `${path}UserChangePassword`,
      pb.AuthUserChangePasswordRequest,
      pb.AuthUserChangePasswordResponse,
      async ({ name, password }, context) => {
        const { header } = await operations.userChangePassword(
          { name, password },
          optionsOf(operations, context),
        );
        return { header: headerOf(header) };
      },
    ),
  ];
}

function userRoleMethods(operations: Operations): Method[] {
  return [
    unary(
      `${path}UserGrantRole`,
      pb.AuthUserGrantRoleRequest,
      pb.AuthUserGrantRoleResponse,
      async ({ user, role }, context) => {
        const { header } = await operations.userGrantRole(
          { name: user, role },
          optionsOf(operations, context),
        );
        return { header: headerOf(header) };
      },
    ),
    unary(
      `${path}UserRevokeRole`,
      pb.AuthUserRevokeRoleRequest,
      pb.AuthUserRevokeRoleResponse,
      async ({ name, role }, context) => {
        const { header } = await operations.userRevokeRole(
          { name, role },
          optionsOf(operations, context),
        );
        return { header: headerOf(header) };
      },
    ),
  ];
}

function roleMethods(operations: Operations): Method[] {
  return [
    unary(
      `${path}RoleAdd`,
      pb.AuthRoleAddRequest,
      pb.AuthRoleAddResponse,
      async ({ name }, context) => {
        const { header } = await operations.roleAdd(name, optionsOf(operations, context));
        return { header: headerOf(header) };
      },
    ),
    unary(
      `${path}RoleGet`,
      pb.AuthRoleGetRequest,
      pb.AuthRoleGetResponse,
      async ({ role: name }, context) => {
        const { header, role } = await operations.roleGet(name, optionsOf(operations, context));
        return { header: headerOf(header), perm: permissionMessages(role) };
      },
    ),
    unary(
      `${path}RoleList`,
      pb.AuthRoleListRequest,
      pb.AuthRoleListResponse,
      async (_, context) => {
        const { header, roles } = await operations.roleList({}, optionsOf(operations, context));
        return { header: headerOf(header), roles: roles.map(({ name }) => name) };
      },
    ),
    unary(
      `${path}RoleDelete`,
      pb.AuthRoleDeleteRequest,
      pb.AuthRoleDeleteResponse,
      async ({ role }, context) => {
        const { header } = await operations.roleDelete(role, optionsOf(operations, context));
        return { header: headerOf(header) };
      },
    ),
    unary(
      `${path}RoleGrantPermission`,
      pb.AuthRoleGrantPermissionRequest,
      pb.AuthRoleGrantPermissionResponse,
      async ({ name, perm }, context) => {
        const permission = permissionOf(perm);
        const { header } = await operations.roleGrantPermission(
          { name, permission },
          optionsOf(operations, context),
        );
        return { header: headerOf(header) };
      },
    ),
    unary(
      `${path}RoleRevokePermission`,
      pb.AuthRoleRevokePermissionRequest,
      pb.AuthRoleRevokePermissionResponse,
      async ({ role, key, range_end }, context) => {
        const { header } = await operations.roleRevokePermission(
          { name: role, range: rangeOf(key, range_end) },
          optionsOf(operations, context),
        );
        return { header: headerOf(header) };
      },
    ),
  ];
}

function permissionOf(
  given: authpb.Permission.$Properties | null | undefined,
): { readonly type: Permission['type'] | undefined; readonly range: KeyRange } | undefined {
  if (given === null || given === undefined) return undefined;
  const { permType, key, range_end } = new authpb.Permission(given);
  return { type: typeNames[permType], range: rangeOf(key, range_end) };
}

const { Type } = authpb.Permission;

const typeNames: Readonly<Record<number, Permission['type']>> = {
  [Type.READ]: 'read',
  [Type.WRITE]: 'write',
  [Type.READWRITE]: 'readwrite',
};
const typeNumbers: Readonly<Record<Permission['type'], authpb.Permission.Type>> = {
  read: Type.READ,
  write: Type.WRITE,
  readwrite: Type.READWRITE,
};

/** The role root has every right, whatever its permissions: etcd shows it as one for all keys. */
function permissionMessages({ name, permissions }: Role): authpb.Permission.$Properties[] {
  if (name === 'root')
    return [{ permType: Type.READWRITE, key: new Uint8Array(), range_end: openEnd }];
  return permissions.map(({ type, range }) => ({
    permType: typeNumbers[type],
    key: bytesOfKey(range.start),
    range_end: endOf(range),
  }));
}

const openEnd = Buffer.from([0]);

function endOf(range: KeyRange): Uint8Array {
  if (range.end === undefined) return openEnd;
  return isSingleKey(range) ? new Uint8Array() : bytesOfKey(range.end);
}
