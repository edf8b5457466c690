import { packVersions, recordsEnd, recordsStart } from '../state/index.ts';
import type { EngineRecord, PackedVersions } from '../state/index.ts';
import { unseal, unsealText } from './checksum.ts';
import { StorageCorruption } from './corruption.ts';
import type { Database } from './level-directory.ts';
import { engineKeyOf, epochBytes, stateKey, stateText } from './level-keys.ts';
import { scanTables, tablesOf } from './level-scan.ts';
import type { TableRecord } from './table-merge.ts';
import type { TableThread } from './table-thread.ts';
import { packHere } from './version-scan.ts';

/** The value of a record, its checksum verified; undefined if there is none. */
export function readRecord(database: Database, key: Buffer): Buffer | undefined {
  const sealed = database.getSync(key);
  return sealed === undefined ? undefined : unseal(key, sealed);
}

/** The same for a record that must be there. */
export function mustReadRecord(database: Database, key: Buffer): Buffer {
  const value = readRecord(database, key);
  if (value === undefined) throw new StorageCorruption(key, 'it is missing');
  return value;
}

/**
 * The same as `scan`, several times as fast, while nothing writes: most of it is read from LevelDB's files, which a start has
 * verified.
 */
export async function* scanFiles(
  { database, folder }: { readonly database: Database; readonly folder: string },
  epoch: number,
  from: string,
  to: string,
): AsyncGenerator<readonly EngineRecord[]> {
  const [first, end] = [stateText(epoch, from), stateText(epoch, to)];
  const tables = scanTables(folder, first, end);
  for (;;) {
    const { value, done } = await tables.next();
    if (done === true) {
      if (value < end) yield* scan(database, epoch, value.slice(epochBytes), to);
      return;
    }
    yield value.map(unsealed);
  }
}

/** The same of all versions of keys, packed; see `Engine.versions`. */
export async function* scanVersions(
  { database, folder }: { readonly database: Database; readonly folder: string },
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
  yield* packVersions(scan(database, epoch, next.slice(epochBytes), recordsEnd), wantsValues);
}

function unsealed({ key, value }: TableRecord): EngineRecord {
  return { key: key.slice(epochBytes), value: unsealText(key, value) };
}

/** Bounds of one piece of a scan: few enough records for one turn, enough to be worth a call to LevelDB's thread. */
const scanRecords = 1000;
const scanBytes = 256 << 10;

/** The state records of one epoch with `from <= key < to`, keys as the engine knows them. */
async function* scan(
  database: Database,
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
  try {
    let next = iterator.nextv(scanRecords);
    for (;;) {
      const entries = await next;
      if (entries.length === 0) return;
      // LevelDB's thread reads ahead while these records are processed.
      next = iterator.nextv(scanRecords);
      next.catch(() => {});
      yield entries.map(([key, sealed]) => ({
        key: engineKeyOf(key),
        value: unseal(key, sealed),
      }));
    }
  } finally {
    await iterator.close();
  }
}
