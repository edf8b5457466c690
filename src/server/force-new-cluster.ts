import { RegistryError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Store } from '../replica/index.ts';
import { decodeCommand, State } from '../state/index.ts';
import type { ServerConfig } from './config.ts';
import { configurationOf } from './identity.ts';

/**
 * Makes a cluster of one out of the data of a member whose cluster is lost (`--force-new-cluster`): what was known to
 * be committed stays, what was not is dropped, and every other member is forgotten. Writes that only the others knew
 * to be committed are lost, which is why it is never done by itself.
 */
export async function makeCluster(
  store: Store,
  config: ServerConfig,
  logger: Logger,
): Promise<void> {
  const { identity, hardState, base, entries, appliedIndex } = await store.load();
  if (identity === undefined) return;
  const commit = Math.max(hardState.commit, base.index);
  const state = await State.load(store.engine, appliedIndex);
  for (const { index, data } of entries) {
    if (index <= appliedIndex || index > commit) continue;
    if (data.length === 0) state.applySkip(index);
    else state.apply(index, decodeCommand(data));
  }
  const own = state.members.find(({ id }) => id === identity.memberId);
  if (own === undefined) {
    throw new RegistryError(
      'invalid-request',
      'this member was removed from its cluster, so that its data may be old; start from the data of another one',
    );
  }
  const member = { ...own, peerUrls: config.initialAdvertisePeerUrls, isLearner: false };
  state.replaceMembers([member]);
  const term = entries.find(({ index }) => index === commit)?.term ?? base.term;
  await store.write({
    hardState: { ...hardState, commit },
    base: { index: commit, term, configuration: configurationOf([member]) },
    // Takes the place of whatever came behind the last committed entry.
    entries: [
      {
        index: commit + 1,
        term: Math.max(hardState.term, term),
        kind: 'empty',
        data: new Uint8Array(),
      },
    ],
    appliedIndex: commit,
    sync: true,
  });
  logger.warn('made a new cluster of this member alone', { member: member.id, index: commit });
}
