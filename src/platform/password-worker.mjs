/**
 * The thread that computes bcrypt hashes. JavaScript, so that a thread can be started from the sources as well as from the
 * bundle. It answers each job in turn: `{ password, cost }` with a hash, `{ password, hash }` with whether they match.
 */
import { parentPort } from 'node:worker_threads';
import { compareSync, hashSync } from 'bcryptjs';

parentPort?.on('message', ({ password, cost, hash }) => {
  try {
    const value = hash === undefined ? hashSync(password, cost) : compareSync(password, hash);
    answer({ value });
  } catch (error) {
    answer({ error: String(error) });
  }
});

function answer(message) {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(message);
}
