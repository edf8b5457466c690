import { CompressionError, ConnectionError, errorCodes } from './errors.ts';
import { decodeHuffman } from './huffman.ts';
import { KnownBlocks } from './known-blocks.ts';
import { staticTable } from './static-table.ts';
import type { HeaderField } from './static-table.ts';

/** The size of a table entry without its text (RFC 7541, section 4.1). */
const entryOverheadBytes = 32;

/** Bytes of the dynamic table of a connection; HTTP/2's default, which we never change. */
const tableBytesMax = 4096;

const legalName = /^:?[-!#$%&'*+.^_`|~0-9a-z]+$/;
const illegalInValue = /[\0\r\n]/;

/** Decodes the header blocks of one connection, in order: each may refer to headers of earlier ones (HPACK). */
export class HeaderDecoder {
  readonly #listBytesMax: number;
  /** Oldest first; the newest has the lowest index. */
  readonly #table: HeaderField[] = [];
  #tableBytes = 0;
  #tableBytesLimit = tableBytesMax;
  /** Blocks that have changed nothing in the table, since its last change. */
  readonly #known = new KnownBlocks();
  #hasChanged = false;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  /** `listBytesMax`: of the headers of one request, names and values and 32 for each. */
  constructor({ listBytesMax }: { listBytesMax: number }) {
    this.#listBytesMax = listBytesMax;
  }

  /**
   * The headers of one block; the same list again for the same bytes, as long as the table stays as it is. Throws
   * ConnectionError; nothing can be decoded after that.
   */
  decode(block: Buffer): readonly HeaderField[] {
    const known = this.#known.find(block);
    if (known !== undefined) return known;
    this.#hasChanged = false;
    const fields = this.#decode(block);
    if (this.#hasChanged) this.#known.clear();
    else this.#known.add(block, fields);
    return fields;
  }

  #decode(block: Buffer): readonly HeaderField[] {
    this.#block = block;
    this.#at = 0;
    const fields: HeaderField[] = [];
    let listBytes = 0;
    while (this.#at < block.length) {
      const field = this.#next(fields.length === 0);
      if (field === undefined) continue;
      listBytes += sizeOf(field);
      if (listBytes > this.#listBytesMax) {
        throw new ConnectionError(
          errorCodes.calm,
          `the headers of a request have more than ${this.#listBytesMax} bytes`,
        );
      }
      fields.push(field);
    }
    return fields;
  }

  /** The next header; undefined for a change of the table's size. The first bits are its kind (section 6). */
  #next(isFirst: boolean): HeaderField | undefined {
    const first = this.#block[this.#at] ?? 0;
    if ((first & 0x80) !== 0) return this.#entry(this.#integer(7));
    if ((first & 0x40) !== 0) {
      const field = this.#literal(6);
      this.#remember(field);
      return field;
    }
    if ((first & 0x20) === 0) return this.#literal(4);
    this.#hasChanged = true;
    if (!isFirst) throw new CompressionError('a change of the table size inside a block');
    this.#tableBytesLimit = this.#integer(5);
    if (this.#tableBytesLimit > tableBytesMax) {
      throw new CompressionError('a table size larger than the setting');
    }
    this.#forgetBeyond(this.#tableBytesLimit);
    return undefined;
  }

  #literal(prefixBits: number): HeaderField {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#string() : this.#entry(index).name;
    const value = this.#string();
    // Checked here, once, and not each time that a request refers to it.
    const isLegal = legalName.test(name) && !illegalInValue.test(value);
    return isLegal ? { name, value } : { name, value, isMalformed: true };
  }

  #entry(index: number): HeaderField {
    const field =
      index <= staticTable.length
        ? staticTable[index - 1]
        : this.#table[this.#table.length - (index - staticTable.length)];
    if (field === undefined) throw new CompressionError(`there is no header ${index}`);
    return field;
  }

  #remember(field: HeaderField): void {
    this.#hasChanged = true;
    const bytes = sizeOf(field);
    this.#forgetBeyond(this.#tableBytesLimit - bytes);
    // One that is larger than the table empties it, and is not kept (section 4.4).
    if (bytes > this.#tableBytesLimit) return;
    this.#table.push(field);
    this.#tableBytes += bytes;
  }

  #forgetBeyond(bytesMax: number): void {
    while (this.#tableBytes > bytesMax) {
      const oldest = this.#table.shift();
      if (oldest === undefined) return;
      this.#tableBytes -= sizeOf(oldest);
    }
  }

  /** A number that begins in the low bits of a byte (section 5.1). */
  #integer(prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
      if (shift > 21) throw new CompressionError('an integer that is too large');
    }
  }

  #string(): string {
    const isHuffman = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(7);
    const end = this.#at + length;
    if (end > this.#block.length) throw new CompressionError('a string longer than its block');
    const start = this.#at;
    this.#at = end;
    if (isHuffman) return decodeHuffman(this.#block.subarray(start, end));
    return this.#block.toString('latin1', start, end);
  }

  #byte(): number {
    const byte = this.#block[this.#at++];
    if (byte === undefined) throw new CompressionError('a block that ends inside a field');
    return byte;
  }
}

function sizeOf({ name, value }: HeaderField): number {
  return name.length + value.length + entryOverheadBytes;
}
