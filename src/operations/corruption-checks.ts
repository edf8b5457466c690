import type { Cancel } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import { refusedBusy } from '../replica/index.ts';
import type { PeerResponse, HashResponder, MemberHash, PeerOutcome } from '../replica/index.ts';
import type { Core } from './core.ts';
import { isComparable, judgeHashes } from './hash-verdict.ts';
import type { ReportedHash, Verdict } from './hash-verdict.ts';
import { repeat } from './repeat.ts';

/** Hashes computed at a time for other members. Each of them asks for one at a time. */
const hashesForOthersMax = 8;
/**
 * Time limits for the hash of another member, one for each attempt. The first response may be lost, because that member
 * cannot call back yet; with many keys and under load a hash may take seconds.
 */
const attemptMs = [1000, 5000, 30_000] as const;
/** Election timeouts in which another member may connect, or reach the revision in question. */
const waitElectionTimeouts = 2;
/** An alarm of member 0 is one of the whole cluster. */
const wholeCluster: MemberId = '0';

export interface CorruptionChecks {
  /** Interval at which the leader compares the current data of all members; 0: never. */
  readonly currentEveryMs: number;
  /** Interval at which the leader compares the members' hashes of recent compactions; 0: never. */
  readonly compactionsEveryMs: number;
}

/** Computes hashes for other members. */
export function serveHashes(core: Core): void {
  let underWay = 0;
  const answer: (...request: Parameters<HashResponder>) => Promise<void> = async (
    revision,
    answered,
  ) => {
    if (underWay >= hashesForOthersMax) {
      answered(refusedBusy);
      return;
    }
    underWay++;
    try {
      answered(await hashOrRefusal(core, revision));
    } finally {
      underWay--;
    }
  };
  core.replica.respondToHashesWith((revision, answered) => void answer(revision, answered));
}

async function hashOrRefusal(core: Core, revision: number): Promise<PeerResponse> {
  try {
    return { kind: 'hash', ...(await hashHere(core, revision)) };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { kind: 'refused', code: error.code, message: error.message };
  }
}

/** The hash of this member's data, computed in slices. */
export async function hashHere(core: Core, revision: number): Promise<MemberHash> {
  const { value } = await core.read(core.state.openHash(revision), { call: {} });
  return { ...value, revision: core.state.revision };
}

/** Compares the members again and again while this member leads. Returns how to stop. */
export function startCorruptionChecks(core: Core, checks: CorruptionChecks): Cancel {
  const checker = new CorruptionChecker(core);
  const { currentEveryMs, compactionsEveryMs } = checks;
  const cancels: Cancel[] = [];
  if (currentEveryMs > 0) {
    core.options.logger.info('enabled corruption checking', { intervalMs: currentEveryMs });
    cancels.push(repeat(core.clock, currentEveryMs, () => void checker.checkCurrent()));
  }
  if (compactionsEveryMs > 0) {
    cancels.push(repeat(core.clock, compactionsEveryMs, () => void checker.checkCompactions()));
  }
  return () => {
    for (const cancel of cancels) cancel();
  };
}

/**
 * Compares the data with which this member started with that of the others. Rejects if another member has different data
 * at the same revision. Members that do not respond are left out.
 */
export async function checkBeforeServing(core: Core, own: MemberHash): Promise<void> {
  const { logger } = core.options;
  const memberId = core.replica.id;
  logger.info('starting initial corruption check', { memberId });
  const others = await askOthers(core, own.hashRevision);
  const differing = others.filter(
    ({ reported }) =>
      reported !== undefined && isComparable(own, reported) && reported.hash !== own.hash,
  );
  if (differing.length === 0) {
    const askedCount = others.length;
    const comparedCount = judgeHashes({ memberId, reported: own }, others).comparedCount;
    logger.info('initial corruption checking passed; no corruption', { askedCount, comparedCount });
    return;
  }
  const names = differing.map((other) => other.memberId).join(', ');
  throw new RegistryError(
    'cluster-corrupt',
    `${memberId} found data inconsistency with peers: revision ${own.hashRevision} is not the same here as on ` +
      `${names}; find the member that is wrong with "rollcall endpoint hashkv --cluster", remove it, and add it again ` +
      'with an empty data directory',
  );
}

/** Runs one check at a time, and drops those that come due meanwhile. */
export class CorruptionChecker {
  readonly #core: Core;
  #isChecking = false;
  /** The newest compaction at which all members had the same hash. */
  #checkedRevision = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Compares all members' data up to this member's newest revision. Does nothing unless this member leads. */
  checkCurrent(): Promise<void> {
    return this.#check(async () => {
      const core = this.#core;
      const own = await hashHere(core, 0);
      const others = await askOthers(core, own.hashRevision);
      // A sound member has no revision that this leader did not have before.
      await core.linearize();
      const { revision } = core.state;
      const ahead = others.filter(
        ({ reported }) => reported !== undefined && reported.revision > revision,
      );
      for (const { memberId } of ahead) {
        core.options.logger.error('a member has revisions that the leader does not have', {
          memberId,
          leaderRevision: revision,
        });
        await this.#raise(memberId);
      }
      const verdict = await this.#judge(own, others);
      core.options.logger.info('finished peer corruption check', {
        revision: own.hashRevision,
        membersChecked: verdict.comparedCount,
      });
    });
  }

  /**
   * Compares the members' hashes of one compaction: of the newest one that all of them remember. Does nothing unless this
   * member leads.
   */
  checkCompactions(): Promise<void> {
    return this.#check(async () => {
      const core = this.#core;
      const unchecked = core.state.compactionHashes
        .filter(({ hashRevision }) => hashRevision > this.#checkedRevision)
        .toReversed();
      for (const hash of unchecked) {
        const others = await askOthers(core, hash.hashRevision);
        const own = { ...hash, revision: core.state.revision };
        const { groups, comparedCount } = await this.#judge(own, others);
        if (groups.length > 1) break;
        if (comparedCount < others.length) continue;
        this.#checkedRevision = hash.hashRevision;
        core.options.logger.info('finished compaction hash check', {
          revision: hash.hashRevision,
          membersChecked: comparedCount,
        });
        break;
      }
    });
  }

  async #check(check: () => Promise<void>): Promise<void> {
    if (this.#isChecking || !this.#core.replica.isLeader) return;
    this.#isChecking = true;
    try {
      await check();
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      this.#core.options.logger.warn('failed to compare the data of the members', {
        error: error.message,
      });
    } finally {
      this.#isChecking = false;
    }
  }

  async #judge(own: MemberHash, others: readonly ReportedHash[]): Promise<Verdict> {
    const verdict = judgeHashes({ memberId: this.#core.replica.id, reported: own }, others);
    if (verdict.groups.length === 1) return verdict;
    const { hashRevision, compactRevision } = own;
    this.#core.options.logger.error('the data of members differs', {
      revision: hashRevision,
      compactRevision,
      hashes: verdict.groups.map(({ hash, memberIds }) => `${memberIds.join(', ')}: ${hash}`),
    });
    const accused = verdict.outvoted.length > 0 ? verdict.outvoted : [wholeCluster];
    for (const memberId of accused) await this.#raise(memberId);
    return verdict;
  }

  async #raise(memberId: MemberId): Promise<void> {
    const { state } = this.#core;
    if (state.alarms.some((alarm) => alarm.type === 'corrupt' && alarm.memberId === memberId))
      return;
    await this.#core.propose({ kind: 'alarm', action: 'activate', memberId, type: 'corrupt' });
  }
}

function askOthers(core: Core, revision: number): Promise<ReportedHash[]> {
  const others = core.state.members.filter(({ id }) => id !== core.replica.id);
  return Promise.all(
    others.map(async ({ id }) => ({ memberId: id, reported: await hashOf(core, id, revision) })),
  );
}

/** Undefined: the member is not connected, is too far behind, has compacted the revision, or failed. */
async function hashOf(
  core: Core,
  memberId: MemberId,
  revision: number,
): Promise<MemberHash | undefined> {
  const { clock, options } = core;
  const waitUntilMs = clock.nowMs() + waitElectionTimeouts * options.electionTimeoutMs;
  let tries = 0;
  for (;;) {
    const timeoutMs = attemptMs[tries] ?? 0;
    const reply = await ask(core, memberId, { revision, timeoutMs });
    if (reply.kind === 'hash') return reply;
    if (reply.kind === 'expired') tries++;
    const triesAgain =
      reply.kind === 'expired'
        ? tries < attemptMs.length
        : mayRespondLater(reply) && clock.nowMs() < waitUntilMs;
    if (!triesAgain) {
      const reason = reply.kind === 'refused' ? reply.message : reply.kind;
      options.logger.warn('a member did not report the hash of its data', {
        memberId,
        revision,
        reason,
      });
      return undefined;
    }
    await new Promise<void>((resolve) => void clock.after(options.heartbeatIntervalMs, resolve));
  }
}

function ask(
  core: Core,
  memberId: MemberId,
  { revision, timeoutMs }: { readonly revision: number; readonly timeoutMs: number },
): Promise<PeerOutcome> {
  return new Promise((resolve) => {
    core.replica.askHash(memberId, revision, core.clock.nowMs() + timeoutMs, resolve);
  });
}

/** The member is still connecting, or has yet to apply committed entries. */
function mayRespondLater(reply: PeerOutcome): boolean {
  return reply.kind === 'lost' || (reply.kind === 'refused' && reply.code === 'revision-in-future');
}
