import { RegistryError } from '../../base/errors.ts';
import { etcdserverpb as pb } from '../../gen/etcd.js';
import type { Operations } from '../../operations/index.ts';
import { unary, Unimplemented } from '../methods.ts';
import type { MessageClass, Method } from '../methods.ts';
import { headerOf } from './wire.ts';

/** A call that is refused, whatever it says. */
function refused<T extends P, P extends object, U extends Q, Q extends object>(
  name: string,
  request: MessageClass<T, P>,
  response: MessageClass<U, Q>,
): Method {
  return unary(`/etcdserverpb.Auth/${name}`, request, response, () =>
    Promise.reject(new Unimplemented('this release has no users and roles yet')),
  );
}

/**
 * Users and roles, as a server without any of them answers: authentication is off, nobody is known. What would make
 * users is refused, rather than done without effect.
 */
export function authMethods(operations: Operations): Method[] {
  const path = '/etcdserverpb.Auth/';
  const header = (): pb.ResponseHeader.$Properties => headerOf(operations.header());
  const notEnabled = (): Promise<never> =>
    Promise.reject(new RegistryError('auth-not-enabled', 'authentication is off'));
  return [
    unary(`${path}AuthStatus`, pb.AuthStatusRequest, pb.AuthStatusResponse, () =>
      Promise.resolve({ header: header(), enabled: false, authRevision: 1 }),
    ),
    unary(`${path}Authenticate`, pb.AuthenticateRequest, pb.AuthenticateResponse, notEnabled),
    unary(`${path}AuthDisable`, pb.AuthDisableRequest, pb.AuthDisableResponse, () =>
      Promise.resolve({ header: header() }),
    ),
    unary(`${path}UserList`, pb.AuthUserListRequest, pb.AuthUserListResponse, () =>
      Promise.resolve({ header: header(), users: [] }),
    ),
    unary(`${path}RoleList`, pb.AuthRoleListRequest, pb.AuthRoleListResponse, () =>
      Promise.resolve({ header: header(), roles: [] }),
    ),
    refused('AuthEnable', pb.AuthEnableRequest, pb.AuthEnableResponse),
    refused('UserAdd', pb.AuthUserAddRequest, pb.AuthUserAddResponse),
    refused('UserGet', pb.AuthUserGetRequest, pb.AuthUserGetResponse),
    refused('UserDelete', pb.AuthUserDeleteRequest, pb.AuthUserDeleteResponse),
    refused(
      'UserChangePassword',
      pb.AuthUserChangePasswordRequest,
      pb.AuthUserChangePasswordResponse,
    ),
    refused('UserGrantRole', pb.AuthUserGrantRoleRequest, pb.AuthUserGrantRoleResponse),
    refused('UserRevokeRole', pb.AuthUserRevokeRoleRequest, pb.AuthUserRevokeRoleResponse),
    refused('RoleAdd', pb.AuthRoleAddRequest, pb.AuthRoleAddResponse),
    refused('RoleGet', pb.AuthRoleGetRequest, pb.AuthRoleGetResponse),
    refused('RoleDelete', pb.AuthRoleDeleteRequest, pb.AuthRoleDeleteResponse),
    refused(
      'RoleGrantPermission',
      pb.AuthRoleGrantPermissionRequest,
      pb.AuthRoleGrantPermissionResponse,
    ),
    refused(
      'RoleRevokePermission',
      pb.AuthRoleRevokePermissionRequest,
      pb.AuthRoleRevokePermissionResponse,
    ),
  ];
}
