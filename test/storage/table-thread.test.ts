import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Logger } from '../../src/base/logger.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { openDatabase } from '../../src/storage/level-directory.ts';
import { TableThread } from '../../src/storage/table-thread.ts';
import type { Tables } from '../../src/storage/table-check.ts';
import { opened } from './level.ts';
import { flipped, temporaryFolder } from './member.ts';

/** A thread that takes all tables that are left, and then does this. */
function threadThat(then: string) {
  const code = `
    import { parentPort, workerData } from 'node:worker_threads';
    if (workerData) Atomics.add(workerData.taken, 0, 1_000_000);
    ${then}`;
  return [new URL(`data:text/javascript,${encodeURIComponent(code)}`), {}] as const;
}

const failing = threadThat("throw new Error('no memory');");

/** So many tables that a thread starts before they are verified. */
const tableCount = 120;

const isTable = /\.ldb$/;

/** The same table many times. */
async function manyTables(): Promise<Tables> {
  const folder = await temporaryFolder();
  let level = await opened(join(folder, 'level'), { writeBufferSize: 4 << 20 });
  for (let at = 0; at < 15; at++) await level.put(Buffer.from([at]), Buffer.alloc(100_000, at));
  await level.close();
  level = await opened(join(folder, 'level'), { writeBufferSize: 4 << 20 });
  await level.close();
  const [file = ''] = (await readdir(join(folder, 'level'))).filter((name) => isTable.test(name));
  const table = join(folder, 'level', file);
  const names = Array.from({ length: tableCount }, (_, at) => `${at}.ldb`);
  for (const name of names) await copyFile(table, join(folder, name));
  return { folder, names };
}

async function damage({ folder, names }: Tables, at: number): Promise<void> {
  const path = join(folder, names[at]!);
  await writeFile(path, flipped(await readFile(path), 500_000, 3));
}

/** Keeps the warnings that come. */
function warningsOf(): { readonly logger: Logger; readonly warnings: unknown[] } {
  const warnings: unknown[] = [];
  const warn: Logger['warn'] = (message, fields) => void warnings.push([message, fields]);
  return { logger: { ...silentLogger, warn }, warnings };
}

test('with a thread, the first damaged table is found', async () => {
  const tables = await manyTables();
  const { logger, warnings } = warningsOf();
  const check = async () => {
    const thread = new TableThread(logger);
    const found = await thread.check(tables);
    await thread.end();
    return found;
  };
  expect(await check()).toBeUndefined();
  for (const at of [tableCount - 1, 90, 60, 0]) {
    await damage(tables, at);
    const found = await check();
    expect(found?.at).toBe(at);
    expect(found?.damage.offset).toBeGreaterThan(400_000);
    expect(found?.damage.offset).toBeLessThanOrEqual(500_000);
    expect(found?.damage.lastKey?.[0]).toBe(4);
  }
  expect(warnings).toEqual([]);
});

test('what the thread has found counts', async () => {
  const tables = await manyTables();
  const found = { at: 60, damage: { offset: 7, lastKey: undefined } };
  const finding = threadThat(`parentPort.postMessage({ found: ${JSON.stringify(found)} });`);
  for (const [damaged, at] of [[tableCount - 1, 60] as const, [0, 0] as const]) {
    await damage(tables, damaged);
    const thread = new TableThread(silentLogger, finding);
    expect((await thread.check(tables))?.at).toBe(at);
    await thread.end();
  }
});

test('what a thread that fails has taken is verified all the same, and the log has one line', async () => {
  const tables = await manyTables();
  const { logger, warnings } = warningsOf();
  const thread = new TableThread(logger, failing);
  expect(await thread.check(tables)).toBeUndefined();
  for (const at of [tableCount - 1, 60, 0]) {
    await damage(tables, at);
    expect((await thread.check(tables))?.at).toBe(at);
  }
  expect(thread.isWorth(1000)).toBe(false);
  const line = 'a thread that reads tables failed; the start takes longer';
  expect(warnings).toEqual([[line, { error: 'no memory' }]]);
});

test('a thread that ends early leaves the rest to its caller, which is no failure', async () => {
  const tables = await manyTables();
  const { logger, warnings } = warningsOf();
  const thread = new TableThread(logger, threadThat(''));
  await damage(tables, 60);
  expect((await thread.check(tables))?.at).toBe(60);
  const pieces = thread.pack({ folder: tables.folder, from: 'a', to: 'b' }, () => true);
  expect(await pieces.next()).toEqual({ done: true, value: 'a' });
  expect(warnings).toEqual([]);
});

test('a thread that cannot be started leaves all to its caller', async () => {
  const tables = await manyTables();
  const { logger, warnings } = warningsOf();
  // A thread takes no other kind of URL than files and data.
  const thread = new TableThread(logger, [new URL('https://localhost/thread.js'), {}]);
  await damage(tables, 70);
  expect((await thread.check(tables))?.at).toBe(70);
  expect(warnings).toHaveLength(1);
  await thread.end();
});

test('a directory of many tables is refused in the same words with a thread and without', async () => {
  const directory = await temporaryFolder();
  const member = join(directory, 'member');
  await mkdir(member);
  const level = await opened(member);
  for (let at = 0; at < 2000; at++) {
    await level.put(Buffer.from(`s ${at}`), Buffer.alloc(15_000));
  }
  await level.close();
  await (await opened(member)).close();
  const names = (await readdir(member)).filter((name) => isTable.test(name));
  expect(names.length).toBeGreaterThan(20);
  const messageOf = async (thread: TableThread) => {
    const opening = openDatabase(directory, thread);
    const error = await opening.catch((reason: unknown) => reason);
    await thread.end();
    return error instanceof Error ? error.message : 'it was opened';
  };
  const path = join(member, names[15]!);
  await writeFile(path, flipped(await readFile(path), 9_000, 3));

  const message = await messageOf(new TableThread(silentLogger));

  expect(message).toContain(`is damaged: ${names[15]} in the records up to`);
  expect(await messageOf(new TableThread(silentLogger, failing))).toBe(message);
});
