import type { Question } from './reader.ts';
import type { Answer } from './resolver.ts';
import type { UsualQuery } from './usual-query.ts';

/** Of all answers that are kept, roughly. */
const bytesMax = 32 << 20;
/** Of the encoded forms of one answer; further ones are encoded each time. */
const bytesOfOneMax = 256 << 10;
/** What an entry takes besides its encoded forms, and what each of its records takes. */
const entryBytes = 500;
const recordBytes = 250;

/** An answer, with the forms in which it was sent already. */
export interface KeptAnswer {
  /** The name in lower case as it stands in a message, and the type. */
  readonly bytes: Buffer;
  readonly hash: number;
  readonly question: Question;
  readonly answer: Answer;
  readonly forms: Map<number, Buffer>;
  formBytes: number;
  /** A bit for each size of responses into which it does not fit. */
  cutSizes: number;
  /** How often anything had changed when it was last found to hold. */
  changes: number;
}

/**
 * Keeps answers by their questions while they hold. What is kept is bounded in two halves: when the younger one is full, the
 * elder is dropped.
 */
export class AnswerCache {
  readonly #changes: () => number;
  #young = new Map<number, KeptAnswer>();
  #old = new Map<number, KeptAnswer>();
  #youngBytes = 0;
  #oldBytes = 0;

  /** `changes`: how often anything has changed that answers may depend on. */
  constructor(changes: () => number) {
    this.#changes = changes;
  }

  /** An estimate of the memory that it takes. */
  get bytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  /** Allocates nothing. */
  find(query: UsualQuery): KeptAnswer | undefined {
    let kept = this.#young.get(query.hash);
    if (kept === undefined) {
      kept = this.#old.get(query.hash);
      if (kept === undefined) return undefined;
      this.#old.delete(query.hash);
      this.#put(kept);
    }
    return isAsked(kept, query) && this.#holds(kept) ? kept : undefined;
  }

  /** Undefined: the answer is not one to keep. */
  keep(query: UsualQuery, question: Question, answer: Answer): KeptAnswer | undefined {
    if (answer.holds === 'this-once') return undefined;
    const kept: KeptAnswer = {
      bytes: Buffer.from(query.bytes.subarray(0, query.length)),
      hash: query.hash,
      question,
      answer,
      forms: new Map(),
      formBytes: 0,
      cutSizes: 0,
      changes: this.#changes(),
    };
    this.#put(kept);
    return kept;
  }

  keepForm(kept: KeptAnswer, form: number, bytes: Buffer): void {
    if (kept.formBytes + bytes.length > bytesOfOneMax) return;
    kept.forms.set(form, bytes);
    kept.formBytes += bytes.length;
    this.#youngBytes += bytes.length;
  }

  /** Of two questions with one hash, the later one stays. */
  #put(kept: KeptAnswer): void {
    const { answers, authority, additional } = kept.answer.response;
    const records = answers.length + authority.length + additional.length;
    this.#young.set(kept.hash, kept);
    this.#youngBytes += entryBytes + records * recordBytes + kept.formBytes;
    if (this.#youngBytes < bytesMax / 2) return;
    this.#old = this.#young;
    this.#oldBytes = this.#youngBytes;
    this.#young = new Map();
    this.#youngBytes = 0;
  }

  /** An answer that holds while some things do is looked at once for each change of anything. */
  #holds(kept: KeptAnswer): boolean {
    const changes = this.#changes();
    if (kept.changes === changes) return true;
    const { holds } = kept.answer;
    if (typeof holds === 'string') return false;
    if (!holds.every((isTrue) => isTrue())) return false;
    kept.changes = changes;
    return true;
  }
}

function isAsked({ bytes }: KeptAnswer, query: UsualQuery): boolean {
  if (bytes.length !== query.length) return false;
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== query.bytes[at]) return false;
  return true;
}
