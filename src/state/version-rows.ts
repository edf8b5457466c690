import { asBuffer } from '../base/key.ts';
import type { EngineRecord } from './engine.ts';
import { hashBytes } from './hash.ts';
import { rowFields, setRow } from './key-versions.ts';
import { placeOfRecord, recordKeyBytes, RecordParts } from './record.ts';
import type { Place } from './record.ts';

/** Bounds of one piece, beyond which it has at most one record more: enough to be worth a turn, few enough for one. */
const rowsMax = 1024;
const bytesMax = 256 << 10;
/** Longer memory is not used again. */
const bytesKeptMax = 4 * bytesMax;

const numberBytes = Float64Array.BYTES_PER_ELEMENT;

/** So few bytes are copied faster than by a call of `copy`. */
const shortCopyBytes = 64;

/** A row has the numbers of `KeyVersions`, then the length of the key, and that of the value. */
export const packedFields: number = rowFields + 2;
export const keyLengthField: number = rowFields;
export const valueLengthField: number = rowFields + 1;
/** In place of a length: the value was not wanted. */
export const noValue = -1;

/** Memory of packed versions. Threads share it and use it by turns. */
export interface VersionMemory {
  readonly rows: Float64Array;
  readonly bytes: Uint8Array;
}

/**
 * Versions of keys in the order of their records, without an object for each: a row of numbers, and in `bytes`, one after the
 * other, each key with its value.
 */
export interface PackedVersions extends VersionMemory {
  readonly count: number;
}

/** Where the next piece goes. */
export interface Room {
  /** Nothing else uses it any more; undefined: new memory is needed. */
  readonly memory: VersionMemory | undefined;
  /** False: values are left out. */
  readonly wantsValues: boolean;
}

/** Decodes records of versions, and packs what a start needs of them. */
export class VersionPacker {
  #rows: Float64Array = new Float64Array(0);
  /** The same memory. */
  #leases: BigInt64Array = new BigInt64Array(0);
  #bytes: Buffer = Buffer.alloc(0);
  #used = 0;
  #count = 0;
  #wantsValues = false;
  readonly #parts = new RecordParts();

  constructor(room: Room) {
    this.begin(room);
  }

  get isFull(): boolean {
    return this.#count === rowsMax || this.#used >= bytesMax;
  }

  /** Adds a record whose checksum was verified. Throws if its layout is not known. */
  add({ revision, sub }: Place, record: Buffer): void {
    const parts = this.#parts;
    parts.read(record, revision);
    const { keyStart, keyEnd, valueStart } = parts;
    const row = this.#count++ * packedFields;
    const rows = this.#rows;
    setRow(rows, this.#leases, row, {
      revision,
      sub,
      isLive: parts.isLive,
      bytes: recordKeyBytes + record.length,
      hash: hashBytes(record, 0),
      createRevision: parts.createRevision,
      version: parts.version,
      lease: parts.lease,
    });
    const hasValue = parts.isLive && this.#wantsValues;
    rows[row + keyLengthField] = keyEnd - keyStart;
    rows[row + valueLengthField] = hasValue ? record.length - valueStart : noValue;
    this.#copy(record, keyStart, keyEnd);
    if (hasValue) this.#copy(record, valueStart, record.length);
  }

  #copy(record: Buffer, from: number, to: number): void {
    const needed = this.#used + to - from;
    if (needed > this.#bytes.length) {
      const bytes = Buffer.from(new SharedArrayBuffer(2 * needed));
      this.#bytes.copy(bytes, 0, 0, this.#used);
      this.#bytes = bytes;
    }
    if (to - from > shortCopyBytes) record.copy(this.#bytes, this.#used, from, to);
    else for (let at = from; at < to; at++) this.#bytes[this.#used + at - from] = record[at] ?? 0;
    this.#used = needed;
  }

  /** The versions added since the last call. Before more are added, `begin` gives room for them. */
  take(): PackedVersions {
    const taken = { rows: this.#rows, bytes: this.#bytes, count: this.#count };
    this.#used = 0;
    this.#count = 0;
    return taken;
  }

  begin({ memory, wantsValues }: Room): void {
    const isKept = memory !== undefined && memory.bytes.length <= bytesKeptMax;
    const { rows, bytes } = isKept ? memory : newMemory();
    this.#rows = rows;
    this.#leases = new BigInt64Array(rows.buffer);
    this.#bytes = asBuffer(bytes);
    this.#wantsValues = wantsValues;
  }
}

function newMemory(): VersionMemory {
  return {
    rows: new Float64Array(new SharedArrayBuffer(rowsMax * packedFields * numberBytes)),
    bytes: new Uint8Array(new SharedArrayBuffer(bytesMax + (bytesMax >>> 2))),
  };
}

/** Packs the records of a scan. Each piece is valid until the next one is asked for. */
export async function* packVersions(
  scan: AsyncIterable<readonly EngineRecord[]>,
  wantsValues: () => boolean,
): AsyncGenerator<PackedVersions> {
  const packer = new VersionPacker({ memory: undefined, wantsValues: wantsValues() });
  for await (const batch of scan) {
    for (const { key, value } of batch) {
      packer.add(placeOfRecord(key), asBuffer(value));
      if (!packer.isFull) continue;
      const memory = packer.take();
      yield memory;
      packer.begin({ memory, wantsValues: wantsValues() });
    }
  }
  yield packer.take();
}
