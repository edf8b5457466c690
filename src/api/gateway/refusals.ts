import type { Logger } from '../../base/logger.ts';
import { sendJson } from '../http/index.ts';
import type { Method } from '../methods.ts';
import { logUnexpected, StatusError, statusCodes } from '../status.ts';
import type { CallStatus } from '../status.ts';
import type { HttpResponse } from '../http/index.ts';

/** The HTTP status for each of gRPC's, by number. */
const httpStatuses: readonly number[] = [
  200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
];

export function httpStatusOf({ code }: Pick<CallStatus, 'code'>): number {
  return httpStatuses[code] ?? 500;
}

/** An error as the body of a response: `{"code":3,"message":"…"}`. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

/** The refusal for an error of the gateway, or of the method. */
export function refusalOf(error: unknown, method: Method, logger: Logger): Refusal {
  if (error instanceof StatusError) return { code: error.code, message: error.message };
  const { code, message, isUnexpected = false } = method.statusOf(error);
  if (isUnexpected) logUnexpected(logger, error, method.path);
  return { code, message };
}

export function sendRefusal(response: HttpResponse, refusal: Refusal): void {
  if (refusal.code === statusCodes.unauthenticated) {
    response.setHeader('WWW-Authenticate', refusal.message);
  }
  sendJson(response, httpStatusOf(refusal), JSON.stringify(refusal));
}
