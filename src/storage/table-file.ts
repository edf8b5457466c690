import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { present } from '../base/assert.ts';
import { DamagedTable } from './corruption.ts';
import { tableName } from './level-files.ts';
import {
  entriesOf,
  footerBytes,
  indexHandle,
  indexOf,
  isFooter,
  isSound,
  trailerBytes,
} from './level-table.ts';
import type { Handle } from './level-table.ts';
import { firstKeyOf, TableCursor, userKeyOf } from './table-cursor.ts';
import { readAt, readWhole } from './whole-file.ts';

/** Bounds of the keys in a table. */
export interface TableEdges {
  readonly first: string;
  /** No key is after it; the last one may be before it. */
  readonly last: string;
}

/** Reads where a table begins and ends, and verifies what it reads. Throws DamagedTable. */
export async function readEdges(folder: string, table: number): Promise<TableEdges> {
  const file = await open(join(folder, tableName(table)));
  try {
    const { size } = await file.stat();
    const block = async (handle: Handle): Promise<Buffer> => {
      const end = handle.offset + handle.size + trailerBytes;
      const bytes = end > size ? Buffer.alloc(0) : await readAt(file, handle.offset, end);
      if (isSound(bytes, { offset: 0, size: handle.size })) return bytes;
      throw new DamagedTable(tableName(table), handle.offset);
    };
    const footerAt = Math.max(0, size - footerBytes);
    const footer = await readAt(file, footerAt, size);
    if (!isFooter(footer)) throw new DamagedTable(tableName(table), footerAt);
    const index = indexHandle(footer);
    const entries = [...entriesOf(await block(index), { offset: 0, size: index.size })];
    const first = await block(present(entries[0], 'the first block of a table').value);
    const { key: last } = present(entries.at(-1), 'the last block of a table');
    return { first: firstKeyOf(first), last: userKeyOf(last) };
  } finally {
    await file.close();
  }
}

/**
 * Reads a table. With `onVerified`, its blocks are verified as the cursor comes to them, which may throw DamagedTable, and
 * it is called at the end.
 */
export async function openTable(
  folder: string,
  table: number,
  onVerified: (() => void) | undefined,
): Promise<TableCursor> {
  const name = tableName(table);
  const bytes = await readWhole(join(folder, name));
  const footerAt = Math.max(0, bytes.length - footerBytes);
  const footer = bytes.subarray(footerAt);
  if (!isFooter(footer)) throw new DamagedTable(name, footerAt);
  const index = indexHandle(footer);
  if (!isSound(bytes, index)) throw new DamagedTable(name, index.offset);
  if (onVerified === undefined) return new TableCursor(bytes);
  return new TableCursor(bytes, soundBlocks(name, bytes, onVerified));
}

function* soundBlocks(
  name: string,
  bytes: Buffer,
  onVerified: () => void,
): Generator<Handle, undefined> {
  for (const { value: handle } of indexOf(bytes)) {
    if (!isSound(bytes, handle)) throw new DamagedTable(name, handle.offset);
    yield handle;
  }
  onVerified();
}
