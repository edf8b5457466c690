import type { Cancel } from '../base/clock.ts';
import type { WatchStream } from '../watch/index.ts';
import type { Core } from './core.ts';
import type { Operations } from './operations.ts';

/** Watching keys. */
export function watchOperations(core: Core): Pick<Operations, 'watch'> {
  return {
    watch(sink, options) {
      core.admit(options);
      const stream = core.replica.watch.open(sink);
      if (options.requireLeader !== true) return stream;
      const stop = whenLeaderless(core, () => {
        options.onEnd({ code: 'no-leader', message: 'the cluster has had no leader for too long' });
      });
      return { ...delegated(stream), close: () => (stop(), stream.close()) };
    },
  };
}

/** Calls once, when there was no leader for three election timeouts in a row. */
function whenLeaderless(core: Core, callback: () => void): Cancel {
  let cancelTimer: Cancel | undefined;
  const look = (): void => {
    if (core.replica.leader !== undefined) {
      cancelTimer?.();
      cancelTimer = undefined;
    } else {
      cancelTimer ??= core.clock.after(3 * core.options.electionTimeoutMs, callback);
    }
  };
  const cancelListener = core.replica.onLeaderChange(look);
  look();
  return () => {
    cancelListener();
    cancelTimer?.();
  };
}

function delegated(stream: WatchStream): Omit<WatchStream, 'close'> {
  return {
    create: (request) => stream.create(request),
    cancel: (watchId) => stream.cancel(watchId),
    requestProgress: () => stream.requestProgress(),
    drained: () => stream.drained(),
  };
}
