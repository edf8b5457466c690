import type { MemberId } from '../base/member-id.ts';
import { RegistryError } from '../base/errors.ts';
import { successorOf } from '../raft/index.ts';
import type { SnapshotPosition } from '../raft/index.ts';
import type { ReplicaContext } from './context.ts';
import type { ReplicaOptions } from './options.ts';
import type { SnapshotHeader } from './peer-protocol.ts';
import { stopping } from './refusals.ts';
import type { SnapshotStage } from './store.ts';

/** Between two attempts to have another member lead: the next one may not be able to send the state either. */
const yieldMsMin = 60_000;

/** Moves whole states between members: out of the store of one, into the store of another. */
export class SnapshotTransfer {
  readonly #context: TransferContext;
  readonly #raft: TransferContext['raft'];
  readonly #loop: TransferContext['loop'];
  readonly #applied: TransferContext['applied'];
  readonly #store: ReplicaOptions['store'];
  readonly #logger: ReplicaOptions['logger'];
  /** The newest foreign state that is complete and that raft has not decided on yet. */
  #staged: { readonly position: SnapshotPosition; readonly stage: SnapshotStage } | undefined;
  #receiving = false;
  #yieldedMs = -Infinity;
  #sentTotal = 0;
  #receivedTotal = 0;

  constructor(context: TransferContext) {
    this.#context = context;
    this.#raft = context.raft;
    this.#loop = context.loop;
    this.#applied = context.applied;
    this.#store = context.options.store;
    this.#logger = context.options.logger;
  }

  get sentTotal(): number {
    return this.#sentTotal;
  }

  get receivedTotal(): number {
    return this.#receivedTotal;
  }

  /** Sends the state as it is on the disk now. */
  send(to: MemberId): void {
    this.#transfer(to).then(
      () => this.#onSent(to, true),
      (error: unknown) => {
        const isOwnFault = !(error instanceof RegistryError);
        const level = isOwnFault ? 'error' : 'warn';
        this.#logger[level]('failed to send snapshot', { to, error: String(error) });
        this.#onSent(to, false);
        if (isOwnFault) this.#yieldLeadership();
      },
    );
  }

  /**
   * Not the way to the follower failed, but the disk here: it may be damaged in what is hardly ever read. A voter that has the
   * log can send its own state. Without one this member goes on, as far as it can.
   */
  #yieldLeadership(): void {
    const nowMs = this.#context.clock.nowMs();
    if (this.#loop.stopped || nowMs < this.#yieldedMs + yieldMsMin) return;
    const next = successorOf(
      this.#raft.progress().filter(({ id }) => this.#context.isConnected(id)),
    );
    if (next === undefined) return;
    this.#yieldedMs = nowMs;
    this.#raft.transferLeadership(next);
    this.#loop.wake();
  }

  /** The transfer is over; raft decides what to send next. */
  #onSent(to: MemberId, ok: boolean): void {
    if (this.#loop.stopped) return;
    this.#raft.snapshotSent(to, ok);
    this.#loop.wake();
  }

  async #transfer(to: MemberId): Promise<void> {
    const source = await this.#store.openSnapshot();
    try {
      const position = this.#raft.positionAt(source.appliedIndex);
      if (position === undefined) {
        // Raft asks again when the follower has answered, and then for a later state.
        throw new RegistryError('canceled', 'the log moved on while the snapshot was opened');
      }
      this.#logger.info('sending database snapshot', { to, index: position.index });
      const { transport } = this.#context.options;
      await transport.sendSnapshot(to, { term: this.#raft.term, position }, source);
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
    if (this.#receiving || this.#staged !== undefined || this.#applied.isInstalling) {
      throw new RegistryError('too-many-requests', 'this member is taking in a snapshot already');
    }
    this.#receiving = true;
    try {
      this.#logger.info('receiving database snapshot', { from, index: header.position.index });
      const stage = await this.#onDisk(this.#store.stageSnapshot());
      try {
        for await (const chunk of chunks) {
          this.#refuseIfStopped();
          await this.#onDisk(stage.write(chunk));
        }
        await this.#onDisk(stage.finish());
        this.#refuseIfStopped();
      } catch (error) {
        await this.#onDisk(stage.abandon());
        throw error;
      }
      this.#staged = { position: header.position, stage };
      this.#receivedTotal++;
      this.#logger.info('received database snapshot', { from, index: header.position.index });
    } finally {
      this.#receiving = false;
    }
    this.#offer(from, header);
  }

  /** Has raft decide at once whether the staged state is wanted; the turn takes it, or it is dropped. */
  #offer(from: MemberId, { term, position }: SnapshotHeader): void {
    const to = this.#context.options.id;
    this.#loop.guard(() => {
      this.#raft.step({ kind: 'install-snapshot', from, to, term, position });
      this.#loop.turnNow();
    });
    this.#dropStaged();
  }

  /**
   * A wrong piece of a state ends the transfer. A disk that fails takes no other write either, and a member
   * that waits for a snapshot may have none to notice it by: it ends here.
   */
  async #onDisk<T>(action: Promise<T>): Promise<T> {
    try {
      return await action;
    } catch (error) {
      if (!(error instanceof RegistryError) && !this.#loop.stopped) this.#loop.fail(error);
      throw error;
    }
  }

  #refuseIfStopped(): void {
    if (this.#loop.stopped) throw stopping();
  }

  /** Raft wants the state at this position: the stage that holds it. */
  takeStaged(position: SnapshotPosition): SnapshotStage | undefined {
    const staged = this.#staged;
    if (staged === undefined || staged.position.index !== position.index) return undefined;
    this.#staged = undefined;
    return staged.stage;
  }

  #dropStaged(): void {
    const staged = this.#staged;
    if (staged === undefined) return;
    this.#staged = undefined;
    this.#onDisk(staged.stage.abandon()).catch((error: unknown) => {
      this.#logger.warn('failed to drop an unused snapshot', { error: String(error) });
    });
  }
}

type TransferContext = Pick<
  ReplicaContext,
  'options' | 'clock' | 'loop' | 'raft' | 'applied' | 'isConnected'
>;
