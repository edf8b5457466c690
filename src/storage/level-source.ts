import { unpack } from 'msgpackr';
import { countOf } from '../base/fields.ts';
import type { SnapshotSource } from '../replica/index.ts';
import type { Span } from './engine-buffer.ts';
import { decodeRecordAt, headerOf } from './header.ts';
import { HeldTables } from './held-tables.ts';
import { LargeReader } from './large-reader.ts';
import type { Database } from './level-directory.ts';
import { appliedKey, epochBytes, identityKey, stateText } from './level-keys.ts';
import { SnapshotEncoder, SnapshotMeter } from './snapshot-frames.ts';
import type { TableCursor } from './table-cursor.ts';

/** Behind all keys of the engine. */
const end = '\u00ff';

/**
 * The state in LevelDB's tables of now, read while others write. `release` is called when it is closed: until then no file with
 * large records may be deleted.
 */
export async function openSource(
  database: Database,
  folder: string,
  release: () => Promise<void>,
): Promise<SnapshotSource> {
  const tables = await HeldTables.hold(database, folder);
  try {
    // The epoch of these tables, not of the store: it may just have adopted another state.
    const header: unknown = unpack(await tables.get(identityKey));
    const { epoch, unfinished } = decodeRecordAt(identityKey, () => headerOf(header));
    const applied: unknown = unpack(await tables.get(appliedKey));
    const appliedIndex = decodeRecordAt(appliedKey, () => countOf(applied, 'applied index'));
    return new LevelSource({ appliedIndex, epoch, unfinished, tables, folder, release });
  } catch (error) {
    await tables.close();
    throw error;
  }
}

interface SourceOptions {
  readonly appliedIndex: number;
  readonly epoch: number;
  /** Records that were written ahead of their applied index. */
  readonly unfinished: Span | undefined;
  readonly tables: HeldTables;
  readonly folder: string;
  readonly release: () => Promise<void>;
}

class LevelSource implements SnapshotSource {
  readonly #options: SourceOptions;

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  get appliedIndex(): number {
    return this.#options.appliedIndex;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const encoder = new SnapshotEncoder();
    const large = new LargeReader(this.#options.folder);
    const take = (cursor: TableCursor): void => {
      encoder.add(cursor.key.slice(epochBytes), large.recordAt(cursor));
    };
    try {
      for await (const _ of this.#walk(take)) yield* encoder.takeFull();
    } finally {
      large.close();
    }
    yield* encoder.takeRest();
  }

  async *chunkLengths(): AsyncGenerator<number> {
    const meter = new SnapshotMeter();
    const take = (cursor: TableCursor): void => {
      meter.add(cursor.key.slice(epochBytes), cursor.recordBytes);
    };
    for await (const _ of this.#walk(take)) yield* meter.takeFull();
    yield* meter.takeRest();
  }

  async close(): Promise<void> {
    try {
      await this.#options.tables.close();
    } finally {
      await this.#options.release();
    }
  }

  async *#walk(take: (cursor: TableCursor) => void): AsyncGenerator<void> {
    const { tables, epoch, unfinished } = this.#options;
    const span = (from: string, to: string): AsyncGenerator<void> =>
      tables.walk(stateText(epoch, from), stateText(epoch, to), take);
    yield* span('', unfinished?.from ?? end);
    if (unfinished !== undefined) yield* span(unfinished.to, end);
  }
}
