import { crc32 } from 'node:zlib';
import { Packr } from 'msgpackr';
import { RegistryError } from '../base/errors.ts';
import type { EngineRecord } from '../state/index.ts';

/**
 * Encoding of a state for another member, or for a backup: chunks of MessagePack, each `[records, sum]` with records
 * as `key, value, key, value …` and a running checksum over all records so far; the last chunk is `[count, sum]`.
 */
const packr = new Packr({ useRecords: false });
const chunkBytes = 128 << 10;

export async function* snapshotChunks(
  batches: AsyncIterable<readonly EngineRecord[]>,
): AsyncGenerator<Uint8Array> {
  let sum = 0;
  let count = 0;
  let gathered: (string | Uint8Array)[] = [];
  let bytes = 0;
  for await (const batch of batches) {
    for (const { key, value } of batch) {
      gathered.push(key, value);
      bytes += key.length + value.length;
      sum = sumOf(key, value, sum);
      count++;
      if (bytes < chunkBytes) continue;
      yield packr.pack([gathered, sum]);
      gathered = [];
      bytes = 0;
    }
  }
  if (gathered.length > 0) yield packr.pack([gathered, sum]);
  yield packr.pack([count, sum]);
}

/** Decodes chunks, and detects damaged and missing ones. */
export class SnapshotReader {
  #sum = 0;
  #count = 0;
  #ended = false;

  take(chunk: Uint8Array): EngineRecord[] {
    if (this.#ended) throw damaged('something follows its end');
    const [content, sum] = unpacked(chunk);
    if (typeof content === 'number') {
      if (content !== this.#count || sum !== this.#sum) throw damaged('its end does not match');
      this.#ended = true;
      return [];
    }
    const records: EngineRecord[] = [];
    for (let at = 0; at < content.length; at += 2) {
      const key = content[at];
      const value = content[at + 1];
      if (typeof key !== 'string' || !(value instanceof Uint8Array)) {
        throw damaged('a record cannot be read');
      }
      this.#sum = sumOf(key, value, this.#sum);
      records.push({ key, value });
    }
    this.#count += records.length;
    if (sum !== this.#sum) throw damaged('a checksum is wrong');
    return records;
  }

  finish(): void {
    if (!this.#ended) throw damaged('its end is missing');
  }
}

function unpacked(chunk: Uint8Array): [number | unknown[], number] {
  let piece: unknown;
  try {
    piece = packr.unpack(chunk);
  } catch (error) {
    throw damaged('a chunk cannot be read', error);
  }
  const [content, sum]: unknown[] = Array.isArray(piece) ? piece : [];
  if (typeof sum !== 'number' || !(typeof content === 'number' || Array.isArray(content))) {
    throw damaged('a chunk cannot be read');
  }
  return [content, sum];
}

function sumOf(key: string, value: Uint8Array, before: number): number {
  return crc32(value, crc32(Buffer.from(key, 'latin1'), before));
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
