import { unpack } from 'msgpackr';
import { countOf } from '../base/fields.ts';
import type { SnapshotSource } from '../replica/index.ts';
import { sumBytes, unsealText } from './checksum.ts';
import type { Span } from './engine-buffer.ts';
import { decodeRecordAt, headerOf } from './header.ts';
import { HeldTables } from './held-tables.ts';
import type { Database } from './level-directory.ts';
import { appliedKey, epochBytes, identityKey, stateText } from './level-keys.ts';
import { SnapshotEncoder, SnapshotMeter } from './snapshot-frames.ts';
import type { TableCursor } from './table-cursor.ts';

/** Behind all keys of the engine. */
const end = '\u00ff';

/** The state in LevelDB's tables of now, read while others write. */
export async function openSource(database: Database, folder: string): Promise<SnapshotSource> {
  const tables = await HeldTables.hold(database, folder);
  try {
    // The epoch of these tables, not of the store: it may just have adopted another state.
    const header: unknown = unpack(await tables.get(identityKey));
    const { epoch, unfinished } = decodeRecordAt(identityKey, () => headerOf(header));
    const applied: unknown = unpack(await tables.get(appliedKey));
    const appliedIndex = decodeRecordAt(appliedKey, () => countOf(applied, 'applied index'));
    return new LevelSource(tables, appliedIndex, epoch, unfinished);
  } catch (error) {
    await tables.close();
    throw error;
  }
}

class LevelSource implements SnapshotSource {
  readonly appliedIndex: number;
  readonly #tables: HeldTables;
  readonly #epoch: number;
  /** Records that were written ahead of their applied index. */
  readonly #unfinished: Span | undefined;

  constructor(
    tables: HeldTables,
    appliedIndex: number,
    epoch: number,
    unfinished: Span | undefined,
  ) {
    this.#tables = tables;
    this.appliedIndex = appliedIndex;
    this.#epoch = epoch;
    this.#unfinished = unfinished;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const encoder = new SnapshotEncoder();
    const take = (record: TableCursor): void => {
      encoder.add(record.key.slice(epochBytes), unsealText(record.key, record.value()));
    };
    for await (const _ of this.#walk(take)) yield* encoder.takeFull();
    yield* encoder.takeRest();
  }

  async *chunkLengths(): AsyncGenerator<number> {
    const meter = new SnapshotMeter();
    const take = (record: TableCursor): void => {
      meter.add(record.key.slice(epochBytes), record.valueBytes - sumBytes);
    };
    for await (const _ of this.#walk(take)) yield* meter.takeFull();
    yield* meter.takeRest();
  }

  close(): Promise<void> {
    return this.#tables.close();
  }

  async *#walk(take: (record: TableCursor) => void): AsyncGenerator<void> {
    const span = (from: string, to: string): AsyncGenerator<void> =>
      this.#tables.walk(stateText(this.#epoch, from), stateText(this.#epoch, to), take);
    yield* span('', this.#unfinished?.from ?? end);
    if (this.#unfinished !== undefined) yield* span(this.#unfinished.to, end);
  }
}
