import type { EngineRecord } from '../state/index.ts';
import type { Span } from './engine-buffer.ts';
import { unseal } from './checksum.ts';
import type { Database } from './level-directory.ts';
import { engineKeyOf, stateKey } from './level-keys.ts';

/** All of a state but what was written ahead of its applied index. */
export async function* scanFinished(
  database: Database,
  {
    epoch,
    unfinished,
    snapshot,
  }: {
    readonly epoch: number;
    readonly unfinished: Span | undefined;
    readonly snapshot: ReturnType<Database['snapshot']>;
  },
): AsyncGenerator<readonly EngineRecord[]> {
  yield* scan(database, epoch, '', unfinished?.from ?? '\u00ff', snapshot);
  if (unfinished !== undefined) yield* scan(database, epoch, unfinished.to, '\u00ff', snapshot);
}

/** Of one piece of a scan: few enough for one turn, and enough to be worth a trip to LevelDB's thread. */
const scanRecords = 1000;
const scanBytes = 256 << 10;

/** The state records of one epoch, as the engine knows them. */
export async function* scan(
  database: Database,
  epoch: number,
  from: string,
  to: string,
  snapshot?: ReturnType<Database['snapshot']>,
): AsyncGenerator<readonly EngineRecord[]> {
  const iterator = database.iterator({
    gte: stateKey(epoch, from),
    lt: stateKey(epoch, to),
    // Each record is read once, and would push out of the cache what is read often.
    fillCache: false,
    highWaterMarkBytes: scanBytes,
    ...(snapshot === undefined ? {} : { snapshot }),
  });
  try {
    let next = iterator.nextv(scanRecords);
    for (;;) {
      const entries = await next;
      if (entries.length === 0) return;
      // LevelDB reads on in its own thread while these records are looked at.
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
