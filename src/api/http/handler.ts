import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../../base/logger.ts';
import { createAccessCheck } from './access.ts';
import type { AccessOptions } from './access.ts';
import {
  sendJson,
  sendMethodNotAllowed,
  sendNotFound,
  sendRedirect,
  sendText,
} from './responses.ts';
import { createGateway, isGatewayPath } from './gateway.ts';
import type { GatewayOptions } from './gateway.ts';
import { createHealthPages, isHealthPath } from './health.ts';
import type { HealthOptions, Target } from './health.ts';
import { cleanPath, partsOf } from './target.ts';

/** Answers one HTTP request. It never throws, and every request gets an answer. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface MetricsOptions extends HealthOptions {
  readonly metricsText: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface Versions {
  /** The etcd release that clients are told. */
  readonly etcdServer: string;
  /** Undefined until the members have settled it. */
  readonly clusterVersion: () => string | undefined;
  readonly rollcall: string;
}

export interface HttpOptions extends MetricsOptions, AccessOptions, GatewayOptions {
  readonly versions: Versions;
  /** What `/debug/vars` shows. */
  readonly debugVars?: () => Readonly<Record<string, unknown>>;
}

/** Answers the requests for some paths. */
export type Page = (
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
) => Promise<void> | void;

/** All that one member serves over plain HTTP on its client port. */
export function createHttpHandler(options: HttpOptions): HttpHandler {
  const admitted = createAccessCheck(options);
  const health = createHealthPages(options);
  const metrics = metricsPage(options);
  const gateway = options.enableGrpcGateway ? createGateway(options) : notFound;
  const vars = options.debugVars ?? (() => ({}));
  const pages = new Map<string, Page>([
    ['/metrics', metrics],
    ['/version', getOnly((response) => sendJson(response, 200, versionJson(options.versions)))],
    ['/debug/vars', getOnly((response) => sendJson(response, 200, JSON.stringify(vars())))],
  ]);

  return guarded(options.logger, async (request, response, target) => {
    if (!admitted(request, response) || redirected(request, response)) return;
    await (pages.get(target.path) ?? pageFor(target.path))(request, response, target);
  });

  function pageFor(path: string): Page {
    if (isGatewayPath(path)) return gateway;
    return isHealthPath(path) ? health : notFound;
  }
}

/** What `--listen-metrics-urls` serves: figures and health, and no data. */
export function createMetricsHandler(options: MetricsOptions): HttpHandler {
  const health = createHealthPages(options);
  const metrics = metricsPage(options);
  return guarded(options.logger, async (request, response, target) => {
    if (redirected(request, response)) return;
    const { path } = target;
    const page = path === '/metrics' ? metrics : isHealthPath(path) ? health : notFound;
    await page(request, response, target);
  });
}

const notFound: Page = (_request, response) => sendNotFound(response);

/** Answers what fails, so that no caller is left waiting and nothing ends the process. */
function guarded(
  logger: Logger,
  serve: (request: IncomingMessage, response: ServerResponse, target: Target) => Promise<void>,
): HttpHandler {
  return (request, response) => {
    serve(request, response, targetOf(request)).catch((error: unknown) => {
      const { method, url } = request;
      logger.error('failed to answer an HTTP request', { method, url, error: String(error) });
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'Internal Server Error\n');
    });
  };
}

/** Path and query of a request; the path without percent encoding where that makes sense. */
function targetOf({ url = '/' }: IncomingMessage): Target {
  const { path, query } = partsOf(url);
  return {
    path: path.includes('%') ? decoded(path) : path,
    query: new URLSearchParams(query),
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Sends clients that wrote a path carelessly (`//v3/kv/range`) to the clean one; true if that was so. */
function redirected({ url = '/', method }: IncomingMessage, response: ServerResponse): boolean {
  const { path, query } = partsOf(url);
  const clean = cleanPath(path);
  if (path === clean) return false;
  sendRedirect(response, clean + (url.includes('?') ? `?${query}` : ''), {
    withBody: method === 'GET' || method === 'HEAD',
  });
  return true;
}

function getOnly(send: (response: ServerResponse) => void): Page {
  return (request, response) => {
    if (request.method === 'GET') send(response);
    else sendMethodNotAllowed(response, 'GET');
  };
}

function metricsPage({ metricsText, metrics }: MetricsOptions): Page {
  let inFlight = 0;
  const name = 'promhttp_metric_handler_requests';
  metrics.gauge(`${name}_in_flight`, 'Readers of this page being served now.', () => inFlight);
  const [served, broken] = [200, 500].map((code) =>
    metrics.counter(`${name}_total`, 'Readers of this page served, by status.', {
      code: String(code),
    }),
  );
  return async (_request, response) => {
    inFlight += 1;
    try {
      const { contentType, text } = await metricsText();
      sendText(response, 200, text, { 'Content-Type': contentType });
      served?.add();
    } catch (error) {
      broken?.add();
      throw error;
    } finally {
      inFlight -= 1;
    }
  };
}

/** Etcd's clients look at the first three; nobody minds the fourth. */
function versionJson({ etcdServer, clusterVersion, rollcall }: Versions): string {
  const cluster = clusterVersion();
  return JSON.stringify({
    etcdserver: etcdServer,
    etcdcluster: cluster ?? 'not_decided',
    storage: cluster ?? 'unknown',
    rollcall,
  });
}
