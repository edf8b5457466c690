import { bytesOfKey, keyOfText } from '../../base/key.ts';
import type { Key, KeyRange } from '../../base/key.ts';
import type { Engine } from '../engine.ts';
import { hashBytes, hashText } from '../hash.ts';
import { packEnd, rangeFrom } from '../request-rows.ts';
import type { PackedEnd } from '../request-rows.ts';
import { RowFormat } from '../row.ts';
import type { PermissionType, Role, User } from './view.ts';

/** Bound for ever. */
type UserRow = readonly [passwordHash: string | null, roles: readonly string[]];
/** Bound for ever. */
type RoleRow = readonly (readonly [type: PermissionType, start: Uint8Array, end: PackedEnd])[];

/** How things with a name lie in the engine: each is a row under the letter of its space and its name in UTF-8. */
export interface NamedFormat<T> {
  readonly space: string;
  readonly spaceEnd: string;
  encode(one: T): Uint8Array;
  decode(name: string, row: Uint8Array): T;
}

const userRow = new RowFormat<UserRow>();
const roleRow = new RowFormat<RoleRow>();

export const userFormat: NamedFormat<User> = {
  space: 'u',
  spaceEnd: 'v',
  encode: ({ passwordHash, roles }) => userRow.encode([passwordHash ?? null, roles]),
  decode: (name, row) => {
    const [passwordHash, roles] = userRow.decode(row);
    return { name, passwordHash: passwordHash ?? undefined, roles };
  },
};

export const roleFormat: NamedFormat<Role> = {
  space: 'r',
  spaceEnd: 's',
  encode: ({ permissions }) =>
    roleRow.encode(
      permissions.map(({ type, range }) => [type, bytesOfKey(range.start), packEnd(range)]),
    ),
  decode: (name, row) => {
    const permissions = roleRow
      .decode(row)
      .map(([type, start, end]) => ({ type, range: rangeFrom(start, end) }));
    return { name, permissions };
  },
};

/** Things with a name, in memory and in the engine. */
export class NamedRows<T extends { readonly name: string }> {
  readonly #engine: Engine;
  readonly #format: NamedFormat<T>;
  readonly #byKey: Map<Key, T> = new Map();
  #sorted: readonly T[] | undefined;

  constructor(engine: Engine, format: NamedFormat<T>) {
    this.#engine = engine;
    this.#format = format;
  }

  get(name: string): T | undefined {
    return this.#byKey.get(keyOfText(name));
  }

  /** In order of the names' bytes, which is etcd's. */
  get all(): readonly T[] {
    this.#sorted ??= [...this.#byKey]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, one]) => one);
    return this.#sorted;
  }

  put(one: T): void {
    const key = keyOfText(one.name);
    this.#byKey.set(key, one);
    this.#sorted = undefined;
    this.#engine.put(this.#format.space + key, this.#format.encode(one));
  }

  delete(name: string): void {
    const key = keyOfText(name);
    this.#byKey.delete(key);
    this.#sorted = undefined;
    this.#engine.delete(this.#format.space + key);
  }

  /** The hash of all of them. */
  hash(): number {
    let hash = 0;
    for (const one of this.all) {
      hash = hashBytes(this.#format.encode(one), hashText(one.name, hash));
    }
    return hash >>> 0;
  }

  async load(): Promise<void> {
    const { space, spaceEnd } = this.#format;
    for await (const batch of this.#engine.scan(space, spaceEnd)) {
      for (const { key, value } of batch) {
        const own = key.slice(space.length);
        this.#byKey.set(own, this.#format.decode(bytesOfKey(own).toString('utf8'), value));
      }
    }
  }
}

/** Two ranges by their start, then by their end. */
export function compareRanges(a: KeyRange, b: KeyRange): number {
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  if (a.end === b.end) return 0;
  if (a.end === undefined) return 1;
  return b.end !== undefined && a.end > b.end ? 1 : -1;
}
