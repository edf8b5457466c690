import { RegistryError } from '../base/errors.ts';
import type { MemberId } from '../base/member-id.ts';
import type { Engine } from './engine.ts';
import { RowFormat } from './row.ts';

/** What the first release knows, and what a member counts as that has not said otherwise. */
const firstLevel = 1;

/**
 * What this release knows: every command, position, flag and name in `command-codec.ts`, and every record of the state.
 * A release that adds one of them raises this by one, and writes what is new only where `State.featureLevel` has got
 * there.
 */
export const knownLevel: number = firstLevel;

const levelsKey = 'slevels';

/** For ever: [level of the cluster, members that said another level than the first]. Missing: all are at the first. */
type LevelsRow = readonly [cluster: number, members: readonly (readonly [MemberId, number])[]];

const levelsFormat = new RowFormat<LevelsRow>();

/**
 * What every member knows, and what the cluster may therefore write. The cluster's level is the lowest of its members',
 * learners included, and never sinks: the log and the state may hold something of that level from then on. It follows
 * from the members' own commands, so that all agree on it at every index, and nobody has to propose it.
 */
export class FeatureLevels {
  readonly #engine: Engine;
  #cluster = firstLevel;
  /** Without those at the first level. */
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
   * These are the members now, by id; one of them may have said what it knows: more than before after an upgrade, less
   * if it went back. Throws RegistryError if all have gone beyond what this release knows.
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

  /** Throws RegistryError if the cluster has gone beyond what this release knows. */
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
