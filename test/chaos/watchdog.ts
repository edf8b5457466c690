import { Worker } from 'node:worker_threads';
import { waitedFor } from './bounded.ts';

/** What the timer of a busy thread gets beyond its time, before the other thread ends the process. */
const busyMs = 30_000;

/** Runs beside the program, since a loop that never ends lets no timer of its own thread fire. */
const lastResort = `
const { workerData } = require('node:worker_threads');
setTimeout(() => {
  require('node:fs').writeSync(2, workerData.text + '\\n');
  process.kill(process.pid, 'SIGABRT');
}, workerData.afterMs);
`;

/**
 * Ends the process when it takes longer than it may: with exit code 1 and what is being waited for; or, if it does not
 * even get to that, with SIGABRT. Returns what calls this off.
 */
export function watchOver(msMax: number): () => void {
  const timer = setTimeout(() => {
    const waits = waitedFor();
    console.error(`the run has not ended after ${msMax} ms; what is waited for:`);
    for (const line of waits.length === 0 ? ['nothing that has a name'] : waits)
      console.error(`  ${line}`);
    console.error(`  handles: ${process.getActiveResourcesInfo().join(', ')}`);
    process.exit(1);
  }, msMax);
  const text = `the run has not ended after ${msMax} ms, and is busy with something that does not end`;
  const worker = new Worker(lastResort, {
    eval: true,
    workerData: { text, afterMs: msMax + busyMs },
  });
  worker.unref();
  return () => {
    clearTimeout(timer);
    void worker.terminate();
  };
}
