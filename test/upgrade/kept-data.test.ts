import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { contentOf } from './content.ts';
import { expectedOf, KeptMembers, keptGroups, keptReleases, releases, runCommand } from './kept.ts';

vi.setConfig({ testTimeout: 120_000 });

test('data of the first release is kept', () => {
  expect(releases()).toContain('0.1.0');
});

describe.for(releases())('what release %s left', (release) => {
  const folder = join(keptReleases, release);
  const expected = expectedOf(release);

  test('data of a member that lost its power is complete, and writes to it are durable', async () => {
    const kept = await KeptMembers.open(keptGroups.single, join(folder, 'single'));
    try {
      const { client, dataDir } = kept.member('m1');
      // A first start that lost its power, too, while it moved the log.
      await writeFile(join(dataDir, 'member/000001-00000001.raft'), 'half of a record');
      await kept.start();
      expect(await contentOf(client)).toEqual(expected.single);

      await expect(client.put('more', 'of it')).rejects.toMatchObject({ code: 8 });
      const memberID = (await client.status()).header.member_id;
      const alarm = { memberID, alarm: 'NOSPACE' };
      await client.call('Maintenance', 'Alarm', { action: 'DEACTIVATE', ...alarm });
      const { header } = await client.put('more', 'of it');
      expect(Number(header.revision)).toBe(expected.single.revision + 1);
      const written = await contentOf(client);
      await kept.stop();
      await kept.start();
      expect(await contentOf(client)).toEqual(written);
    } finally {
      await kept.end();
    }
  });

  test('the members of a cluster go on together, one of which began with a snapshot', async () => {
    const kept = await KeptMembers.open(keptGroups.cluster, join(folder, 'cluster'));
    try {
      await kept.start();
      for (const { client } of kept.members) {
        expect(await contentOf(client)).toEqual(expected.cluster);
      }

      for (const { name, client } of kept.members) await client.put(`more/${name}`, 'of it');
      const written = await contentOf(kept.member('m1').client);
      expect(written.revision).toBe(expected.cluster.revision + kept.members.length);
      await kept.member('m4').stop();
      await kept.start();
      for (const { client } of kept.members) expect(await contentOf(client)).toEqual(written);
    } finally {
      await kept.end();
    }
  });

  test('its backup is restored', async () => {
    const kept = await KeptMembers.open(['restored']);
    try {
      const { name, dataDir, peerUrl, client } = kept.member('restored');
      await runCommand(
        'snapshot',
        'restore',
        join(folder, 'backup.db'),
        `--name=${name}`,
        `--data-dir=${dataDir}`,
        `--initial-cluster=${name}=${peerUrl}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
      );
      await kept.start();
      const content = await contentOf(client);
      expect(content.members).toHaveLength(1);
      expect({ ...content, members: [], alarms: [] }).toEqual(expected.backup);
    } finally {
      await kept.end();
    }
  });
});
