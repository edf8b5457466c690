import { constants, PerformanceObserver } from 'node:perf_hooks';
import type { PerformanceEntry } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Of the two halves of the young generation together. */
const youngMiBMax = 16;
/** How much the old generation grows over what lives in it, until it is collected again. */
const growthPercent = 100;
/** As much new memory outside its heap makes V8 mark its heap. */
const markedAfterBytes = 64 << 20;
/** So many collections of the young generation may leave something behind in the old one. */
const youngCollectionsMin = 4;

/**
 * Makes V8 need less memory than by default, where its young generation grows to two halves of 16 MiB, and its old one to
 * several times what lives in it (docs/performance.md says what both cost). V8 takes sizes at the start of a process
 * only, and a program cannot start itself again under the same process id; but V8 reads the factors of growth whenever
 * it grows. So the young generation may double after a collection only as long as it is small.
 *
 * Options that were given to Node.js stay as they are.
 */
export function boundHeap({ quietMs = 10_000 }: { readonly quietMs?: number } = {}): void {
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  if (!/heap[-_]growing[-_]percent/.test(given)) {
    setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
  }
  if (!/semi[-_]space/.test(given)) boundYoung();
  collectWhenQuiet(quietMs);
}

/**
 * V8 collects its old generation when it grows, so a process that has nothing to do any more keeps its garbage, and the pages
 * that it had for the young one. This makes V8 mark its heap, in its usual small steps, once the young generation was
 * collected at most once in `quietMs`: a buffer that nobody touches takes no memory, but V8 counts it.
 */
function collectWhenQuiet(quietMs: number): void {
  let sinceMark = 0;
  let sinceLook = 0;
  const observer = new PerformanceObserver((list) => {
    for (const kind of list.getEntries().map(kindOf)) {
      if (kind === constants.NODE_PERFORMANCE_GC_MAJOR) sinceMark = 0;
      if (kind !== constants.NODE_PERFORMANCE_GC_MINOR) continue;
      sinceMark++;
      sinceLook++;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  const look = (): void => {
    const isQuiet = sinceLook <= 1;
    sinceLook = 0;
    if (!isQuiet || sinceMark < youngCollectionsMin) return;
    sinceMark = 0;
    markHeap();
  };
  setInterval(look, quietMs).unref();
}

function markHeap(): void {
  try {
    void new ArrayBuffer(markedAfterBytes);
  } catch {
    // The system has no such memory to give. Without it the member does as it did before.
  }
}

function kindOf(entry: PerformanceEntry & { readonly detail?: unknown }): unknown {
  const { detail } = entry;
  return typeof detail === 'object' && detail !== null && 'kind' in detail
    ? detail.kind
    : undefined;
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
