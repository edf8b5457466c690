import { nothingToCancel } from '../base/clock.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import { advance, sliceWork as defaultSliceWork } from '../base/steps.ts';
import type { Job, Replica, RunningJob } from '../replica/index.ts';
import type { Pack, Reading, State } from '../state/index.ts';
import type { CallOptions } from './operations.ts';

/** Large responses that are built at a time. Others wait in order. */
const buildingMax = 4;
/** Long reads that wait or run. Further ones are refused at once. */
const longReadsMax = 1000;
/** Time that a long read may wait before it is refused. */
const waitMsMax = 30_000;
/** Bytes of all large responses that are being built or have not been sent yet. */
const responseBytesMax = 512 << 20;
/** Bytes of one response. gRPC clients accept no more. */
const oneResponseBytesMax = 2 ** 31 - 1;

export interface ReadOptions {
  /** Encodes the key-values of a long read while it runs, so that they need little memory. */
  readonly pack?: Pack | undefined;
  readonly call: Pick<CallOptions, 'signal' | 'gone'>;
}

/** The result of a read. A large one counts against `responseBytesMax` until `release` is called. */
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
 * Reads that take more than one slice. Each pins the revisions that it needs, so that no compaction removes them. If a
 * snapshot replaces the state, the whole read fails.
 *
 * Their memory is bounded: `buildingMax` responses are built at a time. While all large responses, those included that wait
 * for their readers, have `responseBytesMax` bytes or more, none begins, and none grows but the oldest, and only if the
 * others alone are below the limit. So the total never exceeds the limit by more than one response. A read that waits too
 * long is refused.
 */
export class LongReads {
  /** Units of work in one slice. */
  readonly sliceWork: number;
  readonly #surroundings: Surroundings;
  /** In the order of their arrival. The first `#buildingCount` are being built. */
  readonly #reads: LongRead<unknown>[] = [];
  #buildingCount = 0;
  #bytes = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.sliceWork = surroundings.readWorkPerTurn ?? defaultSliceWork;
  }

  /** Reads that wait or run. */
  get count(): number {
    return this.#reads.length;
  }

  /** Bytes of all large responses that are being built or have not been sent yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Continues a read whose first slice is done. */
  resume<T>(reading: Reading<T>, options: ReadOptions): Promise<Read<T>> {
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
    if (this.#bytes < responseBytesMax) return true;
    return read === this.#reads[0] && this.#bytes - read.bytes < responseBytesMax;
  }

  /** Starts and resumes reads as far as the limits allow. */
  #admit(): void {
    while (this.#buildingCount < buildingMax && this.#buildingCount < this.#reads.length) {
      const next = this.#reads[this.#buildingCount];
      if (next === undefined || !this.#mayGrow(next)) break;
      this.#buildingCount++;
    }
    for (const read of this.#reads.slice(0, this.#buildingCount)) {
      if (this.#mayGrow(read)) read.resume();
    }
  }
}

type Outcome<T> = { readonly value: T; readonly heldBytes: number } | { readonly error: unknown };

interface Owner<T> {
  readonly sliceWork: number;
  /** The response has grown by this many bytes; negative: shrunk. */
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

  /** Takes over the result of the first slice, and waits. */
  open(): void {
    this.#unpin = this.#replica.pin(this.#reading.oldestRevision);
    const { signal = this.#options.call.gone?.() } = this.#options.call;
    if (signal?.aborted === true) {
      this.#abort();
      return;
    }
    signal?.addEventListener('abort', this.#abort, { once: true });
    this.#signal = signal;
    this.#pack();
    this.#running = this.#replica.slices.start(this);
    this.#wait();
  }

  #wait(): void {
    this.#running?.pause();
    this.#cancelWait = this.#clock.after(waitMsMax, () => this.failed(tooMany()));
  }

  /** The limits allow it to run. */
  resume(): void {
    this.#cancelWait();
    this.#running?.resume();
  }

  slice(): boolean {
    if (this.#replica.state !== this.#state || this.#replica.isInstalling) throw replaced();
    const next = advance(this.#reading.steps, this.#owner.sliceWork);
    this.#pack();
    if (next.done === true) {
      const heldBytes = this.#reading.progress.packedBytes;
      // The key-values that were kept for sorting are in the response now.
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
    if (progress.packedBytes > oneResponseBytesMax) throw tooLarge(progress.packedBytes);
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
    'etcdserver: too many requests: this member builds as many large responses as it may; try again later, or set a limit',
  );
}

function tooLarge(bytes: number): RegistryError {
  return new RegistryError(
    'too-many-long-reads',
    `the response has more than ${bytes} bytes, and a message holds ${oneResponseBytesMax}; set a limit`,
  );
}

function replaced(): RegistryError {
  return new RegistryError(
    'state-replaced',
    'etcdserver: this member installed a snapshot of the leader during the read; try again',
  );
}
