import type { Cancel } from './clock.ts';
import type { LogFields, Logger } from './logger.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogLine {
  readonly level: LogLevel;
  /** The part of the program that wrote it. */
  readonly caller: string;
  readonly message: string;
  readonly fields: LogFields;
}

type Listener = (line: LogLine) => void;

/** Shows the lines of a log, also those below its level, to listeners that come and go. */
export class LogTap {
  readonly #listeners = new Set<Listener>();

  /** Makes loggers that do what those of `make` do, and show their lines. */
  around(make: (caller: string) => Logger): (caller: string) => Logger {
    return (caller) => {
      const inner = make(caller);
      const at =
        (level: LogLevel) =>
        (message: string, fields: LogFields = {}): void => {
          inner[level](message, fields);
          for (const listener of this.#listeners) listener({ level, caller, message, fields });
        };
      return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
    };
  }

  /** `listener` is called within the call that logs: it must be quick, and must not throw. */
  follow(listener: Listener): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
