import type { MemberId } from '../base/member-id.ts';
import type { Message } from '../raft/index.ts';
import type { PeerMessage } from './peer-protocol.ts';
import type { Transport } from './transport.ts';

/** Gathers what one turn has for each peer, so that it leaves in one batch. Bounded by the turn: `flush` ends each. */
export class PeerOutbox {
  readonly #transport: Transport;
  #batches = new Map<MemberId, PeerMessage[]>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Leaves with the next `flush`. */
  post(to: MemberId, message: PeerMessage): void {
    const batch = this.#batches.get(to);
    if (batch === undefined) this.#batches.set(to, [message]);
    else batch.push(message);
  }

  postRaft(messages: readonly Message[]): void {
    for (const message of messages) this.post(message.to, { kind: 'raft', message });
  }

  flush(): void {
    if (this.#batches.size === 0) return;
    const batches = this.#batches;
    this.#batches = new Map();
    for (const [to, messages] of batches) this.#transport.send(to, messages);
  }
}
