import type { LogFields } from '../../base/logger.ts';

/** What an operator should find in the log about how the server was configured. */
export interface LogNotice {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly fields: LogFields;
}
