import { Packr } from 'msgpackr';
import { asBuffer } from '../base/key.ts';
import { Pieces } from './pieces.ts';

/**
 * A row is a list of plain values in MessagePack. Rows are bound for ever: a position keeps its meaning, new ones are
 * added at the end, and a reader takes the default for a missing one. msgpackr's record extension is off, since it
 * would make a row depend on a table stored elsewhere.
 */
const packr = new Packr({ useRecords: false });

/** Rows of one kind; `T` gives the positions. */
export class RowFormat<T extends readonly unknown[]> {
  readonly #pieces = new Pieces();

  /** The row, after `headBytes` that are left free. */
  encode(row: T, headBytes = 0): Buffer {
    const packed = packr.pack(row);
    const own = this.#pieces.allocate(headBytes + packed.length);
    own.set(packed, headBytes);
    return own;
  }

  /** The row that begins at `start`; byte strings in it are views of `bytes`. */
  decode(bytes: Uint8Array, start = 0): T {
    // msgpackr leaves a `DataView` at the buffer that it reads, and commands stay in the log.
    return packr.unpack(asBuffer(bytes).subarray(start));
  }
}
