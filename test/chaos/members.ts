import { eventually } from '../cluster/processes.ts';
import type { ChaosCluster } from './cluster.ts';

/** Checks that all members have the same data at one revision. Returns what is wrong. */
export async function compareMembers(
  cluster: ChaosCluster,
  revision: number,
  patienceMs: number,
): Promise<string[]> {
  // A compaction may reach one member later than another, and hashes begin at it.
  const hashes = await eventually(
    `all members having revision ${revision}, and being compacted to the same one`,
    async () => {
      const answers = await Promise.all(
        cluster.members.map(async ({ process }) => {
          const answer = await process.client.call('Maintenance', 'HashKV', { revision }, 2000);
          const { compact_revision: compacted, hash } = answer;
          return { name: process.name, compacted: String(compacted), hash: String(hash) };
        }),
      );
      const isEven = new Set(answers.map(({ compacted }) => compacted)).size === 1;
      return isEven ? answers : undefined;
    },
    patienceMs,
  );
  if (new Set(hashes.map(({ hash }) => hash)).size === 1) return [];
  const list = hashes.map(({ name, hash }) => `${name} ${hash}`).join(', ');
  return [`members differ at revision ${revision}: ${list}`];
}
