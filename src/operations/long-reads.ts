import { nothingToCancel } from '../base/clock.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import { advance, sliceWork as defaultSliceWork } from '../base/steps.ts';
import type { Job, Replica, RunningJob } from '../replica/index.ts';
import type { Pack, Reading, State } from '../state/index.ts';
import type { CallOptions } from './operations.ts';

/** Large answers that are built at a time; others wait in order. */
const buildingMax = 4;
/** Long reads that wait or are under way; more are refused at once. */
const longReadsMax = 1000;
/** How long a long read waits for others, in all. */
const waitMsMax = 30_000;
/** Of large answers, those that are being built and those that have not left yet. */
const answerBytesMax = 512 << 20;
/** Of one answer: no client of gRPC takes more. */
const oneAnswerBytesMax = 2 ** 31 - 1;

export interface ReadOptions {
  /** Encodes the key-values of a long read as it goes on, so that they need little memory. */
  readonly pack?: Pack | undefined;
  readonly call: Pick<CallOptions, 'signal' | 'gone'>;
}

/** What was read. A large answer counts against the memory for such answers until `release` is called. */
export interface Read<T> {
  readonly value: T;
  readonly release: () => void;
}

interface Surroundings {
  readonly replica: Pick<Replica, 'state' | 'isInstalling' | 'pin' | 'slices'>;
  readonly clock: Clock;
  readonly readWorkPerTurn?: number;
}

/**
 * Reads that take more than one slice. Each is pinned to what it began with: no compaction takes that away, and when a
 * snapshot takes the place of the state, the read fails as a whole.
 *
 * Their memory is bounded. `buildingMax` are built at a time. While all large answers together, those included that wait
 * for their readers, have `answerBytesMax` bytes or more, none begins and none grows, but for the oldest one that is being
 * built if the others leave it room: so there are never more bytes than that and one answer. What waits for too long is
 * refused.
 */
export class LongReads {
  /** Units of work of one slice. */
  readonly sliceWork: number;
  readonly #surroundings: Surroundings;
  /** In the order in which they came; the first ones are being built. */
  readonly #reads: LongRead<unknown>[] = [];
  #buildingCount = 0;
  #bytes = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.sliceWork = surroundings.readWorkPerTurn ?? defaultSliceWork;
  }

  /** Reads that wait or are under way. */
  get count(): number {
    return this.#reads.length;
  }

  /** Of all large answers that have not left. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Goes on with a read whose first slice is done. */
  goOn<T>(reading: Reading<T>, options: ReadOptions): Promise<Read<T>> {
    if (this.#reads.length >= longReadsMax) return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      const read: LongRead<T> = new LongRead(this.#surroundings, reading, options, {
        changed: (bytes) => {
          this.#bytes += bytes;
        },
        sliceWork: this.sliceWork,
        mayGrow: () => this.#mayGrow(read),
        ended: (outcome) => {
          this.#forget(read);
          if ('error' in outcome) reject(outcome.error);
          else resolve({ value: outcome.value, release: this.#releaseOf(outcome.heldBytes) });
        },
      });
      this.#reads.push(read);
      read.open();
      this.#admit();
    });
  }

  #forget(read: LongRead<unknown>): void {
    const at = this.#reads.indexOf(read);
    if (at === -1) return;
    this.#reads.splice(at, 1);
    if (at < this.#buildingCount) this.#buildingCount--;
    this.#admit();
  }

  #releaseOf(bytes: number): () => void {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#bytes -= bytes;
      this.#admit();
    };
  }

  #mayGrow(read: LongRead<unknown>): boolean {
    if (this.#bytes < answerBytesMax) return true;
    return read === this.#reads[0] && this.#bytes - read.bytes < answerBytesMax;
  }

  /** Lets those go on that may. */
  #admit(): void {
    while (this.#buildingCount < buildingMax && this.#buildingCount < this.#reads.length) {
      const next = this.#reads[this.#buildingCount];
      if (next === undefined || !this.#mayGrow(next)) break;
      this.#buildingCount++;
    }
    for (const read of this.#reads.slice(0, this.#buildingCount)) {
      if (this.#mayGrow(read)) read.goOn();
    }
  }
}

type Outcome<T> = { readonly value: T; readonly heldBytes: number } | { readonly error: unknown };

interface Owner<T> {
  readonly sliceWork: number;
  /** Its answer has so many bytes more, or fewer. */
  changed(bytes: number): void;
  mayGrow(): boolean;
  ended(outcome: Outcome<T>): void;
}

class LongRead<T> implements Job {
  bytes = 0;
  readonly #replica: Surroundings['replica'];
  readonly #clock: Clock;
  readonly #state: State;
  readonly #reading: Reading<T>;
  readonly #options: ReadOptions;
  readonly #owner: Owner<T>;
  #running: RunningJob | undefined;
  #signal: AbortSignal | undefined;
  #isOver = false;
  #unpin: () => void = nothingToCancel;
  #cancelWait: Cancel = nothingToCancel;
  readonly #abort = (): void => {
    this.failed(new RegistryError('canceled', 'the caller gave up before the answer was there'));
  };

  constructor(
    { replica, clock }: Surroundings,
    reading: Reading<T>,
    options: ReadOptions,
    owner: Owner<T>,
  ) {
    this.#replica = replica;
    this.#clock = clock;
    this.#state = replica.state;
    this.#reading = reading;
    this.#options = options;
    this.#owner = owner;
  }

  /** Takes over what the first slice has found, and waits. */
  open(): void {
    this.#unpin = this.#replica.pin(this.#reading.oldestRevision);
    const { signal = this.#options.call.gone?.() } = this.#options.call;
    if (signal?.aborted === true) {
      this.#abort();
      return;
    }
    signal?.addEventListener('abort', this.#abort, { once: true });
    this.#signal = signal;
    this.#reading.progress.isPacked = this.#options.pack !== undefined;
    this.#pack();
    this.#running = this.#replica.slices.start(this);
    this.#wait();
  }

  #wait(): void {
    this.#running?.pause();
    this.#cancelWait = this.#clock.after(waitMsMax, () => this.failed(tooMany()));
  }

  /** There is room for its answer. */
  goOn(): void {
    this.#cancelWait();
    this.#running?.resume();
  }

  slice(): boolean {
    if (this.#replica.state !== this.#state || this.#replica.isInstalling) throw replaced();
    const next = advance(this.#reading.steps, this.#owner.sliceWork);
    this.#pack();
    if (next.done === true) {
      const heldBytes = this.#reading.progress.packedBytes;
      // What was kept for sorting is in the answer now.
      this.#count(heldBytes);
      this.#end({ value: next.value, heldBytes });
      return false;
    }
    if (!this.#owner.mayGrow()) this.#wait();
    return true;
  }

  #pack(): void {
    const { progress } = this.#reading;
    if (this.#options.pack !== undefined) progress.pack(this.#options.pack);
    if (progress.packedBytes > oneAnswerBytesMax) throw tooLarge(progress.packedBytes);
    this.#count(progress.packedBytes + progress.gatheredBytes);
  }

  #count(bytes: number): void {
    this.#owner.changed(bytes - this.bytes);
    this.bytes = bytes;
  }

  failed(error: unknown): void {
    if (this.#isOver) return;
    this.#running?.cancel();
    this.#count(0);
    this.#end({ error });
  }

  #end(outcome: Outcome<T>): void {
    this.#isOver = true;
    this.#cancelWait();
    this.#unpin();
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#owner.ended(outcome);
  }
}

function tooMany(): RegistryError {
  return new RegistryError(
    'too-many-long-reads',
    'etcdserver: too many requests: this member has as many large answers under way as it may; try again later, or ask for less with a limit',
  );
}

function tooLarge(bytes: number): RegistryError {
  return new RegistryError(
    'too-many-long-reads',
    `the answer has more than ${bytes} bytes, and a message takes ${oneAnswerBytesMax}; ask for less with a limit`,
  );
}

function replaced(): RegistryError {
  return new RegistryError(
    'state-replaced',
    'etcdserver: this member took over a snapshot of the leader while it read; try again',
  );
}
