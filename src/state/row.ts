import { Packr } from 'msgpackr';

/**
 * A row is a list of plain values in MessagePack. Rows live on disks for ever: a position keeps its meaning, what is
 * new is added at the end, and whoever reads takes a missing position for its default. Records (msgpackr's own
 * extension, which would tie one row to a table that lies elsewhere) are off.
 */
const packr = new Packr({ useRecords: false });

/** Rows of one kind: `T` says what is at which position. */
export class RowFormat<T extends readonly unknown[]> {
  /** The bytes of a row, in a buffer of their own, after `headBytes` that are left free. */
  encode(row: T, headBytes = 0): Buffer {
    const packed = packr.pack(row);
    const own = Buffer.allocUnsafeSlow(headBytes + packed.length);
    own.set(packed, headBytes);
    return own;
  }

  /** The row that begins at `start`; byte strings in it are views of `bytes`. */
  decode(bytes: Uint8Array, start = 0): T {
    return packr.unpack(bytes, { start, end: bytes.length });
  }
}
