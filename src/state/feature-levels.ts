import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Engine } from './engine.ts';
import { RowFormat } from './row.ts';

/** The level of the first release, and of a member that has not announced another. */
const firstLevel = 1;

/** From here on a command may say for whom it was proposed: the envelope in `command-codec.ts`. */
export const originLevel = 2;

/** From here on the state has `DeletionRevisions`. */
export const deletionsLevel = 3;

/** From here on there may be users and roles: `auth/`. */
export const authLevel = 4;

/**
 * The level of this release. It covers every command, position, flag and name in `command-codec.ts`, and every record
 * of the state. A release that adds one raises the level by one, and writes what is new only once
 * `State.featureLevel` has reached it.
 */
export const knownLevel: number = authLevel;

const levelsKey = 'slevels';

/**
 * Bound for ever: [level of the cluster, members that announced another level than the first]. Missing: all are at
 * the first.
 */
type LevelsRow = readonly [cluster: number, members: readonly (readonly [MemberId, number])[]];

const levelsFormat = new RowFormat<LevelsRow>();

/**
 * The feature level of each member, and of the cluster: what it may write. The cluster's level is the lowest of its
 * members', learners included, and never falls, because log and state may hold something of that level. It follows
 * from the members' own commands, so all agree on it at every index without another proposal.
 *
 * `1 <= cluster`, and `cluster <= known level`, or this release refuses to run.
 */
export class FeatureLevels {
  readonly #engine: Engine;
  #cluster = firstLevel;
  /** Members that are not at the first level. */
  #members: ReadonlyMap<MemberId, number> = new Map();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get cluster(): number {
    return this.#cluster;
  }

  of(id: MemberId): number {
    return this.#members.get(id) ?? firstLevel;
  }

  /**
   * Sets the members, in order of id. One of them may have announced its level: higher after an upgrade, lower after
   * a downgrade. Throws RegistryError if the cluster's level exceeds what this release knows.
   */
  settle(ids: readonly MemberId[], said?: { readonly id: MemberId; readonly level: number }): void {
    const before = JSON.stringify(this.row());
    const levels = ids.map((id) => [id, id === said?.id ? said.level : this.of(id)] as const);
    this.#members = new Map(levels.filter(([, level]) => level !== firstLevel));
    if (levels.length > 0) {
      this.#cluster = Math.max(this.#cluster, Math.min(...levels.map(([, level]) => level)));
    }
    const row = this.row();
    if (JSON.stringify(row) !== before) this.#engine.put(levelsKey, levelsFormat.encode(row));
    this.#check();
  }

  row(): LevelsRow {
    return [this.#cluster, [...this.#members]];
  }

  /** Throws RegistryError if the cluster's level exceeds what this release knows. */
  load(): void {
    const row = this.#engine.get(levelsKey);
    if (row === undefined) return;
    const [cluster, members] = levelsFormat.decode(row);
    this.#cluster = cluster;
    this.#members = new Map(members);
    this.#check();
  }

  #check(): void {
    if (this.#cluster <= knownLevel) return;
    throw new RegistryError(
      'invalid-request',
      `the cluster has feature level ${this.#cluster}, which all its members had reached, ` +
        `and this release knows ${knownLevel}; run a newer release`,
    );
  }
}
