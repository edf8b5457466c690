import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { Timeline } from './timeline.ts';
import type { Call, HistoryOperation, Outcome } from '../simulation/linearizability/index.ts';

/** gRPC's status codes of calls that certainly had no effect. */
const refusedCodes: ReadonlySet<number> = new Set([3, 5, 7, 9, 11, 12, 16]);
/** grpc-js' message for a call that was never sent. */
const neverSent = 'No connection established';

/** A recorded call: with its member, and why there was no answer. */
export interface Recorded extends HistoryOperation {
  readonly member: string;
  readonly error?: string;
  /** The real start: stale reads and events are constrained by their revision only. */
  readonly sentAt?: number;
}

/** A period without an answered write, in milliseconds from the beginning, and the faults in it. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly faults: readonly string[];
}

/** Writes calls and answers as JSON lines, and keeps what must be checked. */
export class History {
  readonly file: string;
  /** Of the current round. */
  operations: Recorded[] = [];
  answered = 0;
  unknown = 0;
  refused = 0;
  /** Only while clients ran. */
  longestGap: Gap = { fromMs: 0, toMs: 0, faults: [] };
  readonly errors: Map<string, number> = new Map();
  /** Of the current round. */
  timeline: Timeline = new Timeline();
  readonly #stream: WriteStream;
  #nextId = 1;
  readonly #beganMs = performance.now();
  readonly #faultsUnderWay: string[] = [];
  /** Faults active since the last write. */
  readonly #faultsInGap = new Set<string>();
  #lastWriteMs: number | undefined;
  #written = 0;

  constructor(file: string) {
    this.file = file;
    this.#stream = createWriteStream(file);
  }

  /** Makes a call and records its outcome; `undefined` without an answer. */
  async record(
    who: { readonly client: string; readonly member: string },
    call: Call,
    ask: () => Promise<Outcome>,
    { mayBeOld = false }: { readonly mayBeOld?: boolean } = {},
  ): Promise<Outcome | undefined> {
    const id = this.#nextId++;
    const sentAt = performance.now();
    const times = mayBeOld ? { invokedAt: 0, sentAt } : { invokedAt: sentAt };
    try {
      const outcome = await ask();
      const returnedAt = performance.now();
      this.answered++;
      this.timeline.note(outcome.revision ?? 0, returnedAt);
      if (changes(call)) this.#noteWrite(returnedAt);
      this.#keep({ id, ...who, call, outcome, ...times, returnedAt });
      return outcome;
    } catch (error) {
      const { code, text } = describe(error);
      this.errors.set(text, (this.errors.get(text) ?? 0) + 1);
      // A read without an answer says nothing.
      if (!changes(call) || refusedCodes.has(code) || text.includes(neverSent)) {
        this.refused++;
        return undefined;
      }
      this.unknown++;
      const returnedAt = performance.now();
      this.#keep({ id, ...who, call, outcome: 'unknown', ...times, returnedAt, error: text });
      return undefined;
    }
  }

  /** An event counts as a read of its key at its revision. */
  recordEvent(
    member: string,
    key: string,
    revision: number,
    found: { value: string; modRevision: number; createRevision: number; version: number } | null,
  ): void {
    this.#keep({
      id: this.#nextId++,
      client: 'watcher',
      member,
      call: { kind: 'get', key },
      outcome: { revision, results: [{ kind: 'get', found }] },
      invokedAt: 0,
      returnedAt: performance.now(),
    });
  }

  faultBegins(fault: string): void {
    this.#faultsUnderWay.push(fault);
    this.#faultsInGap.add(fault);
    this.#note({ fault, begins: true });
  }

  faultEnds(fault: string, what: string): void {
    this.#faultsUnderWay.splice(this.#faultsUnderWay.indexOf(fault), 1);
    this.#note({ fault, what });
  }

  #note(what: object): void {
    this.#stream.write(`${JSON.stringify({ at: performance.now(), ...what })}\n`);
  }

  /** Writes that were answered. */
  get written(): number {
    return this.#written;
  }

  /** Clients begin. */
  nextRound(): void {
    this.operations = [];
    this.timeline = new Timeline();
    this.#lastWriteMs = performance.now();
  }

  /** Clients have ended: from now on the absence of writes is no gap. */
  endRound(): void {
    this.#noteWrite(performance.now());
    this.#lastWriteMs = undefined;
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#stream.end(resolve);
    });
  }

  #noteWrite(atMs: number): void {
    this.#written++;
    if (this.#lastWriteMs === undefined) return;
    const { fromMs, toMs } = this.longestGap;
    if (atMs - this.#lastWriteMs > toMs - fromMs) {
      this.longestGap = {
        fromMs: this.#lastWriteMs - this.#beganMs,
        toMs: atMs - this.#beganMs,
        faults: [...this.#faultsInGap],
      };
    }
    this.#lastWriteMs = atMs;
    this.#faultsInGap.clear();
    for (const fault of this.#faultsUnderWay) this.#faultsInGap.add(fault);
  }

  #keep(operation: Recorded): void {
    this.operations.push(operation);
    this.#stream.write(`${JSON.stringify(operation)}\n`);
  }
}

function changes(call: Call): boolean {
  const steps = call.kind === 'txn' ? [...call.success, ...call.failure] : [call];
  return steps.some(({ kind }) => kind !== 'get');
}

function describe(error: unknown): { readonly code: number; readonly text: string } {
  if (!(error instanceof Error)) return { code: 2, text: String(error) };
  const code = 'code' in error && typeof error.code === 'number' ? error.code : 2;
  const details = 'details' in error ? String(error.details) : error.message;
  // Without addresses and durations, which would make each message distinct.
  return { code, text: `${code} ${details.replaceAll(/\d+(\.\d+)?/g, 'N').slice(0, 120)}` };
}
