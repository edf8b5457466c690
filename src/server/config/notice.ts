import type { LogFields } from '../../base/logger.ts';

/** A log line about how the server was configured. */
export interface LogNotice {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly fields: LogFields;
}
