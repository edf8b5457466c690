import type { Cancel } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import { refusedBusy } from '../replica/index.ts';
import type { PeerResponse, HashResponder, MemberHash, PeerOutcome } from '../replica/index.ts';
import type { Core } from './core.ts';
import { isComparable, judgeHashes } from './hash-verdict.ts';
import type { ToldHash, Verdict } from './hash-verdict.ts';
import { repeat } from './repeat.ts';

/** Hashes that are taken at a time for other members; each of them asks for one at a time. */
const hashesForOthersMax = 8;
/**
 * For one hash of another member, try by try. A first answer may be lost, because that member cannot call back yet; with
 * many keys, under load, a hash may take seconds.
 */
const answerMs = [1000, 5000, 30_000] as const;
/** Election timeouts in which a member may connect, or catch up with the revision that it is asked for. */
const patienceElectionTimeouts = 2;
/** The alarm of this member is one of the whole cluster. */
const wholeCluster: MemberId = '0';

export interface CorruptionChecks {
  /** How often the leader compares what all members have now; 0: never. */
  readonly currentEveryMs: number;
  /** How often the leader compares what all members had at the last compactions; 0: never. */
  readonly compactionsEveryMs: number;
}

/** Answers other members that check. */
export function serveHashes(core: Core): void {
  let underWay = 0;
  const answer: (...question: Parameters<HashResponder>) => Promise<void> = async (
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

/** Of this member's data, in slices. */
export async function hashHere(core: Core, revision: number): Promise<MemberHash> {
  const { value } = await core.read(core.state.openHash(revision), { call: {} });
  return { ...value, revision: core.state.revision };
}

/** Compares members again and again, on whichever member leads. Returns how to stop. */
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
 * Compares the data of this member, as it was when it started, with that of the others. Rejects if another member has
 * other data at the same revision. Members that do not answer prove nothing.
 */
export async function checkBeforeServing(core: Core, own: MemberHash): Promise<void> {
  const { logger } = core.options;
  const memberId = core.replica.id;
  logger.info('starting initial corruption check', { memberId });
  const others = await askOthers(core, own.hashRevision);
  const differing = others.filter(
    ({ told }) => told !== undefined && isComparable(own, told) && told.hash !== own.hash,
  );
  if (differing.length === 0) {
    const askedCount = others.length;
    const comparedCount = judgeHashes({ memberId, told: own }, others).comparedCount;
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

/** One check at a time: what comes due while one is under way is left out. */
export class CorruptionChecker {
  readonly #core: Core;
  #isChecking = false;
  /** The newest compaction at which all members were found to be the same. */
  #checkedRevision = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Compares what all members can read up to the newest revision of this one. Does nothing where it does not lead. */
  checkCurrent(): Promise<void> {
    return this.#check(async () => {
      const core = this.#core;
      const own = await hashHere(core, 0);
      const others = await askOthers(core, own.hashRevision);
      // From now on no sound member has more than this one had before.
      await core.linearize();
      const { revision } = core.state;
      const ahead = others.filter(({ told }) => told !== undefined && told.revision > revision);
      for (const { memberId } of ahead) {
        core.options.logger.error('a member has revisions that the leader has not', {
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
   * Compares what all members had at the same compaction, the newest one first, until one is found that all of them
   * remember. Does nothing where this member does not lead.
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

  async #judge(own: MemberHash, others: readonly ToldHash[]): Promise<Verdict> {
    const verdict = judgeHashes({ memberId: this.#core.replica.id, told: own }, others);
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

function askOthers(core: Core, revision: number): Promise<ToldHash[]> {
  const others = core.state.members.filter(({ id }) => id !== core.replica.id);
  return Promise.all(
    others.map(async ({ id }) => ({ memberId: id, told: await hashOf(core, id, revision) })),
  );
}

/** Undefined: that member is not connected, is too far behind, has compacted the revision, or cannot tell. */
async function hashOf(
  core: Core,
  memberId: MemberId,
  revision: number,
): Promise<MemberHash | undefined> {
  const { clock, options } = core;
  const patientUntilMs = clock.nowMs() + patienceElectionTimeouts * options.electionTimeoutMs;
  let tries = 0;
  for (;;) {
    const timeoutMs = answerMs[tries] ?? 0;
    const reply = await ask(core, memberId, { revision, timeoutMs });
    if (reply.kind === 'hash') return reply;
    if (reply.kind === 'expired') tries++;
    const goesOn =
      reply.kind === 'expired'
        ? tries < answerMs.length
        : mayComeYet(reply) && clock.nowMs() < patientUntilMs;
    if (!goesOn) {
      const reason = reply.kind === 'refused' ? reply.message : reply.kind;
      options.logger.warn('a member did not tell the hash of its data', {
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

/** The member connects, or is about to apply what was agreed on. */
function mayComeYet(reply: PeerOutcome): boolean {
  return reply.kind === 'lost' || (reply.kind === 'refused' && reply.code === 'revision-in-future');
}
