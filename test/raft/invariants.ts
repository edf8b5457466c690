import { assert, present } from '../../src/base/assert.ts';
import type { MemberId } from '../../src/base/member-id.ts';
import type { Configuration, Effects, Entry } from '../../src/raft/index.ts';
import { noVoters, textOf } from './network.ts';
import type { TestMember } from './network.ts';

/**
 * Watches a whole cluster, as nobody inside it can, and stops at the first break of one of the properties that the Raft
 * paper promises (figure 3).
 */
export class Invariants {
  readonly #leaders = new Map<number, MemberId>();
  /** What any member ever had at an index in a term, together with the term of the entry before. */
  readonly #seen = new Map<string, string>();
  readonly #checked = new Map<MemberId, { readonly term: number; lastIndex: number }>();
  /** With the term of the leader that committed it, which may be later than the entry's own (figure 8). */
  readonly #committed = new Map<number, { readonly entry: Entry; readonly inTerm: number }>();
  #committedIndex = 0;
  /** The configuration by which the last entry was committed. */
  #configuration: Configuration = noVoters;

  /** The highest index that any member has handed out for applying. */
  get committedIndex(): number {
    return this.#committedIndex;
  }

  /** Call with every effect that a member hands out, before it is carried out. */
  watch(member: TestMember, { persist, committed, send }: Effects): void {
    for (const entry of persist?.entries ?? []) {
      this.#checkLogMatching(entry, member.raft.termAt(entry.index - 1));
    }
    for (const message of send) {
      if (message.kind !== 'append-request') continue;
      let previousTerm = message.previousTerm;
      for (const entry of message.entries) {
        this.#checkLogMatching(entry, previousTerm);
        previousTerm = entry.term;
      }
    }
    for (const entry of committed) this.#checkStateMachineSafety(member, entry);
  }

  /** Call after every step, with all members. */
  check(members: Iterable<TestMember>): void {
    const all = [...members];
    for (const member of all) {
      if (!member.isUp || member.raft.role !== 'leader') continue;
      this.#checkElectionSafety(member);
      this.#checkLeaderCompleteness(member);
    }
    this.#checkDurability(all);
  }

  /** At most one leader can be elected in a given term (section 5.2). */
  #checkElectionSafety({ id, raft }: TestMember): void {
    const other = this.#leaders.get(raft.term) ?? id;
    assert(other === id, `${id} and ${other} both led in term ${raft.term}`);
    this.#leaders.set(raft.term, id);
  }

  /** Two logs with an entry of the same index and term are identical up to it (section 5.3). */
  #checkLogMatching(entry: Entry, previousTerm: number | undefined): void {
    // After compaction or a snapshot the entry before may be unknown; others that have it are compared all the same.
    const place = `${entry.index}@${entry.term}`;
    const content = `${entry.kind} ${textOf(entry.data)} ${JSON.stringify(entry.configuration)}`;
    const seen = this.#seen.get(place) ?? content;
    assert(seen === content, `${place} is "${seen}" and also "${content}"`);
    this.#seen.set(place, content);
    if (previousTerm === undefined) return;
    const before = `before ${place}`;
    const seenBefore = this.#seen.get(before) ?? String(previousTerm);
    assert(
      seenBefore === String(previousTerm),
      `${place} follows terms ${seenBefore} and ${previousTerm}`,
    );
    this.#seen.set(before, String(previousTerm));
  }

  /** A committed entry is in the logs of the leaders of all higher terms (section 5.4). */
  #checkLeaderCompleteness({ id, raft }: TestMember): void {
    const checked = this.#checked.get(id);
    const from = checked?.term === raft.term ? checked.lastIndex + 1 : raft.firstIndex;
    for (let index = Math.max(from, raft.firstIndex); index <= this.#committedIndex; index++) {
      const { entry, inTerm } = present(this.#committed.get(index), `the commit of ${index}`);
      // Who still believes to lead a term that is over may lack what was committed since.
      if (inTerm >= raft.term) break;
      const has = raft.termAt(index) === entry.term;
      assert(has, `leader ${id} of term ${raft.term} lacks ${index}@${entry.term}`);
    }
    this.#checked.set(id, { term: raft.term, lastIndex: this.#committedIndex });
  }

  /** No two members apply different entries at the same index (section 5.4.3). */
  #checkStateMachineSafety(member: TestMember, entry: Entry): void {
    const { id } = member;
    const known = this.#committed.get(entry.index)?.entry;
    if (known === undefined) {
      assert(entry.index === this.#committedIndex + 1, `${id} applies ${entry.index} out of order`);
      this.#committed.set(entry.index, { entry, inTerm: member.raft.term });
      this.#committedIndex = entry.index;
      // The leader is the first to hand out what it commits.
      this.#configuration = decidersOf(member, entry.index);
      return;
    }
    const isSame = known.term === entry.term && textOf(known.data) === textOf(entry.data);
    assert(
      isSame,
      `${id} applies ${entry.index}@${entry.term}, another ${known.index}@${known.term}`,
    );
  }

  /** What is committed is on the disks of a majority: no message promised more than what a crash leaves. */
  #checkDurability(members: readonly TestMember[]): void {
    const last = this.#committed.get(this.#committedIndex)?.entry;
    if (last === undefined) return;
    const holders = new Set(members.filter(({ disk }) => isOnDisk(disk, last)).map(({ id }) => id));
    for (const group of [this.#configuration.voters, this.#configuration.outgoing]) {
      const held = group.filter((id) => holders.has(id)).length;
      const isMajority = group.length === 0 || held * 2 > group.length;
      assert(
        isMajority,
        `${last.index}@${last.term} is on the disks of ${held} of ${group.join()}`,
      );
    }
  }
}

/** Whose disks count: the newest voters, but for the entry by which a voter that was alone gets company. */
function decidersOf({ raft }: TestMember, index: number): Configuration {
  const { configuration, configurationIndex, firstIndex } = raft;
  if (index > configurationIndex || configurationIndex < firstIndex) return configuration;
  const before = raft.configurationAt(configurationIndex - 1);
  return before.voters.length === 1 && before.outgoing.length === 0 ? before : configuration;
}

function isOnDisk({ snapshot, entries }: TestMember['disk'], { index, term }: Entry): boolean {
  if (snapshot.position.index >= index) return true;
  return entries[index - snapshot.position.index - 1]?.term === term;
}
