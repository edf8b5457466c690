import { writeSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import { openLog } from '../../src/platform/index.ts';
import { droppedLogLines, LogSink } from '../../src/platform/log-sink.ts';

/** Results of writes: a number of bytes accepted, or an error code; everything once the list is empty. */
let takes: (number | string)[] = [];
let written = '';

vi.mock('node:fs', async (original) => ({
  ...(await original<object>()),
  writeSync: vi.fn((_fd: number, bytes: NodeJS.ArrayBufferView, at = 0) => {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(at);
    const next = takes.shift() ?? all.length;
    if (typeof next === 'string') throw Object.assign(new Error(next), { code: next });
    written += all.subarray(0, next).toString();
    return Math.min(next, all.length);
  }),
}));

beforeEach(() => {
  takes = [];
  written = '';
  vi.mocked(writeSync).mockClear();
});

const sink = (): LogSink => new LogSink('stderr', (lines) => `[${lines} lost]\n`);

test.each(['ENOSPC', 'EIO', 'EPIPE', 'EDQUOT', 'EAGAIN', 'EBADF'])(
  'a line that meets %s is dropped and counted, and the next one says so',
  (code) => {
    const before = droppedLogLines();
    takes = [code, code];
    const log = sink();
    log.write('one\n');
    log.write('two\n');
    expect(written).toBe('');
    log.write('three\n');
    expect(written).toBe('[2 lost]\nthree\n');
    expect(droppedLogLines() - before).toBe(2);
    // Each is tried once: a full pipe must not block the member.
    expect(writeSync).toHaveBeenCalledTimes(3);
  },
);

test('a line that was written in part is completed before the next one', () => {
  const log = sink();
  takes = [3, 'EAGAIN'];
  log.write('first line\n');
  takes = ['EAGAIN'];
  log.write('second\n');
  takes = [2, 'EAGAIN'];
  log.write('third\n');
  takes = [];
  log.write('fourth\n');
  expect(written).toBe('first line\n[2 lost]\nfourth\n');
});

test('a value that JSON has no form for does not end the program that logs it', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const { loggers } = openLog({ level: 'info', outputs: ['stderr'] });
  const logger = loggers('test');
  logger.info('big', { number: 1n, error: new Error('reason') });
  logger.warn('circular', circular);
  logger.debug('too little to be said');
  const lines = written.trimEnd().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { level: 'info', caller: 'test', msg: 'big', number: '1', error: 'reason' },
    { level: 'warn', msg: 'circular', 'fields-failed': expect.stringContaining('circular') },
  ]);
});
