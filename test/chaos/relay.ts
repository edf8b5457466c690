import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Random } from '../../src/base/random.ts';

/** Faults of a link from one member to another. */
export interface Weather {
  readonly delayMs: number;
  /** Random addition to the delay. */
  readonly jitterMs: number;
  readonly bytesPerSecond: number;
  /** Nothing arrives until this ends; then everything does. */
  readonly stalled: boolean;
  /** Bytes are lost; connections that lost any are closed when this ends. */
  readonly cut: boolean;
  /** Probability that a chunk has one byte changed. */
  readonly corruption: number;
}

export const fair: Weather = {
  delayMs: 0,
  jitterMs: 0,
  bytesPerSecond: Infinity,
  stalled: false,
  cut: false,
  corruption: 0,
};

/** The sender is paused while this many bytes are in flight. */
const underWayBytesMax = 8 << 20;

/** The faults of all links. Callers are named; the test itself, or a foreign client, is "?". */
export class Sky {
  readonly #weathers = new Map<string, Weather>();
  readonly #changed = new Set<() => void>();

  between(from: string, to: string): Weather {
    return this.#weathers.get(`${from}>${to}`) ?? fair;
  }

  set(from: string, to: string, weather: Partial<Weather>): void {
    this.#weathers.set(`${from}>${to}`, { ...this.between(from, to), ...weather });
    this.#tell();
  }

  clear(): void {
    this.#weathers.clear();
    this.#tell();
  }

  /** Resolves when any link has changed. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#changed.add(resolve));
  }

  #tell(): void {
    for (const resolve of this.#changed) resolve();
    this.#changed.clear();
  }
}

/** A relay before the peer port of one member; the others know only this port. */
export class Relay {
  readonly name: string;
  /** Number of bytes damaged. */
  corrupted = 0;
  /** Number of chunks lost. */
  lost = 0;
  readonly #sky: Sky;
  readonly #random: Random;
  readonly #targetPort: number;
  readonly #server: Server;
  readonly #whoCalls: (callerPort: number, port: number) => Promise<string>;
  readonly #pairs = new Set<Pair>();

  constructor(options: {
    name: string;
    targetPort: number;
    sky: Sky;
    random: Random;
    whoCalls: (callerPort: number, port: number) => Promise<string>;
  }) {
    this.name = options.name;
    this.#targetPort = options.targetPort;
    this.#sky = options.sky;
    this.#random = options.random;
    this.#whoCalls = options.whoCalls;
    this.#server = createServer({ pauseOnConnect: true }, (socket) => void this.#take(socket));
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Closes connections from these callers, on both sides. */
  reset(from: readonly string[]): number {
    const hit = [...this.#pairs].filter((pair) => from.includes(pair.from));
    for (const pair of hit) pair.end();
    return hit.length;
  }

  /** Closes connections from these callers on the member's side; the callers do not notice. */
  halfOpen(from: readonly string[]): number {
    const hit = [...this.#pairs].filter((pair) => from.includes(pair.from));
    for (const pair of hit) pair.loseTarget();
    return hit.length;
  }

  close(): void {
    for (const pair of this.#pairs) pair.end();
    this.#server.close();
  }

  async #take(caller: Socket): Promise<void> {
    caller.on('error', () => {});
    const from = await this.#whoCalls(caller.remotePort ?? 0, caller.localPort ?? 0);
    if (caller.destroyed) return;
    const target = connect({ port: this.#targetPort, host: '127.0.0.1', noDelay: true });
    caller.setNoDelay(true);
    const pair: Pair = new Pair({
      from,
      to: this.name,
      caller,
      target,
      sky: this.#sky,
      random: this.#random,
      onCorrupted: () => this.corrupted++,
      onLost: () => this.lost++,
      onEnd: () => this.#pairs.delete(pair),
    });
    this.#pairs.add(pair);
  }
}

interface PairOptions {
  readonly from: string;
  readonly to: string;
  readonly caller: Socket;
  readonly target: Socket;
  readonly sky: Sky;
  readonly random: Random;
  readonly onCorrupted: () => void;
  readonly onLost: () => void;
  readonly onEnd: () => void;
}

/** One relayed connection. */
class Pair {
  readonly from: string;
  readonly #options: PairOptions;
  #ended = false;
  #targetIsLost = false;

  constructor(options: PairOptions) {
    this.#options = options;
    this.from = options.from;
    const { from, to, caller, target } = options;
    for (const socket of [caller, target]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        if (socket === target && this.#targetIsLost) return;
        this.end();
      });
    }
    void this.#carry(caller, target, from, to);
    void this.#carry(target, caller, to, from);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.caller.destroy();
    this.#options.target.destroy();
    this.#options.onEnd();
  }

  loseTarget(): void {
    this.#targetIsLost = true;
    this.#options.target.destroy();
    this.#options.caller.resume();
  }

  async #carry(source: Socket, sink: Socket, from: string, to: string): Promise<void> {
    const { sky, random } = this.#options;
    const underWay: { readonly bytes: Buffer; readonly dueMs: number }[] = [];
    let underWayBytes = 0;
    let wake = nothing;
    source.once('close', () => wake());
    source.on('data', (bytes: Buffer) => {
      const { delayMs, jitterMs } = sky.between(from, to);
      const dueMs = performance.now() + delayMs + (jitterMs > 0 ? random.between(0, jitterMs) : 0);
      underWay.push({ bytes, dueMs });
      underWayBytes += bytes.length;
      if (underWayBytes > underWayBytesMax) source.pause();
      wake();
    });
    source.resume();
    while (!this.#ended) {
      const next = underWay.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      underWayBytes -= next.bytes.length;
      if (underWayBytes <= underWayBytesMax && !this.#targetIsLost) source.resume();
      if (!(await this.#deliver(next.bytes, next.dueMs, sink, from, to))) return;
    }
  }

  /** False: the bytes were lost, and the connection with them. */
  async #deliver(
    bytes: Buffer,
    dueMs: number,
    sink: Socket,
    from: string,
    to: string,
  ): Promise<boolean> {
    const { sky, random, onCorrupted, onLost } = this.#options;
    await pause(dueMs - performance.now());
    while (!this.#ended && sky.between(from, to).stalled) await sky.change();
    if (sky.between(from, to).cut) {
      onLost();
      while (!this.#ended && sky.between(from, to).cut) await sky.change();
      this.end();
      return false;
    }
    const { bytesPerSecond, corruption } = sky.between(from, to);
    if (bytesPerSecond !== Infinity) await pause((1000 * bytes.length) / bytesPerSecond);
    if (corruption > 0 && random.between(1, 1_000_000) <= corruption * 1_000_000) {
      const at = random.between(0, bytes.length - 1);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.between(0, 7)), at);
      onCorrupted();
    }
    if (!sink.writable) return !this.#ended;
    if (!sink.write(bytes)) {
      const closed = new AbortController();
      const { signal } = closed;
      await Promise.race([once(sink, 'drain', { signal }), once(sink, 'close', { signal })])
        .catch(nothing)
        .finally(() => closed.abort());
    }
    return true;
  }
}

function nothing(): void {}

function pause(ms: number): Promise<void> | undefined {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined;
}
