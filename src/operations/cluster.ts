import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { MembershipRequest } from '../replica/index.ts';
import type { Member } from '../state/index.ts';
import { resultOf } from './core.ts';
import type { Core } from './core.ts';
import { Gate } from './gate.ts';
import { anyUser, root } from './needs.ts';
import type { GatedOperations } from './needs.ts';

type ClusterOperations = GatedOperations<
  'memberAdd' | 'memberRemove' | 'memberUpdate' | 'memberPromote' | 'memberList'
>;

const changeNeeds = {
  access: root,
  servedByLearner: false,
  leader: 'if-required',
  consistency: 'log',
  growthBytes: 0,
} as const;

const ofMember = { ...changeNeeds, subject: (id: MemberId) => ({ member: id }) };

/** The members of the cluster. */
export function clusterOperations(core: Core): ClusterOperations {
  const gate = new Gate(core);
  return {
    memberAdd: gate.once(
      'memberAdd',
      {
        ...changeNeeds,
        check: ({ peerUrls }) => checkUrls(peerUrls),
        subject: ({ peerUrls, isLearner }) => ({ peerUrls, isLearner }),
      },
      async ({ peerUrls, isLearner }) => {
        const { members: known, removedMembers } = core.state;
        const id = core.options.newMemberId(
          peerUrls,
          (taken) => removedMembers.includes(taken) || known.some((member) => member.id === taken),
        );
        const member = { id, name: '', peerUrls: peerUrls.toSorted(), clientUrls: [], isLearner };
        const members = await change(core, { kind: 'add', member });
        return { member: memberOf(members, id) ?? member, members, header: core.header() };
      },
    ),

    memberRemove: gate.once('memberRemove', ofMember, async (id) => {
      const members = await change(core, { kind: 'remove', id });
      return { members, header: core.header() };
    }),

    memberPromote: gate.once('memberPromote', ofMember, async (id) => {
      try {
        const members = await change(core, { kind: 'promote', id });
        return { members, header: core.header() };
      } catch (error) {
        const isEarly = error instanceof RegistryError && error.code === 'learner-not-ready';
        if (isEarly) core.metrics.promotionsRefused.add();
        throw error;
      }
    }),

    memberUpdate: gate.once(
      'memberUpdate',
      {
        ...changeNeeds,
        check: ({ peerUrls }) => checkUrls(peerUrls),
        subject: ({ id, peerUrls }) => ({ member: id, peerUrls }),
      },
      async ({ id, peerUrls }, { caller }) => {
        const command = { kind: 'member-update', id, peerUrls } as const;
        const { result, header } = await core.propose(command, caller);
        return { members: resultOf(result, 'members').members, header };
      },
    ),

    memberList: gate.once(
      'memberList',
      {
        access: anyUser,
        servedByLearner: false,
        leader: 'if-required',
        consistency: ({ linearizable }) => (linearizable ? 'linearizable' : 'serializable'),
        growthBytes: 0,
      },
      async () => ({ members: core.state.members, header: core.header() }),
    ),
  };
}

function change(core: Core, request: MembershipRequest): Promise<readonly Member[]> {
  return new Promise((resolve, reject) => {
    core.replica.changeMembership(request, core.deadlineMs(), (outcome) => {
      core.settle(outcome, ({ result }) => resolve(resultOf(result, 'members').members), reject);
    });
  });
}

function memberOf(members: readonly Member[], id: MemberId): Member | undefined {
  return members.find((member) => member.id === id);
}

/** A peer URL is http or https with a host and a port and no path, or unix with the path of a socket. */
function checkUrls(urls: readonly string[]): void {
  if (urls.length === 0) throw badUrl('no peer URL was given');
  for (const url of urls) {
    if (!isPeerUrl(url)) throw badUrl(`"${url}" is not of the form http://host:port`);
  }
}

function isPeerUrl(text: string): boolean {
  if (/^unix:\/\/[^\s?#]+$/.test(text)) return true;
  if (!/^https?:\/\/[^/?#\s]+:\d{1,5}\/?$/.test(text)) return false;
  return URL.canParse(text);
}

function badUrl(why: string): RegistryError {
  return new RegistryError('invalid-member-urls', why);
}
