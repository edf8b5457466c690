import type { Cancel } from '../base/clock.ts';
import type { Core } from './core.ts';
import type { Operations } from './operations.ts';

/** Watching keys, and whether there is a leader. */
export function watchOperations(core: Core): Pick<Operations, 'watch' | 'onLeaderless'> {
  return {
    watch(sink, options) {
      core.admit(options);
      return core.replica.watch.open(sink);
    },

    onLeaderless: (listener) => onLeaderless(core, listener),
  };
}

/** Calls whenever there was no leader for three election timeouts in a row. */
function onLeaderless(core: Core, listener: () => void): Cancel {
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
