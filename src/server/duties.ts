import type { Cancel, Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Outcome, Replica } from '../replica/index.ts';
import type { Command } from '../state/index.ts';

/** How long one attempt may take, and how long to wait before the next. */
const attemptMs = 5000;
const pauseMs = 250;

export interface Duties {
  /** Resolves once the cluster knows this member's name and client URLs. */
  readonly published: Promise<void>;
  readonly stop: Cancel;
}

export interface DutiesOptions {
  readonly replica: Replica;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly name: string;
  readonly clientUrls: readonly string[];
  /** The version that the cluster is to have under this member as leader, "3.7.0". */
  readonly clusterVersion: string;
}

/** What a member does of itself once it runs: it makes itself known, and as leader settles the cluster's version. */
export function startDuties(options: DutiesOptions): Duties {
  const { replica, clock, logger } = options;
  let stopped = false;

  /** Proposes until it is done, or no longer needed. */
  const pursue = (command: Command, needed: () => boolean, done: () => void): void => {
    if (stopped) return;
    if (!needed()) {
      done();
      return;
    }
    replica.propose(command, clock.nowMs() + attemptMs, (outcome: Outcome) => {
      if (outcome.kind === 'applied') done();
      else clock.after(pauseMs, () => pursue(command, needed, done));
    });
  };

  const published = new Promise<void>((resolve) => {
    const { name, clientUrls } = options;
    pursue(
      { kind: 'member-publish', id: replica.id, name, clientUrls },
      () => !isPublished(options),
      () => {
        logger.info('published local member to cluster through raft', { name, clientUrls });
        resolve();
      },
    );
  });

  const settleVersion = (): void => {
    const version = options.clusterVersion;
    const needed = (): boolean => replica.isLeader && replica.state.clusterVersion !== version;
    if (needed()) pursue({ kind: 'cluster-version', version }, needed, () => {});
  };
  const stopListening = replica.onLeaderChange(settleVersion);
  settleVersion();

  return {
    published,
    stop: () => {
      stopped = true;
      stopListening();
    },
  };
}

function isPublished({ replica, name, clientUrls }: DutiesOptions): boolean {
  const own = replica.state.members.find(({ id }) => id === replica.id);
  return own?.name === name && own.clientUrls.join() === clientUrls.toSorted().join();
}
