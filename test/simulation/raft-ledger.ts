import type { MemberId } from '../../src/base/member-id.ts';
import type { Configuration, Entry, Message, Raft } from '../../src/raft/index.ts';
import type { Disk } from './disk.ts';
import { Violation } from './trace.ts';

/**
 * Raft's invariants over all members, checked at every step: one leader and one vote per term, matching logs,
 * committed entries stay (Raft paper, figure 3), and votes and acknowledgements leave only once they are durable.
 */
export class RaftLedger {
  readonly #leaders = new Map<number, MemberId>();
  /** Terms whose election was checked. */
  readonly #elected = new Set<number>();
  /** "member term" -> its vote. */
  readonly #votes = new Map<string, MemberId>();
  /** By index and term: the entry in some log, with the term of the entry before. */
  readonly #entries = new Map<number, Map<number, { entry: Entry; previousTerm: number }>>();
  readonly #committed = new Map<number, Entry>();
  /** Committed membership changes, in order of index. */
  readonly #changes: Entry[] = [];
  /** The index up to which each member's configuration was compared with these. */
  readonly #compared = new WeakMap<Raft, number>();
  readonly #disks = new Map<MemberId, Disk>();
  #committedIndex = 0;

  get committedIndex(): number {
    return this.#committedIndex;
  }

  get leaderCount(): number {
    return this.#leaders.size;
  }

  committedAt(index: number): Entry | undefined {
    return this.#committed.get(index);
  }

  /** Registers the disk of a member. */
  register(id: MemberId, disk: Disk): void {
    this.#disks.set(id, disk);
  }

  /** Once a configuration is committed, every member must use it, however it learned of it. */
  configured(raft: Raft): void {
    const { configurationIndex: index, configuration } = raft;
    if (this.#compared.get(raft) === index) return;
    // Its log may have another entry there, which will be replaced.
    if (this.#committed.get(index)?.term !== raft.termAt(index)) return;
    this.#compared.set(raft, index);
    const change = this.#changes.findLast((entry) => entry.index <= index);
    if (change === undefined) return;
    const agreed = JSON.stringify(change.configuration);
    if (JSON.stringify(configuration) !== agreed) {
      throw new Violation(
        `at index ${index} a member goes by the configuration ${JSON.stringify(configuration)}, and ${agreed} was agreed on`,
      );
    }
  }

  /**
   * A leader was elected by a majority, and in a joint configuration by one of the old voters, too (Raft paper,
   * section 6).
   */
  elected({ leader, term, configuration }: Raft): void {
    if (leader === undefined || this.#elected.has(term)) return;
    this.#elected.add(term);
    const shortfall = shortfallOf(
      configuration,
      (id) => this.#votes.get(`${id} ${term}`) === leader,
    );
    // A sole voter votes for itself without a message.
    if (shortfall !== undefined && configuration.voters.join() !== leader) {
      throw new Violation(`${leader} leads term ${term}, voted for by ${shortfall}`);
    }
  }

  leads(id: MemberId, term: number): void {
    const known = this.#leaders.get(term);
    if (known === id) return;
    if (known !== undefined) {
      throw new Violation(`two leaders in term ${term}: ${known} and ${id}`);
    }
    this.#leaders.set(term, id);
  }

  /** A member has issued entries to its disk. */
  written(id: MemberId, entries: readonly Entry[], previousTerm: number | undefined): void {
    let before = previousTerm;
    for (const entry of entries) {
      if (before !== undefined) this.#match(id, entry, before);
      before = entry.term;
    }
  }

  #match(id: MemberId, entry: Entry, previousTerm: number): void {
    let terms = this.#entries.get(entry.index);
    if (terms === undefined) this.#entries.set(entry.index, (terms = new Map()));
    const known = terms.get(entry.term);
    if (known === undefined) {
      terms.set(entry.term, { entry, previousTerm });
      return;
    }
    if (known.previousTerm !== previousTerm || !isSame(known.entry, entry)) {
      throw new Violation(
        `logs do not match: ${id} has another entry ${entry.index} of term ${entry.term} (or another one before it)`,
      );
    }
  }

  /** Entries were delivered for applying. */
  committed(raft: Raft, entries: readonly Entry[]): void {
    for (const entry of entries) {
      const known = this.#committed.get(entry.index);
      if (known === undefined) {
        this.#committed.set(entry.index, entry);
        if (entry.kind === 'membership') this.#changes.push(entry);
      } else if (!isSame(known, entry)) {
        throw new Violation(
          `the committed entry ${entry.index} of term ${known.term} became another one, of term ${entry.term}`,
        );
      }
    }
    const before = this.#committedIndex;
    const last = raft.commitIndex;
    if (last <= before) return;
    this.#committedIndex = last;
    if (raft.role !== 'leader') return;
    // No other configuration follows a joint one before it is committed by both majorities.
    const joint = this.#changes.findLast(({ configuration }) => isJoint(configuration));
    if (joint?.configuration !== undefined && joint.index > before) {
      this.#mustBeDurable(joint, shortfallOf(joint.configuration, this.#holders(joint)));
    }
    this.#checkCommit(raft, last);
  }

  /** True if a member's disk has this entry, or a state or entry that replaced it. */
  #holders({ index, term }: Pick<Entry, 'index' | 'term'>): (id: MemberId) => boolean {
    return (id) => {
      const disk = this.#disks.get(id)?.durable;
      return disk !== undefined && (disk.base.index >= index || disk.termAt(index) === term);
    };
  }

  #mustBeDurable(
    { index, term }: Pick<Entry, 'index' | 'term'>,
    shortfall: string | undefined,
  ): void {
    if (shortfall === undefined) return;
    throw new Violation(
      `entry ${index} of term ${term} counts as committed, and is durable on ${shortfall}`,
    );
  }

  /** A leader is the first to commit this entry. */
  #checkCommit(raft: Raft, index: number): void {
    const term = raft.termAt(index);
    if (term !== raft.term) {
      throw new Violation(
        `the leader of term ${raft.term} committed entry ${index} of term ${term} by counting`,
      );
    }
    const holds = this.#holders({ index, term });
    // A member uses the newest configuration in its log (Raft paper, section 6), which may be newer than the one by
    // which this was counted.
    const counted = raft.configurationAt(Math.min(index, raft.lastIndex));
    const shortfall = shortfallOf(raft.configuration, holds);
    if (shortfall === undefined || shortfallOf(counted, holds) === undefined) return;
    // A sole voter commits the entry that adds the second voter by itself.
    const before = raft.configurationAt(Math.max(index, raft.firstIndex) - 1);
    const wasAlone = before.voters.length === 1 && before.outgoing.length === 0;
    if (!wasAlone || shortfallOf(before, holds) !== undefined) {
      this.#mustBeDurable({ index, term }, shortfall);
    }
  }

  /** Everything that a member sends must survive its crash. */
  sends(id: MemberId, message: Message): void {
    switch (message.kind) {
      case 'append-request':
      case 'heartbeat-request':
        this.leads(id, message.term);
        break;
      case 'vote-request':
        this.#promiseVote(id, message.term, id);
        break;
      case 'vote-response':
        if (message.granted) this.#promiseVote(id, message.term, message.to);
        break;
      case 'append-response':
        if (message.success) this.#promiseEntries(id, message.index, message.term);
        break;
      case 'pre-vote-request':
      case 'pre-vote-response':
      case 'heartbeat-response':
      case 'install-snapshot':
      case 'timeout-now':
        break;
    }
  }

  #promiseVote(id: MemberId, term: number, candidate: MemberId): void {
    const key = `${id} ${term}`;
    const known = this.#votes.get(key);
    if (known !== undefined && known !== candidate) {
      throw new Violation(`${id} voted for ${known} and for ${candidate} in term ${term}`);
    }
    this.#votes.set(key, candidate);
    const disk = this.#disks.get(id);
    if (disk === undefined) return;
    const { hardState } = disk.durable;
    const isKept =
      hardState.term > term || (hardState.term === term && hardState.vote === candidate);
    if (!isKept) throw new Violation(`${id} told of a vote in term ${term} that is not durable`);
  }

  #promiseEntries(id: MemberId, index: number, term: number): void {
    const disk = this.#disks.get(id);
    if (disk === undefined || disk.durable.hardState.term > term) return;
    if (disk.durable.lastIndex < index) {
      throw new Violation(
        `${id} acknowledged entry ${index}, and its disk holds no more than ${disk.durable.lastIndex}`,
      );
    }
  }
}

/** The group of voters that lacks a majority; undefined if none does. */
function shortfallOf(
  { voters, outgoing }: Configuration,
  holds: (id: MemberId) => boolean,
): string | undefined {
  for (const group of [voters, outgoing]) {
    const holders = group.filter(holds);
    if (group.length > 0 && holders.length * 2 <= group.length) {
      return `${holders.length} of ${group.length}`;
    }
  }
  return undefined;
}

function isJoint(configuration: Configuration | undefined): boolean {
  return (configuration?.outgoing.length ?? 0) > 0;
}

function isSame(a: Entry, b: Entry): boolean {
  if (a === b) return true;
  return (
    a.term === b.term &&
    a.kind === b.kind &&
    Buffer.compare(a.data, b.data) === 0 &&
    JSON.stringify(a.configuration) === JSON.stringify(b.configuration)
  );
}
