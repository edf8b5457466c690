import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fuzzer } from './engine.ts';
import type { Progress } from './engine.ts';
import { runPlanted } from './planted.ts';
import { openTarget, targetNames } from './targets.ts';
import { Watchdog } from './watchdog.ts';

const usage = `npm run fuzz -- [what]

  --target=NAME      one of ${targetNames.join(', ')} (http2)
  --minutes=N        of processor time (1)
  --inputs=N         or until N inputs were tried
  --seed=N           where chance begins (chosen by the clock)
  --replay=FILE      try one input that was found
  --planted          plant known bugs, one at a time, and find them
`;

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: 'http2' },
    minutes: { type: 'string', default: '1' },
    inputs: { type: 'string' },
    seed: { type: 'string' },
    replay: { type: 'string' },
    planted: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const directory = '.rollcall/fuzz';

process.exitCode = await chosen();
// A target may leave timers of a member that is being stopped.
process.exit();

async function chosen(): Promise<number> {
  if (values.planted) return runPlanted();
  if (values.replay !== undefined) return replay(values.replay);
  if (!values.help) return search();
  process.stdout.write(usage);
  return 0;
}

async function replay(file: string): Promise<number> {
  const target = await openTarget(values.target);
  const failure = await target.run(readFileSync(file)).catch(String);
  process.stdout.write(`${failure ?? 'no rule is broken'}\n`);
  return failure === undefined ? 0 : 1;
}

async function search(): Promise<number> {
  const target = await openTarget(values.target);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${target.name}-${seed}`);
  const watchdog = new Watchdog(file, target.inputBytesMax);
  let printedMs = 0;
  const fuzzer = new Fuzzer(target, {
    seed,
    inputsMax: Number(values.inputs ?? Infinity),
    cpuMsMax: Number(values.minutes) * 60_000,
    began: (input) => watchdog.began(input),
    progress: (now) => {
      if (now.cpuMs < printedMs + 10_000) return;
      printedMs = now.cpuMs;
      process.stdout.write(`${lineOf(now)}\n`);
    },
  });
  process.stdout.write(`${target.name}, seed ${seed}\n`);
  const { finding, ...totals } = await fuzzer.run();
  process.stdout.write(`${lineOf(totals)}\n`);
  if (finding === undefined) return 0;
  // Should shrinking hang, the input is there already.
  writeFileSync(file, finding.input);
  process.stdout.write(`FOUND: ${finding.failure}\n`);
  const { input } = await fuzzer.shrink(finding);
  writeFileSync(file, input);
  process.stdout.write(
    `${input.length} bytes of ${finding.input.length}, in ${file}: ${input.toString('hex').slice(0, 400)}\n` +
      `npm run fuzz -- --target=${target.name} --replay=${file}\n`,
  );
  return 1;
}

function lineOf({ inputs, cpuMs, corpus, functions, blocks }: Progress): string {
  const perSecond = Math.round(inputs / (cpuMs / 1000));
  return (
    `${(cpuMs / 1000).toFixed(0)} s of processor, ${inputs} inputs (${perSecond} in a second), corpus ${corpus}, ` +
    `functions ${functions.join('/')}, blocks ${blocks.join('/')}`
  );
}
