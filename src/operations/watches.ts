import type { Cancel } from '../base/clock.ts';
import type { Core } from './core.ts';
import { Gate } from './gate.ts';
import { useOfRange } from '../state/index.ts';
import { everyone, keyRights } from './needs.ts';
import type { GatedOperations } from './needs.ts';

/** Watching keys. */
export function watchOperations(core: Core): GatedOperations<'watch'> {
  const gate = new Gate(core);
  return {
    watch: gate.watchers(
      'watch',
      {
        // Without a watcher in it, the stream tells nothing.
        access: everyone,
        servedByLearner: false,
        leader: 'if-required',
        consistency: 'serializable',
        growthBytes: 0,
      },
      (request) => keyRights(useOfRange(request)),
      (sink, guard) => core.replica.watch.open(sink, guard),
    ),
  };
}

/** Calls whenever there was no leader for three election timeouts in a row. */
export function onLeaderless(core: Core, listener: () => void): Cancel {
  let cancelTimer: Cancel | undefined;
  const look = (): void => {
    if (core.replica.leader !== undefined) {
      cancelTimer?.();
      cancelTimer = undefined;
    } else {
      cancelTimer ??= core.clock.after(3 * core.options.electionTimeoutMs, listener);
    }
  };
  const cancelListener = core.replica.onLeaderChange(look);
  look();
  return () => {
    cancelListener();
    cancelTimer?.();
  };
}
