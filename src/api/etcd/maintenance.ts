import { RegistryError } from '../../base/errors.ts';
import { etcdserverpb as pb } from '../../gen/etcd.js';
import type {
  Alarm,
  AlarmType,
  Answered,
  MemberStatus,
  Operations,
} from '../../operations/index.ts';
import { serverStream, unary } from '../methods.ts';
import type { CallContext, Method } from '../methods.ts';
import { StatusError, statusCodes } from '../status.ts';
import { headerOf, longOf, longOfMember, memberNamed, numberOf, optionsOf } from './wire.ts';

const path = '/etcdserverpb.Maintenance/';

/** `etcdserverpb.Maintenance`. */
export function maintenanceMethods(operations: Operations): Method[] {
  return [
    alarmMethod(operations),
    unary(`${path}Status`, pb.StatusRequest, pb.StatusResponse, async (_request, context) => {
      const status = await operations.status({}, optionsOf(operations, context));
      return statusMessage(status);
    }),
    // There is nothing to defragment: compaction frees space by itself.
    unary(
      `${path}Defragment`,
      pb.DefragmentRequest,
      pb.DefragmentResponse,
      async (_request, context) => {
        await operations.defragment({}, optionsOf(operations, context));
        return {};
      },
    ),
    unary(`${path}Hash`, pb.HashRequest, pb.HashResponse, async (_request, context) => {
      const { header, hash } = await operations.hash({}, optionsOf(operations, context));
      return { header: headerOf(header), hash };
    }),
    unary(`${path}HashKV`, pb.HashKVRequest, pb.HashKVResponse, async (request, context) => {
      const answer = await operations.hashKv(
        numberOf(request.revision),
        optionsOf(operations, context),
      );
      return {
        header: headerOf(answer.header),
        hash: answer.hash,
        compact_revision: longOf(answer.compactRevision),
        hash_revision: longOf(answer.hashRevision),
      };
    }),
    serverStream(`${path}Snapshot`, pb.SnapshotRequest, pb.SnapshotResponse, (_request, context) =>
      snapshot(operations, context),
    ),
    unary(
      `${path}MoveLeader`,
      pb.MoveLeaderRequest,
      pb.MoveLeaderResponse,
      async (request, context) => {
        await operations.moveLeader(
          memberNamed(request.targetID),
          optionsOf(operations, context, 'long'),
        );
        return {};
      },
    ),
    unary(
      `${path}Downgrade`,
      pb.DowngradeRequest,
      pb.DowngradeResponse,
      async (request, context) => {
        const action = downgradeActions[request.action];
        if (action === undefined) {
          throw new StatusError(statusCodes.unknown, 'etcdserver: unknown method');
        }
        const { version } = request;
        const answer = await operations.downgrade(
          { action, version },
          optionsOf(operations, context),
        );
        return { header: headerOf(answer.header), version: answer.version };
      },
    ),
  ];
}

function statusMessage(status: Answered<MemberStatus>): pb.StatusResponse.$Properties {
  return {
    header: headerOf(status.header),
    version: status.version,
    dbSize: longOf(status.dbSizeBytes),
    leader: longOfMember(status.leader),
    raftIndex: longOf(status.raftIndex),
    raftTerm: longOf(status.raftTerm),
    raftAppliedIndex: longOf(status.raftAppliedIndex),
    errors: [...status.errors],
    dbSizeInUse: longOf(status.dbSizeInUseBytes),
    isLearner: status.isLearner,
    storageVersion: status.storageVersion,
    dbSizeQuota: longOf(status.quotaBytes),
    downgradeInfo: { enabled: false },
  };
}

const downgradeActions = ['validate', 'enable', 'cancel'] as const;

async function* snapshot(
  operations: Operations,
  context: CallContext,
): AsyncGenerator<pb.SnapshotResponse.$Properties> {
  const backup = await operations.backup({}, optionsOf(operations, context));
  let remaining = backup.sizeBytes;
  for await (const blob of backup.chunks()) {
    remaining -= blob.length;
    yield {
      remaining_bytes: longOf(remaining),
      blob,
      version: backup.version,
    };
  }
}

const alarmActions = ['get', 'activate', 'deactivate'] as const;
const alarmTypes: readonly (AlarmType | undefined)[] = [undefined, 'no-space', 'corrupt'];

function alarmAction(number: number): 'get' | 'activate' | 'deactivate' {
  const action = alarmActions[number];
  if (action === undefined) {
    throw new RegistryError('invalid-request', `there is no alarm action ${number}`);
  }
  return action;
}

/** Undefined: all of them. */
function alarmType(
  number: number,
  action: 'get' | 'activate' | 'deactivate',
): AlarmType | 'unknown' | undefined {
  if (number in alarmTypes) return alarmTypes[number];
  if (action !== 'activate') return 'unknown';
  throw new RegistryError('invalid-request', `there is no alarm of type ${number}`);
}

const alarmNumbers = { 'no-space': pb.AlarmType.NOSPACE, corrupt: pb.AlarmType.CORRUPT } as const;

function alarmMessage({ memberId, type }: Alarm): pb.AlarmMember.$Properties {
  return { memberID: longOfMember(memberId), alarm: alarmNumbers[type] };
}

function alarmMethod(operations: Operations): Method {
  return unary(`${path}Alarm`, pb.AlarmRequest, pb.AlarmResponse, async (request, context) => {
    const action = alarmAction(request.action);
    const type = alarmType(request.alarm, action);
    // There are no alarms of an unknown type.
    if (type === 'unknown') return { header: headerOf(operations.header()), alarms: [] };
    const asked = { action, memberId: memberNamed(request.memberID), type };
    const answer = await operations.alarm(asked, optionsOf(operations, context));
    return { header: headerOf(answer.header), alarms: answer.alarms.map(alarmMessage) };
  });
}
