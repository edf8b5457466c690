import { RegistryError } from '../../base/errors.ts';
import { authpb, etcdserverpb as pb } from '../../gen/etcd.js';
import type { Operations } from '../../operations/index.ts';
import { unary } from '../methods.ts';
import type { MessageClass, Method } from '../methods.ts';
import { StatusError, statusCodes } from '../status.ts';
import { headerOf } from './wire.ts';

/** A method that refuses every call, with a reason that depends on the request. */
function refused<T extends P, P extends object, U extends Q, Q extends object>(
  name: string,
  request: MessageClass<T, P>,
  response: MessageClass<U, Q>,
  reason: (request: T) => Error,
): Method {
  return unary(`/etcdserverpb.Auth/${name}`, request, response, (asked) =>
    Promise.reject(reason(asked)),
  );
}

const noUser = (): Error => new RegistryError('user-not-found', 'there are no users');
const noRole = (): Error => new RegistryError('role-not-found', 'there are no roles');
const noRoot = (): Error => new RegistryError('root-user-missing', 'there are no users');
const noAuthentication = (): Error =>
  new RegistryError('auth-not-enabled', 'authentication is off');

/** The fault of a permission that is missing, or that covers no key. */
function permissionFault(
  perm: authpb.Permission.$Properties | null | undefined,
): RegistryError | undefined {
  if (perm === null || perm === undefined) {
    return new RegistryError('permission-not-given', 'the permission is missing; give one');
  }
  const { key, range_end } = new authpb.Permission(perm);
  const isOneKey = range_end.length === 0;
  const isOpenEnded = range_end.length === 1 && range_end[0] === 0;
  const isRange = isOneKey || isOpenEnded || Buffer.compare(key, range_end) < 0;
  if (key.length > 0 && isRange) return undefined;
  return new RegistryError('invalid-auth-management', 'the permission is for no key at all');
}

/** Creating a user or a role is refused, rather than done without effect. */
function notYet(name: string, empty: 'user-empty' | 'role-empty'): Error {
  if (name === '') return new RegistryError(empty, 'the name is empty; give one');
  return new StatusError(statusCodes.unimplemented, 'this release has no users and roles yet');
}

/** `etcdserverpb.Auth`, as a server responds that has no users: authentication is off, and no user or role is found. */
export function authMethods(operations: Operations): Method[] {
  const path = '/etcdserverpb.Auth/';
  const header = (): pb.ResponseHeader.$Properties => headerOf(operations.header());
  return [
    unary(`${path}AuthStatus`, pb.AuthStatusRequest, pb.AuthStatusResponse, () =>
      Promise.resolve({ header: header(), enabled: false, authRevision: 1 }),
    ),
    unary(`${path}AuthDisable`, pb.AuthDisableRequest, pb.AuthDisableResponse, () =>
      Promise.resolve({ header: header() }),
    ),
    unary(`${path}UserList`, pb.AuthUserListRequest, pb.AuthUserListResponse, () =>
      Promise.resolve({ header: header(), users: [] }),
    ),
    unary(`${path}RoleList`, pb.AuthRoleListRequest, pb.AuthRoleListResponse, () =>
      Promise.resolve({ header: header(), roles: [] }),
    ),
    refused('Authenticate', pb.AuthenticateRequest, pb.AuthenticateResponse, noAuthentication),
    refused('AuthEnable', pb.AuthEnableRequest, pb.AuthEnableResponse, noRoot),
    refused('UserAdd', pb.AuthUserAddRequest, pb.AuthUserAddResponse, ({ name }) =>
      notYet(name, 'user-empty'),
    ),
    refused('UserGet', pb.AuthUserGetRequest, pb.AuthUserGetResponse, noUser),
    refused('UserDelete', pb.AuthUserDeleteRequest, pb.AuthUserDeleteResponse, noUser),
    refused(
      'UserChangePassword',
      pb.AuthUserChangePasswordRequest,
      pb.AuthUserChangePasswordResponse,
      noUser,
    ),
    refused('UserGrantRole', pb.AuthUserGrantRoleRequest, pb.AuthUserGrantRoleResponse, noUser),
    refused('UserRevokeRole', pb.AuthUserRevokeRoleRequest, pb.AuthUserRevokeRoleResponse, noUser),
    refused('RoleAdd', pb.AuthRoleAddRequest, pb.AuthRoleAddResponse, ({ name }) =>
      notYet(name, 'role-empty'),
    ),
    refused('RoleGet', pb.AuthRoleGetRequest, pb.AuthRoleGetResponse, noRole),
    refused('RoleDelete', pb.AuthRoleDeleteRequest, pb.AuthRoleDeleteResponse, noRole),
    refused(
      'RoleGrantPermission',
      pb.AuthRoleGrantPermissionRequest,
      pb.AuthRoleGrantPermissionResponse,
      ({ perm }) => permissionFault(perm) ?? noRole(),
    ),
    refused(
      'RoleRevokePermission',
      pb.AuthRoleRevokePermissionRequest,
      pb.AuthRoleRevokePermissionResponse,
      noRole,
    ),
  ];
}
