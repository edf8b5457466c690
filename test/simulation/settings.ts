import { SeededRandom } from './random.ts';

/** All kinds of faults. */
export const faultKinds = [
  'partition',
  'one-way partition',
  'partial partition',
  'process crash',
  'power loss',
  'crash at a write boundary',
  'pause',
  'clock drift',
  'clock jump',
  'slow disk',
  'full disk',
  'bit rot',
  'member added',
  'member removed',
  'member replaced',
  'learner promoted',
  'leader transfer',
  'compaction',
  'rolling restart',
  'bad network',
  'failed read',
  'hanging disk',
] as const;
/** New settings are drawn last, so that a seed keeps its meaning. */
const lateKinds: readonly FaultKind[] = ['failed read', 'hanging disk'];
export type FaultKind = (typeof faultKinds)[number];

/** The settings of a world. All follow from the seed; shrinking reduces them. */
export interface Settings {
  readonly seed: number;
  readonly members: number;
  readonly learners: number;
  readonly clients: number;
  readonly watchers: number;
  readonly leaseHolders: number;
  /** Clients that only read, in quick succession. */
  readonly readers: number;
  /** Clients whose commands touch many keys. */
  readonly bulks: number;
  /** Keys of one of their commands. */
  readonly bulkKeys: number;
  /** Values of clients are padded to at most this length, each to another one. */
  readonly valueBytes: number;
  /** Memory for newest values in each member. */
  readonly cacheBytesMax: number;
  /** Length of the phase of faults. */
  readonly safetyMs: number;
  readonly keys: number;
  /** A client pauses at most this long between two calls. */
  readonly thinkMsMax: number;
  readonly faults: readonly FaultKind[];
  /** Average time between two faults. */
  readonly faultEveryMs: number;
  readonly delayMsMax: number;
  readonly loss: number;
  readonly duplication: number;
  readonly reordering: number;
  readonly reset: number;
  readonly writeMsMax: number;
  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
  readonly preVote: boolean;
  readonly snapshotCount: number;
  readonly snapshotCatchupEntries: number;
  readonly leaseCheckpointIntervalMs: number;
  readonly compactionBatchLimit: number;
  /** Units of long work per turn. */
  readonly workPerTurn: number;
  /** Appended records per write of a store. */
  readonly recordsPerWrite: number;
  readonly strict: boolean;
  /** Membership changes use a joint configuration. */
  readonly joint: boolean;
  /** Clients that make many calls at once, and the bytes of its log that a member may hold open. */
  readonly crowds: number;
  readonly openBytesMax: number;
  /** Members that begin with a release of feature level 1, and are upgraded when they start again. */
  readonly oldMembers: number;
  /** Clients that register instances of services. */
  readonly registrars: number;
  /** Clients that change roles. */
  readonly administrators: number;
  /** Users that log in and try what they may not; 0: authentication stays off, as nobody makes users. */
  readonly users: number;
  /** Clients that, as root, change users and roles and turn authentication on and off. */
  readonly userAdministrators: number;
  /** A token that was not shown to a member for this long ends there. */
  readonly tokenTtlMs: number;
  /** Only a majority is healed, not all members. */
  readonly healsMajorityOnly: boolean;
}

/** So few that each value has a piece of memory of its own. */
const leastCacheBytes = 60;

/** `forcesUsers`: the same with users, in whatever world. */
export function settingsOf(seed: number, forcesUsers = false): Settings {
  const random = new SeededRandom(seed, 'settings');
  const members = random.pick([1, 2, 3, 3, 3, 3, 4, 5, 5, 7]);
  const isCalm = random.chance(0.1);
  const isLossy = random.chance(0.5);
  // Rare, because such a world takes ten times as long.
  const joint = random.chance(0.35);
  const memberFaults: readonly FaultKind[] = ['member added', 'member removed', 'learner promoted'];
  const isLarge = random.chance(0.005);
  const earlyKinds = faultKinds.filter((kind) => !lateKinds.includes(kind));
  const settings: Settings = {
    seed,
    members,
    learners: members > 1 && members < 7 && random.chance(0.25) ? 1 : 0,
    clients: random.between(3, 7),
    watchers: random.between(1, 4),
    leaseHolders: random.between(1, 3),
    readers: random.pick([0, 1, 1, 2]),
    valueBytes: isLarge ? 100_000 : 0,
    safetyMs: random.between(8_000, 16_000),
    keys: random.between(2, 7),
    thinkMsMax: random.pick([60, 120, 250]),
    faults: isCalm
      ? []
      : earlyKinds.filter((kind) => random.chance(0.45) || (joint && memberFaults.includes(kind))),
    faultEveryMs: random.pick([400, 800, 1600]),
    delayMsMax: random.pick([1, 3, 10, 30]),
    loss: isLossy ? random.real(0, 0.08) : 0,
    duplication: random.chance(0.5) ? random.real(0, 0.1) : 0,
    reordering: random.chance(0.5) ? random.real(0, 0.15) : 0,
    reset: random.chance(0.3) ? random.real(0, 0.01) : 0,
    writeMsMax: random.pick([0.5, 2, 10]),
    heartbeatIntervalMs: 100,
    electionTimeoutMs: random.pick([500, 1000]),
    preVote: random.chance(0.8),
    snapshotCount: random.pick([5, 20, 100]),
    snapshotCatchupEntries: random.pick([0, 5, 20]),
    leaseCheckpointIntervalMs: random.pick([500, 2000, 300_000]),
    compactionBatchLimit: random.pick([1, 3, 1000]),
    workPerTurn: random.pick([1, 2, 500]),
    recordsPerWrite: random.pick([2, 5, 1000]),
    bulks: random.pick([0, 0, 1, 2]),
    strict: random.chance(0.4),
    healsMajorityOnly: random.chance(0.5),
    joint,
    bulkKeys: 12,
    cacheBytesMax: leastCacheBytes,
    crowds: 0,
    openBytesMax: 64 << 20,
    oldMembers: 0,
    registrars: 0,
    administrators: 0,
    users: 0,
    userAdministrators: 1,
    tokenTtlMs: 300_000,
  };
  const late = isCalm ? [] : lateKinds.filter(() => random.chance(0.45));
  // In other worlds a leader seldom leads long enough to show how it treats a disk that hangs.
  const onlyHangs = members > 2 && random.chance(0.1);
  // A crowd takes as long as ten other clients.
  const isCrowded = members > 1 && random.chance(onlyHangs ? 0.7 : 0.1);
  const withCallers = {
    ...settings,
    faults: onlyHangs ? (['hanging disk'] as const) : [...settings.faults, ...late],
    crowds: isCrowded ? 1 : 0,
    // A disk that hangs for half of a world would otherwise hold back all writes of the world.
    openBytesMax:
      isCrowded || onlyHangs || late.includes('hanging disk')
        ? random.pick([4000, 16_000])
        : 64 << 20,
    // Reads of so many keys take many slices.
    bulkKeys: random.pick([12, 12, 60]),
    oldMembers: random.chance(0.3) ? random.between(1, members) : 0,
    registrars: random.pick([0, 0, 1]),
    administrators: random.pick([0, 0, 1]),
  };
  const hasUsers = random.chance(0.25) || forcesUsers;
  const userSettings = {
    users: random.between(1, 3),
    userAdministrators: random.pick([1, 1, 2]),
    tokenTtlMs: random.pick([1500, 6000, 300_000]),
    // It takes a while until there are users.
    safetyMs: settings.safetyMs + 4000,
  };
  const withUsers = hasUsers ? { ...withCallers, ...userSettings } : withCallers;
  return {
    ...withUsers,
    valueBytes: isLarge ? settings.valueBytes : random.pick([0, 0, 13, 40, 300]),
    cacheBytesMax: random.pick([leastCacheBytes, 1600, 6400, 64_000]),
  };
}
