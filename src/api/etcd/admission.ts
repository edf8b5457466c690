import { RegistryError } from '../../base/errors.ts';
import type { Operations } from '../../operations/index.ts';
import type { Method } from '../methods.ts';
import { insistsOnLeader } from './wire.ts';

/** Calls that a learner answers too. Of ranges it answers the serializable ones, which `range` checks. */
const servedByLearners: ReadonlySet<string> = new Set([
  '/etcdserverpb.KV/Range',
  '/etcdserverpb.Maintenance/Status',
]);

/**
 * A call behind the checks that etcd makes before every one, whatever it asks: a learner answers few of them, and a
 * caller may insist on a leader. Streams have theirs where all of them are kept.
 */
export function admitted(method: Method, operations: Operations): Method {
  if (method.kind === 'stream') return method;
  return {
    ...method,
    call: async (request, context) => {
      if (operations.isLearner() && !servedByLearners.has(method.path)) {
        throw new RegistryError(
          'not-supported-for-learner',
          'this member is a learner; ask a voting member, or promote it first',
        );
      }
      if (insistsOnLeader(context) && !operations.hasLeader()) {
        throw new RegistryError('no-leader', 'the cluster has no leader now; try again shortly');
      }
      return method.call(request, context);
    },
  };
}
