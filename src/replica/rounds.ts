import { RegistryError } from '../base/errors.ts';
import { EarliestDeadline } from './deadline.ts';

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
    else this.#underWay.set(ticket, [...(this.#underWay.get(ticket) ?? []), ...asked]);
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

/** Reads of this member that share their fate from some moment on; those that expired meanwhile have left it. */
export interface ReadBatch {
  reads: readonly Read[];
}

/**
 * Reads of this member: in the queue, then asking for an index together, then waiting until the state has applied it.
 * All that were not answered yet are bounded together.
 */
export class Reads {
  readonly #countMax: number;
  #pendingCount = 0;
  #queue: Read[] = [];
  readonly #asking = new Set<ReadBatch>();
  /** Ordered by index as far as the rounds were; a read behind a greater index waits a moment longer, no harm. */
  #unapplied: { readonly index: number; readonly reads: readonly Read[] }[] = [];
  readonly #earliest = new EarliestDeadline();

  constructor({ countMax }: { readonly countMax: number }) {
    this.#countMax = countMax;
  }

  get queuedCount(): number {
    return this.#queue.length;
  }

  /** Takes a read in, or refuses it at once when too many wait. */
  add({ expiresMs, done }: Read): void {
    if (this.#pendingCount >= this.#countMax) {
      const text = `${this.#pendingCount} reads already wait for the leader; slow down, or read serializably`;
      done(new RegistryError('too-many-requests', text));
      return;
    }
    this.#pendingCount++;
    this.#queue.push({
      expiresMs,
      done: (error) => {
        this.#pendingCount--;
        done(error);
      },
    });
    this.#earliest.note(expiresMs);
  }

  /** All that wait; `confirmed` or `putBack` says how it went. */
  takeQueued(): ReadBatch {
    const batch = { reads: this.#queue };
    this.#queue = [];
    this.#asking.add(batch);
    return batch;
  }

  putBack(batch: ReadBatch): void {
    this.#asking.delete(batch);
    this.#queue = [...batch.reads, ...this.#queue];
  }

  /** The reads may be served once `index` is applied. */
  confirmed(index: number, batch: ReadBatch, appliedIndex: number): void {
    this.#asking.delete(batch);
    if (index <= appliedIndex) for (const read of batch.reads) read.done(undefined);
    else this.#unapplied.push({ index, reads: batch.reads });
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
    if (!this.#earliest.takePassed(nowMs)) return;
    const over: Read[] = [];
    const left = (reads: readonly Read[]): Read[] =>
      reads.filter((read) => {
        const isOver = read.expiresMs <= nowMs;
        if (isOver) over.push(read);
        else this.#earliest.note(read.expiresMs);
        return !isOver;
      });
    this.#queue = left(this.#queue);
    for (const batch of this.#asking) batch.reads = left(batch.reads);
    this.#unapplied = this.#unapplied
      .map(({ index, reads }) => ({ index, reads: left(reads) }))
      .filter(({ reads }) => reads.length > 0);
    for (const read of over) read.done(error());
  }

  stop(error: () => RegistryError): void {
    const asking = [...this.#asking].flatMap(({ reads }) => reads);
    const all = [...this.#queue, ...asking, ...this.#unapplied.flatMap(({ reads }) => reads)];
    this.#queue = [];
    this.#asking.clear();
    this.#unapplied = [];
    for (const read of all) read.done(error());
  }
}
