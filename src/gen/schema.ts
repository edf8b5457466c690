/** Made from proto/ by scripts/generate.ts; not to be edited. */

export interface Schema {
  /** The types of request and response of each call, by its path. */
  readonly calls: Readonly<Record<string, readonly string[]>>;
  /** The fields of each message, in the order of the proto file. */
  readonly messages: Readonly<Record<string, readonly SchemaField[]>>;
  /** The numbers of each enum's names. */
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface SchemaField {
  readonly name: string;
  /** Of protobuf, or the name of a message or an enum. */
  readonly type: string;
  readonly repeated?: boolean;
  readonly oneof?: string;
}

export const schema: Schema = {
  "calls": {
    "/etcdserverpb.KV/Range": [
      "etcdserverpb.RangeRequest",
      "etcdserverpb.RangeResponse"
    ],
    "/etcdserverpb.KV/RangeStream": [
      "etcdserverpb.RangeRequest",
      "etcdserverpb.RangeStreamResponse"
    ],
    "/etcdserverpb.KV/Put": [
      "etcdserverpb.PutRequest",
      "etcdserverpb.PutResponse"
    ],
    "/etcdserverpb.KV/DeleteRange": [
      "etcdserverpb.DeleteRangeRequest",
      "etcdserverpb.DeleteRangeResponse"
    ],
    "/etcdserverpb.KV/Txn": [
      "etcdserverpb.TxnRequest",
      "etcdserverpb.TxnResponse"
    ],
    "/etcdserverpb.KV/Compact": [
      "etcdserverpb.CompactionRequest",
      "etcdserverpb.CompactionResponse"
    ],
    "/etcdserverpb.Watch/Watch": [
      "etcdserverpb.WatchRequest",
      "etcdserverpb.WatchResponse"
    ],
    "/etcdserverpb.Lease/LeaseGrant": [
      "etcdserverpb.LeaseGrantRequest",
      "etcdserverpb.LeaseGrantResponse"
    ],
    "/etcdserverpb.Lease/LeaseRevoke": [
      "etcdserverpb.LeaseRevokeRequest",
      "etcdserverpb.LeaseRevokeResponse"
    ],
    "/etcdserverpb.Lease/LeaseKeepAlive": [
      "etcdserverpb.LeaseKeepAliveRequest",
      "etcdserverpb.LeaseKeepAliveResponse"
    ],
    "/etcdserverpb.Lease/LeaseTimeToLive": [
      "etcdserverpb.LeaseTimeToLiveRequest",
      "etcdserverpb.LeaseTimeToLiveResponse"
    ],
    "/etcdserverpb.Lease/LeaseLeases": [
      "etcdserverpb.LeaseLeasesRequest",
      "etcdserverpb.LeaseLeasesResponse"
    ],
    "/etcdserverpb.Cluster/MemberAdd": [
      "etcdserverpb.MemberAddRequest",
      "etcdserverpb.MemberAddResponse"
    ],
    "/etcdserverpb.Cluster/MemberRemove": [
      "etcdserverpb.MemberRemoveRequest",
      "etcdserverpb.MemberRemoveResponse"
    ],
    "/etcdserverpb.Cluster/MemberUpdate": [
      "etcdserverpb.MemberUpdateRequest",
      "etcdserverpb.MemberUpdateResponse"
    ],
    "/etcdserverpb.Cluster/MemberList": [
      "etcdserverpb.MemberListRequest",
      "etcdserverpb.MemberListResponse"
    ],
    "/etcdserverpb.Cluster/MemberPromote": [
      "etcdserverpb.MemberPromoteRequest",
      "etcdserverpb.MemberPromoteResponse"
    ],
    "/etcdserverpb.Maintenance/Alarm": [
      "etcdserverpb.AlarmRequest",
      "etcdserverpb.AlarmResponse"
    ],
    "/etcdserverpb.Maintenance/Status": [
      "etcdserverpb.StatusRequest",
      "etcdserverpb.StatusResponse"
    ],
    "/etcdserverpb.Maintenance/Defragment": [
      "etcdserverpb.DefragmentRequest",
      "etcdserverpb.DefragmentResponse"
    ],
    "/etcdserverpb.Maintenance/Hash": [
      "etcdserverpb.HashRequest",
      "etcdserverpb.HashResponse"
    ],
    "/etcdserverpb.Maintenance/HashKV": [
      "etcdserverpb.HashKVRequest",
      "etcdserverpb.HashKVResponse"
    ],
    "/etcdserverpb.Maintenance/Snapshot": [
      "etcdserverpb.SnapshotRequest",
      "etcdserverpb.SnapshotResponse"
    ],
    "/etcdserverpb.Maintenance/MoveLeader": [
      "etcdserverpb.MoveLeaderRequest",
      "etcdserverpb.MoveLeaderResponse"
    ],
    "/etcdserverpb.Maintenance/Downgrade": [
      "etcdserverpb.DowngradeRequest",
      "etcdserverpb.DowngradeResponse"
    ],
    "/etcdserverpb.Auth/AuthEnable": [
      "etcdserverpb.AuthEnableRequest",
      "etcdserverpb.AuthEnableResponse"
    ],
    "/etcdserverpb.Auth/AuthDisable": [
      "etcdserverpb.AuthDisableRequest",
      "etcdserverpb.AuthDisableResponse"
    ],
    "/etcdserverpb.Auth/AuthStatus": [
      "etcdserverpb.AuthStatusRequest",
      "etcdserverpb.AuthStatusResponse"
    ],
    "/etcdserverpb.Auth/Authenticate": [
      "etcdserverpb.AuthenticateRequest",
      "etcdserverpb.AuthenticateResponse"
    ],
    "/etcdserverpb.Auth/UserAdd": [
      "etcdserverpb.AuthUserAddRequest",
      "etcdserverpb.AuthUserAddResponse"
    ],
    "/etcdserverpb.Auth/UserGet": [
      "etcdserverpb.AuthUserGetRequest",
      "etcdserverpb.AuthUserGetResponse"
    ],
    "/etcdserverpb.Auth/UserList": [
      "etcdserverpb.AuthUserListRequest",
      "etcdserverpb.AuthUserListResponse"
    ],
    "/etcdserverpb.Auth/UserDelete": [
      "etcdserverpb.AuthUserDeleteRequest",
      "etcdserverpb.AuthUserDeleteResponse"
    ],
    "/etcdserverpb.Auth/UserChangePassword": [
      "etcdserverpb.AuthUserChangePasswordRequest",
      "etcdserverpb.AuthUserChangePasswordResponse"
    ],
    "/etcdserverpb.Auth/UserGrantRole": [
      "etcdserverpb.AuthUserGrantRoleRequest",
      "etcdserverpb.AuthUserGrantRoleResponse"
    ],
    "/etcdserverpb.Auth/UserRevokeRole": [
      "etcdserverpb.AuthUserRevokeRoleRequest",
      "etcdserverpb.AuthUserRevokeRoleResponse"
    ],
    "/etcdserverpb.Auth/RoleAdd": [
      "etcdserverpb.AuthRoleAddRequest",
      "etcdserverpb.AuthRoleAddResponse"
    ],
    "/etcdserverpb.Auth/RoleGet": [
      "etcdserverpb.AuthRoleGetRequest",
      "etcdserverpb.AuthRoleGetResponse"
    ],
    "/etcdserverpb.Auth/RoleList": [
      "etcdserverpb.AuthRoleListRequest",
      "etcdserverpb.AuthRoleListResponse"
    ],
    "/etcdserverpb.Auth/RoleDelete": [
      "etcdserverpb.AuthRoleDeleteRequest",
      "etcdserverpb.AuthRoleDeleteResponse"
    ],
    "/etcdserverpb.Auth/RoleGrantPermission": [
      "etcdserverpb.AuthRoleGrantPermissionRequest",
      "etcdserverpb.AuthRoleGrantPermissionResponse"
    ],
    "/etcdserverpb.Auth/RoleRevokePermission": [
      "etcdserverpb.AuthRoleRevokePermissionRequest",
      "etcdserverpb.AuthRoleRevokePermissionResponse"
    ],
    "/v3lockpb.Lock/Lock": [
      "v3lockpb.LockRequest",
      "v3lockpb.LockResponse"
    ],
    "/v3lockpb.Lock/Unlock": [
      "v3lockpb.UnlockRequest",
      "v3lockpb.UnlockResponse"
    ],
    "/v3electionpb.Election/Campaign": [
      "v3electionpb.CampaignRequest",
      "v3electionpb.CampaignResponse"
    ],
    "/v3electionpb.Election/Proclaim": [
      "v3electionpb.ProclaimRequest",
      "v3electionpb.ProclaimResponse"
    ],
    "/v3electionpb.Election/Leader": [
      "v3electionpb.LeaderRequest",
      "v3electionpb.LeaderResponse"
    ],
    "/v3electionpb.Election/Observe": [
      "v3electionpb.LeaderRequest",
      "v3electionpb.LeaderResponse"
    ],
    "/v3electionpb.Election/Resign": [
      "v3electionpb.ResignRequest",
      "v3electionpb.ResignResponse"
    ]
  },
  "messages": {
    "etcdserverpb.RangeRequest": [
      {
        "name": "key",
        "type": "bytes"
      },
      {
        "name": "range_end",
        "type": "bytes"
      },
      {
        "name": "limit",
        "type": "int64"
      },
      {
        "name": "revision",
        "type": "int64"
      },
      {
        "name": "sort_order",
        "type": "etcdserverpb.RangeRequest.SortOrder"
      },
      {
        "name": "sort_target",
        "type": "etcdserverpb.RangeRequest.SortTarget"
      },
      {
        "name": "serializable",
        "type": "bool"
      },
      {
        "name": "keys_only",
        "type": "bool"
      },
      {
        "name": "count_only",
        "type": "bool"
      },
      {
        "name": "min_mod_revision",
        "type": "int64"
      },
      {
        "name": "max_mod_revision",
        "type": "int64"
      },
      {
        "name": "min_create_revision",
        "type": "int64"
      },
      {
        "name": "max_create_revision",
        "type": "int64"
      }
    ],
    "etcdserverpb.RangeResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "kvs",
        "type": "mvccpb.KeyValue",
        "repeated": true
      },
      {
        "name": "more",
        "type": "bool"
      },
      {
        "name": "count",
        "type": "int64"
      }
    ],
    "etcdserverpb.ResponseHeader": [
      {
        "name": "cluster_id",
        "type": "uint64"
      },
      {
        "name": "member_id",
        "type": "uint64"
      },
      {
        "name": "revision",
        "type": "int64"
      },
      {
        "name": "raft_term",
        "type": "uint64"
      }
    ],
    "mvccpb.KeyValue": [
      {
        "name": "key",
        "type": "bytes"
      },
      {
        "name": "create_revision",
        "type": "int64"
      },
      {
        "name": "mod_revision",
        "type": "int64"
      },
      {
        "name": "version",
        "type": "int64"
      },
      {
        "name": "value",
        "type": "bytes"
      },
      {
        "name": "lease",
        "type": "int64"
      }
    ],
    "etcdserverpb.RangeStreamResponse": [
      {
        "name": "range_response",
        "type": "etcdserverpb.RangeResponse"
      }
    ],
    "etcdserverpb.PutRequest": [
      {
        "name": "key",
        "type": "bytes"
      },
      {
        "name": "value",
        "type": "bytes"
      },
      {
        "name": "lease",
        "type": "int64"
      },
      {
        "name": "prev_kv",
        "type": "bool"
      },
      {
        "name": "ignore_value",
        "type": "bool"
      },
      {
        "name": "ignore_lease",
        "type": "bool"
      }
    ],
    "etcdserverpb.PutResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "prev_kv",
        "type": "mvccpb.KeyValue"
      }
    ],
    "etcdserverpb.DeleteRangeRequest": [
      {
        "name": "key",
        "type": "bytes"
      },
      {
        "name": "range_end",
        "type": "bytes"
      },
      {
        "name": "prev_kv",
        "type": "bool"
      }
    ],
    "etcdserverpb.DeleteRangeResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "deleted",
        "type": "int64"
      },
      {
        "name": "prev_kvs",
        "type": "mvccpb.KeyValue",
        "repeated": true
      }
    ],
    "etcdserverpb.TxnRequest": [
      {
        "name": "compare",
        "type": "etcdserverpb.Compare",
        "repeated": true
      },
      {
        "name": "success",
        "type": "etcdserverpb.RequestOp",
        "repeated": true
      },
      {
        "name": "failure",
        "type": "etcdserverpb.RequestOp",
        "repeated": true
      }
    ],
    "etcdserverpb.Compare": [
      {
        "name": "result",
        "type": "etcdserverpb.Compare.CompareResult"
      },
      {
        "name": "target",
        "type": "etcdserverpb.Compare.CompareTarget"
      },
      {
        "name": "key",
        "type": "bytes"
      },
      {
        "name": "version",
        "type": "int64",
        "oneof": "target_union"
      },
      {
        "name": "create_revision",
        "type": "int64",
        "oneof": "target_union"
      },
      {
        "name": "mod_revision",
        "type": "int64",
        "oneof": "target_union"
      },
      {
        "name": "value",
        "type": "bytes",
        "oneof": "target_union"
      },
      {
        "name": "lease",
        "type": "int64",
        "oneof": "target_union"
      },
      {
        "name": "range_end",
        "type": "bytes"
      }
    ],
    "etcdserverpb.RequestOp": [
      {
        "name": "request_range",
        "type": "etcdserverpb.RangeRequest",
        "oneof": "request"
      },
      {
        "name": "request_put",
        "type": "etcdserverpb.PutRequest",
        "oneof": "request"
      },
      {
        "name": "request_delete_range",
        "type": "etcdserverpb.DeleteRangeRequest",
        "oneof": "request"
      },
      {
        "name": "request_txn",
        "type": "etcdserverpb.TxnRequest",
        "oneof": "request"
      }
    ],
    "etcdserverpb.TxnResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "succeeded",
        "type": "bool"
      },
      {
        "name": "responses",
        "type": "etcdserverpb.ResponseOp",
        "repeated": true
      }
    ],
    "etcdserverpb.ResponseOp": [
      {
        "name": "response_range",
        "type": "etcdserverpb.RangeResponse",
        "oneof": "response"
      },
      {
        "name": "response_put",
        "type": "etcdserverpb.PutResponse",
        "oneof": "response"
      },
      {
        "name": "response_delete_range",
        "type": "etcdserverpb.DeleteRangeResponse",
        "oneof": "response"
      },
      {
        "name": "response_txn",
        "type": "etcdserverpb.TxnResponse",
        "oneof": "response"
      }
    ],
    "etcdserverpb.CompactionRequest": [
      {
        "name": "revision",
        "type": "int64"
      },
      {
        "name": "physical",
        "type": "bool"
      }
    ],
    "etcdserverpb.CompactionResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.WatchRequest": [
      {
        "name": "create_request",
        "type": "etcdserverpb.WatchCreateRequest",
        "oneof": "request_union"
      },
      {
        "name": "cancel_request",
        "type": "etcdserverpb.WatchCancelRequest",
        "oneof": "request_union"
      },
      {
        "name": "progress_request",
        "type": "etcdserverpb.WatchProgressRequest",
        "oneof": "request_union"
      }
    ],
    "etcdserverpb.WatchCreateRequest": [
      {
        "name": "key",
        "type": "bytes"
      },
      {
        "name": "range_end",
        "type": "bytes"
      },
      {
        "name": "start_revision",
        "type": "int64"
      },
      {
        "name": "progress_notify",
        "type": "bool"
      },
      {
        "name": "filters",
        "type": "etcdserverpb.WatchCreateRequest.FilterType",
        "repeated": true
      },
      {
        "name": "prev_kv",
        "type": "bool"
      },
      {
        "name": "watch_id",
        "type": "int64"
      },
      {
        "name": "fragment",
        "type": "bool"
      }
    ],
    "etcdserverpb.WatchCancelRequest": [
      {
        "name": "watch_id",
        "type": "int64"
      }
    ],
    "etcdserverpb.WatchProgressRequest": [],
    "etcdserverpb.WatchResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "watch_id",
        "type": "int64"
      },
      {
        "name": "created",
        "type": "bool"
      },
      {
        "name": "canceled",
        "type": "bool"
      },
      {
        "name": "compact_revision",
        "type": "int64"
      },
      {
        "name": "cancel_reason",
        "type": "string"
      },
      {
        "name": "fragment",
        "type": "bool"
      },
      {
        "name": "events",
        "type": "mvccpb.Event",
        "repeated": true
      }
    ],
    "mvccpb.Event": [
      {
        "name": "type",
        "type": "mvccpb.Event.EventType"
      },
      {
        "name": "kv",
        "type": "mvccpb.KeyValue"
      },
      {
        "name": "prev_kv",
        "type": "mvccpb.KeyValue"
      }
    ],
    "etcdserverpb.LeaseGrantRequest": [
      {
        "name": "TTL",
        "type": "int64"
      },
      {
        "name": "ID",
        "type": "int64"
      }
    ],
    "etcdserverpb.LeaseGrantResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "ID",
        "type": "int64"
      },
      {
        "name": "TTL",
        "type": "int64"
      },
      {
        "name": "error",
        "type": "string"
      }
    ],
    "etcdserverpb.LeaseRevokeRequest": [
      {
        "name": "ID",
        "type": "int64"
      }
    ],
    "etcdserverpb.LeaseRevokeResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.LeaseKeepAliveRequest": [
      {
        "name": "ID",
        "type": "int64"
      }
    ],
    "etcdserverpb.LeaseKeepAliveResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "ID",
        "type": "int64"
      },
      {
        "name": "TTL",
        "type": "int64"
      }
    ],
    "etcdserverpb.LeaseTimeToLiveRequest": [
      {
        "name": "ID",
        "type": "int64"
      },
      {
        "name": "keys",
        "type": "bool"
      }
    ],
    "etcdserverpb.LeaseTimeToLiveResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "ID",
        "type": "int64"
      },
      {
        "name": "TTL",
        "type": "int64"
      },
      {
        "name": "grantedTTL",
        "type": "int64"
      },
      {
        "name": "keys",
        "type": "bytes",
        "repeated": true
      }
    ],
    "etcdserverpb.LeaseLeasesRequest": [],
    "etcdserverpb.LeaseLeasesResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "leases",
        "type": "etcdserverpb.LeaseStatus",
        "repeated": true
      }
    ],
    "etcdserverpb.LeaseStatus": [
      {
        "name": "ID",
        "type": "int64"
      }
    ],
    "etcdserverpb.MemberAddRequest": [
      {
        "name": "peerURLs",
        "type": "string",
        "repeated": true
      },
      {
        "name": "isLearner",
        "type": "bool"
      }
    ],
    "etcdserverpb.MemberAddResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "member",
        "type": "etcdserverpb.Member"
      },
      {
        "name": "members",
        "type": "etcdserverpb.Member",
        "repeated": true
      }
    ],
    "etcdserverpb.Member": [
      {
        "name": "ID",
        "type": "uint64"
      },
      {
        "name": "name",
        "type": "string"
      },
      {
        "name": "peerURLs",
        "type": "string",
        "repeated": true
      },
      {
        "name": "clientURLs",
        "type": "string",
        "repeated": true
      },
      {
        "name": "isLearner",
        "type": "bool"
      }
    ],
    "etcdserverpb.MemberRemoveRequest": [
      {
        "name": "ID",
        "type": "uint64"
      }
    ],
    "etcdserverpb.MemberRemoveResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "members",
        "type": "etcdserverpb.Member",
        "repeated": true
      }
    ],
    "etcdserverpb.MemberUpdateRequest": [
      {
        "name": "ID",
        "type": "uint64"
      },
      {
        "name": "peerURLs",
        "type": "string",
        "repeated": true
      }
    ],
    "etcdserverpb.MemberUpdateResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "members",
        "type": "etcdserverpb.Member",
        "repeated": true
      }
    ],
    "etcdserverpb.MemberListRequest": [
      {
        "name": "linearizable",
        "type": "bool"
      }
    ],
    "etcdserverpb.MemberListResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "members",
        "type": "etcdserverpb.Member",
        "repeated": true
      }
    ],
    "etcdserverpb.MemberPromoteRequest": [
      {
        "name": "ID",
        "type": "uint64"
      }
    ],
    "etcdserverpb.MemberPromoteResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "members",
        "type": "etcdserverpb.Member",
        "repeated": true
      }
    ],
    "etcdserverpb.AlarmRequest": [
      {
        "name": "action",
        "type": "etcdserverpb.AlarmRequest.AlarmAction"
      },
      {
        "name": "memberID",
        "type": "uint64"
      },
      {
        "name": "alarm",
        "type": "etcdserverpb.AlarmType"
      }
    ],
    "etcdserverpb.AlarmResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "alarms",
        "type": "etcdserverpb.AlarmMember",
        "repeated": true
      }
    ],
    "etcdserverpb.AlarmMember": [
      {
        "name": "memberID",
        "type": "uint64"
      },
      {
        "name": "alarm",
        "type": "etcdserverpb.AlarmType"
      }
    ],
    "etcdserverpb.StatusRequest": [],
    "etcdserverpb.StatusResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "version",
        "type": "string"
      },
      {
        "name": "dbSize",
        "type": "int64"
      },
      {
        "name": "leader",
        "type": "uint64"
      },
      {
        "name": "raftIndex",
        "type": "uint64"
      },
      {
        "name": "raftTerm",
        "type": "uint64"
      },
      {
        "name": "raftAppliedIndex",
        "type": "uint64"
      },
      {
        "name": "errors",
        "type": "string",
        "repeated": true
      },
      {
        "name": "dbSizeInUse",
        "type": "int64"
      },
      {
        "name": "isLearner",
        "type": "bool"
      },
      {
        "name": "storageVersion",
        "type": "string"
      },
      {
        "name": "dbSizeQuota",
        "type": "int64"
      },
      {
        "name": "downgradeInfo",
        "type": "etcdserverpb.DowngradeInfo"
      }
    ],
    "etcdserverpb.DowngradeInfo": [
      {
        "name": "enabled",
        "type": "bool"
      },
      {
        "name": "targetVersion",
        "type": "string"
      }
    ],
    "etcdserverpb.DefragmentRequest": [],
    "etcdserverpb.DefragmentResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.HashRequest": [],
    "etcdserverpb.HashResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "hash",
        "type": "uint32"
      }
    ],
    "etcdserverpb.HashKVRequest": [
      {
        "name": "revision",
        "type": "int64"
      }
    ],
    "etcdserverpb.HashKVResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "hash",
        "type": "uint32"
      },
      {
        "name": "compact_revision",
        "type": "int64"
      },
      {
        "name": "hash_revision",
        "type": "int64"
      }
    ],
    "etcdserverpb.SnapshotRequest": [],
    "etcdserverpb.SnapshotResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "remaining_bytes",
        "type": "uint64"
      },
      {
        "name": "blob",
        "type": "bytes"
      },
      {
        "name": "version",
        "type": "string"
      }
    ],
    "etcdserverpb.MoveLeaderRequest": [
      {
        "name": "targetID",
        "type": "uint64"
      }
    ],
    "etcdserverpb.MoveLeaderResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.DowngradeRequest": [
      {
        "name": "action",
        "type": "etcdserverpb.DowngradeRequest.DowngradeAction"
      },
      {
        "name": "version",
        "type": "string"
      }
    ],
    "etcdserverpb.DowngradeResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "version",
        "type": "string"
      }
    ],
    "etcdserverpb.AuthEnableRequest": [],
    "etcdserverpb.AuthEnableResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.AuthDisableRequest": [],
    "etcdserverpb.AuthDisableResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.AuthStatusRequest": [],
    "etcdserverpb.AuthStatusResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "enabled",
        "type": "bool"
      },
      {
        "name": "authRevision",
        "type": "uint64"
      }
    ],
    "etcdserverpb.AuthenticateRequest": [
      {
        "name": "name",
        "type": "string"
      },
      {
        "name": "password",
        "type": "string"
      }
    ],
    "etcdserverpb.AuthenticateResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "token",
        "type": "string"
      }
    ],
    "etcdserverpb.AuthUserAddRequest": [
      {
        "name": "name",
        "type": "string"
      },
      {
        "name": "password",
        "type": "string"
      },
      {
        "name": "options",
        "type": "authpb.UserAddOptions"
      },
      {
        "name": "hashedPassword",
        "type": "string"
      }
    ],
    "authpb.UserAddOptions": [
      {
        "name": "no_password",
        "type": "bool"
      }
    ],
    "etcdserverpb.AuthUserAddResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.AuthUserGetRequest": [
      {
        "name": "name",
        "type": "string"
      }
    ],
    "etcdserverpb.AuthUserGetResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "roles",
        "type": "string",
        "repeated": true
      }
    ],
    "etcdserverpb.AuthUserListRequest": [],
    "etcdserverpb.AuthUserListResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "users",
        "type": "string",
        "repeated": true
      }
    ],
    "etcdserverpb.AuthUserDeleteRequest": [
      {
        "name": "name",
        "type": "string"
      }
    ],
    "etcdserverpb.AuthUserDeleteResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.AuthUserChangePasswordRequest": [
      {
        "name": "name",
        "type": "string"
      },
      {
        "name": "password",
        "type": "string"
      },
      {
        "name": "hashedPassword",
        "type": "string"
      }
    ],
    "etcdserverpb.AuthUserChangePasswordResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.AuthUserGrantRoleRequest": [
      {
        "name": "user",
        "type": "string"
      },
      {
        "name": "role",
        "type": "string"
      }
    ],
    "etcdserverpb.AuthUserGrantRoleResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.AuthUserRevokeRoleRequest": [
      {
        "name": "name",
        "type": "string"
      },
      {
        "name": "role",
        "type": "string"
      }
    ],
    "etcdserverpb.AuthUserRevokeRoleResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.AuthRoleAddRequest": [
      {
        "name": "name",
        "type": "string"
      }
    ],
    "etcdserverpb.AuthRoleAddResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.AuthRoleGetRequest": [
      {
        "name": "role",
        "type": "string"
      }
    ],
    "etcdserverpb.AuthRoleGetResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "perm",
        "type": "authpb.Permission",
        "repeated": true
      }
    ],
    "authpb.Permission": [
      {
        "name": "permType",
        "type": "authpb.Permission.Type"
      },
      {
        "name": "key",
        "type": "bytes"
      },
      {
        "name": "range_end",
        "type": "bytes"
      }
    ],
    "etcdserverpb.AuthRoleListRequest": [],
    "etcdserverpb.AuthRoleListResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "roles",
        "type": "string",
        "repeated": true
      }
    ],
    "etcdserverpb.AuthRoleDeleteRequest": [
      {
        "name": "role",
        "type": "string"
      }
    ],
    "etcdserverpb.AuthRoleDeleteResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.AuthRoleGrantPermissionRequest": [
      {
        "name": "name",
        "type": "string"
      },
      {
        "name": "perm",
        "type": "authpb.Permission"
      }
    ],
    "etcdserverpb.AuthRoleGrantPermissionResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "etcdserverpb.AuthRoleRevokePermissionRequest": [
      {
        "name": "role",
        "type": "string"
      },
      {
        "name": "key",
        "type": "bytes"
      },
      {
        "name": "range_end",
        "type": "bytes"
      }
    ],
    "etcdserverpb.AuthRoleRevokePermissionResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "v3lockpb.LockRequest": [
      {
        "name": "name",
        "type": "bytes"
      },
      {
        "name": "lease",
        "type": "int64"
      }
    ],
    "v3lockpb.LockResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "key",
        "type": "bytes"
      }
    ],
    "v3lockpb.UnlockRequest": [
      {
        "name": "key",
        "type": "bytes"
      }
    ],
    "v3lockpb.UnlockResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "v3electionpb.CampaignRequest": [
      {
        "name": "name",
        "type": "bytes"
      },
      {
        "name": "lease",
        "type": "int64"
      },
      {
        "name": "value",
        "type": "bytes"
      }
    ],
    "v3electionpb.CampaignResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "leader",
        "type": "v3electionpb.LeaderKey"
      }
    ],
    "v3electionpb.LeaderKey": [
      {
        "name": "name",
        "type": "bytes"
      },
      {
        "name": "key",
        "type": "bytes"
      },
      {
        "name": "rev",
        "type": "int64"
      },
      {
        "name": "lease",
        "type": "int64"
      }
    ],
    "v3electionpb.ProclaimRequest": [
      {
        "name": "leader",
        "type": "v3electionpb.LeaderKey"
      },
      {
        "name": "value",
        "type": "bytes"
      }
    ],
    "v3electionpb.ProclaimResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ],
    "v3electionpb.LeaderRequest": [
      {
        "name": "name",
        "type": "bytes"
      }
    ],
    "v3electionpb.LeaderResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      },
      {
        "name": "kv",
        "type": "mvccpb.KeyValue"
      }
    ],
    "v3electionpb.ResignRequest": [
      {
        "name": "leader",
        "type": "v3electionpb.LeaderKey"
      }
    ],
    "v3electionpb.ResignResponse": [
      {
        "name": "header",
        "type": "etcdserverpb.ResponseHeader"
      }
    ]
  },
  "enums": {
    "etcdserverpb.RangeRequest.SortOrder": {
      "NONE": 0,
      "ASCEND": 1,
      "DESCEND": 2
    },
    "etcdserverpb.RangeRequest.SortTarget": {
      "KEY": 0,
      "VERSION": 1,
      "CREATE": 2,
      "MOD": 3,
      "VALUE": 4
    },
    "etcdserverpb.Compare.CompareResult": {
      "EQUAL": 0,
      "GREATER": 1,
      "LESS": 2,
      "NOT_EQUAL": 3
    },
    "etcdserverpb.Compare.CompareTarget": {
      "VERSION": 0,
      "CREATE": 1,
      "MOD": 2,
      "VALUE": 3,
      "LEASE": 4
    },
    "etcdserverpb.WatchCreateRequest.FilterType": {
      "NOPUT": 0,
      "NODELETE": 1
    },
    "mvccpb.Event.EventType": {
      "PUT": 0,
      "DELETE": 1
    },
    "etcdserverpb.AlarmRequest.AlarmAction": {
      "GET": 0,
      "ACTIVATE": 1,
      "DEACTIVATE": 2
    },
    "etcdserverpb.AlarmType": {
      "NONE": 0,
      "NOSPACE": 1,
      "CORRUPT": 2
    },
    "etcdserverpb.DowngradeRequest.DowngradeAction": {
      "VALIDATE": 0,
      "ENABLE": 1,
      "CANCEL": 2
    },
    "authpb.Permission.Type": {
      "READ": 0,
      "WRITE": 1,
      "READWRITE": 2
    }
  }
};
