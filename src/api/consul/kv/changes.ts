import { present } from '../../../base/assert.ts';
import { singleKey } from '../../../base/key.ts';
import type { Key } from '../../../base/key.ts';
import type { Compare, KeyValue, Operation } from '../../../operations/index.ts';
import { kvKeys, sessionKeys } from '../../../registry/index.ts';
import {
  deleteOperation,
  nothingNewer,
  notRecreated,
  putOperation,
  unchanged,
} from '../frame/key-requests.ts';
import { encodeMeta, entryOf, hasMeta, sessionOf } from './entry.ts';
import type { Entry, EntryKeys } from './entry.ts';
import type { Session } from '../sessions/session.ts';

/** The entries that were read, at one revision, before something is decided. */
export interface KvSnapshot {
  readonly revision: number;
  readonly entries: ReadonlyMap<Key, EntryKeys>;
  /** Prefixes of which all entries were read. */
  readonly trees: readonly Key[];
  /** Sessions by id, with their keys. */
  readonly sessions: ReadonlyMap<
    string,
    { readonly kv: KeyValue | undefined; readonly session: Session | undefined }
  >;
  /** The revision of the last deletion of a lock in the directory of an entry. */
  readonly lapsedAt: (key: Key) => number;
}

/** The index of an entry that is written by the change at hand; its revision is known afterwards. */
export const pendingIndex = -1;

/**
 * The store as a change sees it: what was read, and on top what the change has done so far. In the end it is one
 * transaction, which fails if anything that was looked at has changed meanwhile.
 */
export class KvChanges {
  readonly #snapshot: KvSnapshot;
  readonly #changed = new Map<Key, Entry | undefined>();
  readonly #sessionsUsed = new Set<string>();
  readonly #overwrites: boolean;

  /**
   * `overwrites`: the entries are written whatever their values are then, as long as they are the same entries, and nobody has
   * taken or released their locks or changed their flags, which are keys of their own.
   */
  constructor(snapshot: KvSnapshot, { overwrites }: { readonly overwrites: boolean }) {
    this.#snapshot = snapshot;
    this.#overwrites = overwrites;
  }

  entry(key: Key): Entry | undefined {
    return this.#changed.has(key) ? this.#changed.get(key) : this.#before(key);
  }

  #before(key: Key): Entry | undefined {
    return entryOf(key, this.#keysOf(key), () => this.#snapshot.lapsedAt(key));
  }

  #keysOf(key: Key): EntryKeys {
    return this.#snapshot.entries.get(key) ?? noKeys;
  }

  /** The entries that begin with a prefix that was read, in order. */
  tree(prefix: Key): readonly Entry[] {
    const keys = new Set([...this.#snapshot.entries.keys(), ...this.#changed.keys()]);
    return [...keys]
      .filter((key) => key.startsWith(prefix))
      .toSorted(byBytes)
      .flatMap((key) => this.entry(key) ?? []);
  }

  session(id: string): Session | undefined {
    this.#sessionsUsed.add(id);
    return this.#snapshot.sessions.get(id)?.session;
  }

  /** Writes an entry, unless that changes nothing. */
  set(entry: Omit<Entry, 'createIndex' | 'modifyIndex'>): Entry {
    const before = this.entry(entry.key);
    if (before !== undefined && isSame(before, entry)) return before;
    const createIndex = before?.createIndex ?? pendingIndex;
    const written = { ...entry, createIndex, modifyIndex: pendingIndex };
    this.#changed.set(entry.key, written);
    return written;
  }

  delete(key: Key): void {
    if (this.entry(key) !== undefined) this.#changed.set(key, undefined);
  }

  /** What it writes. */
  writes(): readonly Operation[] {
    const success: Operation[] = [];
    for (const [key, entry] of this.#changed) {
      const keys = this.#keysOf(key);
      if (entry === undefined) success.push(...deletionOf(key, keys));
      else success.push(...this.#writesOf(key, keys, entry));
    }
    return success;
  }

  /** What it was decided from. */
  compares(): readonly Compare[] {
    const { entries, trees, sessions, revision } = this.#snapshot;
    const compares: Compare[] = [];
    for (const [key, { value, meta, lock }] of entries) {
      compares.push(unchanged(kvKeys.lock(key), lock));
      if (!this.#overwrites) compares.push(unchanged(kvKeys.value(key), value));
      else compares.push(notRecreated(kvKeys.value(key), value), unchanged(kvKeys.meta(key), meta));
    }
    for (const tree of trees) {
      compares.push(nothingNewer(kvKeys.valuesBelow(tree), revision));
    }
    for (const id of this.#sessionsUsed) {
      compares.push(unchanged(sessionKeys.of(id), sessions.get(id)?.kv));
    }
    return compares;
  }

  #writesOf(key: Key, keys: EntryKeys, entry: Entry): Operation[] {
    const { value, lease, session, flags, lockIndex } = entry;
    const operations = [putOperation(kvKeys.value(key), value, lease)];
    const meta = encodeMeta({ flags, lockIndex, session });
    if (meta === undefined) {
      if (keys.meta !== undefined) operations.push(deleteOperation(singleKey(kvKeys.meta(key))));
    } else if (!hasMeta(keys, meta, lease)) {
      operations.push(putOperation(kvKeys.meta(key), meta, lease));
    }
    if (session !== '' && session !== sessionOf(keys)) {
      const holder = present(
        this.#snapshot.sessions.get(session)?.session,
        'the session of a lock',
      );
      operations.push(putOperation(kvKeys.lock(key), Buffer.from(session), holder.lease));
    } else if (session === '' && keys.lock !== undefined) {
      operations.push(deleteOperation(singleKey(kvKeys.lock(key))));
    }
    return operations;
  }
}

const noKeys: EntryKeys = { value: undefined, meta: undefined, lock: undefined };

function deletionOf(key: Key, { value, meta, lock }: EntryKeys): Operation[] {
  return [
    ...(value === undefined ? [] : [kvKeys.value(key)]),
    ...(meta === undefined ? [] : [kvKeys.meta(key)]),
    ...(lock === undefined ? [] : [kvKeys.lock(key)]),
  ].map((each) => deleteOperation(singleKey(each)));
}

function isSame(before: Entry, after: Omit<Entry, 'createIndex' | 'modifyIndex'>): boolean {
  return (
    before.flags === after.flags &&
    before.lockIndex === after.lockIndex &&
    before.session === after.session &&
    before.lease === after.lease &&
    Buffer.from(before.value).equals(after.value)
  );
}

function byBytes(a: Key, b: Key): number {
  return a < b ? -1 : 1;
}
