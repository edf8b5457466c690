import { Gate } from './gate.ts';
import type { Core } from './core.ts';
import { anyKnown } from './needs.ts';
import type { GatedOperations } from './needs.ts';

/** Reading what this member keeps in memory of the keys; see `followRanges`. */
export function discoverOperation(core: Core): GatedOperations<'discover'> {
  const gate = new Gate(core);
  return {
    discover: gate.once(
      'discover',
      {
        // Each caller is shown what its rights let it see; see `rightsOf`.
        access: anyKnown,
        servedByLearner: ({ consistency }) => consistency === 'stale',
        leader: ({ consistency }) => (consistency === 'default' ? 'must-exist' : 'if-required'),
        consistency: ({ consistency }) =>
          consistency === 'consistent' ? 'linearizable' : 'serializable',
        growthBytes: 0,
      },
      async () => ({ header: core.header() }),
    ),
  };
}
