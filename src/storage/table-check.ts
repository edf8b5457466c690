import { join } from 'node:path';
import { present } from '../base/assert.ts';
import { damageOfTable } from './level-table.ts';
import type { TableDamage } from './level-table.ts';
import { ReusedBuffer } from './reused-buffer.ts';
import { readWhole } from './whole-file.ts';

/** Most tables have 2 MiB and a block. */
const tableBytesKept = 4 << 20;

/** Tables to be verified, before LevelDB reads them. */
export interface Tables {
  readonly folder: string;
  /** Names of their files. */
  readonly names: readonly string[];
}

/** A damaged table. */
export interface Finding {
  /** Position of the table among the names. */
  readonly at: number;
  readonly damage: TableDamage;
}

/** Verifies the tables at the positions that `take` gives, up to the first one that is damaged. */
export async function checkTables(
  { folder, names }: Tables,
  take: () => number | undefined,
): Promise<Finding | undefined> {
  let [memory, otherMemory] = [new ReusedBuffer(tableBytesKept), new ReusedBuffer(tableBytesKept)];
  const read = (at: number | undefined): Promise<Buffer> | undefined => {
    if (at === undefined) return undefined;
    [memory, otherMemory] = [otherMemory, memory];
    const path = join(folder, present(names[at], 'the name of a table'));
    const reading = readWhole(path, (bytes) => memory.allocate(bytes));
    reading.catch(() => {});
    return reading;
  };
  let at = take();
  let bytes = read(at);
  while (at !== undefined) {
    const table = await present(bytes, 'the bytes of a table');
    // The next table is read while this one is verified.
    const next = take();
    bytes = read(next);
    const damage = damageOfTable(table);
    if (damage !== undefined) return { at, damage };
    at = next;
  }
  return undefined;
}

/** Tables of which each thread takes the next one that nobody has taken. */
export interface SharedTables extends Tables {
  /** One number: how many were taken. */
  readonly taken: Int32Array;
}

/** The position of the next table that nobody has taken; undefined: all were taken. */
export function takeShared({ names, taken }: SharedTables): number | undefined {
  const at = Atomics.add(taken, 0, 1);
  return at < names.length ? at : undefined;
}
