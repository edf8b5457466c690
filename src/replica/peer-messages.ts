import type { MemberId } from '../base/member-id.ts';
import type { Message, Raft } from '../raft/index.ts';
import type { State } from '../state/index.ts';
import type { Forwarder } from './forwarder.ts';
import type { LeaderRequests } from './leader-requests.ts';
import type { ReplicaOptions } from './options.ts';
import type { PeerResponse, PeerMessage, PeerRequest, RequestId } from './peer-protocol.ts';

/** Answers once, when it has the hash of a revision or the reason why there is none. */
export type HashResponder = (revision: number, answered: (answer: PeerResponse) => void) => void;

/** Talks with the other members: hands on what they say, and sends them in one batch what one turn has for them. */
export class PeerMessages {
  readonly #options: ReplicaOptions;
  readonly #raft: Raft;
  readonly #leaderRequests: LeaderRequests;
  readonly #callers: Forwarder;
  readonly #wake: () => void;
  readonly #respondToHash: HashResponder;
  #outbox = new Map<MemberId, PeerMessage[]>();

  constructor(parts: {
    readonly options: ReplicaOptions;
    readonly raft: Raft;
    readonly leaderRequests: LeaderRequests;
    readonly callers: Forwarder;
    /** Has a turn begin soon. */
    readonly wake: () => void;
    readonly respondToHash: HashResponder;
  }) {
    this.#options = parts.options;
    this.#raft = parts.raft;
    this.#leaderRequests = parts.leaderRequests;
    this.#callers = parts.callers;
    this.#wake = parts.wake;
    this.#respondToHash = parts.respondToHash;
  }

  // Who they are.

  /** The peers are those that the state knows. Call whenever that may have changed. */
  connect({ members }: State): void {
    const { id: self, transport } = this.#options;
    transport.setPeers(
      members.filter(({ id }) => id !== self).map(({ id, peerUrls }) => ({ id, urls: peerUrls })),
    );
  }

  isConnected(peer: MemberId): boolean {
    const { id: self, transport } = this.#options;
    return peer === self || transport.connectedSinceMs(peer) !== undefined;
  }

  disconnected(peer: MemberId): void {
    this.#raft.unreachable(peer);
    this.#callers.disconnected(peer);
    this.#wake();
  }

  // What they say.

  receive(from: MemberId, messages: readonly PeerMessage[]): void {
    for (const message of messages) {
      switch (message.kind) {
        case 'raft':
          if (this.#isFor(message.message, from)) this.#raft.step(message.message);
          break;
        case 'question':
          this.#answer(from, message.id, message.question);
          break;
        case 'answer':
          this.#callers.answered(from, message.id, message.answer);
          break;
      }
    }
    this.#wake();
  }

  /** An install-snapshot is made here, when its chunks have arrived; nobody may send one. */
  #isFor({ kind, from, to }: Message, sender: MemberId): boolean {
    return kind !== 'install-snapshot' && from === sender && to === this.#options.id;
  }

  #answer(from: MemberId, id: RequestId, question: PeerRequest): void {
    const { clock, electionTimeoutMs } = this.#options;
    const answered = (answer: PeerResponse): void => {
      this.post(from, { kind: 'answer', id, answer });
      this.#wake();
    };
    if (question.kind === 'hash') this.#respondToHash(question.revision, answered);
    else this.#leaderRequests.answer(question, clock.nowMs() + electionTimeoutMs, answered);
  }

  // What they are told.

  /** Leaves with the next `flush`. */
  post(to: MemberId, message: PeerMessage): void {
    const box = this.#outbox.get(to);
    if (box === undefined) this.#outbox.set(to, [message]);
    else box.push(message);
  }

  postRaft(messages: readonly Message[]): void {
    for (const message of messages) this.post(message.to, { kind: 'raft', message });
  }

  flush(): void {
    if (this.#outbox.size === 0) return;
    const outbox = this.#outbox;
    this.#outbox = new Map();
    for (const [to, messages] of outbox) this.#options.transport.send(to, messages);
  }
}
