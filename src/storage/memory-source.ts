import type { SnapshotSource } from '../replica/index.ts';
import { SnapshotEncoder, SnapshotMeter } from './snapshot-frames.ts';

/** A snapshot of records that are in memory and do not change any more. */
export function memorySource(
  appliedIndex: number,
  records: Iterable<readonly [key: string, value: Uint8Array]>,
): SnapshotSource {
  const sorted = [...records].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    appliedIndex,
    async *chunks() {
      const encoder = new SnapshotEncoder();
      for (const [key, value] of sorted) {
        encoder.add(key, value);
        yield* encoder.takeFull();
      }
      yield* encoder.takeRest();
    },
    async *chunkLengths() {
      const meter = new SnapshotMeter();
      for (const [key, value] of sorted) {
        meter.add(key, value.length);
        yield* meter.takeFull();
      }
      yield* meter.takeRest();
    },
    close: () => Promise.resolve(),
  };
}
