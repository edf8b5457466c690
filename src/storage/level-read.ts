import { packVersions, recordsEnd, recordsStart } from '../state/index.ts';
import type { EngineRecord, PackedVersions } from '../state/index.ts';
import { unseal, unsealText } from './checksum.ts';
import { StorageCorruption } from './corruption.ts';
import type { LargeFiles } from './large-files.ts';
import { LargeReader } from './large-reader.ts';
import type { Database } from './level-directory.ts';
import { engineKeyOf, epochBytes, stateKey, stateText } from './level-keys.ts';
import { scanTables, tablesOf } from './level-scan.ts';
import { placeIn } from './record-place.ts';
import type { TableThread } from './table-thread.ts';
import { packHere } from './version-scan.ts';

/** The value of a record, its checksum verified; undefined if there is none. */
export function readRecord(database: Database, key: Buffer): Buffer | undefined {
  const sealed = database.getSync(key);
  return sealed === undefined ? undefined : unseal(key, sealed);
}

/** The same for a record of the state, which may be a large one. */
export function readState(database: Database, large: LargeFiles, key: Buffer): Buffer | undefined {
  const value = readRecord(database, key);
  const place = value === undefined ? undefined : placeIn(value);
  return place === undefined ? value : large.get(key, place);
}

/** The same for a record that must be there. */
export function mustReadRecord(database: Database, key: Buffer): Buffer {
  const value = readRecord(database, key);
  if (value === undefined) throw new StorageCorruption(key, 'it is missing');
  return value;
}

interface Files {
  readonly database: Database;
  readonly folder: string;
}

/**
 * The same as `scan`, several times as fast, while nothing writes: most of it is read from LevelDB's files, which a start has
 * verified.
 */
export async function* scanFiles(
  { database, folder }: Files,
  epoch: number,
  from: string,
  to: string,
): AsyncGenerator<readonly EngineRecord[]> {
  const [first, end] = [stateText(epoch, from), stateText(epoch, to)];
  const tables = scanTables(folder, first, end);
  const large = new LargeReader(folder);
  try {
    for (;;) {
      const { value, done } = await tables.next();
      if (done === true) {
        if (value < end) yield* scan({ database, folder }, epoch, value.slice(epochBytes), to);
        return;
      }
      yield value.map((record) => {
        const key = record.key.slice(epochBytes);
        return { key, value: ownRecord(large, record.key, unsealText(record.key, record.value)) };
      });
    }
  } finally {
    large.close();
  }
}

/** The same of all versions of keys, packed; see `Engine.versions`. */
export async function* scanVersions(
  { database, folder }: Files,
  epoch: number,
  wantsValues: () => boolean,
  thread: TableThread,
): AsyncGenerator<PackedVersions> {
  const span = {
    folder,
    from: stateText(epoch, recordsStart),
    to: stateText(epoch, recordsEnd),
  };
  let next = span.from;
  const tables = await tablesOf(folder, span.from, span.to);
  if (thread.isWorth(tables.length)) next = yield* thread.pack(span, wantsValues);
  else await thread.end();
  if (next < span.to) next = yield* packHere({ ...span, from: next }, wantsValues);
  if (next >= span.to) return;
  const rest = scan({ database, folder }, epoch, next.slice(epochBytes), recordsEnd);
  yield* packVersions(rest, wantsValues);
}

/** The record that this value is, or is the place of, in memory that stays. */
function ownRecord(large: LargeReader, key: string, value: Buffer): Buffer {
  const place = placeIn(value);
  if (place === undefined) return value;
  return Buffer.from(large.read(place, () => Buffer.from(key, 'latin1')));
}

/** Bounds of one piece of a scan: few enough records for one turn, enough to be worth a call to LevelDB's thread. */
const scanRecords = 1000;
const scanBytes = 256 << 10;

/** The state records of one epoch with `from <= key < to`, keys as the engine knows them. */
async function* scan(
  { database, folder }: Files,
  epoch: number,
  from: string,
  to: string,
): AsyncGenerator<readonly EngineRecord[]> {
  const iterator = database.iterator({
    gte: stateKey(epoch, from),
    lt: stateKey(epoch, to),
    // Each record is read once; caching it would evict records that are read often.
    fillCache: false,
    highWaterMarkBytes: scanBytes,
  });
  const large = new LargeReader(folder);
  try {
    let next = iterator.nextv(scanRecords);
    for (;;) {
      const entries = await next;
      if (entries.length === 0) return;
      // LevelDB's thread reads ahead while these records are processed.
      next = iterator.nextv(scanRecords);
      next.catch(() => {});
      yield* piecesOf(entries, large);
    }
  } finally {
    large.close();
    await iterator.close();
  }
}

/** Large records make more than one piece of what LevelDB gives at a time. */
function* piecesOf(
  entries: readonly (readonly [key: Buffer, sealed: Buffer])[],
  large: LargeReader,
): Generator<readonly EngineRecord[]> {
  let piece: EngineRecord[] = [];
  let bytes = 0;
  for (const [key, sealed] of entries) {
    const value = ownRecord(large, key.toString('latin1'), unseal(key, sealed));
    piece.push({ key: engineKeyOf(key), value });
    bytes += value.length;
    if (bytes < scanBytes) continue;
    yield piece;
    piece = [];
    bytes = 0;
  }
  if (piece.length > 0) yield piece;
}
