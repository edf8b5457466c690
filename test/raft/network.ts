import { assert, present } from '../../src/base/assert.ts';
import { compareMemberIds } from '../../src/base/member-id.ts';
import type { MemberId } from '../../src/base/member-id.ts';
import { Raft } from '../../src/raft/index.ts';
import type {
  Configuration,
  Effects,
  Entry,
  HardState,
  Message,
  PersistEffect,
  RaftOptions,
  SnapshotPosition,
} from '../../src/raft/index.ts';

/** The state machine of these tests: what `x=1` and the like have made. */
export type Pairs = ReadonlyMap<string, string>;

/** A whole state, as it stands at one place of the log. */
export interface Snapshot {
  readonly position: SnapshotPosition;
  readonly pairs: Pairs;
}

/** A message on its way. The state of a snapshot travels with the message that announces it. */
export interface Packet {
  readonly message: Message;
  readonly snapshot: Snapshot | undefined;
}

/** What survives a crash. */
export interface Disk {
  readonly hardState: HardState;
  readonly snapshot: Snapshot;
  readonly entries: readonly Entry[];
}

interface Write {
  readonly persist: PersistEffect | undefined;
  /** Takes the place of state and log, or of the log up to its position only. */
  readonly snapshot: Snapshot | undefined;
  readonly messages: readonly Message[];
}

export interface NetworkOptions {
  readonly voters: readonly MemberId[];
  readonly raft?: Partial<Omit<RaftOptions, 'id' | 'random'>>;
  /** Draws an election timeout; by default the least one, and a tick more for each higher id. */
  readonly drawTicks?: (id: MemberId, low: number, high: number) => number;
  /** Called with what a member hands out, before it is carried out. */
  readonly onEffects?: (member: TestMember, effects: Effects) => void;
}

export const noVoters: Configuration = { voters: [], outgoing: [], learners: [] };

export function votersOnly(voters: readonly MemberId[]): Configuration {
  return { ...noVoters, voters: voters.toSorted(compareMemberIds) };
}

export function diskOf(configuration: Configuration): Disk {
  return {
    hardState: { term: 0, vote: undefined, commit: 0 },
    snapshot: { position: { index: 0, term: 0, configuration }, pairs: new Map() },
    entries: [],
  };
}

export const textOf = (data: Uint8Array): string => new TextDecoder().decode(data);
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A member with its disk. While it is down, `raft` is what it was before. */
export class TestMember {
  readonly id: MemberId;
  raft: Raft;
  disk: Disk;
  isUp = true;
  /** A slow disk completes a write only when it is told to. */
  hasSlowDisk = false;
  readonly writes: Write[] = [];
  pairs: Map<string, string> = new Map();
  appliedIndex = 0;
  /** States that have arrived and that raft may want. */
  readonly staged: Map<number, Snapshot> = new Map();

  constructor(id: MemberId, raft: Raft, disk: Disk) {
    this.id = id;
    this.raft = raft;
    this.disk = disk;
  }

  /** What the disk holds once all writes are done: as raft sees it. */
  get diskToBe(): Disk {
    return this.writes.reduce(written, this.disk);
  }
}

/**
 * Members in memory, and messages that travel only when they are told to. Nothing happens by itself: no clock, no
 * chance, no disk but the one in `Disk`.
 */
export class TestNetwork {
  readonly members: Map<MemberId, TestMember> = new Map();
  readonly flight: Packet[] = [];
  readonly #options: NetworkOptions;

  constructor(options: NetworkOptions) {
    this.#options = options;
    const disk = diskOf(votersOnly(options.voters));
    for (const id of options.voters) this.start(id, disk);
  }

  member(id: MemberId): TestMember {
    return present(this.members.get(id), `member ${id}`);
  }

  raft(id: MemberId): Raft {
    return this.member(id).raft;
  }

  get leaders(): TestMember[] {
    return [...this.members.values()].filter(({ isUp, raft }) => isUp && raft.role === 'leader');
  }

  /** Starts a member with what is on its disk; a new one knows of nobody. */
  start(id: MemberId, disk: Disk = diskOf(noVoters)): TestMember {
    const { position, pairs } = disk.snapshot;
    const raft = new Raft(
      {
        id,
        random: {
          between: (low, high) => this.#drawTicks(id, low, high),
          positiveInt63: () => 1n,
        },
        electionTicks: 10,
        preVote: true,
        checkQuorum: true,
        messageBytesMax: 1 << 20,
        inflightMessagesMax: 256,
        inflightBytesMax: 16 << 20,
        openBytesMax: 64 << 20,
        ...this.#options.raft,
      },
      {
        hardState: disk.hardState,
        base: position,
        entries: disk.entries,
        appliedIndex: position.index,
      },
    );
    const member = this.members.get(id) ?? new TestMember(id, raft, disk);
    member.raft = raft;
    member.disk = disk;
    member.isUp = true;
    member.pairs = new Map(pairs);
    member.appliedIndex = position.index;
    this.members.set(id, member);
    this.carryOut(id);
    return member;
  }

  /** The member is gone, and with it whatever was not written yet. */
  crash(id: MemberId): void {
    const member = this.member(id);
    member.isUp = false;
    member.writes.length = 0;
    member.staged.clear();
  }

  restart(id: MemberId): void {
    if (this.member(id).isUp) this.crash(id);
    this.start(id, this.member(id).disk);
  }

  /** Lets a member do something, if it is up, and carries out what follows from it. */
  act<T>(id: MemberId, action: (raft: Raft) => T): T {
    const result = action(this.raft(id));
    this.carryOut(id);
    return result;
  }

  /** What raft wants: messages start their way, entries wait for the disk, what is committed is applied. */
  carryOut(id: MemberId): void {
    const member = this.member(id);
    while (member.raft.hasEffects()) {
      const effects = member.raft.take();
      this.#options.onEffects?.(member, effects);
      for (const message of effects.send) this.flight.push({ message, snapshot: undefined });
      this.#write(member, effects);
      for (const entry of effects.committed) apply(member, entry);
      for (const to of effects.sendSnapshotTo) this.#sendSnapshot(member, to);
      if (!member.hasSlowDisk) this.sync(id);
    }
  }

  /** Completes writes, the oldest first. */
  sync(id: MemberId, count: number = Infinity): void {
    const member = this.member(id);
    for (let done = 0; done < count && member.writes.length > 0; done++) {
      const write = present(member.writes.shift(), 'a write');
      member.disk = written(member.disk, write);
      if (write.persist !== undefined) member.raft.persisted(write.persist.ticket);
      for (const message of write.messages) this.flight.push({ message, snapshot: undefined });
    }
    if (member.raft.hasEffects()) this.carryOut(id);
  }

  /** Takes a packet off the network; `lost` tells a sender of a snapshot that it failed. */
  take(packet: Packet, fate: 'arrived' | 'lost'): void {
    const at = this.flight.indexOf(packet);
    assert(at >= 0, 'the packet is under way');
    this.flight.splice(at, 1);
    const { message } = packet;
    if (packet.snapshot === undefined) return;
    const sender = this.member(message.from);
    if (!sender.isUp) return;
    sender.raft.snapshotSent(message.to, fate === 'arrived');
    this.carryOut(message.from);
  }

  /** Hands a packet over. One to a member that is down, or not there, is lost. */
  deliver(packet: Packet): void {
    const { message, snapshot } = packet;
    const member = this.members.get(message.to);
    if (member === undefined || !member.isUp) {
      this.take(packet, 'lost');
      return;
    }
    if (snapshot !== undefined) member.staged.set(snapshot.position.index, snapshot);
    this.act(message.to, (raft) => raft.step(message));
    this.take(packet, 'arrived');
  }

  /** Delivers what has been under way from one member to another for longest, if there is anything. */
  deliverOne(from: MemberId, to: MemberId): void {
    const packet = this.flight.find(({ message }) => message.from === from && message.to === to);
    if (packet !== undefined) this.deliver(packet);
  }

  /** Delivers everything, and what follows from it, until nothing is under way. */
  deliverAll(isLost: (message: Message) => boolean = (): boolean => false): void {
    for (let count = 0; this.flight.length > 0; count++) {
      assert(count < 100_000, 'the network never becomes quiet');
      const packet = present(this.flight[0], 'a packet');
      if (isLost(packet.message)) this.take(packet, 'lost');
      else this.deliver(packet);
    }
  }

  /** Drops log entries up to `index`, which the member has applied; its disk keeps the state instead. */
  compact(id: MemberId, index: number): void {
    const member = this.member(id);
    assert(index === member.appliedIndex, 'the state is kept as it is now');
    const snapshot = snapshotAt(member, index);
    member.raft.compact(index);
    member.writes.push({ persist: undefined, snapshot, messages: [] });
    if (!member.hasSlowDisk) this.sync(id);
  }

  #drawTicks(id: MemberId, low: number, high: number): number {
    const draw = this.#options.drawTicks ?? ((_id, least) => least + Number(id) - 1);
    return Math.max(low, Math.min(high, draw(id, low, high)));
  }

  #write(member: TestMember, { persist, sendAfterPersist }: Effects): void {
    if (persist === undefined && sendAfterPersist.length === 0) return;
    const position = persist?.snapshot;
    const snapshot =
      position && present(member.staged.get(position.index), `the state at ${position.index}`);
    if (snapshot !== undefined) {
      member.pairs = new Map(snapshot.pairs);
      member.appliedIndex = snapshot.position.index;
      member.staged.clear();
    }
    member.writes.push({ persist, snapshot, messages: sendAfterPersist });
  }

  #sendSnapshot(member: TestMember, to: MemberId): void {
    const snapshot = snapshotAt(member, member.appliedIndex);
    const message: Message = {
      kind: 'install-snapshot',
      from: member.id,
      to,
      term: member.raft.term,
      position: snapshot.position,
    };
    this.flight.push({ message, snapshot });
  }
}

function apply(member: TestMember, entry: Entry): void {
  assert(entry.index === member.appliedIndex + 1, `${entry.index} is applied out of order`);
  member.appliedIndex = entry.index;
  if (entry.kind !== 'command') return;
  const [key = '', value = ''] = textOf(entry.data).split('=');
  member.pairs.set(key, value);
}

function snapshotAt({ raft, pairs }: TestMember, index: number): Snapshot {
  const term = present(raft.termAt(index), `the term at ${index}`);
  const configuration = raft.configurationAt(index);
  return { position: { index, term, configuration }, pairs: new Map(pairs) };
}

/** The disk after one atomic write. */
function written(disk: Disk, { persist, snapshot }: Write): Disk {
  const base = snapshot ?? disk.snapshot;
  // A snapshot from the leader empties the log; one of the own state only shortens it.
  const isForeign = persist?.snapshot !== undefined;
  const added = persist?.entries ?? [];
  const first = added[0]?.index ?? Infinity;
  const kept = isForeign ? [] : disk.entries.filter(({ index }) => index < first);
  return {
    hardState: persist?.hardState ?? disk.hardState,
    snapshot: base,
    entries: [...kept, ...added].filter(({ index }) => index > base.position.index),
  };
}
