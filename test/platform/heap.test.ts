import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Objects that survive many collections, in many turns; prints the size of V8's young generation. */
const youngScript = `
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

/**
 * Leaves garbage in V8's old generation, and looks on for a while; prints by how much the heap becomes smaller.
 */
const quietScript = `
const { boundHeap } = await import(process.argv[1]);
boundHeap({ quietMs: Number(process.argv[2]) });
// Not a variable of this module, of which V8 may keep another copy.
const held = { kept: [] };
const fill = async () => {
  for (let turn = 0; turn < 100; turn++) {
    for (let at = 0; at < 3000; at++) held.kept.push({ at, part: [turn] });
    await new Promise((resolve) => setImmediate(resolve));
  }
};
await fill();
// Nothing of this gets old: V8 collects only what is young, and ends a marking that is under way.
const pass = async () => {
  for (let turn = 0; turn < 250; turn++) {
    for (let at = 0; at < 3000; at++) Array.from({ length: 10 });
    await new Promise((resolve) => setImmediate(resolve));
  }
};
await pass();
const { heapUsed } = process.memoryUsage();
held.kept = undefined;
await pass();
let fell = 0;
for (let look = 0; look < Number(process.argv[3]) && fell < heapUsed / 2; look++) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  fell = heapUsed - process.memoryUsage().heapUsed;
}
console.log(fell);
`;

async function printed(script: string, ...words: readonly string[]): Promise<number> {
  const heap = join(import.meta.dirname, '../../src/platform/heap.ts');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...words.filter((word) => word.startsWith('-')),
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      script,
      heap,
      ...words.filter((word) => !word.startsWith('-')),
    ],
    { env: { ...process.env, NODE_OPTIONS: '' } },
  );
  return Number(stdout) / (1 << 20);
}

test('the young generation stays small while much survives, unless Node.js was told its size', async () => {
  expect(await printed(youngScript)).toBeLessThanOrEqual(16);
  expect(await printed(youngScript, '--max-semi-space-size=32')).toBeGreaterThan(16);
});

test('garbage that is left when a process becomes quiet is collected', async () => {
  expect(await printed(quietScript, '2000', '400')).toBeGreaterThan(5);
});

test('garbage stays as long as a process has not been quiet for so long', async () => {
  expect(await printed(quietScript, '60000', '60')).toBeLessThan(5);
});

test('a process to which the system gives no memory for that goes on', async () => {
  const refused = `globalThis.ArrayBuffer = class { constructor() { throw new RangeError('Array buffer allocation failed'); } };`;
  const script = `
    ${quietScript.replace('held.kept = undefined;', `held.kept = undefined;\n${refused}`)}
  `;
  expect(await printed(script, '200', '100')).toBeLessThan(5);
});
