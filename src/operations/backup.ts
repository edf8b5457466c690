import { RegistryError } from '../base/errors.ts';
import type { SnapshotSource } from '../replica/index.ts';
import type { Core } from './core.ts';
import type { Backup, CallOptions } from './operations.ts';
import type { Sha256 } from './sha256.ts';
import { minorOf } from './versions.ts';

/**
 * The file that `snapshot save` writes, with Rollcall's command or with etcd's:
 *
 *   8 bytes   "rollcall"
 *   4 bytes   length of the header, big endian
 *   header    JSON: BackupHeader
 *   pieces    of the store's snapshot, each behind its length in 4 bytes
 *   4 bytes   zero: the end
 *   padding   zeros up to a multiple of 512 bytes, which etcdctl requires
 *   32 bytes  SHA-256 of everything before
 */
export interface BackupHeader {
  /** Version of the file format. A reader refuses a version that it does not know. */
  readonly format: 1;
  readonly clusterId: string;
  readonly memberId: string;
  readonly revision: number;
  readonly keys: number;
  readonly appliedIndex: number;
  readonly term: number;
}

const magic = 'rollcall';
const blockBytes = 512;
const pieceBytes = 32 << 10;
const hashBytes = 32;
/** Bytes of the length before a piece. */
const frameBytes = 4;

/** A frozen copy of this member's data. The caller must read `chunks` to the end, or return from it early. */
export async function openBackup(core: Core, call: CallOptions): Promise<Backup> {
  await flushed(core);
  const source = await core.options.store.openSnapshot();
  try {
    return await measured(core, source, call);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** The size comes first, so the lengths are read before anything is sent. */
async function measured(core: Core, source: SnapshotSource, call: CallOptions): Promise<Backup> {
  // The state moves on meanwhile. The header describes the snapshot, not the state.
  const mark = core.replica.flushMarkAt(source.appliedIndex);
  if (mark === undefined) {
    throw new RegistryError('timeout', 'the state was replaced just now; ask for the backup again');
  }
  const header: BackupHeader = {
    format: 1,
    clusterId: core.replica.clusterId,
    memberId: core.replica.id,
    revision: mark.revision,
    keys: mark.keyCount,
    appliedIndex: source.appliedIndex,
    term: core.replica.term,
  };
  const { signal = call.gone?.() } = call;
  let dataBytes = headOf(header).length + frameBytes;
  for await (const length of source.chunkLengths()) {
    dataBytes += frameBytes + length;
    if (signal?.aborted === true) {
      throw new RegistryError('canceled', 'the caller gave up before the backup began');
    }
  }
  const paddingBytes = (blockBytes - (dataBytes % blockBytes)) % blockBytes;
  return {
    sizeBytes: dataBytes + paddingBytes + hashBytes,
    version: minorOf(core.options.reportEtcdVersion),
    chunks: () => hashed(core, header, source, paddingBytes),
  };
}

/** Waits until the store holds everything that the state has applied so far. */
async function flushed(core: Core): Promise<void> {
  const index = core.state.appliedIndex;
  const giveUpMs = core.deadlineMs();
  while (core.replica.flushedIndex < index) {
    core.replica.flushSoon();
    if (core.clock.nowMs() > giveUpMs) {
      throw new RegistryError('timeout', 'the disk is too slow for a backup now; try again later');
    }
    await new Promise<void>((resolve) => core.clock.after(5, resolve));
  }
}

async function* framed(header: BackupHeader, source: SnapshotSource): AsyncGenerator<Uint8Array> {
  yield headOf(header);
  for await (const chunk of source.chunks()) {
    yield lengthOf(chunk);
    yield chunk;
  }
  yield lengthOf(new Uint8Array());
}

function headOf(header: BackupHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  return Buffer.concat([Buffer.from(magic), lengthOf(json), json]);
}

async function* hashed(
  core: Core,
  header: BackupHeader,
  source: SnapshotSource,
  paddingBytes: number,
): AsyncGenerator<Uint8Array> {
  const sum = core.options.sha256();
  const beganMs = core.clock.nowMs();
  try {
    for await (const piece of inPieces(padded(framed(header, source), paddingBytes))) {
      sum.update(piece);
      yield piece;
    }
    yield sum.digest();
    core.metrics.backupSeconds.observe((core.clock.nowMs() - beganMs) / 1000);
  } finally {
    await source.close();
  }
}

async function* padded(
  bytes: AsyncIterable<Uint8Array>,
  paddingBytes: number,
): AsyncGenerator<Uint8Array> {
  yield* bytes;
  yield new Uint8Array(paddingBytes);
}

/** The same bytes in pieces of one size; the last may be smaller. */
async function* inPieces(all: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafe(pieceBytes);
  let filled = 0;
  for await (const bytes of all) {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + pieceBytes - filled);
      piece.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < pieceBytes) continue;
      yield piece;
      piece = Buffer.allocUnsafe(pieceBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

function lengthOf(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(frameBytes);
  length.writeUInt32BE(bytes.length);
  return length;
}

/** Reads a backup file: its header, then the pieces of the store's snapshot. */
export async function* readBackup(
  bytes: AsyncIterable<Uint8Array>,
  sum: Sha256,
): AsyncGenerator<BackupHeader | Uint8Array> {
  const reader = new Reader(bytes, sum);
  const start = await reader.take(magic.length);
  if (start === undefined || Buffer.from(start).toString('latin1') !== magic) {
    throw damaged('it does not begin as one does; backups of etcd cannot be read');
  }
  const header = headerOf(await reader.frame());
  if (header.format !== 1) {
    throw damaged(
      `a newer release wrote it (format ${String(header.format)}); restore it with that release`,
    );
  }
  yield header;
  for (;;) {
    const piece = await reader.frame();
    if (piece.length === 0) break;
    yield piece;
  }
  await reader.finish();
}

/** Checks the form only; the checksum at the end covers the content. */
function headerOf(json: Uint8Array): BackupHeader {
  let header: BackupHeader | null = null;
  try {
    header = JSON.parse(Buffer.from(json).toString('utf8'));
  } catch {
    // No JSON: refused below, as is JSON that is no header.
  }
  if (typeof header !== 'object' || header === null || !('format' in header)) {
    throw damaged('its header cannot be read');
  }
  return header;
}

/** Takes exact numbers of bytes from a stream, and adds them to the checksum. */
class Reader {
  readonly #bytes: AsyncIterator<Uint8Array>;
  readonly #sum: Sha256;
  #held: Buffer = Buffer.alloc(0);
  #takenBytes = 0;

  constructor(bytes: AsyncIterable<Uint8Array>, sum: Sha256) {
    this.#bytes = bytes[Symbol.asyncIterator]();
    this.#sum = sum;
  }

  async take(count: number): Promise<Uint8Array | undefined> {
    const parts = [this.#held];
    let heldBytes = this.#held.length;
    while (heldBytes < count) {
      const next = await this.#bytes.next();
      if (next.done === true) return undefined;
      parts.push(Buffer.from(next.value));
      heldBytes += next.value.length;
    }
    const all = parts.length === 1 ? this.#held : Buffer.concat(parts);
    const taken = all.subarray(0, count);
    this.#held = all.subarray(count);
    this.#sum.update(taken);
    this.#takenBytes += count;
    return taken;
  }

  async frame(): Promise<Uint8Array> {
    const length = await this.take(4);
    if (length === undefined) throw damaged('it ends too early');
    const frame = await this.take(Buffer.from(length).readUInt32BE());
    if (frame === undefined) throw damaged('it ends too early');
    return frame;
  }

  /** Reads padding and checksum. Refuses bytes behind them. */
  async finish(): Promise<void> {
    await this.take((blockBytes - (this.#takenBytes % blockBytes)) % blockBytes);
    const expected = this.#sum.digest();
    const found = await this.#rest();
    if (found.length !== hashBytes || !found.equals(expected)) {
      throw damaged('its checksum is wrong, so the file was cut short or altered');
    }
  }

  async #rest(): Promise<Buffer> {
    const parts = [this.#held];
    for (;;) {
      const next = await this.#bytes.next();
      if (next.done === true) return Buffer.concat(parts);
      parts.push(Buffer.from(next.value));
    }
  }
}

function damaged(why: string): RegistryError {
  return new RegistryError('invalid-request', `this is not a whole backup of Rollcall: ${why}`);
}
