import type { MemberId } from '../base/member-id.ts';
import { EarliestDeadline } from './deadline.ts';
import type { Answer, Question, QuestionId } from './peer-message.ts';

/** What came of a question: an answer, or the reason why there will be none. */
export type Reply = Answer | { readonly kind: 'lost' } | { readonly kind: 'expired' };

interface Open {
  readonly to: MemberId;
  readonly expiresMs: number;
  readonly done: (reply: Reply) => void;
}

/** Questions of this member to others that are not answered yet. */
export class Questions {
  #nextId: QuestionId;
  readonly #open = new Map<QuestionId, Open>();
  readonly #earliest = new EarliestDeadline();
  readonly #send: (to: MemberId, id: QuestionId, question: Question) => void;

  /** `firstId` differs from start to start: an answer to what this member asked before it stopped must find nobody. */
  constructor(
    firstId: QuestionId,
    send: (to: MemberId, id: QuestionId, question: Question) => void,
  ) {
    this.#nextId = firstId;
    this.#send = send;
  }

  ask(to: MemberId, question: Question, expiresMs: number, done: (reply: Reply) => void): void {
    const id = this.#nextId++;
    this.#open.set(id, { to, expiresMs, done });
    this.#earliest.note(expiresMs);
    this.#send(to, id, question);
  }

  answered(from: MemberId, id: QuestionId, answer: Answer): void {
    const open = this.#open.get(id);
    if (open === undefined || open.to !== from) return;
    this.#open.delete(id);
    open.done(answer);
  }

  /** Messages to or from this peer may be gone. */
  disconnected(peer: MemberId): void {
    for (const [id, open] of this.#open) {
      if (open.to !== peer) continue;
      this.#open.delete(id);
      open.done({ kind: 'lost' });
    }
  }

  expire(nowMs: number): void {
    if (!this.#earliest.takePassed(nowMs)) return;
    for (const [id, open] of this.#open) {
      if (open.expiresMs > nowMs) {
        this.#earliest.note(open.expiresMs);
        continue;
      }
      this.#open.delete(id);
      open.done({ kind: 'expired' });
    }
  }

  stop(): void {
    for (const open of this.#open.values()) open.done({ kind: 'lost' });
    this.#open.clear();
  }
}
