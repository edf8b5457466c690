/**
 * Refusals, as codes that programs look at. Codes that make sense in every domain are listed here; each domain lists its
 * own in its `errors.ts` (`state`, `replica`, `operations`) and adds them to `ErrorDomains`, so that `ErrorCode` is all
 * of them. Each API has one table from code to its status and text, which the compiler holds to be complete.
 */
export const generalErrorCodes = [
  'invalid-request',
  'not-supported',
  /** A bound was reached; the same request may succeed later. */
  'too-many-requests',
  'canceled',
  'deadline-exceeded',
  /** This member is stopping. */
  'stopped',
] as const;

/**
 * Error codes by domain. A domain adds its list by declaration merging:
 *
 * ```ts
 * declare module '../base/errors.ts' {
 *   interface ErrorDomains {
 *     readonly state: (typeof stateErrorCodes)[number];
 *   }
 * }
 * ```
 */
export interface ErrorDomains {
  readonly general: (typeof generalErrorCodes)[number];
}

export type ErrorCode = ErrorDomains[keyof ErrorDomains];

/** A refusal: a fault of the request, or of the circumstances; never a fault of this program. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: ErrorCode;

  /** `message` is for people: the fault, and what to do about it. */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
