import { RegistryError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Store } from '../replica/index.ts';
import { decodeCommand, State } from '../state/index.ts';
import type { ServerConfig } from './config.ts';
import { configurationOf } from './identity.ts';

/**
 * Makes a cluster of one out of the data of a member whose cluster is lost (`--force-new-cluster`): everything in its
 * log stays, and every other member is forgotten. What is at the end of the log may have been acknowledged without
 * this member having heard so; if it was not, its caller was told nothing for certain. Writes that only the others
 * have are lost, which is why it is never done by itself.
 */
export async function makeCluster(
  store: Store,
  config: ServerConfig,
  logger: Logger,
): Promise<void> {
  const { identity, hardState, base, entries, appliedIndex } = await store.load();
  if (identity === undefined) return;
  const last = entries.at(-1) ?? base;
  const state = await State.load(store.engine, appliedIndex);
  for (const { index, data } of entries) {
    if (index <= appliedIndex) continue;
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
  const { index, term } = last;
  await store.write({
    hardState: { ...hardState, term: Math.max(hardState.term, term), commit: index },
    base: { index, term, configuration: configurationOf([member]) },
    entries: [],
    appliedIndex: index,
    ahead: false,
    sync: true,
  });
  logger.warn('made a new cluster of this member alone', { member: member.id, index });
}
