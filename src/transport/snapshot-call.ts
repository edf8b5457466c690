import { RegistryError } from '../base/errors.ts';
import { asBuffer } from '../base/key.ts';
import { nothingToCancel } from '../base/clock.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import type { Counter } from '../base/metrics.ts';
import { statusCodes } from '../http2/index.ts';
import type { SnapshotHeader, SnapshotSource } from '../replica/index.ts';
import { encodeValue } from './codec.ts';
import type { PeerEncryption } from './dial.ts';
import { PeerCall } from './peer-call.ts';
import type { CallEnd } from './peer-call.ts';
import { peerPaths } from './service.ts';
import type { Handshake } from './service.ts';

/** A snapshot transfer without progress for this long is aborted, by both sides. */
export const snapshotIdleMs = 30_000;
/** Follows the last chunk; no chunk is empty. */
export const endOfSnapshot: Uint8Array = new Uint8Array();

/**
 * Sends one snapshot, over a connection of its own, so that it may take long without delaying messages. The next
 * chunk is read from the store when the former one has left.
 */
export class SnapshotCall {
  readonly #call: PeerCall;
  readonly #clock: Clock;
  readonly #sentBytes: Counter;
  #cancelIdle: Cancel = nothingToCancel;
  /** How the call ended. */
  #end: CallEnd | undefined;
  /** Continues `send`, which waits for the call to take more, or to end. */
  #continue: (() => void) | undefined;

  constructor(
    url: string,
    handshake: Handshake,
    {
      clock,
      encryption,
      sentBytes,
    }: {
      readonly clock: Clock;
      readonly encryption: PeerEncryption | undefined;
      readonly sentBytes: Counter;
    },
  ) {
    this.#clock = clock;
    this.#sentBytes = sentBytes;
    this.#call = new PeerCall({
      url,
      path: peerPaths.snapshot,
      handshake,
      clock,
      encryption,
      listener: {
        message: () => {},
        drained: () => this.#continue?.(),
        ended: (end) => this.#ended(end),
      },
    });
  }

  /** Rejects if the peer did not receive everything. */
  async send(header: SnapshotHeader, source: SnapshotSource): Promise<void> {
    await this.#write(encodeValue(header));
    for await (const chunk of source.chunks()) {
      await this.#write(chunk);
      if (this.#end !== undefined) throw this.#failure(this.#end);
    }
    await this.#write(endOfSnapshot);
    this.#call.finish();
    this.#stillMoving();
    while (this.#end === undefined) await this.#wait();
    if (this.#end.code !== statusCodes.ok) throw this.#failure(this.#end);
  }

  /** Aborts the call if it is not finished. */
  close(): void {
    this.#call.cancel();
    this.#ended({ code: statusCodes.canceled, text: 'the transfer was aborted', trailers: [] });
  }

  #ended(end: CallEnd): void {
    this.#cancelIdle();
    this.#end ??= end;
    this.#continue?.();
  }

  #failure({ text }: CallEnd): RegistryError {
    return new RegistryError('canceled', text === '' ? 'the peer ended the transfer early' : text);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#end !== undefined) return;
    this.#stillMoving();
    this.#sentBytes.add(bytes.length);
    if (!this.#call.send([asBuffer(bytes)])) await this.#wait();
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#continue = () => {
        this.#continue = undefined;
        resolve();
      };
    });
  }

  #stillMoving(): void {
    this.#cancelIdle();
    this.#cancelIdle = this.#clock.after(snapshotIdleMs, () => this.close());
  }
}
