import type { MemberId } from '../base/member-id.ts';
import { EarliestDeadline } from './deadline.ts';
import type { PeerResponse, PeerRequest, RequestId } from './peer-protocol.ts';

/** What came of a question: an answer, or the reason why there will be none. */
export type PeerOutcome = PeerResponse | { readonly kind: 'lost' } | { readonly kind: 'expired' };

interface Open {
  readonly to: MemberId;
  readonly expiresMs: number;
  readonly done: (reply: PeerOutcome) => void;
}

/** Questions of this member to others that are not answered yet. */
export class PeerRequests {
  #nextId: RequestId;
  readonly #open = new Map<RequestId, Open>();
  readonly #earliest = new EarliestDeadline();
  readonly #send: (to: MemberId, id: RequestId, question: PeerRequest) => void;

  /** `firstId` differs from start to start: an answer to what this member asked before it stopped must find nobody. */
  constructor(
    firstId: RequestId,
    send: (to: MemberId, id: RequestId, question: PeerRequest) => void,
  ) {
    this.#nextId = firstId;
    this.#send = send;
  }

  ask(
    to: MemberId,
    question: PeerRequest,
    expiresMs: number,
    done: (reply: PeerOutcome) => void,
  ): void {
    const id = this.#nextId++;
    this.#open.set(id, { to, expiresMs, done });
    this.#earliest.note(expiresMs);
    this.#send(to, id, question);
  }

  answered(from: MemberId, id: RequestId, answer: PeerResponse): void {
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
