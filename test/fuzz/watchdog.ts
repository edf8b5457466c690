import { Worker } from 'node:worker_threads';

/** Processor time that one input may take: far longer than any legal one does. A busy machine does not count. */
const hangMs = 20_000;

/**
 * Watches from a thread of its own that inputs come to their ends. If one does not, prints the input under way, writes it to
 * `file`, and ends the process: an endless loop cannot be left.
 */
export class Watchdog {
  readonly #input: Int32Array;
  readonly #bytes: Buffer;
  readonly #worker: Worker;

  constructor(file: string, inputBytesMax: number) {
    const numbers = new SharedArrayBuffer(8);
    const bytes = new SharedArrayBuffer(inputBytesMax);
    this.#input = new Int32Array(numbers);
    this.#bytes = Buffer.from(bytes);
    this.#worker = new Worker(watching, {
      eval: true,
      workerData: { numbers, bytes, file, hangMs, pid: process.pid },
    });
    this.#worker.unref();
  }

  /** This input begins. */
  began(input: Buffer): void {
    input.copy(this.#bytes);
    this.#input[1] = input.length;
    Atomics.add(this.#input, 0, 1);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** The first number counts inputs, the second one is the length of the one under way. */
const watching = `
const { workerData } = require('node:worker_threads');
const { writeFileSync, writeSync } = require('node:fs');
const { numbers, bytes, file, hangMs, pid } = workerData;
const input = new Int32Array(numbers);
let count = -1;
let startMs = 0;
setInterval(() => {
  const { user, system } = process.cpuUsage();
  const nowMs = (user + system) / 1000;
  const now = Atomics.load(input, 0);
  if (now !== count) {
    count = now;
    startMs = nowMs;
  } else if (count > 0 && nowMs > startMs + hangMs) {
    writeFileSync(file, Buffer.from(bytes).subarray(0, input[1]));
    writeSync(1, 'FOUND: it hangs for ' + hangMs / 1000 + ' s of processor\\nthe input is in ' + file + '\\n');
    process.kill(pid, 'SIGKILL');
  }
}, 1000);
`;
