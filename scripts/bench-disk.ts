/**
 * The disk path of one member alone: entries and changes of the state go to a store in a temporary folder, and the processor
 * time of all threads for each of them is printed, LevelDB's included.
 *
 *   npx tsx scripts/bench-disk.ts [--rounds 3]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { silentLogger } from '../src/base/logger.ts';
import { silentMetrics } from '../src/base/metrics.ts';
import { systemClock } from '../src/platform/clock.ts';
import type { Entry } from '../src/raft/index.ts';
import type { Store } from '../src/replica/index.ts';
import { openLevelStore } from '../src/storage/index.ts';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });

/** Changes in one write, bytes of each, and how many in all. */
const cases = [
  [1, 256, 1000],
  [16, 256, 8000],
  [200, 256, 60_000],
  [200, 4096, 20_000],
] as const;
/** Entries on top of their values, and records: keys, numbers. */
const overheadBytes = 40;
/** A base is written with every so many writes, as a member does every few thousand entries. */
const writesToBase = 50;

const configuration = { voters: ['1'], outgoing: [], learners: [] };
const folder = mkdtempSync(join(tmpdir(), 'bench-disk-'));
let index = 1;

async function round(store: Store, batch: number, bytes: number, total: number): Promise<void> {
  const before = process.cpuUsage();
  const beganMs = performance.now();
  for (let done = 0, writes = 1; done < total; done += batch, writes++) {
    const applied = index;
    const entries = Array.from({ length: batch }, (): Entry => {
      const data = Buffer.alloc(bytes + overheadBytes, index);
      return { index: ++index, term: 1, kind: 'command', data };
    });
    const ahead = store.isPartDue;
    const flushes = store.isFlushDue && !ahead;
    await store.write({
      hardState: { term: 1, vote: undefined, commit: applied },
      entries,
      base:
        flushes && writes % writesToBase === 0
          ? { index: applied, term: 1, configuration }
          : undefined,
      appliedIndex: flushes ? applied : undefined,
      ahead,
      sync: true,
    });
    for (const entry of entries) {
      const key = `k${String(entry.index).padStart(16, '0')}`;
      store.engine.append(key, Buffer.alloc(bytes + overheadBytes, entry.index));
    }
  }
  const tookMs = performance.now() - beganMs;
  const { user, system } = process.cpuUsage(before);
  const each = ((user + system) / total).toFixed(1);
  const write = ((tookMs * batch) / total).toFixed(2);
  console.log(`${batch} changes of ${bytes} B a write: ${each} µs each, ${write} ms a write`);
}

const store = await openLevelStore(join(folder, 'member'), {
  clock: systemClock(),
  logger: silentLogger,
  metrics: silentMetrics,
  fsync: true,
});
try {
  await store.load();
  const owner = { clusterId: '1', memberId: '1' };
  await store.create(owner, { index, term: 1, configuration });
  for (let nth = 0; nth < Number(options.rounds); nth++) {
    for (const [batch, bytes, total] of cases) await round(store, batch, bytes, total);
  }
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}
