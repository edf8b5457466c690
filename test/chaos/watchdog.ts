import { Worker } from 'node:worker_threads';
import { waitedFor } from './bounded.ts';

/** Grace for the timer of a busy thread, before the other thread ends the process. */
const busyMs = 30_000;

/** Runs in a thread of its own, since an endless loop blocks the timers of its thread. */
const lastResort = `
const { workerData } = require('node:worker_threads');
setTimeout(() => {
  require('node:fs').writeSync(2, workerData.text + '\\n');
  process.kill(process.pid, 'SIGABRT');
}, workerData.afterMs);
`;

/**
 * Ends the process when it exceeds its time limit: with exit code 1 and what is awaited; or with SIGABRT if even that
 * fails. Returns a function that cancels this.
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
