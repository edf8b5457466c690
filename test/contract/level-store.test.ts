import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Store } from '../../src/replica/index.ts';
import { openLevelStore } from '../../src/storage/index.ts';
import { testStoreContract } from './store.ts';
import type { Disk } from './store.ts';

/** A killed process leaves its files as they are at that moment: a copy of them. */
async function levelDisk(): Promise<Disk> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-store-'));
  let life = 0;
  const opened: Store[] = [];
  return {
    open: async () => {
      const store = await openLevelStore(join(folder, String(life)), {
        clock: systemClock(),
        logger: silentLogger,
        metrics: silentMetrics,
        fsync: false,
      });
      opened.push(store);
      return store;
    },
    crash: async () => {
      const from = join(folder, String(life++));
      await cp(from, join(folder, String(life)), { recursive: true });
    },
    dispose: async () => {
      for (const store of opened) await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

describe('a store in LevelDB', () => {
  testStoreContract(levelDisk);
});
