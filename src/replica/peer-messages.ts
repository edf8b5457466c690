import type { MemberId } from '../base/member-id.ts';
import type { Message } from '../raft/index.ts';
import type { ReplicaContext } from './context.ts';
import type { LeaderRequests } from './leader-requests.ts';
import type { PeerMessage, PeerResponse } from './peer-protocol.ts';
import { refusedUnsupported } from './refusals.ts';

/** Responds once, with the hash of a revision or the reason why there is none. */
export type HashResponder = (revision: number, done: (response: PeerResponse) => void) => void;

/** Dispatches what peers send: raft's messages to raft, requests to the leader's part, responses to their request. */
export class PeerMessages {
  readonly #context: PeerContext;
  readonly #raft: PeerContext['raft'];
  readonly #requests: PeerContext['requests'];
  readonly #loop: PeerContext['loop'];
  readonly #leaderRequests: LeaderRequests;
  #respondToHash: HashResponder = (_, done) => done(refusedUnsupported('hash'));

  constructor(context: PeerContext, leaderRequests: LeaderRequests) {
    this.#context = context;
    this.#raft = context.raft;
    this.#requests = context.requests;
    this.#loop = context.loop;
    this.#leaderRequests = leaderRequests;
  }

  /** Until it is set, requests for a hash are refused. */
  respondToHashesWith(respond: HashResponder): void {
    this.#respondToHash = (revision, done) =>
      respond(revision, (response) => this.#loop.guard(() => done(response)));
  }

  /** Tells the transport who the other members are now, according to the state. */
  updatePeers(): void {
    const { options, applied } = this.#context;
    const others = applied.state.members.filter(({ id }) => id !== options.id);
    options.transport.setPeers(others.map(({ id, peerUrls }) => ({ id, urls: peerUrls })));
  }

  dispatch(from: MemberId, messages: readonly PeerMessage[]): void {
    let isNews = false;
    for (const message of messages) {
      switch (message.kind) {
        case 'raft':
          if (this.#isAcceptable(message.message, from)) this.#raft.step(message.message);
          isNews ||= message.message.kind !== 'append-response';
          break;
        case 'question':
          this.#onRequest(from, message);
          isNews = true;
          break;
        case 'answer':
          this.#requests.onResponse(from, message.id, message.answer);
          isNews = true;
          break;
      }
    }
    if (from === this.#raft.leader) this.#context.leaderObserver.onContact();
    // Of three members, every second acknowledgement comes when a majority has the entry already: no turn for that.
    if (isNews || this.#raft.hasEffects()) this.#loop.wake();
  }

  /** Messages to or from this peer may be lost. */
  onDisconnected(peer: MemberId): void {
    this.#raft.unreachable(peer);
    this.#requests.onDisconnected(peer);
    this.#loop.wake();
  }

  /** The process of this peer has ended. */
  onGone(peer: MemberId): void {
    this.#raft.gone(peer);
  }

  /** A peer speaks for itself and to this member. An install-snapshot is made here, from chunks that have arrived. */
  #isAcceptable({ kind, from, to }: Message, sender: MemberId): boolean {
    return kind !== 'install-snapshot' && from === sender && to === this.#context.options.id;
  }

  #onRequest(from: MemberId, { id, term, question: request }: Question): void {
    const { clock, options, outbox } = this.#context;
    const respond = (response: PeerResponse): void => {
      outbox.post(from, { kind: 'answer', id, answer: response });
      this.#loop.wake();
    };
    if (request.kind === 'hash') this.#respondToHash(request.revision, respond);
    else {
      const expiresMs = clock.nowMs() + options.electionTimeoutMs;
      this.#leaderRequests.handle(request, { expiresMs, voucher: { from, term } }, respond);
    }
  }
}

type Question = Extract<PeerMessage, { readonly kind: 'question' }>;

type PeerContext = Pick<
  ReplicaContext,
  'options' | 'clock' | 'loop' | 'raft' | 'applied' | 'outbox' | 'requests' | 'leaderObserver'
>;
