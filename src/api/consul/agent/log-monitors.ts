import type { Cancel } from '../../../base/clock.ts';
import { logLevels } from '../../../base/log-tap.ts';
import type { LogLevel, LogLine } from '../../../base/log-tap.ts';
import { ConsulRefusal } from '../frame/refusals.ts';

const monitorsMax = 16;
/** Of lines that one caller has not read. */
const waitingBytesMax = 256 << 10;

export interface MonitorRequest {
  /** Lines below this level are left out. */
  readonly least: LogLevel;
  readonly isJson: boolean;
  /** Aborts when the caller disconnects. */
  readonly gone: AbortSignal;
}

/** Callers that follow the log of this member. The log never waits for one: what it does not read in time is left out. */
export class LogMonitors {
  readonly #followLog: (listener: (line: LogLine) => void) => Cancel;
  readonly #wallTimeMs: () => number;
  readonly #open = new Set<AbortController>();

  constructor(followLog: (listener: (line: LogLine) => void) => Cancel, wallTimeMs: () => number) {
    this.#followLog = followLog;
    this.#wallTimeMs = wallTimeMs;
  }

  /** The lines from now on, until the caller disconnects or the member stops. */
  follow({ least, isJson, gone }: MonitorRequest): AsyncIterable<Uint8Array> {
    if (this.#open.size >= monitorsMax) {
      throw new ConsulRefusal(
        429,
        `${monitorsMax} callers follow the log of this member; end one of them`,
      );
    }
    const end = new AbortController();
    const waiting = new WaitingLines(end.signal);
    const print = isJson ? jsonLine : textLine;
    const now = (): string => new Date(this.#wallTimeMs()).toISOString();
    const from = logLevels.indexOf(least);
    const stop = this.#followLog((line) => {
      if (logLevels.indexOf(line.level) >= from) waiting.add(print(line, now()), print, now);
    });
    this.#open.add(end);
    end.signal.addEventListener('abort', () => {
      stop();
      this.#open.delete(end);
    });
    if (gone.aborted) end.abort();
    else gone.addEventListener('abort', () => end.abort());
    return waiting.pieces();
  }

  stop(): void {
    for (const end of this.#open) end.abort();
  }
}

type Print = (line: LogLine, time: string) => string;

/** Lines that a caller has not read yet. */
class WaitingLines {
  readonly #end: AbortSignal;
  #lines: string[] = [];
  #bytes = 0;
  #dropped = 0;
  #wake: () => void = () => {};

  constructor(end: AbortSignal) {
    this.#end = end;
    end.addEventListener('abort', () => this.#wake());
  }

  add(line: string, print: Print, now: () => string): void {
    if (this.#bytes + line.length > waitingBytesMax) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) {
      const fields = { lines: this.#dropped };
      this.#push(print({ level: 'warn', caller: 'api', message: leftOut, fields }, now()));
      this.#dropped = 0;
    }
    this.#push(line);
    this.#wake();
  }

  #push(line: string): void {
    this.#lines.push(line);
    this.#bytes += line.length;
  }

  async *pieces(): AsyncIterable<Uint8Array> {
    while (!this.#end.aborted) {
      if (this.#lines.length === 0) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      const lines = this.#lines.join('');
      this.#lines = [];
      this.#bytes = 0;
      yield Buffer.from(lines);
    }
  }
}

const leftOut = 'log lines were left out here, as they were not read in time';

/** As Consul writes it: `<time> [INFO]  <part>: <message>: <name>=<value>`. */
function textLine({ level, caller, message, fields }: LogLine, time: string): string {
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${quoted(plain(value))}`);
  const tail = pairs.length === 0 ? '' : `: ${pairs.join(' ')}`;
  return `${time} ${`[${level.toUpperCase()}]`.padEnd(7)} ${caller}: ${message}${tail}\n`;
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

function jsonLine({ level, caller, message, fields }: LogLine, time: string): string {
  const own = Object.entries(fields).map(([name, value]) => [name, plain(value)]);
  const head = { '@level': level, '@message': message, '@module': caller, '@timestamp': time };
  return `${JSON.stringify({ ...head, ...Object.fromEntries(own) })}\n`;
}

/** A value that JSON can express. */
function plain(value: unknown): unknown {
  if (value instanceof Error) return value.message;
  try {
    return JSON.parse(
      JSON.stringify(value ?? null, (_name, part: unknown) =>
        typeof part === 'bigint' ? part.toString() : part,
      ),
    );
  } catch (error) {
    return `a value that cannot be shown: ${String(error)}`;
  }
}
