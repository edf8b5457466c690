import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rollcall } from '../cluster/processes.ts';
import { allowed } from './allowed.ts';
import { differences, isRight, startMember } from './compare.ts';
import { stepsOf } from './generate.ts';
import type { Answer, Step } from './steps.ts';

const here = import.meta.dirname;

/** Requests in the order in which an etcd 3.7 was asked them, and what it answered (`npm run differential -- --record`). */
const recorded: readonly { readonly step: Step; readonly answer: Answer }[] = readFileSync(
  join(here, 'etcd-3.7.jsonl'),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

test('random requests are answered as a recorded etcd 3.7 answered them', async () => {
  const member = await startMember(rollcall);
  try {
    for (const [at, { step, answer }] of recorded.entries()) {
      const ours = await member.target.run(step);
      if (!isRight(step, answer, ours))
        expect({ at, step, answer: ours }).toEqual({ at, step, answer });
    }
  } finally {
    await member.end();
  }
}, 120_000);

test('the recording has each call, and answers as well as refusals', () => {
  const names = new Set(recorded.map(({ step }) => (step.kind === 'post' ? step.path : step.rpc)));
  expect(names.size).toBeGreaterThan(60);
  const refused = recorded.filter(({ answer }) => answer.refusal !== undefined).length;
  expect(refused).toBeGreaterThan(recorded.length / 5);
  expect(refused).toBeLessThan((recorded.length * 4) / 5);
});

test('every allowed difference has its line in the documents', () => {
  const papers = readFileSync(join(here, '../../docs/compatibility.md'), 'utf8').replaceAll(
    /\s+/g,
    ' ',
  );
  for (const { line } of allowed) expect(papers).toContain(line);
});

const etcd = process.env['ROLLCALL_TEST_ETCD'] ?? '';

test.skipIf(etcd === '')(
  'random requests are answered as an etcd 3.7 answers them',
  async () => {
    const program = { command: etcd, args: [] };
    expect(await differences(stepsOf(7, 400), program, rollcall, { most: 3 })).toEqual([]);
  },
  120_000,
);
