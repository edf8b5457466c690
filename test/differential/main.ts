/**
 * `npm run differential -- [--etcd=PATH] [--seed=N] [--steps=N] [--most=N] [--record=FILE]`: asks a real etcd 3.7 and
 * Rollcall the same random requests, and prints those that are answered differently, each with as few requests before
 * it as are needed. `--record` writes what the etcd answers, for tests where there is none.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { rollcall } from '../cluster/processes.ts';
import { differences, smallest, startMember } from './compare.ts';
import { stepsOf } from './generate.ts';

const { values } = parseArgs({
  options: {
    etcd: { type: 'string', default: process.env['ROLLCALL_TEST_ETCD'] ?? 'etcd' },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '2000' },
    most: { type: 'string', default: '5' },
    record: { type: 'string' },
  },
});
const etcd = { command: values.etcd, args: [] };
const seed = Number(values.seed);
const steps = stepsOf(seed, Number(values.steps));

if (values.record === undefined) await compare();
else await record(values.record);

async function compare(): Promise<void> {
  const found = await differences(steps, etcd, rollcall, { most: Number(values.most) });
  for (const one of found) {
    console.log(`--- request ${one.at} of seed ${seed}, after:`);
    for (const step of await smallest(steps.slice(0, one.at), one.step, etcd, rollcall)) {
      console.log(`          ${JSON.stringify(step)}`);
    }
    console.log(`request:  ${JSON.stringify(one.step)}`);
    console.log(`etcd:     ${JSON.stringify(one.etcd)}`);
    console.log(`rollcall: ${JSON.stringify(one.rollcall)}`);
  }
  console.log(`seed ${seed}: ${steps.length} requests, ${found.length} differences`);
  process.exitCode = found.length === 0 ? 0 : 1;
}

/** One line of JSON for each request. */
async function record(file: string): Promise<void> {
  const member = await startMember(etcd);
  const lines: string[] = [];
  for (const step of steps) {
    lines.push(JSON.stringify({ step, answer: await member.target.run(step) }));
  }
  await member.end();
  writeFileSync(file, `${lines.join('\n')}\n`);
}
