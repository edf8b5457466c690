import type { MemberId } from '../base/member-id.ts';
import type { Raft } from '../raft/index.ts';
import { EarliestDeadline } from './deadline.ts';
import type { PeerOutbox } from './peer-outbox.ts';
import type { PeerRequest, PeerResponse, RequestId } from './peer-protocol.ts';

/** How a request to a peer ended: a response, or the reason why there will be none. */
export type PeerOutcome = PeerResponse | { readonly kind: 'lost' } | { readonly kind: 'expired' };

interface Open {
  readonly to: MemberId;
  readonly expiresMs: number;
  readonly done: (outcome: PeerOutcome) => void;
}

/**
 * Requests of this member to peers that have no response yet. Each ends exactly once: by its response, by the loss of
 * the connection, at its deadline, or when this member stops. Their number is bounded by those who ask.
 */
export class PeerRequests {
  #nextId: RequestId;
  readonly #open = new Map<RequestId, Open>();
  readonly #earliest = new EarliestDeadline();
  readonly #outbox: PeerOutbox;
  readonly #raft: Pick<Raft, 'term'>;
  #isStopped = false;

  constructor(firstId: RequestId, outbox: PeerOutbox, raft: Pick<Raft, 'term'>) {
    this.#nextId = firstId;
    this.#outbox = outbox;
    this.#raft = raft;
  }

  /** Leaves with the outbox: the caller, if it is not within a turn, has to wake the loop. */
  ask(
    to: MemberId,
    request: PeerRequest,
    expiresMs: number,
    done: (outcome: PeerOutcome) => void,
  ): void {
    if (this.#isStopped) {
      done({ kind: 'lost' });
      return;
    }
    const id = this.#nextId++;
    this.#open.set(id, { to, expiresMs, done });
    this.#earliest.note(expiresMs);
    this.#outbox.post(to, { kind: 'question', id, term: this.#raft.term, question: request });
  }

  onResponse(from: MemberId, id: RequestId, response: PeerResponse): void {
    const open = this.#open.get(id);
    if (open === undefined || open.to !== from) return;
    this.#open.delete(id);
    open.done(response);
  }

  /** Messages to or from this peer may be lost. */
  onDisconnected(peer: MemberId): void {
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
    this.#isStopped = true;
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const { done } of open) done({ kind: 'lost' });
  }
}
