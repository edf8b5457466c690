import type { Client, ClientWritableStream, ServiceError } from '@grpc/grpc-js';
import { present } from '../base/assert.ts';
import type { Cancel, Clock } from '../base/clock.ts';
import type { Counter } from '../base/metrics.ts';
import type { SnapshotHeader, SnapshotSource } from '../replica/index.ts';
import { encodeValue } from './codec.ts';
import { openClient } from './connection.ts';
import { handshakeMetadata, peerMethods } from './service.ts';
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
  readonly #client: Client;
  readonly #stream: ClientWritableStream<Buffer>;
  readonly #clock: Clock;
  readonly #sentBytes: Counter;
  /** Resolves when the peer has received everything. */
  readonly #taken: Promise<void>;
  #cancelIdle: Cancel | undefined;

  constructor(
    url: string,
    handshake: Handshake,
    { clock, sentBytes }: { readonly clock: Clock; readonly sentBytes: Counter },
  ) {
    this.#clock = clock;
    this.#sentBytes = sentBytes;
    this.#client = openClient(url);
    let stream: ClientWritableStream<Buffer> | undefined;
    this.#taken = new Promise((resolve, reject) => {
      stream = this.#client.makeClientStreamRequest(
        peerMethods.Snapshot.path,
        peerMethods.Snapshot.requestSerialize,
        peerMethods.Snapshot.responseDeserialize,
        handshakeMetadata(handshake),
        (error: ServiceError | null) => (error === null ? resolve() : reject(error)),
      );
    });
    // Handled where it is awaited; until then a failure must not count as unhandled.
    this.#taken.catch(() => {});
    this.#stream = present(stream, 'the call');
    this.#stream.on('error', () => {});
  }

  /** Rejects if the peer did not receive everything. */
  async send(header: SnapshotHeader, source: SnapshotSource): Promise<void> {
    await this.#write(encodeValue(header));
    for await (const chunk of source.chunks()) await this.#write(chunk);
    await this.#write(endOfSnapshot);
    this.#stream.end();
    this.#stillMoving();
    await this.#taken;
  }

  /** Aborts the call if it is not finished. */
  close(): void {
    this.#cancelIdle?.();
    this.#stream.cancel();
    this.#client.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#stillMoving();
    this.#sentBytes.add(bytes.length);
    const left = new Promise<void>((resolve) => {
      this.#stream.write(Buffer.from(bytes), () => resolve());
    });
    // If the call ends first, the chunk will never leave.
    await Promise.race([left, this.#taken]);
  }

  #stillMoving(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = this.#clock.after(snapshotIdleMs, () => this.#stream.cancel());
  }
}
