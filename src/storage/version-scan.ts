import { placeInBytes, VersionPacker } from '../state/index.ts';
import type { PackedVersions, Room } from '../state/index.ts';
import { epochBytes } from './level-keys.ts';
import { LargeReader } from './large-reader.ts';
import { readTables } from './level-scan.ts';
import type { TableCursor } from './table-cursor.ts';
import type { TableMerge } from './table-merge.ts';

/** A stretch of LevelDB's tables with versions of keys. */
export interface VersionSpan {
  readonly folder: string;
  /** `from <= key < to`, as LevelDB has keys. */
  readonly from: string;
  readonly to: string;
}

/** Some versions, and the key before which all versions have been given out. */
export interface VersionPiece {
  readonly versions: PackedVersions;
  readonly next: string;
}

/**
 * Versions of keys from LevelDB's tables, as `scanTables` reads them, packed. `roomOf` is asked before each piece. Throws
 * StorageCorruption at a record that does not verify.
 */
export async function* packTables(
  { folder, from, to }: VersionSpan,
  roomOf: () => Room | Promise<Room>,
): AsyncGenerator<VersionPiece, string> {
  const large = new LargeReader(folder);
  let begun: VersionPacker | undefined;
  const pack = async function* (merge: TableMerge): AsyncGenerator<VersionPiece> {
    // An attempt that failed leaves its room to the next one: no other room comes before a piece is given out.
    const packer = (begun ??= new VersionPacker(await roomOf()));
    packer.take();
    const take = (cursor: TableCursor): void => {
      const record = large.recordAt(cursor);
      packer.add(placeInBytes(cursor.keyBytes, epochBytes, cursor.keyLength), record);
    };
    for await (const next of merge.walk(take)) {
      yield { versions: packer.take(), next };
      merge.next = next;
      packer.begin(await roomOf());
    }
  };
  try {
    return yield* readTables(folder, from, to, pack);
  } finally {
    large.close();
  }
}

/** The same in this thread, without its pieces' ends. Each piece is valid until the next one is asked for. */
export async function* packHere(
  span: VersionSpan,
  wantsValues: () => boolean,
): AsyncGenerator<PackedVersions, string> {
  let memory: PackedVersions | undefined;
  const pieces = packTables(span, () => ({ memory, wantsValues: wantsValues() }));
  for (;;) {
    const { value, done } = await pieces.next();
    if (done === true) return value;
    memory = value.versions;
    yield memory;
  }
}
