import { crc32 } from 'node:zlib';
import { Packr } from 'msgpackr';
import { RegistryError } from '../base/errors.ts';
import { asBuffer } from '../base/key.ts';
import { crc32OfKey, crc32OfText } from './checksum.ts';
import { ChunkReader } from './chunk-reader.ts';
import { ChunkMeter, ChunkWriter, sumBytes, writeSum } from './chunk-writer.ts';

/**
 * Encoding of a state for another member, or for a backup: chunks of MessagePack, each `[records, sum]` with records
 * as `key, value, key, value …` and a running checksum over all records so far; the last chunk is `[count, sum]`.
 */
const packr = new Packr({ useRecords: false });

/** Encodes records, in order of their keys. */
export class SnapshotEncoder {
  readonly #chunk = new ChunkWriter();
  #full: Uint8Array[] = [];
  #sum = 0;
  #count = 0;

  add(key: string, value: Uint8Array): void {
    this.#sum = crc32(value, crc32OfText(key, this.#sum));
    this.#count++;
    this.#chunk.add(key, value);
    if (this.#chunk.isFull) this.#full.push(this.#chunk.take(this.#sum));
  }

  /** The chunks that are full since the last call. */
  takeFull(): readonly Uint8Array[] {
    const full = this.#full;
    this.#full = [];
    return full;
  }

  /** The last chunks. */
  takeRest(): readonly Uint8Array[] {
    if (!this.#chunk.isEmpty) this.#full.push(this.#chunk.take(this.#sum));
    this.#full.push(endOf(this.#count, this.#sum));
    return this.takeFull();
  }
}

/** The lengths of the chunks that an encoder makes of the same records. */
export class SnapshotMeter {
  readonly #chunk = new ChunkMeter();
  #full: number[] = [];
  #count = 0;

  add(key: string, valueBytes: number): void {
    this.#count++;
    this.#chunk.add(key, valueBytes);
    if (this.#chunk.isFull) this.#full.push(this.#chunk.take());
  }

  takeFull(): readonly number[] {
    const full = this.#full;
    this.#full = [];
    return full;
  }

  takeRest(): readonly number[] {
    if (!this.#chunk.isEmpty) this.#full.push(this.#chunk.take());
    this.#full.push(endOf(this.#count, 0).length);
    return this.takeFull();
  }
}

/** The chunk `[count, sum]`, of the same length whatever the sum. */
function endOf(count: number, sum: number): Buffer {
  const end = Buffer.alloc(sumBytes);
  writeSum(end, 0, sum);
  return Buffer.concat([Buffer.of(0x92), packr.pack(count), end]);
}

/** Decodes chunks, and detects damaged and missing ones. */
export class SnapshotReader {
  readonly #prefixBytes: number;
  /** The prefix, and behind it the key of a record. */
  #keys: Buffer;
  /** The key that was given out last. The next one is given out in the same place, if it is as long. */
  #key: Buffer;
  #sum = 0;
  #count = 0;
  #ended = false;

  /** Keys are given out behind `prefix`. */
  constructor(prefix: Uint8Array = new Uint8Array()) {
    this.#prefixBytes = prefix.length;
    this.#keys = Buffer.from(prefix);
    this.#key = this.#keys;
  }

  /**
   * Calls `each` for the records of a chunk; the key is valid during the call, the value as long as the chunk. Throws
   * RegistryError if the chunk is damaged, which may be after some calls.
   */
  take(chunk: Uint8Array, each: (key: Buffer, value: Buffer) => void): void {
    if (this.#ended) throw damaged('something follows its end');
    const reader = new ChunkReader(asBuffer(chunk));
    if (reader.array() !== 2) throw damaged('a chunk cannot be read');
    if (reader.isAtArray) this.#takeRecords(reader, each);
    else this.#takeEnd(reader);
    if (!reader.isAtEnd) throw damaged('a chunk cannot be read');
  }

  finish(): void {
    if (!this.#ended) throw damaged('its end is missing');
  }

  #takeRecords(reader: ChunkReader, each: (key: Buffer, value: Buffer) => void): void {
    const items = reader.array() ?? 0;
    for (let item = 0; item < items; item += 2) {
      const key = this.#keyOf(reader);
      const value = reader.binary();
      if (key === undefined || value === undefined) throw damaged('a record cannot be read');
      this.#sum = crc32(value, crc32OfKey(key, this.#prefixBytes, this.#sum));
      this.#count++;
      each(key, value);
    }
    if (reader.number() !== this.#sum) throw damaged('a checksum is wrong');
  }

  #takeEnd(reader: ChunkReader): void {
    if (reader.number() !== this.#count || reader.number() !== this.#sum) {
      throw damaged('its end does not match');
    }
    this.#ended = true;
  }

  #keyOf(reader: ChunkReader): Buffer | undefined {
    const start = this.#prefixBytes;
    const bytes = reader.textBytes();
    if (bytes === undefined) return undefined;
    if (this.#keys.length < start + bytes) {
      this.#keys = Buffer.concat([this.#keys], 2 * (start + bytes));
      this.#key = this.#keys;
    }
    const end = reader.binaryString(bytes, this.#keys, start);
    if (end === undefined) return undefined;
    if (this.#key.length !== end) this.#key = this.#keys.subarray(0, end);
    return this.#key;
  }
}

function damaged(why: string, cause?: unknown): RegistryError {
  return new RegistryError('invalid-request', `the snapshot is damaged: ${why}; send it again`, {
    cause,
  });
}

/** A chunk arrived for a snapshot that was abandoned. */
export function snapshotAbandoned(): RegistryError {
  return new RegistryError('invalid-request', 'this snapshot was abandoned; send it again');
}
