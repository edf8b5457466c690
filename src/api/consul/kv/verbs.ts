import type { Key } from '../../../base/key.ts';
import type { KvChanges } from './changes.ts';
import { textOfKey } from './entry.ts';
import type { Entry } from './entry.ts';

/** The outcome of one verb. `why`: as a transaction words it. */
export type Outcome =
  | { readonly kind: 'done'; readonly entry: Entry | undefined }
  /** The condition of the verb does not hold. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'bad-session'; readonly why: string };

/** The value that a verb writes. */
export interface Written {
  readonly key: Key;
  readonly value: Uint8Array;
  readonly flags: bigint;
}

/** Writes whatever there was. A lock that is held stays held. */
export function set(changes: KvChanges, written: Written): Outcome {
  const before = changes.entry(written.key);
  const { lockIndex = 0, session = '' } = before ?? {};
  const lease = session === '' ? 0n : (before?.lease ?? 0n);
  return done(changes.set({ ...written, lockIndex, session, lease }));
}

/** Writes if the entry has this index; 0: if there is none. */
export function compareAndSet(changes: KvChanges, written: Written, index: bigint): Outcome {
  const before = changes.entry(written.key);
  if (index === BigInt(before?.modifyIndex ?? 0)) return set(changes, written);
  return refused(`failed to set key ${named(written.key)}, index is stale`);
}

/** Takes the lock for a session, or writes under the lock that the session has. */
export function lock(
  changes: KvChanges,
  written: Written,
  { session: id, isDelayed }: { readonly session: string; readonly isDelayed: boolean },
): Outcome {
  const { key } = written;
  if (isDelayed) return refused(`failed to lock key ${named(key)} due to lock delay`);
  if (id === '') return noSession;
  const session = changes.session(id);
  if (session === undefined) return { kind: 'bad-session', why: `invalid session "${id}"` };
  const { session: holder = '', lockIndex = 0 } = changes.entry(key) ?? {};
  if (holder !== '' && holder !== id) {
    return refused(`failed to lock key ${named(key)}, lock is already held`);
  }
  const lease = session.behavior === 'delete' ? session.lease : 0n;
  return done(
    changes.set({
      ...written,
      session: id,
      lease,
      lockIndex: holder === id ? lockIndex : lockIndex + 1,
    }),
  );
}

const noSession: Outcome = { kind: 'bad-session', why: 'missing session' };

/** Gives the lock up, and writes. */
export function unlock(changes: KvChanges, written: Written, id: string): Outcome {
  if (id === '') return noSession;
  const before = changes.entry(written.key);
  if (before === undefined || before.session !== id) {
    const why = "lock isn't held, or is held by another session";
    return refused(`failed to unlock key ${named(written.key)}, ${why}`);
  }
  return done(changes.set({ ...written, session: '', lease: 0n, lockIndex: before.lockIndex }));
}

export function remove(changes: KvChanges, key: Key): Outcome {
  changes.delete(key);
  return done(undefined);
}

/** Deletes if the entry has this index. One that is not there is deleted already. */
export function compareAndDelete(changes: KvChanges, key: Key, index: bigint): Outcome {
  const before = changes.entry(key);
  if (before !== undefined && BigInt(before.modifyIndex) !== index) {
    return refused(`failed to delete key ${named(key)}, index is stale`);
  }
  return remove(changes, key);
}

export function done(entry: Entry | undefined): Outcome {
  return { kind: 'done', entry };
}

export function refused(why: string): Outcome {
  return { kind: 'refused', why };
}

export function named(key: Key): string {
  return JSON.stringify(textOfKey(key));
}
