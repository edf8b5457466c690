import type { Clock } from '../../../base/clock.ts';
import type { Key } from '../../../base/key.ts';
import type { Steps } from '../../../base/steps.ts';
import type { KeyEvent, KeyValue } from '../../../operations/index.ts';
import { kvKeys, sessionKeys } from '../../../registry/index.ts';
import { millisecondsOf } from '../../../base/go-duration.ts';
import { sessionOfKey } from '../sessions/session.ts';
import type { Session } from '../sessions/session.ts';

/** Locks whose delay runs. */
const delaysMax = 65_536;

/**
 * The delays of locks whose session ended while it held them: until one is over, nobody takes the lock, so that the former
 * holder has time to notice. Every member keeps its own from what it sees, in memory; a release by the holder has none.
 */
export class LockDelays {
  readonly #clock: Clock;
  /** By their keys. */
  readonly #sessions = new Map<Key, Session>();
  /** The key of the session that holds a lock, by the key of the lock. */
  readonly #locks = new Map<Key, Key>();
  /** When the delay of a lock ends, by the key of the lock; the oldest first. */
  readonly #endsMs = new Map<Key, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** All sessions, as this member has them now. */
  sessions(): IterableIterator<Session> {
    return this.#sessions.values();
  }

  /** Whether the lock of an entry must not be taken yet. */
  isRunning(key: Key): boolean {
    const lock = kvKeys.lock(key);
    const endsMs = this.#endsMs.get(lock);
    if (endsMs === undefined) return false;
    if (this.#clock.nowMs() < endsMs) return true;
    this.#endsMs.delete(lock);
    return false;
  }

  /** All locks and sessions, in place of those before. Locks that were lost in between begin their delay now. */
  *load(kvs: readonly KeyValue[]): Steps<void> {
    const held = new Map(this.#locks);
    const before = new Map(this.#sessions);
    this.#locks.clear();
    this.#sessions.clear();
    for (const kv of kvs) this.#put(kv);
    yield kvs.length;
    for (const [lock, session] of held) {
      if (!this.#locks.has(lock) && !this.#sessions.has(session)) {
        this.#begin(lock, before.get(session));
      }
    }
  }

  /** The changes of one revision, or of several that follow each other. */
  apply(events: readonly KeyEvent[]): void {
    /** Locks and sessions that were deleted, with the revision. */
    const lost: { readonly lock: Key; readonly session: Key; readonly at: number }[] = [];
    const ended = new Map<Key, { readonly session: Session | undefined; readonly at: number }>();
    for (const { kind, kv } of events) {
      if (kind === 'put') {
        this.#put(kv);
        continue;
      }
      const { key, modRevision: at } = kv;
      const session = this.#locks.get(key);
      if (session !== undefined) lost.push({ lock: key, session, at });
      if (sessionKeys.is(key)) ended.set(key, { session: this.#sessions.get(key), at });
      this.#locks.delete(key);
      this.#sessions.delete(key);
    }
    for (const { lock, session, at } of lost) {
      const end = ended.get(session);
      if (end?.at === at) this.#begin(lock, end.session);
    }
  }

  #put(kv: KeyValue): void {
    if (kvKeys.isLock(kv.key)) {
      this.#locks.set(kv.key, sessionKeys.of(Buffer.from(kv.value).toString('utf8')));
    } else {
      const session = sessionOfKey(kv);
      if (session !== undefined) this.#sessions.set(kv.key, session);
    }
  }

  #begin(lock: Key, session: Session | undefined): void {
    const delayMs = millisecondsOf(session?.lockDelay ?? 0n);
    if (delayMs <= 0) return;
    this.#endsMs.delete(lock);
    this.#endsMs.set(lock, this.#clock.nowMs() + delayMs);
    if (this.#endsMs.size <= delaysMax) return;
    for (const oldest of this.#endsMs.keys()) {
      this.#endsMs.delete(oldest);
      return;
    }
  }
}
