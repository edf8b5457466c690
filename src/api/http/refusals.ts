import type { ServerResponse } from 'node:http';
import type { Logger } from '../../base/logger.ts';
import { etcdErrorOf, isExpected } from '../etcd/index.ts';
import type { EtcdError } from '../etcd/index.ts';
import { sendJson } from './responses.ts';
import { BadJson, BodyTooLarge } from './json-errors.ts';

const invalidArgument = 3;
const resourceExhausted = 8;
const unauthenticated = 16;

/** The HTTP status for each of gRPC's, by number. */
const httpStatuses: readonly number[] = [
  200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
];

export function httpStatusOf({ code }: EtcdError): number {
  return httpStatuses[code] ?? 500;
}

/** What the caller of a path hears of an error; what nobody expected is in the log too. */
export function refusalOf(error: unknown, path: string, logger: Logger): EtcdError {
  if (error instanceof BadJson) return { code: invalidArgument, message: error.message };
  if (error instanceof BodyTooLarge) return { code: resourceExhausted, message: error.message };
  if (!isExpected(error)) {
    logger.error('a call failed for a reason of our own', {
      path,
      error: error instanceof Error ? error.stack : String(error),
    });
  }
  return etcdErrorOf(error);
}

/** Answers with a refusal, which is told as it is: `{"code":3,"message":"…"}`. */
export function sendRefusal(response: ServerResponse, refusal: EtcdError): void {
  if (refusal.code === unauthenticated) response.setHeader('WWW-Authenticate', refusal.message);
  sendJson(response, httpStatusOf(refusal), JSON.stringify(refusal));
}
