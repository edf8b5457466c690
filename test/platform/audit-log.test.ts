import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AuditRecord } from '../../src/base/audit.ts';
import type { Logger } from '../../src/base/logger.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { silentMetrics } from '../../src/base/metrics.ts';
import { AuditLog } from '../../src/platform/audit-log.ts';
import type { AuditLogOptions } from '../../src/platform/audit-log.ts';

const record: AuditRecord = {
  operation: 'userAdd',
  outcome: 'done',
  user: 'root',
  api: 'etcd',
  address: '10.0.0.9',
  subject: { user: 'ann' },
};

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'rollcall-audit-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function open(path: string, more: Partial<AuditLogOptions> = {}): AuditLog {
  const log = new AuditLog({
    path,
    fileBytesMax: 0,
    olderFiles: 2,
    member: 'm1',
    logger: silentLogger,
    metrics: silentMetrics,
    wallTimeMs: () => Date.parse('2026-11-29T12:00:00Z'),
    ...more,
  });
  onTestFinished(() => log.close());
  return log;
}

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);

test('each record is one line of JSON in a file of its owner only, written when the turn ends', async () => {
  const path = join(folder(), 'audit.log');
  const log = open(path);
  log.record(record);
  log.record({ ...record, user: undefined, outcome: 'refused', error: 'permission denied\n' });
  expect(linesOf(path)).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(linesOf(path).map((line) => JSON.parse(line))).toEqual([
    { ts: '2026-11-29T12:00:00.000Z', member: 'm1', ...record },
    {
      ts: '2026-11-29T12:00:00.000Z',
      member: 'm1',
      api: 'etcd',
      address: '10.0.0.9',
      operation: 'userAdd',
      outcome: 'refused',
      error: 'permission denied\n',
      subject: { user: 'ann' },
    },
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a start goes on in the file, and a stop writes what was gathered', () => {
  const path = join(folder(), 'audit.log');
  for (let round = 0; round < 2; round++) {
    const log = open(path);
    log.record(record);
    log.close();
    log.record(record);
  }
  expect(linesOf(path)).toHaveLength(2);
});

test('a full file is renamed, and only so many older ones are kept', () => {
  const directory = folder();
  const path = join(directory, 'audit.log');
  const lineBytes = 160;
  const log = open(path, { fileBytesMax: 2 * lineBytes });
  for (let number = 0; number < 9; number++) {
    log.record({ ...record, operation: `operation ${number}` });
    log.flush();
  }
  expect(readdirSync(directory).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'audit.log',
    'audit.log.1',
    'audit.log.2',
  ]);
  const all = ['audit.log.2', 'audit.log.1', 'audit.log'].flatMap((name) => {
    expect(statSync(join(directory, name)).size).toBeLessThanOrEqual(2 * lineBytes);
    return linesOf(join(directory, name)).map((line) => /operation \d/.exec(line)?.[0]);
  });
  // The newest ones, without a gap.
  expect(all).toEqual(
    Array.from({ length: all.length }, (_, at) => `operation ${9 - all.length + at}`),
  );
  expect(all.length).toBeGreaterThan(2);
});

test('after another program has renamed the file, a new one is begun when it says so', () => {
  const path = join(folder(), 'audit.log');
  const log = open(path);
  log.record(record);
  log.flush();
  renameSync(path, `${path}.moved`);
  log.record(record);
  log.reopen();
  log.record(record);
  log.flush();
  expect([linesOf(`${path}.moved`).length, linesOf(path).length]).toEqual([2, 1]);
});

test('lines that cannot be written are counted and told once, and the next ones are written', () => {
  const directory = folder();
  const path = join(directory, 'audit.log');
  const told: string[] = [];
  const logger: Logger = { ...silentLogger, error: (message) => told.push(message) };
  let dropped = 0;
  const metrics = {
    ...silentMetrics,
    counter: () => ({ add: (amount = 1) => void (dropped += amount) }),
  };
  const log = open(path, { logger, metrics, fileBytesMax: 10, olderFiles: 1 });
  log.record(record);
  log.flush();
  // Its folder is gone, so that the file can be neither renamed nor begun.
  renameSync(directory, `${directory}.moved`);
  onTestFinished(() => rmSync(`${directory}.moved`, { recursive: true, force: true }));
  for (let number = 0; number < 3; number++) {
    log.record(record);
    log.flush();
  }
  expect(dropped).toBe(3);
  expect(told).toEqual(['the audit log cannot be written; its lines are dropped']);
  renameSync(`${directory}.moved`, directory);
  log.record(record);
  log.flush();
  expect(linesOf(path)).toHaveLength(1);
});
