import { RegistryError } from '../../base/errors.ts';

/** Jobs that wait, of all and of one address. */
export const waitingMax = 1000;
export const waitingMaxOfAddress = 100;

interface Job {
  run(): Promise<void>;
}

/**
 * Does one job at a time. Addresses take turns, so one that asks for much delays the others by one job each at most.
 */
export class FairQueue {
  /** By address, in the order of their turns. */
  readonly #waiting: Map<string, Job[]> = new Map();
  #count = 0;
  #isBusy = false;

  /** Rejects with `too-many-requests` if too many jobs wait. */
  add<T>(address: string, work: () => Promise<T>): Promise<T> {
    const own = this.#waiting.get(address);
    if (this.#count >= waitingMax || (own?.length ?? 0) >= waitingMaxOfAddress) {
      const message = 'too many passwords wait to be checked; try again later';
      return Promise.reject(new RegistryError('too-many-requests', message));
    }
    return new Promise((resolve, reject) => {
      const job = { run: () => work().then(resolve, reject) };
      if (own === undefined) this.#waiting.set(address, [job]);
      else own.push(job);
      this.#count += 1;
      this.#next();
    });
  }

  #next(): void {
    if (this.#isBusy) return;
    const [first] = this.#waiting;
    if (first === undefined) return;
    const [address, jobs] = first;
    const job = jobs.shift();
    // To the end of the line, or out of it.
    this.#waiting.delete(address);
    if (jobs.length > 0) this.#waiting.set(address, jobs);
    if (job === undefined) return;
    this.#count -= 1;
    this.#isBusy = true;
    void job.run().finally(() => {
      this.#isBusy = false;
      this.#next();
    });
  }
}
