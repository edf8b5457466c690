import type { Key } from '../../../base/key.ts';
import type { KeyValue, LeaseId } from '../../../operations/index.ts';
import { exactNumber } from '../frame/json-out.ts';

/** An entry of Consul's key-value store. */
export interface Entry {
  readonly key: Key;
  readonly value: Uint8Array;
  /** 64 bits without a sign. */
  readonly flags: bigint;
  /** How often its lock was taken. */
  readonly lockIndex: number;
  /** The session that holds its lock; empty: none does. */
  readonly session: string;
  /** It goes with this lease: that of a session that deletes what it holds; 0: none. */
  readonly lease: LeaseId;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

/** The keys of an entry as they were read. */
export interface EntryKeys {
  readonly value: KeyValue | undefined;
  readonly meta: KeyValue | undefined;
  readonly lock: KeyValue | undefined;
}

interface Meta {
  readonly flags: bigint;
  readonly lockIndex: number;
  /** The session that took the lock and has not released it. */
  readonly session: string;
}

const noMeta: Meta = { flags: 0n, lockIndex: 0, session: '' };

/**
 * The entry that these keys are; undefined: there is none. `lapsedAt`: the revision of the last deletion of a lock in its
 * directory. The lock of a session that ended is gone without a write of the value; the index of the entry is then that
 * revision, so that a caller that still believes to hold the lock does not get through with `cas`.
 */
export function entryOf(key: Key, keys: EntryKeys, lapsedAt: () => number): Entry | undefined {
  const { value: kv } = keys;
  if (kv === undefined) return undefined;
  const { flags, lockIndex, session: taken } = metaOf(keys);
  const session = sessionOf(keys);
  const hasLapsed = taken !== '' && session !== taken;
  return {
    key,
    value: kv.value,
    flags,
    lockIndex,
    session,
    lease: kv.lease,
    createIndex: kv.createRevision,
    modifyIndex: hasLapsed ? Math.max(kv.modRevision, lapsedAt()) : kv.modRevision,
  };
}

/** Another key of the entry; one that is older than the value belongs to a former entry that an etcd client deleted. */
function currentOf({ value }: EntryKeys, other: KeyValue | undefined): KeyValue | undefined {
  if (value === undefined || other === undefined) return undefined;
  return other.modRevision >= value.createRevision ? other : undefined;
}

export function sessionOf(keys: EntryKeys): string {
  const lock = currentOf(keys, keys.lock);
  return lock === undefined ? '' : Buffer.from(lock.value).toString('utf8');
}

function metaOf(keys: EntryKeys): Meta {
  const meta = currentOf(keys, keys.meta);
  if (meta === undefined) return noMeta;
  try {
    const read: unknown = JSON.parse(Buffer.from(meta.value).toString('utf8'));
    if (typeof read !== 'object' || read === null) return noMeta;
    const {
      flags = '0',
      lockIndex = 0,
      session = '',
    }: Partial<Record<string, unknown>> = {
      ...read,
    };
    if (typeof flags !== 'string' || !/^\d{1,20}$/.test(flags)) return noMeta;
    return {
      flags: BigInt(flags),
      lockIndex: typeof lockIndex === 'number' ? lockIndex : 0,
      session: typeof session === 'string' ? session : '',
    };
  } catch {
    // An etcd client wrote it.
    return noMeta;
  }
}

/** The value of the second key; undefined: all is at its default, and there is no such key. */
export function encodeMeta({ flags, lockIndex, session }: Meta): Uint8Array | undefined {
  if (flags === 0n && lockIndex === 0 && session === '') return undefined;
  const text = JSON.stringify({
    ...(flags === 0n ? {} : { flags: String(flags) }),
    ...(lockIndex === 0 ? {} : { lockIndex }),
    ...(session === '' ? {} : { session }),
  });
  return Buffer.from(text);
}

/** Whether the second key, as it was read, says this already. */
export function hasMeta(keys: EntryKeys, wanted: Uint8Array, lease: LeaseId): boolean {
  const meta = currentOf(keys, keys.meta);
  return meta !== undefined && meta.lease === lease && Buffer.from(meta.value).equals(wanted);
}

/** As JSON, in Consul's order of fields. */
export function entryJson(entry: Entry): object {
  const { flags } = entry;
  return {
    LockIndex: entry.lockIndex,
    Key: textOfKey(entry.key),
    Flags: exactNumber(flags),
    Value: entry.value.length === 0 ? null : Buffer.from(entry.value).toString('base64'),
    ...(entry.session === '' ? {} : { Session: entry.session }),
    CreateIndex: entry.createIndex,
    ModifyIndex: entry.modifyIndex,
  };
}

export function textOfKey(key: Key): string {
  return Buffer.from(key, 'latin1').toString('utf8');
}
