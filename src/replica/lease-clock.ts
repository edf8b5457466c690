import { present } from '../base/assert.ts';
import type { LeaseId } from '../state/index.ts';

/** A lease as the state records it, for a new leader. */
export interface LeaseToWatch {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
  /** Seconds left at the last checkpoint; 0: the full TTL. */
  readonly remainingSeconds: number;
}

interface Timed {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
  deadlineMs: number;
  /** When the remaining time was last made durable, or the lease granted or renewed in full. */
  checkpointedMs: number;
  /** The state holds, or is about to hold, a remaining time that is less than the full one. */
  checkpointed: boolean;
  /** Was reported as expired; decided by its revoke. */
  expiring: boolean;
}

interface Due {
  readonly atMs: number;
  readonly lease: Timed;
}

/** Revoked leases that may stay in a heap beside as many living ones. */
const revokedKept = 64;

/**
 * The deadlines of all leases, by the monotonic clock of the leader. One heap for all, and no timer: a renewal only
 * moves the deadline, and the heap finds out when it comes to the old one. So a renewal costs nothing, and a look
 * costs the logarithm of the number of leases for each that is due.
 */
export class LeaseClock {
  readonly #leases = new Map<LeaseId, Timed>();
  #heap: Due[] = [];
  /** Leases longer than a checkpoint interval, for which checkpoints are made, in the order in which they are due. */
  #checkpoints: Due[] = [];

  /** This member leads from now on: every lease gets what was left of it at its last checkpoint. */
  promote(nowMs: number, leases: Iterable<LeaseToWatch>): void {
    this.demote();
    for (const { id, ttlSeconds, remainingSeconds } of leases) {
      const seconds = remainingSeconds > 0 ? remainingSeconds : ttlSeconds;
      this.#add(id, ttlSeconds, nowMs + seconds * 1000, nowMs, remainingSeconds > 0);
    }
  }

  demote(): void {
    this.#leases.clear();
    this.#heap = [];
    this.#checkpoints = [];
  }

  granted(id: LeaseId, ttlSeconds: number, nowMs: number): void {
    this.#add(id, ttlSeconds, nowMs + ttlSeconds * 1000, nowMs, false);
  }

  #add(
    id: LeaseId,
    ttlSeconds: number,
    deadlineMs: number,
    nowMs: number,
    checkpointed: boolean,
  ): void {
    const lease: Timed = {
      id,
      ttlSeconds,
      deadlineMs,
      checkpointedMs: nowMs,
      checkpointed,
      expiring: false,
    };
    this.#leases.set(id, lease);
    push(this.#heap, { atMs: deadlineMs, lease });
    push(this.#checkpoints, { atMs: nowMs, lease });
  }

  revoked(id: LeaseId): void {
    this.#leases.delete(id);
    this.#heap = this.#withoutRevoked(this.#heap);
    this.#checkpoints = this.#withoutRevoked(this.#checkpoints);
  }

  /** How much is kept to know what is due, for leases that are alive and for those that are not. */
  get dueCount(): number {
    return this.#heap.length + this.#checkpoints.length;
  }

  /**
   * Revoked leases go from a heap once they are most of it, so that each costs little, and none is kept until its end.
   */
  #withoutRevoked(heap: Due[]): Due[] {
    if (heap.length <= 2 * this.#leases.size + revokedKept) return heap;
    // A sorted array is a heap.
    return heap
      .filter(({ lease }) => this.#leases.get(lease.id) === lease)
      .toSorted((a, b) => a.atMs - b.atMs);
  }

  /** The full TTL again, in seconds; undefined if there is no such lease, or it has expired and is being revoked. */
  renew(id: LeaseId, nowMs: number): number | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined || lease.expiring) return undefined;
    lease.deadlineMs = nowMs + lease.ttlSeconds * 1000;
    lease.checkpointedMs = nowMs;
    return lease.ttlSeconds;
  }

  /**
   * True once after each checkpoint: the state records less time than a renewal promises, so that the checkpoint has to
   * be taken back before the promise is made.
   */
  takeOutdated(id: LeaseId): boolean {
    const lease = this.#leases.get(id);
    if (lease?.checkpointed !== true) return false;
    lease.checkpointed = false;
    return true;
  }

  /** The checkpoint could not be taken back. */
  stillOutdated(id: LeaseId): void {
    const lease = this.#leases.get(id);
    if (lease !== undefined) lease.checkpointed = true;
  }

  /** Milliseconds left, not below 0; undefined if there is no such lease. */
  remainingMs(id: LeaseId, nowMs: number): number | undefined {
    const lease = this.#leases.get(id);
    return lease === undefined ? undefined : Math.max(0, lease.deadlineMs - nowMs);
  }

  /** Up to `max` leases whose time is over. They are not reported again, but for `retry`. */
  expired(nowMs: number, max: number): LeaseId[] {
    const ids: LeaseId[] = [];
    while (ids.length < max && (this.#heap[0]?.atMs ?? Infinity) <= nowMs) {
      const { lease } = pop(this.#heap);
      if (this.#leases.get(lease.id) !== lease || lease.expiring) continue;
      if (lease.deadlineMs > nowMs) {
        push(this.#heap, { atMs: lease.deadlineMs, lease });
        continue;
      }
      lease.expiring = true;
      ids.push(lease.id);
    }
    return ids;
  }

  /** The revoke could not be proposed: the lease counts as expired at the next look again. */
  retry(id: LeaseId): void {
    const lease = this.#leases.get(id);
    if (lease === undefined || !lease.expiring) return;
    lease.expiring = false;
    push(this.#heap, { atMs: lease.deadlineMs, lease });
  }

  /**
   * Up to `max` leases whose remaining time should be made durable now: every interval for each that lives longer than
   * that.
   */
  dueCheckpoints(
    nowMs: number,
    intervalMs: number,
    max: number,
  ): { readonly id: LeaseId; readonly remainingSeconds: number }[] {
    const due: { id: LeaseId; remainingSeconds: number }[] = [];
    while (due.length < max && (this.#checkpoints[0]?.atMs ?? Infinity) <= nowMs) {
      const { lease } = pop(this.#checkpoints);
      if (this.#leases.get(lease.id) !== lease || lease.expiring) continue;
      if (lease.ttlSeconds * 1000 <= intervalMs) continue;
      const nextMs = lease.checkpointedMs + intervalMs;
      if (nextMs > nowMs) {
        push(this.#checkpoints, { atMs: nextMs, lease });
        continue;
      }
      lease.checkpointedMs = nowMs;
      lease.checkpointed = true;
      push(this.#checkpoints, { atMs: nowMs + intervalMs, lease });
      const remainingSeconds = Math.ceil((lease.deadlineMs - nowMs) / 1000);
      if (remainingSeconds > 0) due.push({ id: lease.id, remainingSeconds });
    }
    return due;
  }
}

// A binary heap with the earliest at 0.

function push(heap: Due[], due: Due): void {
  let at = heap.length;
  heap.push(due);
  while (at > 0) {
    const parent = (at - 1) >>> 1;
    const above = present(heap[parent], 'a parent');
    if (above.atMs <= due.atMs) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = due;
}

function pop(heap: Due[]): Due {
  const first = present(heap[0], 'the first of a heap');
  const last = present(heap.pop(), 'the last of a heap');
  if (heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && right.atMs < present(heap[child], 'a child').atMs) child++;
    const below = present(heap[child], 'a child');
    if (below.atMs >= last.atMs) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
  return first;
}
