import type { Database } from './level-directory.ts';
import { HeldTables } from './held-tables.ts';
import { stateSpan } from './level-keys.ts';
import { LargeReader } from './large-reader.ts';
import type { LargeFiles } from './large-files.ts';
import type { LevelWriter } from './level-writer.ts';
import { placeIn } from './record-place.ts';
import type { RecordPlace } from './record-place.ts';

/** A file is given up when less than this fraction of it is records that count. */
const liveFractionMin = 1 / 2;
/** Records that are moved in one write: beside it, others wait for the disk. */
const movedBytesMax = 1 << 20;
const movedRecordsMax = 256;

/** Records that are moved before their former files are deleted: at most so many files' worth, or this part of all files. */
const groupFilesMax = 8;
const groupFractionMax = 1 / 16;

interface Place {
  readonly key: Buffer;
  /** The value in LevelDB, with its checksum. */
  readonly sealed: Buffer;
  readonly place: RecordPlace;
}

export interface Collected {
  readonly database: Database;
  readonly folder: string;
  readonly writer: LevelWriter;
  readonly files: LargeFiles;
}

/**
 * Gives back the space of large records that were deleted: files that are mostly such records are deleted, after what still
 * counts in them was written once more. Others read and write meanwhile.
 */
export async function collectLarge({ database, folder, writer, files }: Collected): Promise<void> {
  files.beginFile();
  const end = files.firstOpen;
  const sizes = await files.sizes(end);
  if (sizes.size === 0) return;
  // Places of records in these files are in LevelDB by now; this moves them to tables.
  await writer.syncAll();
  const live = new Map<number, number>();
  await eachPlace(database, folder, writer, ({ place: { file, length } }) => {
    live.set(file, (live.get(file) ?? 0) + length);
  });
  const liveBytes = (file: number): number => live.get(file) ?? 0;
  const sparse = [...sizes].flatMap(([file, bytes]) =>
    liveBytes(file) < bytes * liveFractionMin ? [file] : [],
  );
  const allBytes = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  const groupBytes = Math.max(groupFilesMax * files.fileBytes, allBytes * groupFractionMax);
  for (const group of groupsOf(sparse, liveBytes, groupBytes)) {
    if (group.some((file) => live.has(file))) {
      await move({ database, folder, writer }, new Set(group));
    }
    if (writer.isClosing) return;
    await files.remove(group);
  }
}

/**
 * Files in groups of which not much more than so many bytes count, so that the disk need not hold all of them twice. Those of
 * which nothing counts are first: a full disk has room then.
 */
function groupsOf(
  files: readonly number[],
  liveBytes: (file: number) => number,
  bytesMax: number,
): readonly (readonly number[])[] {
  const groups: number[][] = [];
  let bytes = Infinity;
  for (const file of files.toSorted((a, b) => liveBytes(a) - liveBytes(b))) {
    if (bytes >= bytesMax || (bytes === 0 && liveBytes(file) > 0)) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(file);
    bytes += liveBytes(file);
  }
  return groups;
}

/** Calls `take` for each record of the state whose place is in a table now. */
async function eachPlace(
  database: Database,
  folder: string,
  writer: LevelWriter,
  take: (place: Place) => void | Promise<void>,
): Promise<void> {
  const tables = await HeldTables.hold(database, folder);
  try {
    let found: Place[] = [];
    const [from, to] = [stateSpan.gte.toString('latin1'), stateSpan.lt.toString('latin1')];
    const walk = tables.walk(from, to, (cursor) => {
      if (!cursor.mayBePlace) return;
      const place = placeIn(cursor.unsealedValue());
      if (place === undefined) return;
      const key = Buffer.from(cursor.keyBytes.subarray(0, cursor.keyLength));
      found.push({ key, sealed: Buffer.from(cursor.value()), place });
    });
    for await (const _ of walk) {
      for (const place of found) await take(place);
      found = [];
      if (writer.isClosing) return;
    }
  } finally {
    await tables.close();
  }
}

async function move(
  { database, folder, writer }: Omit<Collected, 'files'>,
  sparse: ReadonlySet<number>,
): Promise<void> {
  const reader = new LargeReader(folder);
  let some: { readonly key: Buffer; readonly sealed: Buffer; readonly record: Buffer }[] = [];
  let bytes = 0;
  const moveSome = async (): Promise<void> => {
    const moved = some;
    some = [];
    bytes = 0;
    await writer.writeThen((batch) => {
      for (const { key, sealed, record } of moved) {
        // It may have been deleted meanwhile.
        if (database.getSync(key)?.equals(sealed) === true) batch.putState(key, record);
      }
    });
  };
  try {
    await eachPlace(database, folder, writer, async ({ key, sealed, place }) => {
      if (!sparse.has(place.file)) return;
      some.push({ key, sealed, record: Buffer.from(reader.read(place, () => key)) });
      bytes += place.length;
      if (bytes >= movedBytesMax || some.length >= movedRecordsMax) await moveSome();
    });
    if (!writer.isClosing) await moveSome();
  } finally {
    reader.close();
  }
}
