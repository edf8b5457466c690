import type { Logger, LogFields } from '../base/logger.ts';
import { LogSink } from './log-sink.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof levels)[number];

export interface LoggerOptions {
  readonly level: Level;
  /** `stdout`, `stderr` and paths of files; every line is written to each. */
  readonly outputs: readonly string[];
  /** Maps stacks before they are written. */
  readonly readableStack?: (stack: string) => string;
}

/** Makes the logger of a part of the program, which is named as `caller`. */
export type LoggerFactory = (caller: string) => Logger;

/** The log of a process. */
export interface Log {
  readonly loggers: LoggerFactory;
  /** Reopens log files after they were renamed. */
  reopen(): void;
}

/** JSON lines in etcd's format: `level`, `ts`, `caller`, `msg`, and then fields. Throws if a file cannot be opened. */
export function openLog({ level, outputs, readableStack = (stack) => stack }: LoggerOptions): Log {
  const sinks = outputs.map((target) => new LogSink(target, lineOfDropped));
  const least = levels.indexOf(level);
  const loggers: LoggerFactory = (caller) => {
    const at = (own: Level) => {
      if (levels.indexOf(own) < least) return () => {};
      return (message: string, fields: LogFields = {}): void => {
        const line = lineOf(own, caller, message, withReadableStacks(fields, readableStack));
        for (const sink of sinks) sink.write(line);
      };
    };
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  };
  return {
    loggers,
    reopen: () => {
      for (const sink of sinks) {
        try {
          sink.reopen();
        } catch (error) {
          loggers('log').error('a log file cannot be opened again; the old one goes on', {
            error: String(error),
          });
        }
      }
    },
  };
}

/** A stack is in a field of its own, or in one that otherwise has a message. */
function withReadableStacks(fields: LogFields, readable: (stack: string) => string): LogFields {
  if (!Object.values(fields).some(isStack)) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isStack(value) ? readable(value) : value]),
  );
}

function isStack(value: unknown): value is string {
  return typeof value === 'string' && value.includes('\n    at ');
}

function lineOfDropped(lines: number): string {
  return lineOf('warn', 'log', 'log lines could not be written and were dropped', { lines });
}

function lineOf(level: Level, caller: string, msg: string, fields: LogFields): string {
  const head = { level, ts: new Date().toISOString(), caller, msg };
  try {
    return `${JSON.stringify({ ...head, ...fields }, plain)}\n`;
  } catch (error) {
    return `${JSON.stringify({ ...head, 'fields-failed': String(error) })}\n`;
  }
}

/** Values that JSON cannot express. */
function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Error ? value.message : value;
}
