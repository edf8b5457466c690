import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Objects that survive many collections, in many turns; prints the size of V8's young generation. */
const script = `
const { boundHeap } = await import(process.argv[1]);
const { getHeapSpaceStatistics } = await import('node:v8');
boundHeap();
const kept = [];
for (let turn = 0; turn < 100; turn++) {
  for (let at = 0; at < 3000; at++) kept.push({ at, part: [turn] });
  await new Promise((resolve) => setImmediate(resolve));
}
console.log(getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size);
`;

async function youngMiB(...options: readonly string[]): Promise<number> {
  const heap = join(import.meta.dirname, '../../src/platform/heap.ts');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...options, '--import', 'tsx', '--input-type=module', '--eval', script, heap],
    { env: { ...process.env, NODE_OPTIONS: '' } },
  );
  return Number(stdout) / (1 << 20);
}

test('the young generation stays small while much survives, unless Node.js was told its size', async () => {
  expect(await youngMiB()).toBeLessThanOrEqual(16);
  expect(await youngMiB('--max-semi-space-size=32')).toBeGreaterThan(16);
});
