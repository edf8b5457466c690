import type { Cancel, Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Outcome, Replica } from '../replica/index.ts';
import type { Command } from '../state/index.ts';

/** Time limit of one attempt, and pause before the next. */
const attemptMs = 5000;
const pauseMs = 250;

export interface SelfRegistration {
  /** Resolves once the cluster knows this member's name, client URLs and feature level. */
  readonly published: Promise<void>;
  readonly stop: Cancel;
}

export interface SelfRegistrationOptions {
  readonly replica: Replica;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly name: string;
  readonly clientUrls: readonly string[];
  /** The version that this member sets for the cluster when it leads, "3.7.0". */
  readonly clusterVersion: string;
  /** The feature level that this member's release knows. */
  readonly level: number;
}

/**
 * Registers this member in the cluster once it runs: publishes its name, client URLs and feature level, and sets the
 * cluster's version whenever it leads.
 */
export function startSelfRegistration(options: SelfRegistrationOptions): SelfRegistration {
  const { replica, clock, logger } = options;
  let stopped = false;

  /** Proposes until it is applied, or no longer needed. */
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

  const { name, clientUrls, level } = options;
  const { id } = replica;
  const publishName = (done: () => void): void =>
    pursue({ kind: 'member-publish', id, name, clientUrls }, () => !isPublished(options), done);
  const publishLevel = (done: () => void): void =>
    pursue(
      { kind: 'member-level', id, level },
      () => replica.state.featureLevelOf(id) !== level,
      done,
    );
  /** The state then includes everything that this member published before this start. */
  const catchUp = (done: () => void): void => {
    if (stopped) return;
    replica.linearize(clock.nowMs() + attemptMs, (error) => {
      if (error === undefined) done();
      else clock.after(pauseMs, () => catchUp(done));
    });
  };
  const published = new Promise<void>((resolve) => {
    // A new member publishes its name at once, before it has caught up: the others know by it that the member has
    // run.
    publishName(() =>
      catchUp(() =>
        // Before it is ready: operators upgrade the next member then.
        publishLevel(() =>
          publishName(() => {
            logger.info('published local member to cluster through raft', { name, clientUrls });
            resolve();
          }),
        ),
      ),
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

function isPublished({ replica, name, clientUrls }: SelfRegistrationOptions): boolean {
  const own = replica.state.members.find(({ id }) => id === replica.id);
  return own?.name === name && own.clientUrls.join() === clientUrls.toSorted().join();
}
