import { RegistryError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Store } from '../replica/index.ts';
import { decodeCommand, State } from '../state/index.ts';
import type { ServerConfig } from './config.ts';
import { configurationOf } from './identity.ts';

/**
 * Makes the data of a member whose cluster is lost a cluster of one (`--force-new-cluster`). Its whole log stays; all
 * other members count as removed, so that they cannot take part if they come back with their data. Entries at the end of the log may or may not have been acknowledged. Writes that only
 * other members have are lost, so this never happens by itself.
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
  state.keepOnly(member);
  const { index, term } = last;
  await store.write({
    hardState: { ...hardState, term: Math.max(hardState.term, term), commit: index },
    base: { index, term, configuration: configurationOf([member]) },
    entries: [],
    appliedIndex: index,
    ahead: false,
    sync: true,
  });
  logger.warn('made a new cluster with this member only', { member: member.id, index });
}
