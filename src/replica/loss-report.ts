import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { MemberId } from '../base/member-id.ts';
import type { PeerProgress } from '../raft/index.ts';
import type { Member } from '../state/index.ts';

/** Between two lines about the same member. */
const repeatMs = 60_000;

/** Logs members that have lost entries they had acknowledged; raft leaves them as they are. */
export class LossReport {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #logger: Logger;
  readonly #toldMs = new Map<MemberId, number>();

  constructor({
    clock,
    logger,
  }: {
    readonly clock: Pick<Clock, 'nowMs'>;
    readonly logger: Logger;
  }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Call now and then on a leader. */
  check(progress: readonly PeerProgress[], members: readonly Member[]): void {
    for (const { id, hasLostData } of progress) {
      if (!hasLostData) continue;
      const nowMs = this.#clock.nowMs();
      if (nowMs < (this.#toldMs.get(id) ?? -Infinity) + repeatMs) continue;
      this.#toldMs.set(id, nowMs);
      this.#logger.error(
        'a member has lost data that it had acknowledged, so that acknowledged writes may be forgotten: stop it, ' +
          'run "rollcall member remove" and "rollcall member add" for it, and start it on an empty data directory ' +
          'with --initial-cluster-state existing',
        { member: id, name: members.find((each) => each.id === id)?.name },
      );
    }
  }
}
