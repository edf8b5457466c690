import type { RegistryError } from '../base/errors.ts';

/** Called once: with the index that a linearizable read has to wait for, or undefined if leadership was lost. */
export type Confirmed = (index: number | undefined) => void;

/**
 * Confirmation rounds of the leader: everybody who asks in one turn shares one exchange of heartbeats (thesis,
 * section 6.4).
 */
export class Rounds {
  #gathering: Confirmed[] = [];
  readonly #underWay = new Map<number, readonly Confirmed[]>();

  get waiting(): boolean {
    return this.#gathering.length > 0;
  }

  ask(confirmed: Confirmed): void {
    this.#gathering.push(confirmed);
  }

  /** Begins the round for all who asked; `request` gives its ticket, or undefined if this is not the leader. */
  begin(request: () => number | undefined): void {
    if (this.#gathering.length === 0) return;
    const asked = this.#gathering;
    this.#gathering = [];
    const ticket = request();
    if (ticket === undefined) for (const confirmed of asked) confirmed(undefined);
    else this.#underWay.set(ticket, asked);
  }

  end(ticket: number, index: number | undefined): void {
    const asked = this.#underWay.get(ticket);
    if (asked === undefined) return;
    this.#underWay.delete(ticket);
    for (const confirmed of asked) confirmed(index);
  }

  stop(): void {
    const all = [...this.#underWay.values()].flat().concat(this.#gathering);
    this.#underWay.clear();
    this.#gathering = [];
    for (const confirmed of all) confirmed(undefined);
  }
}

/** A linearizable read of this member. */
export interface Read {
  readonly expiresMs: number;
  readonly done: (error: RegistryError | undefined) => void;
}

/** Reads of this member: first without an index, then waiting until the state has applied theirs. */
export class Reads {
  #queue: Read[] = [];
  /** Ordered by index as far as the rounds were; a read behind a greater index waits a moment longer, no harm. */
  #unapplied: { readonly index: number; readonly reads: readonly Read[] }[] = [];

  get queuedCount(): number {
    return this.#queue.length;
  }

  add(read: Read): void {
    this.#queue.push(read);
  }

  takeQueued(): readonly Read[] {
    const taken = this.#queue;
    this.#queue = [];
    return taken;
  }

  putBack(reads: readonly Read[]): void {
    this.#queue = [...reads, ...this.#queue];
  }

  /** The reads may be served once `index` is applied. */
  confirmed(index: number, reads: readonly Read[], appliedIndex: number): void {
    if (index <= appliedIndex) for (const read of reads) read.done(undefined);
    else this.#unapplied.push({ index, reads });
  }

  applied(appliedIndex: number): void {
    let served = 0;
    while (served < this.#unapplied.length) {
      const next = this.#unapplied[served];
      if (next === undefined || next.index > appliedIndex) break;
      for (const read of next.reads) read.done(undefined);
      served++;
    }
    if (served > 0) this.#unapplied.splice(0, served);
  }

  expire(nowMs: number, error: () => RegistryError): void {
    this.#queue = expireFrom(this.#queue, nowMs, error);
    this.#unapplied = this.#unapplied
      .map(({ index, reads }) => ({ index, reads: expireFrom(reads, nowMs, error) }))
      .filter(({ reads }) => reads.length > 0);
  }

  stop(error: () => RegistryError): void {
    const all = [...this.#queue, ...this.#unapplied.flatMap(({ reads }) => reads)];
    this.#queue = [];
    this.#unapplied = [];
    for (const read of all) read.done(error());
  }
}

/** Those that have not expired; the others are told. */
function expireFrom(reads: readonly Read[], nowMs: number, error: () => RegistryError): Read[] {
  const left: Read[] = [];
  for (const read of reads) {
    if (read.expiresMs > nowMs) left.push(read);
    else read.done(error());
  }
  return left;
}
