import { asBuffer } from '../base/key.ts';
import { etcdserverpb as pb, type mvccpb, v3electionpb, v3lockpb } from '../gen/etcd.js';
import type { Method } from './caller.ts';

/** The messages of the wire that more than one file here speaks of. */
export type WireKeyValue = mvccpb.KeyValue.$Properties;
export type WireEvent = mvccpb.Event.$Properties;
export type RangeRequest = pb.RangeRequest.$Properties;
export type RangeResponse = pb.RangeResponse.$Properties;
export type PutRequest = pb.PutRequest.$Properties;
export type PutResponse = pb.PutResponse.$Properties;
export type DeleteRangeRequest = pb.DeleteRangeRequest.$Properties;
export type DeleteRangeResponse = pb.DeleteRangeResponse.$Properties;
export type TxnRequest = pb.TxnRequest.$Properties;
export type TxnResponse = pb.TxnResponse.$Properties;
export type RequestOp = pb.RequestOp.$Properties;
export type ResponseOp = pb.ResponseOp.$Properties;
export type WireCompare = pb.Compare.$Properties;
export type WatchRequest = pb.WatchRequest.$Properties;
export type WatchResponse = pb.WatchResponse.$Properties;
export type LeaseKeepAliveRequest = pb.LeaseKeepAliveRequest.$Properties;
export type LeaseKeepAliveResponse = pb.LeaseKeepAliveResponse.$Properties;
export type LeaderKey = v3electionpb.LeaderKey.$Properties;
export type LeaderResponse = v3electionpb.LeaderResponse.$Properties;
export type WireMember = pb.Member.$Properties;
export type SnapshotResponse = pb.SnapshotResponse.$Properties;

/** Every call of the wire that the client makes. */
export interface Methods {
  readonly range: Method<pb.RangeRequest.$Properties, pb.RangeResponse.$Properties>;
  readonly put: Method<pb.PutRequest.$Properties, pb.PutResponse.$Properties>;
  /** A put of a key that no other client writes. */
  readonly putAgain: Method<pb.PutRequest.$Properties, pb.PutResponse.$Properties>;
  readonly deleteRange: Method<
    pb.DeleteRangeRequest.$Properties,
    pb.DeleteRangeResponse.$Properties
  >;
  readonly txn: Method<pb.TxnRequest.$Properties, pb.TxnResponse.$Properties>;
  readonly compact: Method<pb.CompactionRequest.$Properties, pb.CompactionResponse.$Properties>;
  readonly watch: Method<pb.WatchRequest.$Properties, pb.WatchResponse.$Properties>;
  readonly leaseGrant: Method<pb.LeaseGrantRequest.$Properties, pb.LeaseGrantResponse.$Properties>;
  readonly leaseRevoke: Method<
    pb.LeaseRevokeRequest.$Properties,
    pb.LeaseRevokeResponse.$Properties
  >;
  readonly leaseKeepAlive: Method<
    pb.LeaseKeepAliveRequest.$Properties,
    pb.LeaseKeepAliveResponse.$Properties
  >;
  readonly leaseTimeToLive: Method<
    pb.LeaseTimeToLiveRequest.$Properties,
    pb.LeaseTimeToLiveResponse.$Properties
  >;
  readonly leaseList: Method<pb.LeaseLeasesRequest.$Properties, pb.LeaseLeasesResponse.$Properties>;
  readonly lock: Method<v3lockpb.LockRequest.$Properties, v3lockpb.LockResponse.$Properties>;
  readonly campaign: Method<
    v3electionpb.CampaignRequest.$Properties,
    v3electionpb.CampaignResponse.$Properties
  >;
  readonly proclaim: Method<
    v3electionpb.ProclaimRequest.$Properties,
    v3electionpb.ProclaimResponse.$Properties
  >;
  readonly leader: Method<
    v3electionpb.LeaderRequest.$Properties,
    v3electionpb.LeaderResponse.$Properties
  >;
  readonly observe: Method<
    v3electionpb.LeaderRequest.$Properties,
    v3electionpb.LeaderResponse.$Properties
  >;
  readonly memberAdd: Method<pb.MemberAddRequest.$Properties, pb.MemberAddResponse.$Properties>;
  readonly memberRemove: Method<
    pb.MemberRemoveRequest.$Properties,
    pb.MemberRemoveResponse.$Properties
  >;
  readonly memberUpdate: Method<
    pb.MemberUpdateRequest.$Properties,
    pb.MemberUpdateResponse.$Properties
  >;
  readonly memberList: Method<pb.MemberListRequest.$Properties, pb.MemberListResponse.$Properties>;
  readonly memberPromote: Method<
    pb.MemberPromoteRequest.$Properties,
    pb.MemberPromoteResponse.$Properties
  >;
  readonly alarm: Method<pb.AlarmRequest.$Properties, pb.AlarmResponse.$Properties>;
  readonly status: Method<pb.StatusRequest.$Properties, pb.StatusResponse.$Properties>;
  readonly hashKv: Method<pb.HashKVRequest.$Properties, pb.HashKVResponse.$Properties>;
  readonly defragment: Method<pb.DefragmentRequest.$Properties, pb.DefragmentResponse.$Properties>;
  readonly snapshot: Method<pb.SnapshotRequest.$Properties, pb.SnapshotResponse.$Properties>;
  readonly moveLeader: Method<pb.MoveLeaderRequest.$Properties, pb.MoveLeaderResponse.$Properties>;
  readonly authenticate: Method<
    pb.AuthenticateRequest.$Properties,
    pb.AuthenticateResponse.$Properties
  >;
  readonly authEnable: Method<pb.AuthEnableRequest.$Properties, pb.AuthEnableResponse.$Properties>;
  readonly authDisable: Method<
    pb.AuthDisableRequest.$Properties,
    pb.AuthDisableResponse.$Properties
  >;
  readonly authStatus: Method<pb.AuthStatusRequest.$Properties, pb.AuthStatusResponse.$Properties>;
  readonly userAdd: Method<pb.AuthUserAddRequest.$Properties, pb.AuthUserAddResponse.$Properties>;
  readonly userGet: Method<pb.AuthUserGetRequest.$Properties, pb.AuthUserGetResponse.$Properties>;
  readonly userList: Method<
    pb.AuthUserListRequest.$Properties,
    pb.AuthUserListResponse.$Properties
  >;
  readonly userDelete: Method<
    pb.AuthUserDeleteRequest.$Properties,
    pb.AuthUserDeleteResponse.$Properties
  >;
  readonly userChangePassword: Method<
    pb.AuthUserChangePasswordRequest.$Properties,
    pb.AuthUserChangePasswordResponse.$Properties
  >;
  readonly userGrantRole: Method<
    pb.AuthUserGrantRoleRequest.$Properties,
    pb.AuthUserGrantRoleResponse.$Properties
  >;
  readonly userRevokeRole: Method<
    pb.AuthUserRevokeRoleRequest.$Properties,
    pb.AuthUserRevokeRoleResponse.$Properties
  >;
  readonly roleAdd: Method<pb.AuthRoleAddRequest.$Properties, pb.AuthRoleAddResponse.$Properties>;
  readonly roleGet: Method<pb.AuthRoleGetRequest.$Properties, pb.AuthRoleGetResponse.$Properties>;
  readonly roleList: Method<
    pb.AuthRoleListRequest.$Properties,
    pb.AuthRoleListResponse.$Properties
  >;
  readonly roleDelete: Method<
    pb.AuthRoleDeleteRequest.$Properties,
    pb.AuthRoleDeleteResponse.$Properties
  >;
  readonly roleGrantPermission: Method<
    pb.AuthRoleGrantPermissionRequest.$Properties,
    pb.AuthRoleGrantPermissionResponse.$Properties
  >;
  readonly roleRevokePermission: Method<
    pb.AuthRoleRevokePermissionRequest.$Properties,
    pb.AuthRoleRevokePermissionResponse.$Properties
  >;
}

const kv = 'etcdserverpb.KV';
const lease = 'etcdserverpb.Lease';
const cluster = 'etcdserverpb.Cluster';
const maintenance = 'etcdserverpb.Maintenance';
const auth = 'etcdserverpb.Auth';
const election = 'v3electionpb.Election';

/** Sending it again does no harm: it reads, or what it does twice is what it does once. */
const repeatable = true;
/** Sending it again could do it twice, or overwrite a write of another client in between. */
const once = false;

export const methods: Methods = {
  range: method(kv, 'Range', repeatable, pb.RangeRequest, pb.RangeResponse),
  put: method(kv, 'Put', once, pb.PutRequest, pb.PutResponse),
  putAgain: method(kv, 'Put', repeatable, pb.PutRequest, pb.PutResponse),
  deleteRange: method(kv, 'DeleteRange', once, pb.DeleteRangeRequest, pb.DeleteRangeResponse),
  txn: method(kv, 'Txn', once, pb.TxnRequest, pb.TxnResponse),
  compact: method(kv, 'Compact', once, pb.CompactionRequest, pb.CompactionResponse),
  watch: method('etcdserverpb.Watch', 'Watch', repeatable, pb.WatchRequest, pb.WatchResponse),
  // A lease that was granted and not heard of runs out by itself.
  leaseGrant: method(lease, 'LeaseGrant', repeatable, pb.LeaseGrantRequest, pb.LeaseGrantResponse),
  leaseRevoke: method(
    lease,
    'LeaseRevoke',
    repeatable,
    pb.LeaseRevokeRequest,
    pb.LeaseRevokeResponse,
  ),
  leaseKeepAlive: method(
    lease,
    'LeaseKeepAlive',
    repeatable,
    pb.LeaseKeepAliveRequest,
    pb.LeaseKeepAliveResponse,
  ),
  leaseTimeToLive: method(
    lease,
    'LeaseTimeToLive',
    repeatable,
    pb.LeaseTimeToLiveRequest,
    pb.LeaseTimeToLiveResponse,
  ),
  leaseList: method(
    lease,
    'LeaseLeases',
    repeatable,
    pb.LeaseLeasesRequest,
    pb.LeaseLeasesResponse,
  ),
  lock: method('v3lockpb.Lock', 'Lock', once, v3lockpb.LockRequest, v3lockpb.LockResponse),
  campaign: method(
    election,
    'Campaign',
    once,
    v3electionpb.CampaignRequest,
    v3electionpb.CampaignResponse,
  ),
  proclaim: method(
    election,
    'Proclaim',
    once,
    v3electionpb.ProclaimRequest,
    v3electionpb.ProclaimResponse,
  ),
  leader: method(
    election,
    'Leader',
    repeatable,
    v3electionpb.LeaderRequest,
    v3electionpb.LeaderResponse,
  ),
  observe: method(
    election,
    'Observe',
    repeatable,
    v3electionpb.LeaderRequest,
    v3electionpb.LeaderResponse,
  ),
  memberAdd: method(cluster, 'MemberAdd', once, pb.MemberAddRequest, pb.MemberAddResponse),
  memberRemove: method(
    cluster,
    'MemberRemove',
    once,
    pb.MemberRemoveRequest,
    pb.MemberRemoveResponse,
  ),
  memberUpdate: method(
    cluster,
    'MemberUpdate',
    once,
    pb.MemberUpdateRequest,
    pb.MemberUpdateResponse,
  ),
  memberList: method(
    cluster,
    'MemberList',
    repeatable,
    pb.MemberListRequest,
    pb.MemberListResponse,
  ),
  memberPromote: method(
    cluster,
    'MemberPromote',
    once,
    pb.MemberPromoteRequest,
    pb.MemberPromoteResponse,
  ),
  alarm: method(maintenance, 'Alarm', repeatable, pb.AlarmRequest, pb.AlarmResponse),
  status: method(maintenance, 'Status', repeatable, pb.StatusRequest, pb.StatusResponse),
  hashKv: method(maintenance, 'HashKV', repeatable, pb.HashKVRequest, pb.HashKVResponse),
  defragment: method(
    maintenance,
    'Defragment',
    repeatable,
    pb.DefragmentRequest,
    pb.DefragmentResponse,
  ),
  snapshot: method(maintenance, 'Snapshot', repeatable, pb.SnapshotRequest, pb.SnapshotResponse),
  moveLeader: method(maintenance, 'MoveLeader', once, pb.MoveLeaderRequest, pb.MoveLeaderResponse),
  authenticate: method(
    auth,
    'Authenticate',
    repeatable,
    pb.AuthenticateRequest,
    pb.AuthenticateResponse,
  ),
  authEnable: method(auth, 'AuthEnable', repeatable, pb.AuthEnableRequest, pb.AuthEnableResponse),
  authDisable: method(
    auth,
    'AuthDisable',
    repeatable,
    pb.AuthDisableRequest,
    pb.AuthDisableResponse,
  ),
  authStatus: method(auth, 'AuthStatus', repeatable, pb.AuthStatusRequest, pb.AuthStatusResponse),
  userAdd: method(auth, 'UserAdd', once, pb.AuthUserAddRequest, pb.AuthUserAddResponse),
  userGet: method(auth, 'UserGet', repeatable, pb.AuthUserGetRequest, pb.AuthUserGetResponse),
  userList: method(auth, 'UserList', repeatable, pb.AuthUserListRequest, pb.AuthUserListResponse),
  userDelete: method(auth, 'UserDelete', once, pb.AuthUserDeleteRequest, pb.AuthUserDeleteResponse),
  userChangePassword: method(
    auth,
    'UserChangePassword',
    repeatable,
    pb.AuthUserChangePasswordRequest,
    pb.AuthUserChangePasswordResponse,
  ),
  userGrantRole: method(
    auth,
    'UserGrantRole',
    repeatable,
    pb.AuthUserGrantRoleRequest,
    pb.AuthUserGrantRoleResponse,
  ),
  userRevokeRole: method(
    auth,
    'UserRevokeRole',
    once,
    pb.AuthUserRevokeRoleRequest,
    pb.AuthUserRevokeRoleResponse,
  ),
  roleAdd: method(auth, 'RoleAdd', once, pb.AuthRoleAddRequest, pb.AuthRoleAddResponse),
  roleGet: method(auth, 'RoleGet', repeatable, pb.AuthRoleGetRequest, pb.AuthRoleGetResponse),
  roleList: method(auth, 'RoleList', repeatable, pb.AuthRoleListRequest, pb.AuthRoleListResponse),
  roleDelete: method(auth, 'RoleDelete', once, pb.AuthRoleDeleteRequest, pb.AuthRoleDeleteResponse),
  roleGrantPermission: method(
    auth,
    'RoleGrantPermission',
    repeatable,
    pb.AuthRoleGrantPermissionRequest,
    pb.AuthRoleGrantPermissionResponse,
  ),
  roleRevokePermission: method(
    auth,
    'RoleRevokePermission',
    once,
    pb.AuthRoleRevokePermissionRequest,
    pb.AuthRoleRevokePermissionResponse,
  ),
};

function method<Request, Response>(
  service: string,
  name: string,
  isRepeatable: boolean,
  request: { encode(message: Request): { finish(): Uint8Array } },
  response: { decode(bytes: Uint8Array): Response },
): Method<Request, Response> {
  return {
    path: `/${service}/${name}`,
    repeatable: isRepeatable,
    encode: (message) => asBuffer(request.encode(message).finish()),
    decode: (bytes) => response.decode(bytes),
  };
}
