import { present } from '../../src/base/assert.ts';
import type { MemberId } from '../../src/base/member-id.ts';
import type { Effects, Entry, ProposeResult } from '../../src/raft/index.ts';
import { bytesOf, diskOf, TestNetwork, votersOnly } from './network.ts';
import type { Packet, TestMember } from './network.ts';
import { configurationText, entryText, memberText, messageText } from './text.ts';

/** What is printed of a member when it changes. */
interface Sight {
  readonly role: string;
  readonly term: number;
  readonly leader: MemberId | undefined;
  readonly commit: number;
  readonly configuration: string;
}

type Command = (...words: string[]) => void;

/**
 * The commands of the scripts in this folder: a small cluster on a stage. Nothing moves unless a command says so.
 *
 *     cluster 3 [no-pre-vote] [no-check-quorum] [small-messages]
 *                                                 members 1 to 3, all voters, with empty logs
 *     given 2 term=4 log=1,1,4 [commit=1]         member 2 starts with this on its disk: the terms of its entries
 *     start 4                                     a new member that knows of nobody
 *     tick 1 10 | tick all 3                      time passes for one, or for all that are up
 *     timeout 2 15                                what chance gives member 2 the next time it draws
 *     campaign 1                                  member 1 loses its patience now
 *     propose 1 x=1 y=2 | read 1 | transfer 1 2
 *     change 1 add 4 learn 5 remove 2
 *     deliver [1->2] [3]                          messages arrive, and those that follow: all, of one link, so many
 *     settle                                      all arrive, and only what comes of it is told
 *     run 10                                      so many ticks for all, each of them settled
 *     drop [1->2] | repeat 1->2 | reverse         messages under way are lost, doubled, turned round
 *     cut 1 2 | cut 1->2 | heal                   links lose everything, in both directions or in one
 *     crash 1 | restart 1                         with the loss of what is not on the disk
 *     slow 1 | sync 1 [2] | fast 1                a slow disk writes when it is told to
 *     compact 1                                   the applied part of the log gives way to the state
 *     show [1] | flight                           the members; the messages under way
 */
export class Stage {
  #network: TestNetwork = new TestNetwork({ voters: [] });
  readonly #cut = new Set<string>();
  readonly #timeouts = new Map<MemberId, number>();
  readonly #sights = new Map<MemberId, Sight>();
  #lines: string[] = [];

  readonly #commands: Readonly<Record<string, Command>> = {
    cluster: (count = '', ...flags) => this.#cluster(Number(count), flags),
    given: (id = '', ...facts) => this.#given(id, facts),
    start: (id = '') => void this.#network.start(id),
    tick: (who = '', count = '1') => this.#tick(who, Number(count)),
    timeout: (id = '', ticks = '') => void this.#timeouts.set(id, Number(ticks)),
    campaign: (id = '') => this.#network.act(id, (raft) => raft.campaign()),
    propose: (id = '', ...pairs) => {
      this.#tell(
        id,
        this.#network.act(id, (raft) => raft.propose(pairs.map(bytesOf))),
      );
    },
    read: (id = '') => this.#read(id),
    transfer: (id = '', to = '') => {
      const result = this.#network.act(id, (raft) => raft.transferLeadership(to));
      if (result.kind !== 'started') this.#lines.push(`${id} refuses: ${result.kind}`);
    },
    change: (id = '', ...words) => this.#change(id, words),
    deliver: (...words) => this.#deliver(words),
    settle: () => this.#settle(),
    run: (ticks = '') => {
      for (let tick = 0; tick < Number(ticks); tick++) {
        this.#tick('all', 1);
        this.#settle();
      }
    },
    drop: (link) => {
      for (const packet of this.#underWay(link)) this.#network.take(packet, 'lost');
    },
    repeat: (link) => {
      for (const packet of this.#underWay(link)) this.#network.flight.push({ ...packet });
    },
    reverse: () => {
      const { flight } = this.#network;
      flight.splice(0, flight.length, ...flight.toReversed());
    },
    cut: (...words) => this.#cutLinks(words),
    heal: () => this.#cut.clear(),
    crash: (id = '') => {
      this.#network.crash(id);
      this.#sights.delete(id);
    },
    restart: (id = '') => {
      this.#sights.delete(id);
      this.#network.restart(id);
    },
    slow: (id = '') => void (this.#network.member(id).hasSlowDisk = true),
    fast: (id = '') => {
      this.#network.member(id).hasSlowDisk = false;
      this.#network.sync(id);
    },
    sync: (id = '', count = 'Infinity') => this.#network.sync(id, Number(count)),
    compact: (id = '') => this.#network.compact(id, this.#network.member(id).appliedIndex),
    show: (...ids) => {
      const all = [...this.#network.members.keys()].toSorted();
      for (const id of ids.length > 0 ? ids : all) {
        this.#lines.push(memberText(this.#network.member(id)));
      }
    },
    flight: () => {
      for (const { message } of this.#network.flight) this.#lines.push(messageText(message));
    },
  };

  run(line: string): string {
    const [name = '', ...words] = line.split(' ');
    const command = present(this.#commands[name], `the command "${name}"`);
    this.#lines = [];
    command(...words);
    this.#notice();
    return this.#lines.join('\n');
  }

  #cluster(count: number, flags: readonly string[]): void {
    const voters = Array.from({ length: count }, (_, at) => String(at + 1));
    this.#network = new TestNetwork({
      voters,
      raft: {
        preVote: !flags.includes('no-pre-vote'),
        checkQuorum: !flags.includes('no-check-quorum'),
        messageBytesMax: flags.includes('small-messages') ? 1 : 1 << 20,
      },
      drawTicks: (id, low) => {
        const wanted = this.#timeouts.get(id);
        this.#timeouts.delete(id);
        return wanted ?? low + Number(id) - 1;
      },
      onEffects: (member, effects) => this.#onEffects(member, effects),
    });
    for (const member of this.#network.members.values()) this.#look(member);
  }

  #given(id: MemberId, facts: readonly string[]): void {
    const fact = new Map(
      facts.map((text): [string, string] => {
        const [name = '', value = ''] = text.split('=');
        return [name, value];
      }),
    );
    const terms = (fact.get('log') ?? '').split(',').filter((text) => text !== '');
    const { configuration } = this.#network.raft(id);
    const entries = terms.map((term, at): Entry => ({
      index: at + 1,
      term: Number(term),
      kind: 'command',
      data: bytesOf(`k${at + 1}=${term}`),
    }));
    this.#network.crash(id);
    this.#network.start(id, {
      ...diskOf(votersOnly(configuration.voters)),
      hardState: {
        term: Number(fact.get('term') ?? terms.at(-1) ?? 0),
        vote: fact.get('vote'),
        commit: Number(fact.get('commit') ?? 0),
      },
      entries,
    });
    this.#lines = [];
    this.#look(this.#network.member(id));
  }

  #tick(who: string, count: number): void {
    const all = [...this.#network.members.values()].filter(({ isUp }) => isUp).map(({ id }) => id);
    for (let tick = 0; tick < count; tick++) {
      for (const id of who === 'all' ? all : [who]) this.#network.act(id, (raft) => raft.tick());
    }
  }

  #read(id: MemberId): void {
    const result = this.#network.act(id, (raft) => raft.requestRead());
    if (result.kind === 'accepted') return;
    this.#lines.push(`${id} refuses: ${result.kind}`);
  }

  #change(id: MemberId, words: readonly string[]): void {
    const named = (word: string): string[] =>
      words.flatMap((each, at) => (each === word ? (words[at + 1] ?? '').split(',') : []));
    const change = {
      addVoters: named('add'),
      addLearners: named('learn'),
      remove: named('remove'),
    };
    this.#tell(
      id,
      this.#network.act(id, (raft) => raft.changeMembership(change, bytesOf(''))),
    );
  }

  #tell(id: MemberId, result: ProposeResult): void {
    if (result.kind === 'accepted') return;
    const leader =
      result.kind === 'not-leader' ? `, the leader is ${result.leader ?? 'unknown'}` : '';
    this.#lines.push(`${id} refuses: ${result.kind}${leader}`);
  }

  #deliver(words: readonly string[]): void {
    const link = words.find((word) => word.includes('->'));
    const count = Number(words.find((word) => !word.includes('->')) ?? Infinity);
    for (let done = 0; done < count; done++) {
      const packet = this.#underWay(link)[0];
      if (packet === undefined) return;
      const isLost = this.#isLost(packet);
      this.#lines.push(`${messageText(packet.message)}${isLost ? ' ... lost' : ''}`);
      if (isLost) this.#network.take(packet, 'lost');
      else this.#network.deliver(packet);
      this.#notice();
    }
  }

  #settle(): void {
    for (let packet = this.#network.flight[0]; packet; packet = this.#network.flight[0]) {
      if (this.#isLost(packet)) this.#network.take(packet, 'lost');
      else this.#network.deliver(packet);
      this.#notice();
    }
  }

  #underWay(link: string | undefined): Packet[] {
    return this.#network.flight.filter(
      ({ message }) => link === undefined || `${message.from}->${message.to}` === link,
    );
  }

  #isLost({ message: { from, to } }: Packet): boolean {
    return this.#cut.has(`${from}->${to}`) || this.#network.members.get(to)?.isUp !== true;
  }

  #cutLinks(words: readonly string[]): void {
    const [a = '', ...others] = words;
    if (a.includes('->')) this.#cut.add(a);
    for (const b of others) this.#cut.add(`${a}->${b}`).add(`${b}->${a}`);
  }

  #onEffects({ id }: TestMember, { committed, reads, readsLost, persist }: Effects): void {
    if (persist?.snapshot !== undefined) {
      this.#lines.push(`  ${id} takes over the state at ${persist.snapshot.index}`);
    }
    if (committed.length > 0) {
      this.#lines.push(`  ${id} commits ${committed.map(entryText).join(' ')}`);
    }
    for (const { ticket, index } of reads) {
      this.#lines.push(`  ${id} may answer read ${ticket} from what is committed at ${index}`);
    }
    for (const ticket of readsLost) this.#lines.push(`  ${id} gives up read ${ticket}`);
  }

  /** Tells what has changed on members since the last look. */
  #notice(): void {
    for (const member of this.#network.members.values()) {
      if (!member.isUp) continue;
      const before = this.#sights.get(member.id);
      const now = this.#look(member);
      if (before === undefined) continue;
      if (before.role !== now.role || before.leader !== now.leader || before.term !== now.term) {
        const whose = now.leader === undefined || now.role === 'leader' ? '' : ` of ${now.leader}`;
        this.#lines.push(`  ${member.id} is ${now.role}${whose} in t${now.term}`);
      }
      if (before.configuration !== now.configuration) {
        this.#lines.push(`  ${member.id} goes by ${now.configuration}`);
      }
    }
  }

  #look({ id, raft }: TestMember): Sight {
    const sight = {
      role: raft.role,
      term: raft.term,
      leader: raft.leader,
      commit: raft.commitIndex,
      configuration: configurationText(raft.configuration),
    };
    this.#sights.set(id, sight);
    return sight;
  }
}
