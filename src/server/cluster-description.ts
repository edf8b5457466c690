import type { MemberId } from '../base/member-id.ts';
import type { Member } from '../state/index.ts';

/** The description of a running cluster, for a member that is about to join it. */
export interface ClusterDescription {
  readonly clusterId: MemberId;
  readonly members: readonly Member[];
}

/** Validates a peer's response; throws if a field is missing or of another type. Unknown fields are dropped. */
export function clusterDescriptionOf(response: unknown): ClusterDescription {
  const { clusterId, members } = recordOf(response, 'the description of the cluster');
  if (!Array.isArray(members)) throw malformed('members');
  return {
    clusterId: textOf(clusterId, 'clusterId'),
    members: members.map((member: unknown) => {
      const { id, name, peerUrls, clientUrls, isLearner } = recordOf(member, 'a member');
      if (typeof isLearner !== 'boolean') throw malformed('isLearner');
      return {
        id: textOf(id, 'id'),
        name: textOf(name, 'name'),
        peerUrls: textsOf(peerUrls, 'peerUrls'),
        clientUrls: textsOf(clientUrls, 'clientUrls'),
        isLearner,
      };
    }),
  };
}

function recordOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw malformed(what);
  return { ...value };
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw malformed(what);
  return value;
}

function textsOf(value: unknown, what: string): readonly string[] {
  if (!Array.isArray(value)) throw malformed(what);
  return value.map((one: unknown) => textOf(one, what));
}

function malformed(what: string): Error {
  return new Error(`the response of the peer is malformed: ${what}`);
}
