import { unreachable } from '../base/assert.ts';
import { RegistryError } from '../base/errors.ts';
import { compareMemberIds } from '../base/member-id.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Alarm, AlarmType, Command, CommandResult, Member } from './command.ts';
import type { Engine } from './engine.ts';
import { hashText } from './hash.ts';
import { FeatureLevels } from './feature-levels.ts';
import { RowFormat } from './row.ts';

type MemberCommand = Extract<Command, { readonly kind: `member-${string}` }>;
type AlarmCommand = Extract<Command, { readonly kind: 'alarm' }>;

const membersKey = 'smembers';
const alarmsKey = 'salarms';
const versionKey = 'scluster-version';

/** Bound for ever: [members as [id, name, peer URLs, client URLs, is learner], ids of removed members]. */
type MembersRow = readonly [
  readonly (readonly [MemberId, string, readonly string[], readonly string[], boolean])[],
  readonly MemberId[],
];
/** Bound for ever: [member id, type] each. */
type AlarmsRow = readonly (readonly [MemberId, AlarmType])[];

const membersFormat = new RowFormat<MembersRow>();
const alarmsFormat = new RowFormat<AlarmsRow>();
const versionFormat = new RowFormat<[version: string]>();

/** Members, alarms and version of the cluster. Each is one row in the engine. */
export class ClusterState {
  readonly #engine: Engine;
  /** The feature level of each member's release. */
  readonly levels: FeatureLevels;
  #members: readonly Member[] = [];
  #removed: readonly MemberId[] = [];
  #alarms: readonly Alarm[] = [];
  #version: string | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.levels = new FeatureLevels(engine);
  }

  /** In order of id. */
  get members(): readonly Member[] {
    return this.#members;
  }

  /** Ids of removed members; never used again. */
  get removedMembers(): readonly MemberId[] {
    return this.#removed;
  }

  /** In order of member and type. */
  get alarms(): readonly Alarm[] {
    return this.#alarms;
  }

  get version(): string | undefined {
    return this.#version;
  }

  isAlarmed(type: AlarmType): boolean {
    return this.#alarms.length > 0 && this.#alarms.some((alarm) => alarm.type === type);
  }

  /** Starts over with these members and nothing else: for a new cluster, or one made from a backup. */
  begin(members: readonly Member[]): void {
    this.#setMembers(members, []);
    this.#setAlarms([]);
  }

  /** Makes this the only member, without alarms. All others count as removed. */
  keepOnly(member: Member): void {
    const others = this.#members.map(({ id }) => id).filter((id) => id !== member.id);
    this.#setMembers([member], [...this.#removed, ...others]);
    this.#setAlarms([]);
  }

  setVersion(version: string): void {
    this.#version = version;
    this.#engine.put(versionKey, versionFormat.encode([version]));
  }

  applyAlarm({ action, memberId, type }: AlarmCommand): CommandResult {
    const chosen = this.#alarms.filter(
      (alarm) => alarm.type === type && (memberId === undefined || alarm.memberId === memberId),
    );
    if (action === 'deactivate') {
      this.#setAlarms(this.#alarms.filter((alarm) => !chosen.includes(alarm)));
      return { kind: 'alarms', alarms: chosen };
    }
    if (memberId === undefined || chosen.length > 0) return { kind: 'alarms', alarms: chosen };
    const alarm = { memberId, type };
    this.#setAlarms([...this.#alarms, alarm]);
    return { kind: 'alarms', alarms: [alarm] };
  }

  /**
   * Raft changes its configuration by a membership entry whatever the result here. So only what makes no sense at all
   * is refused; the leader has checked the rest. Two members with one peer URL, say, can be mended later; a voter
   * that the state does not know cannot.
   */
  applyMember(command: MemberCommand): CommandResult {
    const refusal =
      command.kind === 'member-add' ? this.#add(command.member) : this.#change(command);
    return refusal ?? { kind: 'members', members: this.#members };
  }

  #add(member: Member): CommandResult | undefined {
    const { id } = member;
    if (this.#removed.includes(id) || this.#members.some((known) => known.id === id)) {
      const message = `the member id ${id} is in use, or was; each member needs a new one`;
      return { kind: 'error', code: 'member-exists', message };
    }
    this.#setMembers([...this.#members, member], this.#removed);
    return undefined;
  }

  #change(command: Exclude<MemberCommand, { kind: 'member-add' }>): CommandResult | undefined {
    const member = this.#members.find(({ id }) => id === command.id);
    if (member === undefined) {
      const message = `there is no member ${command.id}; see "member list"`;
      return { kind: 'error', code: 'member-not-found', message };
    }
    const others = this.#members.filter((other) => other !== member);
    switch (command.kind) {
      case 'member-remove':
        this.#setMembers(others, [...this.#removed, member.id]);
        return undefined;
      case 'member-promote':
        if (!member.isLearner) {
          const message = `${member.id} is a voting member already`;
          return { kind: 'error', code: 'not-a-learner', message };
        }
        this.#setMembers([...others, { ...member, isLearner: false }], this.#removed);
        return undefined;
      case 'member-update': {
        const { peerUrls } = command;
        const taken = peerUrls.find((url) => others.some((other) => other.peerUrls.includes(url)));
        if (taken !== undefined) {
          const message = `another member has the peer URL ${taken}`;
          return { kind: 'error', code: 'peer-url-exists', message };
        }
        this.#setMembers([...others, { ...member, peerUrls }], this.#removed);
        return undefined;
      }
      case 'member-publish': {
        const { name, clientUrls } = command;
        this.#setMembers([...others, { ...member, name, clientUrls }], this.#removed);
        return undefined;
      }
      case 'member-level':
        this.levels.settle(
          this.#members.map(({ id }) => id),
          command,
        );
        return undefined;
      default:
        return unreachable(command);
    }
  }

  /** The hash of everything here. */
  hash(): number {
    const all = [
      membersRow(this.#members, this.#removed),
      this.#alarms,
      this.#version ?? '',
      this.levels.row(),
    ];
    return hashText(JSON.stringify(all), 0) >>> 0;
  }

  load(): void {
    const members = this.#engine.get(membersKey);
    if (members === undefined) {
      throw new RegistryError('invalid-request', 'the store holds no state: it was never created');
    }
    const [known, removed] = membersFormat.decode(members);
    this.#members = known.map(([id, name, peerUrls, clientUrls, isLearner]) => ({
      id,
      name,
      peerUrls,
      clientUrls,
      isLearner,
    }));
    this.#removed = removed;
    const alarms = this.#engine.get(alarmsKey);
    if (alarms !== undefined) {
      this.#alarms = alarmsFormat.decode(alarms).map(([memberId, type]) => ({
        memberId,
        type,
      }));
    }
    const version = this.#engine.get(versionKey);
    if (version !== undefined) [this.#version] = versionFormat.decode(version);
    this.levels.load();
  }

  #setMembers(members: readonly Member[], removed: readonly MemberId[]): void {
    this.#members = members.toSorted((a, b) => compareMemberIds(a.id, b.id));
    this.#removed = removed.toSorted(compareMemberIds);
    this.#engine.put(membersKey, membersFormat.encode(membersRow(this.#members, this.#removed)));
    this.levels.settle(this.#members.map(({ id }) => id));
  }

  #setAlarms(alarms: readonly Alarm[]): void {
    this.#alarms = alarms.toSorted(
      (a, b) =>
        compareMemberIds(a.memberId, b.memberId) ||
        (a.type < b.type ? -1 : Number(a.type > b.type)),
    );
    const row: AlarmsRow = this.#alarms.map(({ memberId, type }) => [memberId, type]);
    this.#engine.put(alarmsKey, alarmsFormat.encode(row));
  }
}

function membersRow(members: readonly Member[], removed: readonly MemberId[]): MembersRow {
  return [
    members.map(({ id, name, peerUrls, clientUrls, isLearner }) => [
      id,
      name,
      peerUrls,
      clientUrls,
      isLearner,
    ]),
    removed,
  ];
}
