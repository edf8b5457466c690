import type { MemberId } from '../base/member-id.ts';
import type { Effects } from './effects.ts';
import type { Message } from './messages.ts';

/** Effects that gather until `take`, except for writes and committed entries, which the log itself knows. */
export class Outbox {
  #send: Message[] = [];
  #sendAfterPersist: Message[] = [];
  #reads: { ticket: number; index: number }[] = [];
  #readsLost: number[] = [];
  #sendSnapshotTo: MemberId[] = [];

  get isEmpty(): boolean {
    return (
      this.#send.length === 0 &&
      this.#sendAfterPersist.length === 0 &&
      this.#reads.length === 0 &&
      this.#readsLost.length === 0 &&
      this.#sendSnapshotTo.length === 0
    );
  }

  /** May leave at once. */
  send(message: Message): void {
    this.#send.push(message);
  }

  /** Promises something about what is durable here: leaves once all that is known now is on the disk. */
  sendAfterPersist(message: Message): void {
    this.#sendAfterPersist.push(message);
  }

  sendSnapshot(to: MemberId): void {
    this.#sendSnapshotTo.push(to);
  }

  confirmReads(reads: Effects['reads']): void {
    this.#reads.push(...reads);
  }

  loseReads(tickets: readonly number[]): void {
    this.#readsLost.push(...tickets);
  }

  /** Everything, together with what is to be written and applied. */
  take(persist: Effects['persist'], committed: Effects['committed']): Effects {
    const effects: Effects = {
      send: this.#send,
      persist,
      sendAfterPersist: this.#sendAfterPersist,
      committed,
      reads: this.#reads,
      readsLost: this.#readsLost,
      sendSnapshotTo: this.#sendSnapshotTo,
    };
    this.#send = [];
    this.#sendAfterPersist = [];
    this.#reads = [];
    this.#readsLost = [];
    this.#sendSnapshotTo = [];
    return effects;
  }
}
