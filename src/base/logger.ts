/** Values that say more about a log line; they end up as fields of its JSON. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where a part reports what an operator may want to know. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Says nothing. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
