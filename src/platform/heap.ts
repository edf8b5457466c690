import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Of the two halves of the young generation together. */
const youngMiBMax = 16;
/** How much the old generation grows over what lives in it, until it is collected again. */
const growthPercent = 100;

/**
 * Makes V8 need less memory than by default, where its young generation grows to two halves of 16 MiB, and its old one to
 * several times what lives in it (docs/performance.md says what both cost). V8 takes sizes at the start of a process
 * only, and a program cannot start itself again under the same process id; but V8 reads the factors of growth whenever
 * it grows. So the young generation may double after a collection only as long as it is small.
 *
 * Options that were given to Node.js stay as they are.
 */
export function boundHeap(): void {
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  if (!/heap[-_]growing[-_]percent/.test(given)) {
    setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
  }
  if (!/semi[-_]space/.test(given)) boundYoung();
}

function boundYoung(): void {
  let factor = 0;
  const adjust = (): void => {
    const next = youngBytes() * 2 <= youngMiBMax << 20 ? 2 : 1;
    if (next !== factor) setFlagsFromString(`--semi-space-growth-factor=${next}`);
    factor = next;
  };
  adjust();
  new PerformanceObserver(adjust).observe({ entryTypes: ['gc'] });
}

function youngBytes(): number {
  const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  return space?.space_size ?? 0;
}
