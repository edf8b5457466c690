import { RegistryError } from '../base/errors.ts';
import type { ErrorDomains } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { StatusError, statusCodes } from '../http2/index.ts';

export { StatusError, statusCodes };

/** The status of an error for the caller of a method. */
export interface CallStatus {
  /** One of `statusCodes`. */
  readonly code: number;
  readonly message: string;
  /** The error is a bug of ours: it is logged with its stack. */
  readonly isUnexpected?: true;
}

const generalCodes: ReadonlyMap<string, number> = new Map(
  Object.entries({
    'invalid-request': statusCodes.invalidArgument,
    'not-supported': statusCodes.unimplemented,
    'too-many-requests': statusCodes.resourceExhausted,
    canceled: statusCodes.canceled,
    'deadline-exceeded': statusCodes.deadlineExceeded,
    stopped: statusCodes.unavailable,
  } satisfies Readonly<Record<ErrorDomains['general'], number>>),
);

/** The status of an error for methods that have no table of their own. */
export function defaultStatusOf(error: unknown): CallStatus {
  if (error instanceof StatusError) return { code: error.code, message: error.message };
  if (error instanceof RegistryError) {
    return { code: generalCodes.get(error.code) ?? statusCodes.unknown, message: error.message };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: statusCodes.internal, message, isUnexpected: true };
}

const logged = new WeakSet<object>();

/** Logs an unexpected error with its stack, once: each layer that the error passes may call this. */
export function logUnexpected(logger: Logger, error: unknown, path: string): void {
  if (error instanceof Error) {
    if (logged.has(error)) return;
    logged.add(error);
  }
  logger.error('a call failed unexpectedly', {
    path,
    error: error instanceof Error ? error.stack : String(error),
  });
}
