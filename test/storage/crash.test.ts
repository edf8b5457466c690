import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { find, openStore, temporaryFolder } from './member.ts';

const program = join(import.meta.dirname, 'writer.ts');

interface Writer {
  readonly process: ChildProcess;
  /** Its output so far. */
  readonly lines: string[];
  /** Resolves when it has written so many lines, or ended. */
  said(count: number): Promise<void>;
  readonly ended: Promise<void>;
}

/** Starts the writing process; `shell` may set limits for it, and is replaced by it. */
function startWriter(directory: string, size: number, limits = ''): Writer {
  const command = [process.execPath, '--import', 'tsx', program, directory, String(size)];
  const child = spawn('bash', ['-c', `${limits} exec "$@"`, 'bash', ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const tell = (count: number): void => {
    for (const one of waiting) if (one.count <= count) one.resolve();
  };
  createInterface({ input: child.stdout }).on('line', (line) => tell(lines.push(line)));
  const ended = once(child, 'close').then(() => tell(Infinity));
  const said = (count: number): Promise<void> =>
    new Promise((resolve) => {
      waiting.push({ count, resolve });
      tell(lines.length);
    });
  return { process: child, lines, said, ended };
}

/** Checks that all acknowledged writes are there, and that the state is none that the log does not explain. */
async function expectAcknowledged(directory: string, lines: readonly string[]): Promise<void> {
  const acknowledged = Number(lines.findLast((line) => /^\d+$/.test(line)));
  const { recovered, state } = await find(directory);
  const { entries, appliedIndex, hardState } = recovered;
  expect(entries.map(({ index }) => index)).toEqual(entries.map((_, at) => at + 2));
  const last = entries.at(-1)?.index ?? 0;
  expect(last).toBeGreaterThanOrEqual(acknowledged);
  expect(hardState.term).toBe(last);
  expect([last - 2, last - 1]).toContain(appliedIndex);
  expect(Object.keys(state)).toHaveLength(appliedIndex);
}

test('acknowledged writes survive repeated kill -9 at any moment', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  for (const count of [1, 40, 150]) {
    const writer = startWriter(directory, 2000);
    await writer.said(count);
    writer.process.kill('SIGKILL');
    await writer.ended;
    await expectAcknowledged(directory, writer.lines);
  }
});

test('a second process on the same directory is refused in one clear line, without harm', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  const writer = startWriter(directory, 100);
  await writer.said(5);
  for (const attempt of [1, 2, 3]) {
    await expect(openStore(directory), `attempt ${attempt}`).rejects.toThrow(
      `${directory} is used by another process; stop that member first, or give another --data-dir`,
    );
  }
  const before = writer.lines.length;
  await writer.said(before + 5);
  writer.process.kill('SIGKILL');
  await writer.ended;
  await expectAcknowledged(directory, writer.lines);
});

test('a disk that takes no more fails the write, acknowledges nothing after it, and loses nothing before', async () => {
  const directory = join(await temporaryFolder(), 'member-1');
  // A file may not grow beyond 1,000 blocks of 1,024 bytes; the system says so instead of sending a signal.
  const limits = "trap '' XFSZ; ulimit -f 1000;";
  const writer = startWriter(directory, 50_000, limits);
  await writer.ended;
  const said = writer.lines.slice(-3);
  expect(said[0]).toMatch(/^failed: Error: the disk failed: .*its content is now unknown$/);
  expect(said[1]).toMatch(/^refused: Error: the disk failed: /);
  expect(said[2]).toMatch(/^not staged: Error: the disk failed: /);
  expect(writer.lines.length).toBeGreaterThan(10);
  // With free space it starts again, with all acknowledged writes.
  await expectAcknowledged(directory, writer.lines);
  const again = startWriter(directory, 100);
  await again.said(3);
  again.process.kill('SIGKILL');
  await again.ended;
  await find(directory);
});
