import { closeSync } from 'node:fs';
import { StorageCorruption } from './corruption.ts';
import { openLarge, readAll } from './large-files.ts';
import { damageOf, largeFileName, placeIn } from './record-place.ts';
import type { RecordPlace } from './record-place.ts';
import type { TableCursor } from './table-cursor.ts';

/** So much is read at a time. */
const windowBytes = 256 << 10;

/**
 * Reads records of the state in the order of their keys, in which most large ones were written, too: one read of a file for
 * many of them.
 */
export class LargeReader {
  readonly #folder: string;
  #file: number | undefined;
  #descriptor: number | undefined;
  #memory: Buffer = Buffer.alloc(0);
  /** What was read last, and where it begins. */
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The record at a cursor, its checksum verified; valid until the next call. Throws StorageCorruption. */
  recordAt(cursor: TableCursor): Buffer {
    const value = cursor.unsealedValue();
    const place = placeIn(value);
    if (place === undefined) return value;
    return this.read(place, () => cursor.keyBytes.subarray(0, cursor.keyLength));
  }

  /** The same for a record whose place is known. */
  read(place: RecordPlace, keyOf: () => Uint8Array): Buffer {
    const end = place.offset + place.length;
    const isThere =
      this.#file === place.file &&
      place.offset >= this.#start &&
      end <= this.#start + this.#window.length;
    if (!isThere) this.#fill(place, keyOf);
    const record = this.#window.subarray(place.offset - this.#start, end - this.#start);
    const damage = damageOf(place, record);
    if (damage !== undefined) throw new StorageCorruption(keyOf(), damage);
    return record;
  }

  #fill({ file, offset, length }: RecordPlace, keyOf: () => Uint8Array): void {
    if (this.#file !== file) this.close();
    this.#descriptor ??= openLarge(this.#folder, file);
    if (this.#descriptor === undefined) {
      throw new StorageCorruption(keyOf(), `${largeFileName(file)} is missing`);
    }
    this.#file = file;
    const bytes = Math.max(length, windowBytes);
    if (this.#memory.length < bytes) this.#memory = Buffer.allocUnsafeSlow(bytes);
    this.#start = offset;
    this.#window = readAll(this.#descriptor, this.#memory.subarray(0, bytes), offset);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#file = undefined;
    this.#window = Buffer.alloc(0);
  }
}
