import { pino } from 'pino';
import type { Logger, LogFields } from '../base/logger.ts';

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
}

/** Makes loggers for the parts of a program, which say who they are as `caller`. */
export type LoggerFactory = (caller: string) => Logger;

/**
 * JSON lines on standard error, as etcd writes them: `level`, `ts`, `caller`, `msg`, and then fields. Written at once,
 * so that nothing is lost when the process ends, and whoever waits for a line sees it.
 */
export function createLoggers({ level }: LoggerOptions): LoggerFactory {
  const root = pino(
    {
      level,
      base: null,
      messageKey: 'msg',
      timestamp: () => `,"ts":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: true }),
  );
  return (caller) => {
    const lines = root.child({ caller });
    return {
      debug: (message: string, fields: LogFields = {}) => lines.debug(fields, message),
      info: (message: string, fields: LogFields = {}) => lines.info(fields, message),
      warn: (message: string, fields: LogFields = {}) => lines.warn(fields, message),
      error: (message: string, fields: LogFields = {}) => lines.error(fields, message),
    };
  };
}
