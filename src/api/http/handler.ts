import type { Logger } from '../../base/logger.ts';
import { answeredPreflight, createAccessCheck, noOrigin } from './access.ts';
import type { AccessCheck, AccessOptions, OriginHeaders } from './access.ts';
import { sendMethodNotAllowed, sendNotFound, sendRedirect, sendText } from './responses.ts';
import { cleanPath, partsOf } from './target.ts';
import type { HttpRequest, HttpResponse } from './message.ts';

/** Responds to one HTTP request. Never throws; every request gets a response. */
export type HttpHandler = (request: HttpRequest, response: HttpResponse) => void;

/** The path and query of a request. */
export interface Target {
  /** Without percent encoding, where it can be decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Responds to the requests for some paths. An error that it throws is logged, and the response is status 500. */
export type Page = (
  request: HttpRequest,
  response: HttpResponse,
  target: Target,
) => Promise<void> | void;

/**
 * A page that takes the path as it was sent: not decoded, not cleaned, and with its own response to `OPTIONS`. It sends
 * `headers` itself: to set them first makes every header of the response slower.
 */
export type RawPage = (
  request: HttpRequest,
  response: HttpResponse,
  target: Target & { readonly headers: OriginHeaders },
) => Promise<void> | void;

/** The page for a path; undefined if the path is none of this API's. */
export type HttpRoutes = (path: string) => Page | undefined;
export type RawRoutes = (path: string) => RawPage | undefined;

export interface HttpOptions {
  /** Of each API, in the order in which they are asked. */
  readonly routes: readonly HttpRoutes[];
  /** They are asked first. */
  readonly rawRoutes?: readonly RawRoutes[];
  /** Undefined: every host name and every origin. */
  readonly access?: AccessOptions;
  readonly logger: Logger;
}

/** Serves the pages of some APIs. */
export function createHttpHandler(options: HttpOptions): HttpHandler {
  const { routes, rawRoutes = [], access, logger } = options;
  const admitted: AccessCheck = access === undefined ? () => noOrigin : createAccessCheck(access);
  const serveClean = async (
    request: HttpRequest,
    response: HttpResponse,
    path: string,
    query: URLSearchParams,
  ): Promise<void> => {
    if (access !== undefined && answeredPreflight(request, response)) return;
    if (redirected(request, response)) return;
    const target = { path: path.includes('%') ? decoded(path) : path, query };
    await (pageFor(routes, target.path) ?? notFound)(request, response, target);
  };
  return guarded(logger, (request, response) => {
    const headers = admitted(request, response);
    if (headers === undefined) return undefined;
    const { path, query: queryText } = partsOf(request.url ?? '/');
    const query = new URLSearchParams(queryText);
    const rawPage = pageFor(rawRoutes, path);
    if (rawPage !== undefined) return rawPage(request, response, { path, query, headers });
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    return serveClean(request, response, path, query);
  });
}

function pageFor<P>(
  all: readonly ((path: string) => P | undefined)[],
  path: string,
): P | undefined {
  for (const find of all) {
    const page = find(path);
    if (page !== undefined) return page;
  }
  return undefined;
}

const notFound: Page = (_request, response) => sendNotFound(response);

/** Responds to requests whose page fails, so that no caller waits for ever and no error ends the process. */
function guarded(
  logger: Logger,
  serve: (request: HttpRequest, response: HttpResponse) => Promise<void> | void,
): HttpHandler {
  return (request, response) => {
    const fail = (error: unknown): void => {
      const { method, url = '/' } = request;
      // Without the query, in which a token may stand.
      const { path } = partsOf(url);
      logger.error('failed to answer an HTTP request', { method, path, error: String(error) });
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'Internal Server Error\n');
    };
    try {
      serve(request, response)?.catch(fail);
    } catch (error) {
      fail(error);
    }
  };
}

/** Without percent encoding where that makes sense. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Redirects a path that is not clean (`//v3/kv/range`) to the clean one; true if that was so. */
function redirected({ url = '/', method }: HttpRequest, response: HttpResponse): boolean {
  const { path, query } = partsOf(url);
  const clean = cleanPath(path);
  if (path === clean) return false;
  sendRedirect(response, clean + (url.includes('?') ? `?${query}` : ''), {
    withBody: method === 'GET' || method === 'HEAD',
  });
  return true;
}

/** A page that is only read. */
export function getOnly(send: (response: HttpResponse) => void): Page {
  return (request, response) => {
    if (request.method === 'GET') send(response);
    else sendMethodNotAllowed(response, 'GET');
  };
}
