import { Packr } from 'msgpackr';
import { assert } from '../base/assert.ts';
import { RegistryError } from '../base/errors.ts';
import { unsound } from '../base/fields.ts';
import { entryOf, hardStateOf } from '../raft/index.ts';
import type { Entry, HardState } from '../raft/index.ts';

/**
 * The content of one record of the log: the hard state, and the entries of one write. Bound for ever: a layout keeps its
 * number, and kinds keep theirs.
 *
 *   layout (1)
 *   term, commit index, length of the vote (0: none), vote
 *   number of entries, index of the first; then for each entry:
 *     term, kind, length of the data, data; for a membership also the length of its configuration, and that in MessagePack
 *
 *   layout (2): this file takes no more records, and another follows it
 *
 * Numbers are varints: little endian, base 128.
 */
export interface LogRecord {
  readonly hardState: HardState;
  /** Their indexes follow each other. They replace the log from the first on. */
  readonly entries: readonly Entry[];
}

const layout = 1;
const nextFileLayout = 2;
const kinds = ['command', 'empty', 'membership'] as const;
const packr = new Packr({ useRecords: false });
/** A number has at most this many bytes: 2^53 in base 128. */
const numberBytesMax = 8;

/** Encodes a record into a buffer that `allocate` gives, behind `headBytes` that are left free. */
export function encodeLogRecord(
  { hardState, entries }: LogRecord,
  headBytes: number,
  allocate: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafe(bytes),
): { readonly bytes: Buffer; readonly end: number } {
  const vote = Buffer.from(hardState.vote ?? '', 'utf8');
  const configurations = entries.map(({ configuration }) =>
    configuration === undefined ? undefined : Buffer.from(packr.pack(configuration)),
  );
  let bytesMax = headBytes + 1 + 5 * numberBytesMax + vote.length;
  for (const [at, { data }] of entries.entries()) {
    bytesMax += 4 * numberBytesMax + data.length + (configurations[at]?.length ?? 0);
  }
  const bytes = allocate(bytesMax);
  let end = headBytes;
  bytes[end++] = layout;
  end = writeNumber(bytes, end, hardState.term);
  end = writeNumber(bytes, end, hardState.commit);
  end = writeBytes(bytes, end, vote);
  end = writeNumber(bytes, end, entries.length);
  const first = entries[0]?.index ?? 0;
  end = writeNumber(bytes, end, first);
  for (const [at, { index, term, kind, data }] of entries.entries()) {
    assert(index === first + at, 'the entries of one write follow each other');
    end = writeNumber(bytes, end, term);
    bytes[end++] = kinds.indexOf(kind);
    end = writeBytes(bytes, end, data);
    const configuration = configurations[at];
    if (configuration !== undefined) end = writeBytes(bytes, end, configuration);
  }
  return { bytes, end };
}

/** The last record of a file that others follow. */
export function encodeNextFile(headBytes: number): {
  readonly bytes: Buffer;
  readonly end: number;
} {
  const bytes = Buffer.alloc(headBytes + 1, nextFileLayout);
  return { bytes, end: bytes.length };
}

/** Throws TypeError if the bytes are no record. The data of entries is copied, so that none keeps the others in memory. */
export function decodeLogRecord(bytes: Buffer): LogRecord | 'next file' {
  const reader = new Reader(bytes);
  const found = reader.byte();
  if (found === nextFileLayout && reader.isAtEnd) return 'next file';
  if (found !== layout) throw unknown(`a record of layout ${found}`);
  const term = reader.number();
  const commit = reader.number();
  const vote = reader.bytes().toString('utf8');
  const hardState = hardStateOf({ term, vote: vote === '' ? undefined : vote, commit });
  const count = reader.number();
  const first = reader.number();
  const entries: Entry[] = [];
  for (let at = 0; at < count; at++) {
    const entryTerm = reader.number();
    const number = reader.byte();
    const kind = kinds[number];
    if (kind === undefined) throw unknown(`an entry of kind ${number}`);
    const data = Buffer.from(reader.bytes());
    const configuration: unknown = kind === 'membership' ? packr.unpack(reader.bytes()) : undefined;
    entries.push(entryOf(first + at, entryTerm, kind, data, configuration));
  }
  if (!reader.isAtEnd) throw unsound('end of a record');
  return { hardState, entries };
}

function unknown(what: string): RegistryError {
  const message = `the log holds ${what}, which this release does not know; start a newer one`;
  return new RegistryError('invalid-request', message);
}

function writeNumber(target: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) target[at++] = (rest % 0x80) | 0x80;
  target[at] = rest;
  return at + 1;
}

function writeBytes(target: Buffer, start: number, bytes: Uint8Array): number {
  const at = writeNumber(target, start, bytes.length);
  target.set(bytes, at);
  return at + bytes.length;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw unsound('record that ends too early');
    this.#at++;
    return byte;
  }

  number(): number {
    let value = 0;
    let unit = 1;
    for (let count = 0; count < numberBytesMax; count++) {
      const byte = this.byte();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) throw unsound('number');
        return value;
      }
      unit *= 0x80;
    }
    throw unsound('number');
  }

  bytes(): Buffer {
    const length = this.number();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw unsound('length');
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}
