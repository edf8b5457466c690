import { keyOfText, prefixRange } from '../base/key.ts';
import type { Key, KeyRange } from '../base/key.ts';
import { part } from './keys.ts';

/**
 * Where the key-value store, the sessions, the prepared queries and the events of Consul's API are. An entry of the store is
 * up to three keys: its value, which an etcd client reads and writes as it is; flags and lock index, if they are not 0; and
 * the session that holds its lock, attached to the session's lease.
 */
const kvPrefix = '/consul/kv/';
const metaPrefix = '/consul/kv-meta/';
const locksPrefix = '/consul/locks/';
const sessionsPrefix = '/consul/sessions/';
const queriesPrefix = '/consul/queries/';
const eventsPrefix = '/consul/events/';

/** The three keys of an entry of the store, and the way back from a key to the entry's. */
export const kvKeys = {
  value: (key: Key): Key => kvPrefix + key,
  meta: (key: Key): Key => metaPrefix + key,
  lock: (key: Key): Key => locksPrefix + key,
  /** The entry whose value is at this key. */
  ofValue: (key: Key): Key => key.slice(kvPrefix.length),
  ofMeta: (key: Key): Key => key.slice(metaPrefix.length),
  ofLock: (key: Key): Key => key.slice(locksPrefix.length),
  valuesBelow: (prefix: Key): KeyRange => prefixRange(kvPrefix + prefix),
  metaBelow: (prefix: Key): KeyRange => prefixRange(metaPrefix + prefix),
  locksBelow: (prefix: Key): KeyRange => prefixRange(locksPrefix + prefix),
  isLock: (key: Key): boolean => key.startsWith(locksPrefix),
} as const;

/** A table of keys by name. */
export interface NamedKeys {
  readonly prefix: Key;
  readonly range: KeyRange;
  of(name: string): Key;
  is(key: Key): boolean;
}

function namedKeys(prefix: Key): NamedKeys {
  return {
    prefix,
    range: prefixRange(prefix),
    of: (name) => prefix + keyOfText(part(name)),
    is: (key) => key.startsWith(prefix),
  };
}

export const sessionKeys: NamedKeys = namedKeys(sessionsPrefix);
export const queryKeys: NamedKeys = namedKeys(queriesPrefix);
export const eventKeys: NamedKeys & { numbered(number: number): Key } = {
  ...namedKeys(eventsPrefix),
  /** Numbers sort as they are. */
  numbered: (number) => eventsPrefix + String(number).padStart(16, '0'),
};
