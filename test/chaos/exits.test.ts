import { expect, test } from 'vitest';
import type { ProcessEnd } from '../cluster/processes.ts';
import { Exits } from './exits.ts';
import type { Excuse } from './exits.ts';

const ioError = 'the disk failed: IO error: Input/output error';
const bug = 'a map without its key';

function lastWords(error: string): string {
  return [
    '{"level":"info","msg":"connected to peer"}',
    `{"level":"error","error":"${error}","msg":"this member stops, because it can no longer trust itself"}`,
    `{"level":"error","error":"${error}","msg":"this member cannot run"}`,
  ].join('\n');
}

/** A process that has run since before the test and ends now with exit code 1, unless overridden. */
function ended(more: Partial<ProcessEnd>): ProcessEnd {
  const endedMs = performance.now();
  const ordinary = { name: 'm1', startedMs: 0, endedMs, code: 1, signal: null, sent: [] };
  return { ...ordinary, lastWords: '{"level":"info","msg":"connected to peer"}', ...more };
}

function judged(end: Partial<ProcessEnd>, excuses: readonly Excuse[] = []): string[] {
  const exits = new Exits();
  for (const excuse of excuses) exits.excuse(excuse, 'm1');
  exits.note(ended(end));
  return exits.takeProblems();
}

test('a member that ends by itself is a finding, with its last words', () => {
  const problems = judged({ lastWords: lastWords(bug) });
  expect(problems).toEqual([expect.stringContaining('m1 ended with exit code 1')]);
  expect(problems).toEqual([expect.stringContaining(bug)]);
  expect(judged({ code: null, signal: 'SIGSEGV' })).toHaveLength(1);
  expect(judged({ code: null, signal: 'SIGKILL' })).toHaveLength(1);
  expect(judged({ code: 0 })).toHaveLength(1);
});

test('a member that was killed, or asked to stop, is none', () => {
  expect(judged({ code: null, signal: 'SIGKILL', sent: ['SIGKILL'] })).toEqual([]);
  expect(judged({ code: 0, sent: ['SIGTERM'] })).toEqual([]);
  expect(judged({ code: null, signal: 'SIGTERM', sent: ['SIGTERM'] })).toEqual([]);
  expect(judged({ code: null, signal: 'SIGKILL', sent: ['SIGTERM', 'SIGKILL'] })).toEqual([]);
});

test('a member that was about to end by itself when it was killed is a finding all the same', () => {
  const killed = { code: null, signal: 'SIGKILL', sent: ['SIGKILL'] } as const;
  expect(judged({ ...killed, lastWords: lastWords(bug) })).toHaveLength(1);
  expect(judged({ ...killed, lastWords: lastWords(ioError) })).toHaveLength(1);
  expect(judged({ ...killed, lastWords: lastWords(ioError) }, ['failing-disk'])).toEqual([]);
});

test('one that was asked to stop and fails over it is a finding', () => {
  expect(judged({ code: 1, sent: ['SIGTERM'] })).toHaveLength(1);
});

test('a fault explains the end of its own member, for its own reason only', () => {
  const end = { lastWords: lastWords(ioError) };
  expect(judged(end, ['failing-disk'])).toEqual([]);
  expect(judged(end, ['full-disk', 'file-limit', 'removal', 'arrival'])).toHaveLength(1);
  expect(judged({ lastWords: lastWords(bug) }, ['failing-disk'])).toHaveLength(1);
  expect(judged({ ...end, name: 'm2' }, ['failing-disk'])).toHaveLength(1);
  const full = 'the disk failed: IO error: /m1/member/3.log: No space left on device';
  expect(judged({ lastWords: lastWords(full) }, ['full-disk'])).toEqual([]);
});

test('the first log line counts: a bug is not explained by its consequences', () => {
  const words = `${lastWords(bug)}\n${lastWords(ioError)}`;
  expect(judged({ lastWords: words }, ['failing-disk'])).toHaveLength(1);
});

test('a fault excuses a process that lived through a part of it, however late it ends', () => {
  const exits = new Exits();
  const over = exits.excuse('failing-disk', 'm1');
  over();
  exits.note(ended({ lastWords: lastWords(ioError), endedMs: performance.now() + 10_000 }));
  expect(exits.takeProblems()).toEqual([]);
  expect([...exits.excused]).toEqual([['failing-disk', 1]]);
  exits.note(ended({ lastWords: lastWords(ioError), startedMs: performance.now() + 1 }));
  expect(exits.takeProblems()).toHaveLength(1);
  expect(exits.takeProblems()).toEqual([]);
});

test('a member that was removed may go, and one that was not may not', () => {
  const gone = {
    code: 0,
    lastWords: '{"level":"warn","msg":"this member was removed from the cluster, and ends"}',
  };
  expect(judged(gone)).toHaveLength(1);
  expect(judged(gone, ['removal'])).toEqual([]);
});
