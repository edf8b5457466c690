import { singleKey } from '../../../base/key.ts';
import type { Key, KeyRange } from '../../../base/key.ts';
import type {
  CallOptions,
  Compare,
  KeyValue,
  Operation,
  Operations,
  Rights,
} from '../../../operations/index.ts';
import { kvKeys, sessionKeys } from '../../../registry/index.ts';
import { operationsMax, readRanges } from '../frame/key-requests.ts';
import { KvChanges } from './changes.ts';
import type { KvSnapshot } from './changes.ts';
import { entryOf } from './entry.ts';
import type { Entry, EntryKeys } from './entry.ts';
import { failed } from '../frame/refusals.ts';
import { sessionOfKey } from '../sessions/session.ts';

/** The revision of the last deletion in a range; other keys in a directory of one of them count, too. */
export interface DeletionRevisions {
  within(range: KeyRange): number;
}

/** The keys that a change looks at. */
export interface Wanted {
  readonly keys: readonly Key[];
  readonly trees?: readonly Key[];
  readonly sessions?: readonly string[];
}

/** A change of other keys that is made together with one of the store. */
export interface OtherChanges {
  compares(): readonly Compare[];
  writes(): readonly Operation[];
}

/** Entries of the store at one revision, and the index of an answer that is made of them. */
export interface ReadEntries {
  readonly entries: readonly Entry[];
  readonly index: number;
  readonly release: () => void;
}

export interface KvStoreOptions {
  readonly operations: Operations;
  readonly deletions: () => DeletionRevisions;
}

/** A write that others came before is decided anew this often. */
const attemptsMax = 20;

/** Consul's key-value store over the keys of this cluster. */
export class KvStore {
  readonly #options: KvStoreOptions;

  constructor(options: KvStoreOptions) {
    this.#options = options;
  }

  /** One entry, with its own index; without one, the index of the last deletion beside it. */
  async entry(
    key: Key,
    how: { serializable: boolean; options: CallOptions },
  ): Promise<ReadEntries> {
    const ranges = keysOfEntry(key).map(singleKey);
    const { results, revision, release } = await readRanges(this.#options.operations, ranges, how);
    const [value, meta, lock] = results.map(([kv]) => kv);
    const entry = entryOf(key, { value, meta, lock }, () => this.#lapsedAt(key, revision));
    const index = entry?.modifyIndex ?? this.#lastDeletion(kvKeys.value(key), revision);
    return { entries: entry === undefined ? [] : [entry], index, release };
  }

  /**
   * All entries that begin with a prefix and that the caller may read, in order; the index covers what was deleted there.
   */
  async tree(
    prefix: Key,
    how: { serializable: boolean; options: CallOptions; withoutValues?: boolean },
  ): Promise<ReadEntries> {
    const { operations, deletions } = this.#options;
    const tables = visibleBelow(prefix, operations.rightsOf(how.options.caller));
    const { results, revision, release } = await readRanges(operations, tables.flat(), {
      ...how,
      keysOnly: how.withoutValues === true ? (tables[0]?.length ?? 0) : 0,
    });
    let at = 0;
    const found = entriesOf(
      tables.map((ranges) => results.slice(at, (at += ranges.length)).flat()),
    );
    let index = Math.min(revision, deletions().within(kvKeys.valuesBelow(prefix)));
    const entries: Entry[] = [];
    for (const [key, keys] of found) {
      const entry = entryOf(key, keys, () => this.#lapsedAt(key, revision));
      if (entry === undefined) continue;
      entries.push(entry);
      index = Math.max(index, entry.modifyIndex);
    }
    return { entries, index, release };
  }

  #lapsedAt(key: Key, revision: number): number {
    return this.#lastDeletion(kvKeys.lock(key), revision);
  }

  /** A deletion after the read is not part of the answer. */
  #lastDeletion(key: Key, revision: number): number {
    return Math.min(revision, this.#options.deletions().within(singleKey(key)));
  }

  /** Deletes an entry, if there is one, whatever it is. */
  delete(key: Key, options: CallOptions): Promise<void> {
    return this.#deleteRanges(keysOfEntry(key).map(singleKey), options);
  }

  /** Deletes all entries that begin with a prefix, if there are any. */
  deleteTree(prefix: Key, options: CallOptions): Promise<void> {
    return this.#deleteRanges(rangesBelow(prefix), options);
  }

  async #deleteRanges(ranges: readonly KeyRange[], options: CallOptions): Promise<void> {
    const { operations } = this.#options;
    const success = ranges.map((range) => ({
      kind: 'delete-range' as const,
      request: { range, prevKv: false },
    }));
    await operations.txn({ compares: [], success, failure: [], serializable: false }, options);
  }

  /**
   * Reads, decides, and writes if nothing that was looked at has changed meanwhile; otherwise again. The first look is at this
   * member's own state: if that is out of date, the write fails. A decision to write nothing needs a look that is not, unless
   * `isLocalEnough`. Returns the decision and the revision of the write, or of the look.
   */
  async change<T, Other extends OtherChanges = OtherChanges>(
    wanted: Wanted,
    {
      options,
      isLocalEnough = false,
      overwrites = false,
      others,
    }: {
      options: CallOptions;
      isLocalEnough?: boolean;
      /** Values that others write meanwhile do not matter; see `KvChanges`. */
      overwrites?: boolean;
      /** Begins the change of other keys; `isLocal`: from what this member has. */
      others?: (isLocal: boolean) => Promise<Other>;
    },
    decide: (changes: KvChanges, other: Other | undefined) => T,
    /** Whether the decision is to be carried out. */
    isAgreed: (decided: T) => boolean = () => true,
  ): Promise<{ readonly decided: T; readonly revision: number }> {
    const { operations } = this.#options;
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const serializable = attempt === 0;
      const snapshot = await this.#look(wanted, { serializable, options });
      const changes = new KvChanges(snapshot, { overwrites });
      const other = await others?.(serializable);
      const decided = decide(changes, other);
      const success = isAgreed(decided) ? [...changes.writes(), ...(other?.writes() ?? [])] : [];
      if (success.length === 0) {
        if (serializable && !isLocalEnough) continue;
        return { decided, revision: snapshot.revision };
      }
      const compares = [...changes.compares(), ...(other?.compares() ?? [])];
      const request = { compares, success, failure: [], serializable: false, operationsMax };
      const { succeeded, header } = await operations.txn(request, options);
      if (succeeded) return { decided, revision: header.revision };
    }
    throw failed('others write the same keys all the time, and nothing was written; try again');
  }

  async #look(
    { keys, trees = [], sessions = [] }: Wanted,
    how: { serializable: boolean; options: CallOptions },
  ): Promise<KvSnapshot> {
    const { operations } = this.#options;
    const distinct = [...new Set(keys)];
    const ids = [...new Set(sessions)];
    const ranges: KeyRange[] = [
      ...distinct.flatMap((key) => keysOfEntry(key).map(singleKey)),
      ...ids.map((id) => singleKey(sessionKeys.of(id))),
      ...trees.flatMap(rangesBelow),
    ];
    const { results, revision, release } = await readRanges(operations, ranges, how);
    release();
    const entries = new Map<Key, EntryKeys>();
    for (const [at, key] of distinct.entries()) {
      const [value, meta, lock] = results.slice(3 * at, 3 * at + 3).map(([kv]) => kv);
      entries.set(key, { value, meta, lock });
    }
    const afterKeys = 3 * distinct.length;
    const found = ids.map((id, at) => {
      const kv = results[afterKeys + at]?.[0];
      return [id, { kv, session: kv && sessionOfKey(kv) }] as const;
    });
    const afterSessions = afterKeys + ids.length;
    for (const at of trees.keys()) {
      const start = afterSessions + 3 * at;
      for (const [key, keysOf] of entriesOf(results.slice(start, start + 3)))
        entries.set(key, keysOf);
    }
    return {
      revision,
      entries,
      trees,
      sessions: new Map(found),
      lapsedAt: (key) => this.#lapsedAt(key, revision),
    };
  }
}

function keysOfEntry(key: Key): readonly Key[] {
  return [kvKeys.value(key), kvKeys.meta(key), kvKeys.lock(key)];
}

/** The parts of the three tables that a caller may read. */
function visibleBelow(prefix: Key, rights: Rights | undefined): readonly (readonly KeyRange[])[] {
  return rangesBelow(prefix).map((range) => visiblePartsOf(range, rights));
}

/** The parts of a range that a caller may read. */
export function visiblePartsOf(range: KeyRange, rights: Rights | undefined): readonly KeyRange[] {
  return rights === undefined ? [range] : rights.reads.within(range);
}

function rangesBelow(prefix: Key): readonly KeyRange[] {
  return [kvKeys.valuesBelow(prefix), kvKeys.metaBelow(prefix), kvKeys.locksBelow(prefix)];
}

/** Entries by key, from the three tables. */
function entriesOf(results: readonly (readonly KeyValue[])[]): ReadonlyMap<Key, EntryKeys> {
  const [values = [], metas = [], locks = []] = results;
  const metaOf = new Map(metas.map((kv) => [kvKeys.ofMeta(kv.key), kv]));
  const lockOf = new Map(locks.map((kv) => [kvKeys.ofLock(kv.key), kv]));
  return new Map(
    values.map((kv) => {
      const key = kvKeys.ofValue(kv.key);
      return [key, { value: kv, meta: metaOf.get(key), lock: lockOf.get(key) }];
    }),
  );
}
