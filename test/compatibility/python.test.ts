import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { run } from './programs.ts';
import { onEachTarget } from './targets.ts';

const python = '/usr/bin/python3';
const script = join(import.meta.dirname, 'python_client.py');

const listed = spawnSync(python, [script], { encoding: 'utf8' });
const isThere = listed.status === 0;
const scenarios: readonly string[] = isThere ? JSON.parse(listed.stdout) : ['all'];

onEachTarget(
  "Python's etcd3",
  (subject) => {
    const problems = new Map<string, string | null>();

    beforeAll(async () => {
      const addresses = subject.members.map(({ clientUrl }) => new URL(clientUrl).host);
      const { stdout, stderr } = await run(python, [script, ...addresses]);
      for (const line of stdout.trim().split('\n')) {
        const { name, problem }: { name: string; problem: string | null } = JSON.parse(line);
        problems.set(name, problem);
      }
      if (problems.size < scenarios.length) throw new Error(stderr);
    });

    test.each(scenarios)('%s', (name) => {
      expect(problems.get(name)).toBeNull();
    });
  },
  {
    needs: [{ program: "Python's etcd3", isThere, install: 'apt-get install python3-etcd3' }],
  },
);
