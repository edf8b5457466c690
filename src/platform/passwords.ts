import { Worker } from 'node:worker_threads';
import type { Cancel } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';

/** The answer of the thread to one job. */
interface Answer {
  readonly value?: unknown;
  readonly error?: string;
}

interface Job {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * bcrypt in a thread of its own, which starts with the first job. Its caller bounds the jobs that wait. A thread that fails
 * is replaced at the next job; a job that it had is refused.
 */
export class PasswordThread {
  #worker: Worker | undefined;
  /** In the order in which the thread answers. */
  #jobs: Job[] = [];
  #isStopped = false;

  hash = async (password: string, cost: number): Promise<string> =>
    String(await this.#ask({ password, cost }));

  matches = async (password: string, hash: string): Promise<boolean> =>
    (await this.#ask({ password, hash })) === true;

  /** Ends the thread; jobs that it has are refused. */
  stop: Cancel = () => {
    this.#isStopped = true;
    void this.#worker?.terminate();
    this.#end(stopped());
  };

  #ask(job: object): Promise<unknown> {
    if (this.#isStopped) return Promise.reject(stopped());
    this.#worker ??= this.#begin();
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      this.#jobs.push({ resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(job);
    });
  }

  #begin(): Worker {
    const worker = new Worker(workerUrl());
    // The process may end while the thread waits.
    worker.unref();
    worker.on('message', ({ value, error }: Answer) => {
      const job = this.#jobs.shift();
      if (error === undefined) job?.resolve(value);
      else job?.reject(new Error(`bcrypt failed: ${error}`));
    });
    worker.on('error', (error) => this.#end(error));
    worker.on('exit', () => this.#end(new Error('the thread for passwords has ended')));
    return worker;
  }

  #end(error: Error): void {
    this.#worker = undefined;
    const jobs = this.#jobs;
    this.#jobs = [];
    for (const job of jobs) job.reject(error);
  }
}

function stopped(): RegistryError {
  return new RegistryError('stopped', 'this member stops; ask another one');
}

/** The sources have the thread beside this file; the build has it in a folder beside that of this code. */
function workerUrl(): URL {
  const own = import.meta.url;
  const place = own.endsWith('.ts') ? './password-worker.mjs' : '../platform/password-worker.js';
  return new URL(place, own);
}
