import { etcdserverpb as pb } from '../../gen/etcd.js';
import type { Answered, Member, Operations } from '../../operations/index.ts';
import { unary } from '../methods.ts';
import type { Method } from '../methods.ts';
import { headerWithoutRevision, memberMessage, memberNamed, optionsOf } from './wire.ts';

/** Members of the cluster: `etcdserverpb.Cluster`. */
export function clusterMethods(operations: Operations): Method[] {
  const path = '/etcdserverpb.Cluster/';
  return [
    unary(
      `${path}MemberAdd`,
      pb.MemberAddRequest,
      pb.MemberAddResponse,
      async (request, context) => {
        const { peerURLs: peerUrls, isLearner } = request;
        const answer = await operations.memberAdd(
          { peerUrls, isLearner },
          optionsOf(operations, context),
        );
        return { ...membersMessage(answer), member: memberMessage(answer.member) };
      },
    ),
    unary(
      `${path}MemberRemove`,
      pb.MemberRemoveRequest,
      pb.MemberRemoveResponse,
      async (request, context) => {
        const answer = await operations.memberRemove(
          memberNamed(request.ID),
          optionsOf(operations, context),
        );
        return membersMessage(answer);
      },
    ),
    unary(
      `${path}MemberUpdate`,
      pb.MemberUpdateRequest,
      pb.MemberUpdateResponse,
      async (request, context) => {
        const id = memberNamed(request.ID);
        const answer = await operations.memberUpdate(
          { id, peerUrls: request.peerURLs },
          optionsOf(operations, context),
        );
        return membersMessage(answer);
      },
    ),
    unary(
      `${path}MemberList`,
      pb.MemberListRequest,
      pb.MemberListResponse,
      async (request, context) => {
        const { linearizable } = request;
        const answer = await operations.memberList(
          { linearizable },
          optionsOf(operations, context),
        );
        return membersMessage(answer);
      },
    ),
    unary(
      `${path}MemberPromote`,
      pb.MemberPromoteRequest,
      pb.MemberPromoteResponse,
      async (request, context) => {
        const answer = await operations.memberPromote(
          memberNamed(request.ID),
          optionsOf(operations, context),
        );
        return membersMessage(answer);
      },
    ),
  ];
}

/** The members after the call, which are in every response of this service. */
function membersMessage({ header, members }: Answered<{ readonly members: readonly Member[] }>) {
  return { header: headerWithoutRevision(header), members: members.map(memberMessage) };
}
