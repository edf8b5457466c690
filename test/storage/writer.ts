/**
 * Writes to a store for as long as it can, and prints the number of each acknowledged write. When the disk fails it
 * prints that, and whether the next write is refused as well.
 */
import { silentLogger } from '../../src/base/logger.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openLevelStore } from '../../src/storage/index.ts';
import { base, entryOf, owner, writeOf } from '../contract/store.ts';

const [directory = '', size = '100'] = process.argv.slice(2);
const store = await openLevelStore(directory, {
  clock: systemClock(),
  logger: silentLogger,
  metrics: silentMetrics,
  fsync: true,
});
const recovered = await store.load();
if (recovered.identity === undefined) await store.create(owner, base);

// A failed disk gives no snapshot.
const source = await store.openSnapshot();
const value = 'v'.repeat(Number(size));
// The log may be ahead of the state, as a member's may: what the entries after it did is done again.
const lastIndex = recovered.entries.at(-1)?.index ?? 1;
for (let index = recovered.appliedIndex + 2; index <= lastIndex; index++) {
  store.engine.put(`key ${index}`, Buffer.from(value));
}
for (let index = lastIndex + 1; ; index++) {
  store.engine.put(`key ${index}`, Buffer.from(value));
  const write = writeOf({
    hardState: { term: index, vote: 'm1', commit: index - 1 },
    entries: [entryOf(index, index)],
    appliedIndex: index - 1,
  });
  try {
    await store.write(write);
  } catch (error) {
    process.stdout.write(`failed: ${String(error)}\n`);
    await store.write(writeOf({ appliedIndex: index })).then(
      () => process.stdout.write('wrote again\n'),
      (again: unknown) => process.stdout.write(`refused: ${String(again)}\n`),
    );
    const stage = await store.stageSnapshot();
    for await (const chunk of source.chunks()) {
      await stage.write(chunk).then(
        () => process.stdout.write('staged\n'),
        (again: unknown) => process.stdout.write(`not staged: ${String(again)}\n`),
      );
      break;
    }
    process.exit(0);
  }
  process.stdout.write(`${index}\n`);
}
