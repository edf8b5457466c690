import type { Logger } from '../base/logger.ts';
import type { MemberId } from '../base/member-id.ts';
import { RegistryError } from '../base/errors.ts';
import type { InstallSnapshot, SnapshotPosition } from '../raft/index.ts';
import type { SnapshotHeader } from './peer-protocol.ts';
import { stopping } from './refusals.ts';
import type { SnapshotStage, Store } from './store.ts';
import type { Transport } from './transport.ts';

/** What the desk needs from its replica. */
export interface SnapshotTransferOwner {
  term(): number;
  /** This member has stopped, or failed: it takes nothing in any more. */
  isStopped(): boolean;
  /** A state is just being taken over; another one cannot be staged beside it. */
  isInstalling(): boolean;
  /** Term and configuration at an applied index that is still in the log, or at its base. */
  positionAt(index: number): SnapshotPosition | undefined;
  /** The transfer is over; raft decides what to send next. */
  sent(to: MemberId, ok: boolean): void;
  /** Everything is staged: raft decides whether the state is wanted. */
  received(message: InstallSnapshot): void;
}

/** Moves whole states between members: out of the store of one, into the store of another. */
export class SnapshotTransfer {
  readonly #self: MemberId;
  readonly #store: Store;
  readonly #transport: Transport;
  readonly #logger: Logger;
  readonly #owner: SnapshotTransferOwner;
  /** The newest foreign state that is complete and that raft has not decided on yet. */
  #staged: { readonly position: SnapshotPosition; readonly stage: SnapshotStage } | undefined;
  #receiving = false;
  #sentTotal = 0;
  #receivedTotal = 0;

  constructor(options: {
    readonly self: MemberId;
    readonly store: Store;
    readonly transport: Transport;
    readonly logger: Logger;
    readonly owner: SnapshotTransferOwner;
  }) {
    this.#self = options.self;
    this.#store = options.store;
    this.#transport = options.transport;
    this.#logger = options.logger;
    this.#owner = options.owner;
  }

  get sentTotal(): number {
    return this.#sentTotal;
  }

  get receivedTotal(): number {
    return this.#receivedTotal;
  }

  /** Sends the state as it is on the disk now. */
  send(to: MemberId): void {
    this.#send(to).then(
      () => this.#owner.sent(to, true),
      (error: unknown) => {
        this.#logger.warn('failed to send snapshot', { to, error: String(error) });
        this.#owner.sent(to, false);
      },
    );
  }

  async #send(to: MemberId): Promise<void> {
    const source = await this.#store.openSnapshot();
    try {
      const position = this.#owner.positionAt(source.appliedIndex);
      if (position === undefined) {
        // Raft asks again when the follower has answered, and then for a later state.
        throw new RegistryError('canceled', 'the log moved on while the snapshot was opened');
      }
      this.#logger.info('sending database snapshot', { to, index: position.index });
      await this.#transport.sendSnapshot(to, { term: this.#owner.term(), position }, source);
      this.#sentTotal++;
      this.#logger.info('sent database snapshot', { to, index: position.index });
    } finally {
      await source.close();
    }
  }

  /** Takes in a state from a peer and hands its position to raft. One at a time; rejects if this member stops. */
  async receive(
    from: MemberId,
    header: SnapshotHeader,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    this.#refuseIfStopped();
    if (this.#receiving || this.#staged !== undefined || this.#owner.isInstalling()) {
      throw new RegistryError('too-many-requests', 'this member is taking in a snapshot already');
    }
    this.#receiving = true;
    try {
      this.#logger.info('receiving database snapshot', { from, index: header.position.index });
      const stage = await this.#store.stageSnapshot();
      try {
        for await (const chunk of chunks) {
          this.#refuseIfStopped();
          await stage.write(chunk);
        }
        await stage.finish();
        this.#refuseIfStopped();
      } catch (error) {
        await stage.abandon();
        throw error;
      }
      this.#staged = { position: header.position, stage };
      this.#receivedTotal++;
      this.#logger.info('received database snapshot', { from, index: header.position.index });
    } finally {
      this.#receiving = false;
    }
    this.#owner.received({
      kind: 'install-snapshot',
      from,
      to: this.#self,
      term: header.term,
      position: header.position,
    });
  }

  #refuseIfStopped(): void {
    if (this.#owner.isStopped()) throw stopping();
  }

  /** Raft wants the state at this position: the stage that holds it. */
  take(position: SnapshotPosition): SnapshotStage | undefined {
    const staged = this.#staged;
    if (staged === undefined || staged.position.index !== position.index) return undefined;
    this.#staged = undefined;
    return staged.stage;
  }

  /** Raft has looked at what was received; what it did not take is dropped. */
  decided(): void {
    const staged = this.#staged;
    if (staged === undefined) return;
    this.#staged = undefined;
    staged.stage.abandon().catch((error: unknown) => {
      this.#logger.warn('failed to drop an unused snapshot', { error: String(error) });
    });
  }
}
