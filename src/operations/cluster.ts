import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { MembershipRequest } from '../replica/index.ts';
import type { Member } from '../state/index.ts';
import { resultOf } from './core.ts';
import type { Core } from './core.ts';
import type { Operations } from './operations.ts';

type ClusterOperations = Pick<
  Operations,
  'memberAdd' | 'memberRemove' | 'memberUpdate' | 'memberPromote' | 'memberList'
>;

/** Who belongs to the cluster. */
export function clusterOperations(core: Core): ClusterOperations {
  return {
    async memberAdd({ peerUrls, isLearner }, options) {
      core.admit(options);
      checkUrls(peerUrls);
      const { members: known, removedMembers } = core.state;
      const id = core.options.newMemberId(
        peerUrls,
        (taken) => removedMembers.includes(taken) || known.some((member) => member.id === taken),
      );
      const member = { id, name: '', peerUrls: peerUrls.toSorted(), clientUrls: [], isLearner };
      const members = await change(core, { kind: 'add', member });
      return { member: memberOf(members, id) ?? member, members, header: core.header() };
    },

    async memberRemove(id, options) {
      core.admit(options);
      const members = await change(core, { kind: 'remove', id });
      return { members, header: core.header() };
    },

    async memberPromote(id, options) {
      core.admit(options);
      try {
        const members = await change(core, { kind: 'promote', id });
        return { members, header: core.header() };
      } catch (error) {
        const isEarly = error instanceof RegistryError && error.code === 'learner-not-ready';
        if (isEarly) core.metrics.promotionsRefused.add();
        throw error;
      }
    },

    async memberUpdate({ id, peerUrls }, options) {
      core.admit(options);
      checkUrls(peerUrls);
      const { result, header } = await core.propose({ kind: 'member-update', id, peerUrls });
      return { members: resultOf(result, 'members').members, header };
    },

    async memberList({ linearizable }, options) {
      core.admit(options);
      if (linearizable) await core.linearize();
      return { members: core.state.members, header: core.header() };
    },
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

/** Peer URLs are http or https, with a host and a port, and nothing behind them, or the path of a socket. */
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
