import type { Metrics } from '../../base/metrics.ts';
import { getOnly, sendJson, sendText } from '../http/index.ts';
import type { HttpRoutes, Page } from '../http/index.ts';
import { createHealthPages, isHealthPath } from './health-pages.ts';
import type { HealthOptions } from './health-pages.ts';

export interface Versions {
  /** The etcd release that is reported to clients. */
  readonly etcdServer: string;
  /** Undefined until the members have settled it. */
  readonly clusterVersion: () => string | undefined;
  readonly rollcall: string;
}

export interface PagesOptions extends HealthOptions {
  readonly metricsText: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly versions: Versions;
  /** The content of `/debug/vars`. */
  readonly debugVars?: () => Readonly<Record<string, unknown>>;
}

/** The pages of etcd: metrics and health, which hold no data, and those that only the client port serves. */
export function createPages(options: PagesOptions): {
  readonly metricsRoutes: HttpRoutes;
  readonly clientRoutes: HttpRoutes;
} {
  const health = createHealthPages(options);
  const metrics = metricsPage(options);
  const { versions, debugVars = () => ({}) } = options;
  const pages = new Map<string, Page>([
    ['/version', getOnly((response) => sendJson(response, 200, versionJson(versions)))],
    ['/debug/vars', getOnly((response) => sendJson(response, 200, JSON.stringify(debugVars())))],
  ]);
  const metricsRoutes: HttpRoutes = (path) => {
    if (path === '/metrics') return metrics;
    return isHealthPath(path) ? health : undefined;
  };
  return { metricsRoutes, clientRoutes: (path) => pages.get(path) ?? metricsRoutes(path) };
}

function metricsPage({
  metricsText,
  metrics,
}: {
  readonly metricsText: PagesOptions['metricsText'];
  readonly metrics: Metrics;
}): Page {
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

/** Clients of etcd read the first three, and ignore the fourth. */
function versionJson({ etcdServer, clusterVersion, rollcall }: Versions): string {
  const cluster = clusterVersion();
  return JSON.stringify({
    etcdserver: etcdServer,
    etcdcluster: cluster ?? 'not_decided',
    storage: cluster ?? 'unknown',
    rollcall,
  });
}
